"""Folders that appear whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.schema import Record


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Gives an empty folder beside `path` and renames it to `path` at the end; removes it after an error.

    Raises:
        InputError: `path` is a file, or a folder that is not empty.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError(f"{path}: is there already; allowed: a new or an empty folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        yield unfinished
        unfinished.chmod(0o755)  # mkdtemp's folders are private to one user
        if path.exists():
            path.rmdir()
        unfinished.rename(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def jsonl(values: Iterable[Record | dict[str, Any]]) -> str:
    """The values as JSON, one a line, in UTF-8 letters; records without the fields that have their default."""
    plain = (value.model_dump(exclude_defaults=True) if isinstance(value, Record) else value for value in values)
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in plain)


def pretty(value: Any) -> str:
    """The value as JSON to be read by people."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
