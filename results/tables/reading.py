"""The chosen columns of a file as `Cells`: of any table, and by paths of JSON records.

In JSON a column is a path: `annotations.Interesting`; `responses.*.Overall` makes a row of each entry of the list
`responses`, and `*.annotations` of each entry of a file that is one object. A list at the end of a path is a cell that
lists several: ratings by rater, or the labels of a set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from results.tables.cells import Cell, Cells
from tasks.errors import InputError
from tasks.intake.faults import Faults
from tasks.intake.options import in_english
from tasks.intake.readers.source import FIRST_ROWS, Source
from tasks.intake.shape.records import pick
from tasks.intake.table import Column, open_table, read_table


def read(path: Path, names: Sequence[str], faults: Faults, answers: Mapping[str, str] | None = None) -> Cells:
    """The named columns of a file, each once.

    Args:
        faults: gathers what is wrong with rows and cells; a cell at fault is ''.

    Raises:
        InputError: the file or a column cannot be read at all.
    """
    names = tuple(dict.fromkeys(names))
    if nested(open_table(path, answers=answers), names):
        return _of_records(open_table(path, answers=answers), names, faults)
    table = read_table(path, [Column(name) for name in names], faults=faults, answers=answers)
    return Cells(table.name, table.cells, table.rows, [str(row) for row in table.rows], table.notes)


def header(path: Path, answers: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The column names of a file. Raises InputError where it cannot be read."""
    return open_table(path, answers=answers).header


def nested(source: Source, names: Sequence[str]) -> bool:
    """Whether some column is a path into the records, or holds lists."""
    if any("*" in name.split(".") for name in names if name not in source.header):
        return True
    first = [record for _, record in islice(source.records(Faults(source.name)), FIRST_ROWS)]
    return any(_is_inside(record, name) for record in first for name in names)


def _is_inside(record: Mapping[str, Any], name: str) -> bool:
    value = pick(record, name)
    return isinstance(value, list) or (value is not None and name not in record)


# --- records ------------------------------------------------------------------------------------------------------


def _of_records(source: Source, names: Sequence[str], faults: Faults) -> Cells:
    prefix = _prefix(names)
    columns: dict[str, list[Cell]] = {name: [] for name in names}
    rows: list[int] = []
    places: list[str] = []
    met: set[str] = set()
    for row, record in source.records(faults):
        for place, entry in _entries(record, prefix):
            rows.append(row)
            places.append(f"{row}.{place}" if place else str(row))
            for name in names:
                value = _value(record, entry, name)
                met.update([name] if value is not None or name in record else [])
                columns[name].append(_cell(value, name, row, faults))
    if lacking := [name for name in names if name not in met]:
        for name in lacking:
            faults.add(f"not found; the file has {list(source.header[:20])}", column=f"'{name}'")
        faults.refuse()
    return Cells(source.name, columns, rows, places, tuple(map(in_english, source.notes)))


def _prefix(names: Sequence[str]) -> str | None:
    """The path before `*`, the same for all names that have one; None where none has."""
    found = dict.fromkeys(name.partition("*")[0].rstrip(".") for name in names if "*" in name.split("."))
    if len(found) > 1:
        raise InputError([f"found {' and '.join(f'{prefix}.*' for prefix in found)}; allowed: one list of rows"])
    return next(iter(found), None)


def _entries(record: Mapping[str, Any], prefix: str | None) -> Iterator[tuple[str, Any]]:
    """The entries that are rows of their own, each with its place; the record itself where no path has a `*`."""
    if prefix is None:
        yield "", record
        return
    held = pick(record, prefix) if prefix else record
    if isinstance(held, Mapping):
        yield from held.items()
    elif isinstance(held, list):
        yield from ((str(number), entry) for number, entry in enumerate(held, start=1))


def _value(record: Mapping[str, Any], entry: Any, name: str) -> Any:
    """What stands at a path of a row."""
    if "*" not in name.split("."):
        return pick(record, name)
    inner = name.partition("*")[2].lstrip(".")
    if not inner:
        return entry
    return pick(entry, inner) if isinstance(entry, Mapping) else None


def _cell(value: Any, name: str, row: int, faults: Faults) -> Cell:
    if isinstance(value, list):
        return tuple(_text(part, name, row, faults) for part in value)
    return _text(value, name, row, faults)


def _text(value: Any, name: str, row: int, faults: Faults) -> str:
    if isinstance(value, Mapping | list):
        what = "an object; a dot goes into it, as " + f"{name}.{next(iter(value), 'key')}"
        found = what if isinstance(value, Mapping) else "a list in a list"
        faults.add("allowed: a text, a number, true or false", row=row, column=name, found=found)
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
