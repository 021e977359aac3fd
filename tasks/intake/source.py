"""What a table file is to the reader, whatever its format: column names, and rows of values with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from tasks.intake.faults import Faults
from tasks.strict_json import Number

FIRST_ROWS = 100
"""Rows of a file without a header in which column names are looked for."""


class Nested(NamedTuple):
    """A cell that is no single value, in words: `a list`, `an object with the keys role, content`."""

    words: str


Value = str | Number | bool | Nested | None
"""A cell as the file has it. Number is a text of its own kind, so it is asked for first."""


class Source(Protocol):
    """An opened table file.

    Attributes:
        name: what messages call it.
        header: its column names in order; those of the first rows where the format has no header.
        notes: what was taken for something else, to be said before anything is stored.
    """

    name: str
    header: tuple[str, ...]
    notes: list[str]

    def rows(self, wanted: Sequence[str], faults: Faults) -> Iterator[tuple[int, Sequence[Value]]]:
        """Row number, as a spreadsheet or an editor shows it, and the wanted cells of each row, one row at a time.

        A row that cannot be read is a fault and is left out. No other column is looked at.
        """
        ...

    def first(self, count: int, faults: Faults) -> Sequence[Sequence[Value]]:
        """All cells of the first `count` rows, for a person who is to choose columns; no more of the file is read."""
        ...


def refuse_doubled(header: Sequence[str], name: str) -> None:
    """Raises InputError where two columns have one name; columns without a name cannot be chosen and are let be."""
    faults = Faults(name)
    for column in dict.fromkeys(header):
        if column and (count := header.count(column)) > 1:
            faults.add(f"{count} columns have this name; each needs its own", row=1, column=column)
    faults.refuse()
