"""Files and folders that appear whole or not at all, JSON and JSONL, and hashes of what was written."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.languages.fault import Fault, Library, at, why
from tasks.schema import Record
from tasks.strict_json import loads, reason

# --- whole folders and files --------------------------------------------------------------------------------------


@contextmanager
def new_folder(path: Path, replacing: str | None = None) -> Iterator[Path]:
    """Gives an empty folder beside `path` and renames it to `path` at the end; removes it after an error.

    Args:
        replacing: the name of a file by which an older folder of the same kind is known; such a folder is replaced,
            and stays as it was after an error. None = nothing is ever replaced.

    Raises:
        InputError: `path` is a file, or a folder that is neither empty nor one that may be replaced.
    """
    if wrong := occupied(path, replacing):
        raise InputError(wrong)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished, old = _beside(path), _beside(path)
    unfinished.mkdir()
    try:
        yield unfinished
        if path.exists():
            path.rename(old)
        unfinished.rename(path)
    except BaseException:
        if old.exists() and not path.exists():
            old.rename(path)
        raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def occupied(path: Path, replacing: str | None = None) -> str:
    """Why `new_folder` would refuse the path, '' where it would not."""
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return ""
    if replacing is None:
        return at(str(path), Fault("there_already"))
    if (path / replacing).is_file():
        return ""
    return at(str(path), Fault("there_already_without", file=replacing))


def _beside(path: Path) -> Path:
    """A hidden name in the same folder, so that renaming is one step of the file system."""
    return path.with_name(f".{path.name}-{secrets.token_hex(4)}")


def require_writable(folder: Path) -> None:
    """Makes the folder and writes into it, so that a long work does not end where it cannot be kept.

    Raises:
        InputError: the folder cannot be made or written into.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = _beside(folder / "probe")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(at(str(folder), Fault("unwritable", reason=Library(error.strerror or str(error))))) from error


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a whole file or none: beside the path, then renamed; missing parent folders are made.

    Links, pipes and devices (`/dev/stdout`) are written through, never replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_bytes(content)
        return
    unfinished = _beside(path)
    try:
        unfinished.write_bytes(content)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """`write_bytes` of UTF-8; line ends are written as they are."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """`write_text` of `pretty` JSON."""
    write_text(path, pretty(value))


def write_jsonl(path: Path, values: Iterable[Record | dict[str, Any]]) -> None:
    """`write_text` of `jsonl`."""
    write_text(path, jsonl(values))


# --- JSON ---------------------------------------------------------------------------------------------------------


def jsonl(values: Iterable[Record | dict[str, Any]]) -> str:
    """The values as JSON, one a line, in UTF-8 letters; records without the fields that have their default."""
    plain = (value.model_dump(exclude_defaults=True) if isinstance(value, Record) else value for value in values)
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in plain)


def pretty(value: Any) -> str:
    """The value as JSON to be read by people."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def read_jsonl(path: Path) -> list[tuple[int, Any]]:
    """(1-based line number, value) of every line of a JSONL file; blank lines are passed over.

    Lines end at LF alone: a text may hold U+2028 and other signs that Python takes for line ends.

    Raises:
        InputError: the file cannot be read as UTF-8, or lines are not JSON (`tasks/strict_json.py`); every such line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(at(str(path), Fault("unreadable_jsonl", reason=why(error)))) from error
    rows: list[tuple[int, Any]] = []
    errors: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                rows.append((number, loads(line)))
            except ValueError as error:
                errors.append(at(f"{path}:{number}", Fault("not_json", reason=reason(error))))
    if errors:
        raise InputError(errors)
    return rows


# --- hashes -------------------------------------------------------------------------------------------------------


def sha256_text(text: str) -> str:
    """Hex digest of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def sha256_texts(*texts: str) -> str:
    """Hex digest of the texts, each with its length before it, so that no two lists collide."""
    digest = hashlib.sha256()
    for text in texts:
        raw = text.encode("utf-8")
        digest.update(f"{len(raw)}:".encode())
        digest.update(raw)
    return digest.hexdigest()


def sha256_file(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
