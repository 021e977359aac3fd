"""What is wrong with a table, gathered so that all of it is said at once and a thousand equal rows take one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

from tasks.errors import InputError
from tasks.languages.fault import Fault, at

MOST_LINES = 20
MOST_ROWS = 5
"""Rows that a line names, and lines that one kind of fault gets, before the rest is counted."""
SHOWN = 60
"""Characters of a wrong value that an error repeats: enough to find it, too few to spill a dialogue."""

Rows = list[int]


class Kind(NamedTuple):
    """A kind of fault of one table: what is wrong or allowed, how many rows have it, its lines, and where in all."""

    rule: str
    rows: int
    lines: tuple[str, ...]
    where: str


class Faults:
    """Faults of one table in the order they were met; each distinct one is said once, with its rows.

    A *kind* is a column and what is allowed there; a kind has as many faults as there are different values.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._kinds: dict[tuple[str, str], dict[str, Rows]] = {}

    def __bool__(self) -> bool:
        return bool(self._kinds)

    def add(self, rule: str, *, row: int | None = None, column: str = "", found: str = "") -> None:
        """Note a fault. `rule`: what is wrong or allowed; `found`: the value, quoted or described."""
        rows = self._kinds.setdefault((column, rule), {}).setdefault(found, [])
        if row is not None:
            rows.append(row)

    def kinds(self) -> list[Kind]:
        """Each kind of fault, in the order they were met."""
        return [self._whole(column, rule, values) for (column, rule), values in self._kinds.items()]

    def _whole(self, column: str, rule: str, values: dict[str, Rows]) -> Kind:
        rows = sorted({row for found in values.values() for row in found})
        return Kind(rule, len(rows), tuple(self._kind(column, rule, values)), self._place(rows, column))

    def lines(self) -> list[str]:
        """One line a fault: file, rows, column, value found, values allowed; at most 20 and how many more."""
        lines = [line for (column, rule), values in self._kinds.items() for line in self._kind(column, rule, values)]
        more = len(lines) - MOST_LINES
        return [*lines[:MOST_LINES], *([Fault("more_lines", n=more)] if more > 0 else [])]

    def refuse(self) -> None:
        """Raises InputError with every line, if there is any."""
        if self:
            raise InputError(self.lines())

    def _kind(self, column: str, rule: str, values: dict[str, Rows]) -> Iterator[str]:
        several = len(values) > MOST_ROWS + 1
        for found, rows in list(values.items())[: MOST_ROWS if several else None]:
            said = Fault("found_rule", found=found, rule=rule) if found else rule
            yield at(self._place(rows, column), said)
        if several:
            rest = [row for rows in list(values.values())[MOST_ROWS:] for row in rows]
            yield at(self._place(rest, column), Fault("more_values", n=len(values) - MOST_ROWS, rule=rule))

    def _place(self, rows: Sequence[int], column: str) -> str:
        parts = [*([_rows(rows)] if rows else []), *([Fault("place_column", column=column)] if column else [])]
        return reduce(lambda place, part: Fault("place_part", place=place, part=part), parts, self.name)


def _rows(rows: Sequence[int]) -> Fault:
    """`row 3`, or `rows 3, 5 and 7`, or the first five and how many more."""
    if len(rows) == 1:
        return Fault("place_row", row=str(rows[0]))
    shown = rows[:MOST_ROWS] if len(rows) > MOST_ROWS + 1 else rows[:-1]
    listed = ", ".join(map(str, shown))
    if len(rows) > MOST_ROWS + 1:
        return Fault("place_rows_more", rows=listed, more=f"{len(rows) - MOST_ROWS:,}")
    return Fault("place_rows", rows=listed, last=str(rows[-1]))


def quoted(value: str) -> str:
    """A value as an error repeats it: in quotes, escaped, shortened."""
    return repr(value if len(value) <= SHOWN else value[:SHOWN] + "…")
