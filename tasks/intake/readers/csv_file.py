"""CSV by the standard library in strict mode, with checks of our own: width, quotes, header, NUL.

Rows are counted as a spreadsheet shows them: the header is row 1, blank rows count, a cell of several lines is one row.
"""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import TextIO

from tasks.errors import InputError
from tasks.intake.asking import Note
from tasks.intake.content import Content
from tasks.intake.faults import Faults
from tasks.intake.readers.source import Value, named_cells, numbered, refuse_doubled
from tasks.intake.text import opened
from tasks.languages.fault import Fault, Library, at

MOST_CELL = 2**24
"""Characters of the largest cell; the library's own bound of 131,072 would refuse long dialogues."""


class CsvFile:
    """A text table with a header.

    Args:
        encoding, separator: as told or answered (`tasks/intake/encoding.py`, `tasks/intake/readers/separators.py`).
        headed: whether its first row names the columns; else they are called 1, 2, 3 …
    """

    def __init__(self, content: Content, encoding: str = "utf-8", separator: str = ",", *, headed: bool = True) -> None:
        self.content, self.name, self.headed = content, content.name, headed
        self._encoding, self._separator = encoding, separator
        self.notes: list[Note] = []
        self._spaced = False
        self._header_row, first = self._header()
        if len(first) > 1 and all(cell.startswith(" ") and len(cell) > 1 for cell in first[1:]):
            self._spaced = True
            self.notes.append(Note("read_blanks_after", {"file": self.name}))
            _, first = self._header()
        if not headed:
            self._header_row, first = self._header_row - 1, numbered(len(first))
        self.header = tuple(first)
        refuse_doubled(self.header, self.name)

    def rows(self, wanted: Sequence[str], faults: Faults) -> Iterator[tuple[int, Sequence[Value]]]:
        """The wanted cells of each row that has as many cells as the header; blank rows are left out and noted."""
        return self._table([self.header.index(column) for column in wanted], faults)

    def _table(self, places: Sequence[int], faults: Faults) -> Generator[tuple[int, Sequence[Value]]]:
        width, blank = len(self.header), list[int]()
        with opened(self.content, self._encoding) as file:
            for number, cells in self._records(file, faults):
                if number <= self._header_row:
                    continue
                if not any(cells):
                    blank.append(number)
                elif len(cells) != width:
                    faults.add(Fault("csv_width", width=str(width)), row=number, found=Fault("cells", n=len(cells)))
                elif any("\0" in cell for cell in cells):
                    faults.add(Fault("nul_utf16"), row=number)
                else:
                    self._note_blank(blank)
                    yield number, [cells[place] for place in places]

    def records(self, faults: Faults) -> Iterator[tuple[int, Mapping[str, Value]]]:
        """Each row under the header; columns without a name are left out, and noted where something stands in them."""
        return named_cells(self, self._table(range(len(self.header)), faults))

    def first(self, count: int, faults: Faults) -> list[Sequence[Value]]:
        """All cells of the first rows."""
        with closing(self._table(range(len(self.header)), faults)) as rows:
            return [cells for _, cells in islice(rows, count)]

    def _header(self) -> tuple[int, list[str]]:
        """Number and cells of the first row that is not blank."""
        faults = Faults(self.name)
        with opened(self.content, self._encoding) as file, closing(self._records(file, faults)) as records:
            for number, cells in records:
                if any(cells):
                    if any("\0" in cell for cell in cells):
                        faults.add(Fault("nul_utf16"), row=number)
                    faults.refuse()
                    return number, cells
        faults.refuse()
        raise InputError(at(self.name, Fault("csv_empty")))

    def _records(self, file: TextIO, faults: Faults) -> Generator[tuple[int, list[str]]]:
        """Every row with its number, up to one with broken quotes, after which no row's place is sure."""
        csv.field_size_limit(MOST_CELL)
        reader = csv.reader(file, delimiter=self._separator, strict=True, skipinitialspace=self._spaced)
        number, line = 0, 1
        try:
            for number, cells in enumerate(reader, start=1):
                yield number, cells
                line = reader.line_num + 1
        except csv.Error as error:
            reason = Fault("csv_open_quote") if "unexpected end" in str(error) else Library(str(error))
            faults.add(Fault("csv_row", line=str(line), reason=reason), row=number + 1)

    def _note_blank(self, blank: list[int]) -> None:
        """Blank rows are noted once a row follows them: those at the end of a file are nobody's loss."""
        self.notes += [Note("left_blank_row", {"file": self.name, "row": number}) for number in blank]
        blank.clear()
