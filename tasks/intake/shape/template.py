"""A table to fill in: a dialogue in each row and the responses of two systems, with two rows as an example."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from tasks.languages import catalogue
from tasks.languages.tags import closest

COLUMNS = ("id", "dialogue", "first", "second")
_WIDTHS = (8, 60, 40, 40)


def template_language(wish: str) -> str:
    """The language of the table for a reader of `wish`: the nearest that has its words, else English."""
    return closest(wish, catalogue.languages("door")) or catalogue.SECOND


def rows(language: str) -> Sequence[Sequence[str]]:
    """Header and two filled rows. Raises KeyError for a language whose words have no section `door`."""

    def word(key: str) -> str:
        return catalogue.word("door", language, f"template_{key}")

    filled = [[number, *(word(f"{column}_{number}") for column in COLUMNS[1:])] for number in ("1", "2")]
    return [[word(column) for column in COLUMNS], *filled]


def as_csv(language: str) -> bytes:
    """The table as CSV that Excel opens rightly: UTF-8 with its mark, CR LF."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows(language))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(language: str) -> bytes:
    """The table as an Excel file, every cell a text."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, wrapped = book.add_worksheet(), book.add_format({"text_wrap": True, "valign": "top"})
        for place, width in enumerate(_WIDTHS):
            sheet.set_column(place, place, width, wrapped)
        for number, cells in enumerate(rows(language)):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
    return out.getvalue()
