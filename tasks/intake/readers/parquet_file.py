"""Parquet through pyarrow: only the wanted columns, after a look at what they would unpack to.

A small file can unpack to a large one, so bounds stand before reading: rows, bytes of the columns, bytes of the texts.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.intake.asking import Note
from tasks.intake.content import Content
from tasks.intake.faults import Faults
from tasks.intake.readers.source import Nested, Value, refuse_doubled
from tasks.languages.fault import Fault, Library, at
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

    headed = True

    def __init__(self, content: Content) -> None:
        self.content, self.name = content, content.name
        self.notes: list[Note] = []
        name = self.name
        content.read(1)  # a file that is not there is said as of every format
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
                    faults.add(Fault("parquet_long", most=f"{MOST_BYTES:,}"))
                    return
                yield number, values

    def records(self, faults: Faults) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Each row with its lists and objects; times are texts as ISO 8601 has them, bytes are left out and noted."""
        leaves = sorted({chunk.path_in_schema for chunk in self._all_chunks()})
        if not self._plain_inside(leaves, faults) or not self._within_bounds(leaves, faults):
            return
        number, length = 0, 0
        bytes_in: dict[str, None] = {}
        for rows in self._whole_batches(leaves):
            length += sum(_expanded(rows.column(place)) for place in range(rows.num_columns))
            if length > MOST_BYTES:  # before a text that stands there once is made as often as it is meant
                faults.add(Fault("parquet_bytes", most=f"{MOST_BYTES:,}"))
                return
            columns = [_records_of(rows.column(place)) for place in range(rows.num_columns)]
            bytes_in |= {name: None for name, column in zip(self.header, columns, strict=True) if _BYTES in column}
            for values in zip(*columns, strict=True):
                number += 1
                yield number, {k: v for k, v in zip(self.header, values, strict=True) if v is not _BYTES}
        self.notes += [Note("left_bytes", {"file": self.name, "column": name}) for name in bytes_in]

    def first(self, count: int, faults: Faults) -> list[Sequence[Value]]:
        """The first cells of every column; of a column that could not be read as text, what it holds."""
        return list(zip(*(self._first(column, count) for column in self.header), strict=True))

    def _first(self, column: str, count: int) -> list[Value]:
        count = min(count, self._file.metadata.num_rows)
        ignored = Faults(self.name)
        if self._refused(column, ignored) or not self._within_bounds([column], ignored):
            return [Nested(Fault("of_type", type=str(self._kinds[column])[:80]))] * count
        with closing(self._batches([column], count)) as batches:
            return list(islice((value for batch in batches for value in batch[0]), count))

    def _opened(self, dictionaries: Sequence[str] = ()) -> Any:
        from pyarrow import parquet

        return parquet.ParquetFile(
            self.content.path or BytesIO(self.content.data),
            read_dictionary=list(dictionaries),
            thrift_string_size_limit=10 * 2**20,
            thrift_container_size_limit=100_000,
        )

    def _refused(self, column: str, faults: Faults) -> bool:
        if _is_flat(self._kinds[column]):
            return False
        kind = Fault("of_type", type=str(self._kinds[column])[:80])
        faults.add(Fault("allowed", allowed=Fault("plain_values")), column=column, found=kind)
        return True

    def _within_bounds(self, wanted: Sequence[str], faults: Faults) -> bool:
        rows = self._file.metadata.num_rows
        if rows > MOST_ROWS:
            faults.add(Fault("read_in_parts", most=f"{MOST_ROWS:,}"), found=Fault("n_rows", rows=f"{rows:,}"))
            return False
        size = sum(chunk.total_uncompressed_size for column in wanted for chunk in self._chunks(column))
        if size > MOST_BYTES:
            faults.add(Fault("read_in_parts", most=f"{MOST_BYTES:,}"), found=Fault("n_bytes", bytes=f"{size:,}"))
            return False
        for column in wanted:
            if self._is_prefixed(column) and self._largest(column) > MOST_PREFIXED:
                faults.add(Fault("parquet_prefixed_large"), column=column)
                return False
        return True

    def _plain_inside(self, leaves: Sequence[str], faults: Faults) -> bool:
        """Texts in lists and objects that share prefixes are refused: their length cannot be told before reading."""
        wrong = [leaf for leaf in leaves if leaf not in self.header and self._is_prefixed(leaf)]
        for leaf in wrong:
            faults.add(Fault("parquet_prefixed"), column=leaf)
        return not wrong

    def _whole_batches(self, leaves: Sequence[str]) -> Iterator[Any]:
        """All columns, a batch of rows at a time; texts that a dictionary holds once are not yet made often."""
        prefixed = [leaf for leaf in leaves if self._is_prefixed(leaf)]
        longest = max((self._largest(leaf) for leaf in prefixed), default=1)
        size = max(1, min(BATCH, BATCH_BYTES // longest)) if prefixed else BATCH
        texts = {chunk.path_in_schema for chunk in self._all_chunks() if chunk.physical_type == "BYTE_ARRAY"}
        with _in_words(self.name):
            yield from self._opened(sorted(texts - set(prefixed))).iter_batches(batch_size=size)

    def _all_chunks(self) -> Iterator[Any]:
        metadata = self._file.metadata
        for group in range(metadata.num_row_groups):
            for place in range(metadata.num_columns):
                yield metadata.row_group(group).column(place)

    def _chunks(self, column: str) -> Iterator[Any]:
        return (chunk for chunk in self._all_chunks() if chunk.path_in_schema == column)

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
            most = {"most": f"{MOST_ROWS:,}", "most_bytes": f"{MOST_RECORD_BYTES:,}"}
            raise InputError(at(name, Fault("parquet_large", rows=f"{rows:,}", bytes=f"{size:,}", **most)))
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
    return Nested(Fault("list_or_object")) if isinstance(value, (list, dict)) else Number(value)


_BYTES = object()
"""Stands for a value of bytes, which no record of texts can hold."""


def _records_of(column: Any) -> list[Any]:
    """Values of a column; texts that a dictionary holds once stay one object."""
    if not hasattr(column, "dictionary"):
        return [_record_of(value) for value in column.to_pylist()]
    entries = [_record_of(value) for value in column.dictionary.to_pylist()]
    return [None if place is None else entries[place] for place in column.indices.to_pylist()]


def _record_of(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _record_of(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_record_of(part) for part in value]
    if isinstance(value, bytes):
        return _BYTES
    return value.isoformat() if hasattr(value, "isoformat") else _cell(value)


def _expanded(array: Any) -> int:
    """Bytes of the texts of an array once each stands for itself, whatever a dictionary saves."""
    from pyarrow import compute, types

    if types.is_dictionary(array.type):
        lengths = compute.binary_length(array.dictionary).take(array.indices)
        return int(compute.sum(lengths).as_py() or 0)
    if types.is_struct(array.type):
        return sum(map(_expanded, array.flatten()))
    if types.is_list(array.type) or types.is_large_list(array.type):
        return _expanded(array.flatten())
    return int(array.nbytes)


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    """Whatever pyarrow says of a broken file, as one message."""
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise InputError(at(name, Fault("no_pyarrow"))) from error
    try:
        yield
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError, IndexError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise InputError(at(name, Fault("no_parquet", reason=Library(reason[:200])))) from error
