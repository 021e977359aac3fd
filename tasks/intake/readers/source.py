"""What a table file is to the reader, whatever its format: column names, and rows of values with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from tasks.intake.asking import Note
from tasks.intake.faults import Faults
from tasks.languages.fault import Fault
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
        headed: whether the file names its columns itself; else they are called 1, 2, 3 …
        notes: what was taken for something else, to be said before anything is stored.
    """

    name: str
    header: tuple[str, ...]
    headed: bool
    notes: list[Note]

    def rows(self, wanted: Sequence[str], faults: Faults) -> Iterator[tuple[int, Sequence[Value]]]:
        """Row number, as a spreadsheet or an editor shows it, and the wanted cells of each row, one row at a time.

        A row that cannot be read is a fault and is left out. No other column is looked at.
        """
        ...

    def records(self, faults: Faults) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Row number and all of each row, under the names of its cells; in JSON and Parquet with what is nested.

        A row that cannot be read is a fault and is left out.
        """
        ...

    def first(self, count: int, faults: Faults) -> Sequence[Sequence[Value]]:
        """All cells of the first `count` rows, for a person who is to choose columns; no more of the file is read."""
        ...


def named_cells(
    source: Source, rows: Iterator[tuple[int, Sequence[Value]]]
) -> Iterator[tuple[int, Mapping[str, Value]]]:
    """Rows of cells as records. What stands in columns without a name is left out and noted, with the first row."""
    named = [(place, name) for place, name in enumerate(source.header) if name]
    nameless = [place for place, name in enumerate(source.header) if not name]
    lost: dict[int, int] = {}
    for number, cells in rows:
        for place in nameless:
            if cells[place] not in ("", None):
                lost.setdefault(place, number)
        yield number, {name: cells[place] for place, name in named}
    source.notes += [
        Note("left_nameless", {"file": source.name, "column": place + 1, "row": row}) for place, row in lost.items()
    ]


def numbered(width: int) -> list[str]:
    """Names for columns that have none: 1, 2, 3 …"""
    return [str(number) for number in range(1, width + 1)]


def refuse_doubled(header: Sequence[str], name: str) -> None:
    """Raises InputError where two columns have one name; columns without a name cannot be chosen and are let be."""
    faults = Faults(name)
    for column in dict.fromkeys(header):
        if column and (count := header.count(column)) > 1:
            faults.add(Fault("doubled_column", n=count), row=1, column=column)
    faults.refuse()
