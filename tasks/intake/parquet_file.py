"""Parquet through pyarrow: only the wanted columns, after a look at what they would unpack to.

A small file can unpack to a large one, so bounds stand before reading: rows, bytes of the columns, bytes of the texts.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.intake.faults import Faults
from tasks.intake.source import Nested, Value, refuse_doubled
from tasks.strict_json import Number

MOST_ROWS = 2_000_000
MOST_BYTES = 128 * 2**20
"""Uncompressed bytes of the columns that are read, and characters of their texts."""
MOST_PREFIXED = 16 * 2**20
"""Bytes of a column in DELTA_BYTE_ARRAY, whose texts share prefixes: each of them may be as long as the column."""
MOST_RECORD_BYTES = 2**30
"""Uncompressed bytes of a file whose columns are all read, nested ones included."""
BATCH, BATCH_BYTES = 8_192, 4 * 2**20
"""Rows read at a time, and bytes where texts share prefixes."""


class ParquetFile:
    """A Parquet file."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.notes: list[str] = []
        if not path.is_file():
            raise InputError([f"{name}: file not found"])
        with _in_words(name):
            self._file = self._opened()
            self._kinds = dict(zip(self._file.schema_arrow.names, self._file.schema_arrow.types, strict=True))
            self.header = tuple(self._file.schema_arrow.names)
        refuse_doubled(self.header, name)

    def rows(self, wanted: Sequence[str], faults: Faults) -> Iterator[tuple[int, Sequence[Value]]]:
        """The wanted cells of each row. A column of lists, objects, bytes or times is a fault, and none is read."""
        flat = [column for column in wanted if not self._refused(column, faults)]
        if len(flat) < len(wanted) or not self._within_bounds(wanted, faults):
            return
        number, length = 0, 0
        for cells in self._batches(wanted):
            for values in zip(*cells, strict=True):
                number += 1
                length += sum(len(value) for value in values if isinstance(value, str))
                if length > MOST_BYTES:
                    faults.add(f"its texts are longer than {MOST_BYTES:,} characters in all; read it in parts")
                    return
                yield number, values

    def first(self, count: int, faults: Faults) -> list[Sequence[Value]]:
        """The first cells of every column; of a column that could not be read as text, what it holds."""
        return list(zip(*(self._first(column, count) for column in self.header), strict=True))

    def _first(self, column: str, count: int) -> list[Value]:
        count = min(count, self._file.metadata.num_rows)
        ignored = Faults(self.name)
        if self._refused(column, ignored) or not self._within_bounds([column], ignored):
            return [Nested(f"values of type {str(self._kinds[column])[:80]}")] * count
        with closing(self._batches([column], count)) as batches:
            return list(islice((value for batch in batches for value in batch[0]), count))

    def _opened(self, dictionaries: Sequence[str] = ()) -> Any:
        from pyarrow import parquet

        return parquet.ParquetFile(
            self.path,
            read_dictionary=list(dictionaries),
            thrift_string_size_limit=10 * 2**20,
            thrift_container_size_limit=100_000,
        )

    def _refused(self, column: str, faults: Faults) -> bool:
        if _is_flat(self._kinds[column]):
            return False
        kind = str(self._kinds[column])[:80]
        faults.add("allowed: text, numbers, true and false", column=column, found=f"values of type {kind}")
        return True

    def _within_bounds(self, wanted: Sequence[str], faults: Faults) -> bool:
        rows = self._file.metadata.num_rows
        if rows > MOST_ROWS:
            faults.add(f"allowed: up to {MOST_ROWS:,}; read it in parts", found=f"{rows:,} rows")
            return False
        size = sum(chunk.total_uncompressed_size for column in wanted for chunk in self._chunks(column))
        if size > MOST_BYTES:
            faults.add(f"allowed: up to {MOST_BYTES:,}; read it in parts", found=f"{size:,} bytes in the columns")
            return False
        for column in wanted:
            if self._is_prefixed(column) and self._largest(column) > MOST_PREFIXED:
                faults.add("is too large in the encoding DELTA_BYTE_ARRAY; save it in PLAIN", column=column)
                return False
        return True

    def _chunks(self, column: str) -> Iterator[Any]:
        metadata = self._file.metadata
        for group in range(metadata.num_row_groups):
            for place in range(metadata.num_columns):
                chunk = metadata.row_group(group).column(place)
                if chunk.path_in_schema == column:
                    yield chunk

    def _is_prefixed(self, column: str) -> bool:
        return any("DELTA_BYTE_ARRAY" in chunk.encodings for chunk in self._chunks(column))

    def _largest(self, column: str) -> int:
        return max((chunk.total_uncompressed_size for chunk in self._chunks(column)), default=0)

    def _batches(self, wanted: Sequence[str], batch: int = BATCH) -> Generator[list[list[Value]]]:
        """Columns of values, a batch of rows at a time. Texts that a dictionary holds once stay one object."""
        prefixed = [column for column in wanted if self._is_prefixed(column)]
        longest = max((self._largest(column) for column in prefixed), default=1)
        size = max(1, min(batch, BATCH_BYTES // longest) if prefixed else batch)
        texts = [c for c in wanted if c not in prefixed and str(self._kinds[c]) in ("string", "large_string")]
        with _in_words(self.name):
            rows: Any
            for rows in self._opened(texts).iter_batches(batch_size=size, columns=list(wanted)):
                yield [_values(rows.column(column)) for column in wanted]


def read_records(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """Every row as a record of all its columns, lists and objects included, for a data set whose layout is known.

    Raises:
        InputError: no Parquet file, a broken one, or more than 2,000,000 rows or 1 GiB of uncompressed columns.
    """
    with _in_words(name):
        from pyarrow import parquet

        file = parquet.ParquetFile(path)
        groups = range(file.metadata.num_row_groups)
        rows, size = file.metadata.num_rows, sum(file.metadata.row_group(group).total_byte_size for group in groups)
        if rows > MOST_ROWS or size > MOST_RECORD_BYTES:
            allowed = f"up to {MOST_ROWS:,} and {MOST_RECORD_BYTES:,}"
            raise InputError(f"{name}: found {rows:,} rows and {size:,} bytes; allowed: {allowed}; read it in parts")
        for batch in file.iter_batches(batch_size=256):
            yield from batch.to_pylist()


def _is_flat(kind: Any) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    tests = ("string", "large_string", "integer", "floating", "decimal", "boolean", "null")
    return any(getattr(types, f"is_{test}")(kind) for test in tests)


def _values(column: Any) -> list[Value]:
    if hasattr(column, "dictionary"):
        entries = [_cell(value) for value in column.dictionary.to_pylist()]
        return [None if place is None else entries[place] for place in column.indices.to_pylist()]
    return [_cell(value) for value in column.to_pylist()]


def _cell(value: Any) -> Value:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, float) and math.isnan(value):
        return None  # how pandas writes a number that is missing
    return Nested("a list or an object") if isinstance(value, (list, dict)) else Number(value)


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    """Whatever pyarrow says of a broken file, as one message."""
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise InputError([f"{name}: reading Parquet needs pyarrow (pip install pyarrow)"]) from error
    try:
        yield
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError, IndexError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise InputError([f"{name}: is no Parquet file that can be read ({reason[:200]})"]) from error
