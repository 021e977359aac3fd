"""What is wrong with a table, gathered so that all of it is said at once and a thousand equal rows take one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.errors import InputError

MOST_LINES = 20
MOST_ROWS = 5
"""Rows that a line names, and lines that one kind of fault gets, before the rest is counted."""
SHOWN = 60
"""Characters of a wrong value that an error repeats: enough to find it, too few to spill a dialogue."""

Rows = list[int]


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

    def lines(self) -> list[str]:
        """One line a fault: file, rows, column, value found, values allowed; at most 20 and how many more."""
        lines = [line for (column, rule), values in self._kinds.items() for line in self._kind(column, rule, values)]
        more = len(lines) - MOST_LINES
        return [*lines[:MOST_LINES], *([f"… and {more} more"] if more > 0 else [])]

    def refuse(self) -> None:
        """Raises InputError with every line, if there is any."""
        if self:
            raise InputError(self.lines())

    def _kind(self, column: str, rule: str, values: dict[str, Rows]) -> Iterator[str]:
        place = f", column {column}" if column else ""
        several = len(values) > MOST_ROWS + 1
        for found, rows in list(values.items())[: MOST_ROWS if several else None]:
            yield f"{self.name}{_rows(rows)}{place}: {f'found {found}; ' if found else ''}{rule}"
        if several:
            rest = [row for rows in list(values.values())[MOST_ROWS:] for row in rows]
            yield f"{self.name}{_rows(rest)}{place}: {len(values) - MOST_ROWS} more values like these; {rule}"


def _rows(rows: Sequence[int]) -> str:
    """`, row 3`, or `, rows 3, 5 and 7`, or the first five and how many more."""
    if not rows:
        return ""
    if len(rows) == 1:
        return f", row {rows[0]}"
    if len(rows) > MOST_ROWS + 1:
        shown = [str(row) for row in rows[:MOST_ROWS]]
        return f", rows {', '.join(shown)} and {len(rows) - MOST_ROWS:,} more"
    return f", rows {', '.join(map(str, rows[:-1]))} and {rows[-1]}"


def quoted(value: str) -> str:
    """A value as an error repeats it: in quotes, escaped, shortened."""
    return repr(value if len(value) <= SHOWN else value[:SHOWN] + "…")
