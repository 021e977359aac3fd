"""Columns of anybody's table: CSV, JSON Lines or Parquet by the file's ending, every fault named with its row.

Rows are counted as a spreadsheet shows them: in a CSV the header is row 1, in the other formats the first record is.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.errors import InputError

ENDINGS = (".csv", ".jsonl", ".parquet")
_MOST_ERRORS = 20


@dataclass(frozen=True)
class Columns:
    """The cells of some columns as text, '' where a cell is empty, and the row that the first record stands in."""

    path: Path
    cells: dict[str, list[str]]
    first_row: int

    def place(self, index: int, column: str) -> str:
        """Where a cell stands, for an error."""
        return f"{self.path}, row {index + self.first_row}, column {column}"


def read_columns(path: Path, names: Sequence[str]) -> Columns:
    """The named columns of a file. Raises InputError for a file, a format or a column that is not there."""
    if not path.is_file():
        raise InputError([f"{path}: is no file"])
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise InputError([f"{path}: ends in '{path.suffix}'; allowed: {', '.join(ENDINGS)}"])
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise InputError([f"{path}: column '{name}' is named for two purposes" for name in twice])
    readers: dict[str, Callable[[Path, Sequence[str]], dict[str, list[str]]]] = {
        ".csv": _csv,
        ".jsonl": _jsonl,
        ".parquet": _parquet,
    }
    return Columns(path, readers[ending](path, names), 2 if ending == ".csv" else 1)


def column_names(path: Path) -> tuple[str, ...]:
    """The columns of a file: the header of a CSV, the keys of the first JSON object, the schema of a Parquet file.

    Raises:
        InputError: the file is none of the three, or cannot be read.
    """
    ending = path.suffix.lower()
    if ending == ".parquet":
        from pyarrow import parquet

        with _parquet_in_words(path):
            return tuple(parquet.read_schema(path).names)
    if ending not in ENDINGS:
        raise InputError([f"{path}: ends in '{path.suffix}'; allowed: {', '.join(ENDINGS)}"])
    try:
        first = path.read_text(encoding="utf-8-sig").partition("\n")[0]
    except UnicodeDecodeError as error:
        raise InputError([f"{path}: is not UTF-8 (byte {error.start})"]) from error
    if ending == ".csv":
        try:
            return tuple(next(csv.reader([first]), []))
        except csv.Error as error:
            raise InputError([f"{path}, row 1: is no CSV header ({error})"]) from error
    return tuple(_record(first, f"{path}, row 1"))


def _csv(path: Path, names: Sequence[str]) -> dict[str, list[str]]:
    import pandas as pd

    try:
        header = pd.read_csv(path, nrows=0, dtype=str, encoding="utf-8-sig")
        _refuse_missing(path, names, list(header.columns))
        frame = pd.read_csv(
            path,
            usecols=list(names),
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            skip_blank_lines=False,
            index_col=False,
        )
    except UnicodeDecodeError as error:
        raise InputError([f"{path}: is not UTF-8 (byte {error.start})"]) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError([f"{path}: is no CSV table ({str(error).strip()})"]) from error
    frame = frame.fillna("")
    blank = (frame == "").all(axis=1)
    while len(frame) and bool(blank.iloc[-1]):
        frame, blank = frame.iloc[:-1], blank.iloc[:-1]
    return {name: frame[name].tolist() for name in names}


def _jsonl(path: Path, names: Sequence[str]) -> dict[str, list[str]]:
    cells: dict[str, list[str]] = {name: [] for name in names}
    errors: list[str] = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise InputError([f"{path}: is not UTF-8 (byte {error.start})"]) from error
    while lines and not lines[-1].strip():
        lines.pop()
    for number, line in enumerate(lines, start=1):
        try:
            record = _record(line, f"{path}, row {number}")
        except InputError as error:
            errors += error.errors
            continue
        for name in names:
            if name not in record:
                errors.append(f"{path}, row {number}, column {name}: is missing; the object has {sorted(record)}")
            cells[name].append(_text(record.get(name)))
    if errors:
        raise InputError(shortened(errors))
    return cells


def _record(line: str, where: str) -> dict[str, Any]:
    """One JSON object of whole characters, or InputError."""
    try:
        found = json.loads(line)
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        said = f"{where}: found half of a surrogate pair (\\ud800 to \\udfff); allowed: whole characters"
        raise InputError([said]) from error
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError([f"{where}: found {line[:40]!r}; each line must be one JSON object"])
    return found


def _parquet(path: Path, names: Sequence[str]) -> dict[str, list[str]]:
    from pyarrow import parquet

    with _parquet_in_words(path):
        file = parquet.ParquetFile(path)
        _refuse_missing(path, names, list(file.schema_arrow.names))
        table = file.read(columns=list(names))
        return {name: [_text(value) for value in table[name].to_pylist()] for name in names}


@contextmanager
def _parquet_in_words(path: Path) -> Iterator[None]:
    """Whatever pyarrow says of a broken file, as one message."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)
        raise InputError([f"{path}: is no Parquet file that can be read ({why})"]) from error


def _refuse_missing(path: Path, names: Sequence[str], there: Sequence[str]) -> None:
    missing = [name for name in names if name not in there]
    if missing:
        raise InputError([f"{path}: column '{name}': not found; the file has {list(there)}" for name in missing])


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def shortened(errors: Sequence[str]) -> list[str]:
    """The first errors, and how many more there are."""
    more = len(errors) - _MOST_ERRORS
    return [*errors[:_MOST_ERRORS], *([f"… and {more} more"] if more > 0 else [])]


def empty_cells(columns: Columns, names: Sequence[str]) -> list[str]:
    """An error for each empty cell of columns that may have none."""
    return [
        f"{columns.place(index, name)}: is empty; a name is needed"
        for name in names
        for index, cell in enumerate(columns.cells[name])
        if cell == ""
    ]
