"""Files opened as records: rows of tables under their headers, JSON as it stands, every fault named by its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.intake.faults import Faults, quoted
from tasks.intake.shape.records import Records
from tasks.intake.table import open_table
from tasks.intake.text import opened as opened_text
from tasks.strict_json import loads_as_written


def opened(path: Path, answers: Mapping[str, str]) -> list[Records]:
    """The records of a file.

    Args:
        answers: to what the file does not say of itself.

    Raises:
        InputError: every fault of the file at once.
    """
    faults = Faults(path.name)
    rows = {".json": _of_json, ".jsonl": _of_lines}.get(path.suffix.lower(), _of_table)(path, faults)
    found = list(rows)
    faults.refuse()
    if not found:
        raise InputError([f"{path.name}: holds no records"])
    return [Records(path.name, found)]


def _of_table(path: Path, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    source = open_table(path, path.name)
    columns = [column for column in source.header if column]
    for number, cells in source.rows(columns, faults):
        yield number, dict(zip(columns, cells, strict=True))


def _of_lines(path: Path, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    with opened_text(path, path.name, "\n") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield from _record(line, number, faults)


def _of_json(path: Path, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    with opened_text(path, path.name) as file:
        text = file.read()
    try:
        value = loads_as_written(text)
    except ValueError as error:
        faults.add(f"is no JSON ({error})")
        return
    for number, record in enumerate(value if isinstance(value, list) else [value], start=1):
        if isinstance(record, dict):
            yield number, record
        else:
            faults.add("each entry must be one JSON object", row=number, found=quoted(str(record)))


def _record(line: str, number: int, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        value = loads_as_written(line)
    except ValueError as error:
        faults.add(f"is no JSON ({error}); each line must be one JSON object", row=number)
        return
    if isinstance(value, dict):
        yield number, value
    else:
        faults.add("each line must be one JSON object", row=number, found=quoted(line.strip()))
