"""Excel workbooks through python-calamine: which sheets hold something, and a sheet as a table with nothing hidden."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from tasks.errors import InputError
from tasks.intake.asking import Note
from tasks.intake.content import Content
from tasks.intake.faults import Faults
from tasks.intake.packed import UNREADABLE
from tasks.intake.readers.excel.sheet_xml import Look, look, members_of
from tasks.intake.readers.source import Nested, Value, named_cells, numbered, refuse_doubled
from tasks.languages.fault import Fault, at, why
from tasks.strict_json import Number

MOST_UNPACKED = 128 * 2**20
"""Bytes of a workbook as unpacked: 100,000 rows of answers have about 60 MB."""
MOST_CELLS = 4_000_000
"""Cells of a sheet from its first to its last, empty ones too: the library makes them all."""
MOST_LOOKED_AT = 100
"""Rows by which the first is told to name the columns."""
_CHUNK = 2**20
_ERROR = "excel_error"
_UNCACHED = "excel_uncached"
"""Keys of the words for cells that hold no value."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that holds something: its name, the library's sheet, and what its XML shows (nothing for .xls)."""

    name: str
    cells: Any
    seen: Look

    @property
    def merged(self) -> Sequence[tuple[tuple[int, int], tuple[int, int]]]:
        """Ranges of merged cells below the first row, first and last cell, from 0."""
        return [area for area in self.cells.merged_cell_ranges or () if area[1][0] > 0]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets that hold something, and the names of those that hold nothing."""

    sheets: tuple[Sheet, ...]
    empty: tuple[str, ...]


def open_workbook(content: Content) -> Workbook:
    """The sheets of a workbook.

    Raises:
        InputError: no workbook, a broken or encrypted one, or one that unpacks to more than is allowed.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

    data = content.read()
    looks = _looks(data, content.name)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        found = [Sheet(name, book.get_sheet_by_name(name), looks.get(name, Look())) for name in names]
    except PasswordError as error:
        raise InputError(at(content.name, Fault("excel_password"))) from error
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(at(content.name, Fault("no_excel", reason=why(error)))) from error
    filled = tuple(sheet for sheet in found if sheet.cells.height)
    return Workbook(filled, tuple(sheet.name for sheet in found if not sheet.cells.height))


def _looks(data: bytes, name: str) -> Mapping[str, Look]:
    """What the XML of each sheet shows; nothing for the older format, which is no archive."""
    if not data.startswith(b"PK"):
        return {}
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _refuse_swelling(archive, name)
            found = {sheet: look(archive, member, name) for sheet, member in members_of(archive).items() if
                     "worksheets/" in member}  # fmt: skip
    except InputError:
        raise
    except (*UNREADABLE, KeyError, SyntaxError) as error:
        raise InputError(at(name, Fault("no_excel", reason=why(error)))) from error
    for sheet, seen in found.items():
        if seen.rows * seen.columns > MOST_CELLS:
            reach = {"rows": f"{seen.rows:,}", "columns": f"{seen.columns:,}", "most": f"{MOST_CELLS:,}"}
            raise InputError(at(f"{name} [{sheet}]", Fault("excel_reach", **reach)))
    return found


def _refuse_swelling(archive: zipfile.ZipFile, name: str) -> None:
    """Sizes are summed first; the contents are then unpacked once, since a size may be a lie."""
    size = sum(entry.file_size for entry in archive.infolist())
    if size > MOST_UNPACKED:
        raise InputError(at(name, Fault("unpacks_to", bytes=f"{size:,}", most=f"{MOST_UNPACKED:,}")))
    for entry in archive.infolist():
        with archive.open(entry) as file:
            while file.read(_CHUNK):
                pass


class ExcelSheet:
    """A sheet as a table, from its first row that is not blank.

    Args:
        content: the workbook, named in messages as its sheet is to be called.
        hidden: whether hidden rows are read.
        without: columns that are not read, from 1.
        filled: whether every cell of merged ones has the value of the first.
        headed: whether that row names the columns; else they are called 1, 2, 3 …
    """

    def __init__(
        self,
        content: Content,
        sheet: Sheet,
        *,
        hidden: bool = True,
        without: Collection[int] = (),
        filled: bool = False,
        headed: bool = True,
    ) -> None:
        self.name, self.headed = content.name, headed
        self.notes: list[Note] = []
        self._seen, self._hidden = sheet.seen, hidden
        self._rows: list[list[Any]] = sheet.cells.to_python(skip_empty_area=False)
        if filled:
            _fill(self._rows, sheet.merged)
        for row in self._rows:
            _blank(row, without)
        first = next((number for number, row in enumerate(self._rows, 1) if any(_filled(c) for c in row)), 0)
        if not first:
            raise InputError(at(self.name, Fault("excel_hidden")))
        self._header_row = first if headed else first - 1
        self._without = without
        names = [_plain(cell) for cell in self._rows[first - 1]]
        self.header = tuple(names if headed else _blank(numbered(len(names)), without))
        refuse_doubled(self.header, self.name)
        if any(isinstance(cell, date | time | timedelta) for row in self._rows for cell in row):
            self.notes.append(Note("read_dates", {"file": self.name}))

    def rows(self, wanted: Sequence[str], faults: Faults) -> Iterator[tuple[int, Sequence[Value]]]:
        """The wanted cells of each row; blank rows are left out."""
        places = [self.header.index(column) for column in wanted]
        return ((number, [cells[place] for place in places]) for number, cells in self._table())

    def records(self, faults: Faults) -> Iterator[tuple[int, Mapping[str, Value]]]:
        """Each row under the header; a cell that holds no value but says it should is a fault."""
        for number, record in named_cells(self, self._table()):
            wrong = {column: cell.words for column, cell in record.items() if isinstance(cell, Nested)}
            for column, words in wrong.items():
                faults.add(Fault("allowed", allowed=Fault("any_value")), row=number, column=column, found=words)
            yield number, {column: "" if column in wrong else cell for column, cell in record.items()}

    def first(self, count: int, faults: Faults) -> Sequence[Sequence[Value]]:
        """All cells of the first rows."""
        return [cells for _, (_, cells) in zip(range(count), self._table(), strict=False)]

    def _table(self) -> Iterator[tuple[int, list[Value]]]:
        strange = dict.fromkeys(self._seen.errors, _ERROR) | dict.fromkeys(self._seen.uncached, _UNCACHED)
        at_row: dict[int, dict[int, Nested]] = {}
        for (line, column), key in strange.items():
            at_row.setdefault(line, {})[column - 1] = Nested(Fault(key))
        for number, row in enumerate(self._rows[self._header_row :], self._header_row + 1):
            if not self._hidden and number in self._seen.hidden:
                continue
            cells = [_value(cell) for cell in row]
            for place, words in at_row.get(number, {}).items():
                if place + 1 in self._without:
                    continue
                cells += [""] * (place + 1 - len(cells))
                cells[place] = words
            if any(cell != "" for cell in cells):
                yield number, cells[: len(self.header)]


def first_rows(sheet: Sheet, without: Collection[int]) -> list[list[str]]:
    """The first rows of a sheet that are not blank, as texts, but for some columns."""
    rows = sheet.cells.to_python(skip_empty_area=False, nrows=MOST_LOOKED_AT)
    return [[_plain(cell) for cell in _blank(row, without)] for row in rows if any(map(_filled, row))]


def _blank(cells: list[Any], without: Collection[int]) -> list[Any]:
    """The cells, nothing in some columns (from 1)."""
    for column in without:
        cells[column - 1 : column] = [""] * len(cells[column - 1 : column])
    return cells


def _fill(rows: list[list[Any]], areas: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    for (top, left), (bottom, right) in areas:
        for cells in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(cells))):
                cells[column] = rows[top][left]


def _filled(cell: Any) -> bool:
    return cell != "" and cell is not None


def _plain(cell: Any) -> str:
    value = _value(cell)
    return value if isinstance(value, str) else "true" if value else "false"


def _value(cell: Any) -> Value:
    """The cell as it is shown: 1.0 is 1, a day is 2026-01-31."""
    if cell is None or isinstance(cell, str | bool):
        return "" if cell is None else cell
    if isinstance(cell, float):
        return Number(int(cell) if cell.is_integer() and abs(cell) < 1e15 else repr(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
