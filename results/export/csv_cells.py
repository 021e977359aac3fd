"""Cells of the CSV files: text that no spreadsheet takes for a formula, and its way back."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
"""Openings that spreadsheets run as formulas (full-width forms included), behind any number of quotes."""
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def guard(text: str) -> str:
    """The text with `'` before it where a spreadsheet would run it as a formula; numbers stay as they are."""
    return f"'{text}" if _FORMULA.match(text) and not _is_number(text) else text


def unguard(text: str) -> str:
    """The inverse of `guard`, for every text."""
    return text[1:] if _QUOTED_FORMULA.match(text) else text


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text) is not None


def render(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file as bytes: UTF-8 with a byte order mark (spreadsheets then read Japanese), CRLF (RFC 4180)."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def parse(data: bytes) -> list[list[str]]:
    """The rows of a CSV file, its header first, each cell as it was before `render`. Raises UnicodeDecodeError."""
    lines = StringIO(data.decode("utf-8-sig"), newline="")
    return [[unguard(cell) for cell in row] for row in csv.reader(lines)]
