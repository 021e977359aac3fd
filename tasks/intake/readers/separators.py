"""By which sign the cells of a text table are separated: told by its first rows, asked where two would do."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice

from tasks.intake.content import Content
from tasks.intake.text import opened

SEPARATORS = {"comma": ",", "tab": "\t", "semicolon": ";", "bar": "|"}
FIRST = 100
"""Rows that are looked at."""


def separators(content: Content, encoding: str) -> tuple[str, ...]:
    """The names of the signs that may separate the cells; one where it is sure, `comma` where there is one column.

    A sign may do that stands in the header. Of several, those come first by which all of the first rows have as many
    cells as the header; where none does so, the sign that makes most columns, so that faults are named by row.
    """
    first = {name: first_rows(content, encoding, sign) for name, sign in SEPARATORS.items()}
    wide = {name: rows for name, rows in first.items() if rows and len(rows[0]) > 1}
    even = [name for name, rows in wide.items() if all(len(row) == len(rows[0]) for row in rows)]
    if len(wide) < 2 or even:
        return tuple(even if len(wide) > 1 else wide) or ("comma",)
    return (max(wide, key=lambda name: len(wide[name][0])),)


def first_rows(content: Content, encoding: str, sign: str) -> list[list[str]]:
    """The first rows that are not blank; none where the header is no row with this sign."""
    with opened(content, encoding) as file:
        return list(islice(_rows(csv.reader(file, delimiter=sign, strict=True)), FIRST))


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """Rows up to one with broken quotes, which is named when the table is read."""
    try:
        yield from (row for row in reader if any(row))
    except csv.Error:
        return
