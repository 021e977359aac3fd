"""Tables as one Excel file: a sheet each, cells of their own type, no text ever run as a formula."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tasks.errors import InputError

Cell = str | int | float | bool | datetime | None
MOST_ROWS = 1_048_575
"""Rows that a sheet of Excel holds below its header."""
LONGEST = 32_767
"""UTF-16 units that a cell of Excel holds."""
WIDEST, NARROWEST = 60, 8
"""Widths of columns, in letters."""
_ROW_HEIGHT = 60
"""Of rows that hold long texts, in points: about four lines."""
_MADE = datetime(2000, 1, 1)
"""The time that stands in every file: the same tables must give the same bytes."""


@dataclass(frozen=True)
class Sheet:
    """One table; `name` is at most 31 letters, as Excel wants it."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Iterable[Sheet], title: str) -> bytes:
    """The tables as an .xlsx file, headers frozen and filtered; same tables, same bytes.

    Raises:
        InputError: a table or a text is longer than Excel takes; every such text, by sheet, row and column.
    """
    import xlsxwriter

    sheets = list(sheets)
    if errors := [error for sheet in sheets for error in _too_long(sheet)]:
        raise InputError(errors)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        book.set_properties({"title": title, "created": _MADE})
        for sheet in sheets:
            _fill(book, sheet)
    return out.getvalue()


def _too_long(sheet: Sheet) -> Iterable[str]:
    if len(sheet.rows) > MOST_ROWS:
        yield f"sheet {sheet.name}: {len(sheet.rows)} rows; Excel holds {MOST_ROWS}: write CSV"
    for number, row in enumerate(sheet.rows, start=2):
        for column, cell in zip(sheet.columns, row, strict=True):
            if isinstance(cell, str) and len(cell) * 2 > LONGEST and _units(cell) > LONGEST:
                yield (
                    f"sheet {sheet.name}, row {number}, {column}: a text of {_units(cell)} letters; "
                    f"a cell of Excel holds {LONGEST}: write CSV"
                )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fill(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    top, wrapped = book.add_format({"valign": "top"}), book.add_format({"valign": "top", "text_wrap": True})
    widths = [_width(column, [row[place] for row in sheet.rows]) for place, column in enumerate(sheet.columns)]
    for place, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
        page.set_column(place, place, width, wrapped if width == WIDEST else top)
        page.write_string(0, place, column, head)
    for number, row in enumerate(sheet.rows, start=1):
        if WIDEST in widths:
            page.set_row(number, _ROW_HEIGHT)
        for place, cell in enumerate(row):
            _write(page, number, place, cell)
    page.freeze_panes(1, 0)
    if sheet.columns:
        page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)


def _write(page: Any, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, (int, float)):
        page.write_number(row, column, cell)
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell)
    elif cell:
        page.write_string(row, column, cell)


def _width(column: str, cells: Iterable[Cell]) -> int:
    """So that the longest cell is seen, up to the widest column; Japanese letters count twice."""
    longest = max((_letters(cell) for cell in cells), default=0)
    return max(NARROWEST, min(WIDEST, max(longest, len(column) + 3)))  # 3: the filter's button


def _letters(cell: Cell) -> int:
    if isinstance(cell, datetime):
        return 19
    text = "" if cell is None else str(cell)[: WIDEST + 1]
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text) + 1


def as_time(text: str | None) -> Cell:
    """A UTC time of the project's as a time of Excel, which knows no zones; other texts as they are."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if text else None
    except ValueError:
        return text
