"""Where KokoroChat's JSON objects come from: a folder, a tar or zip archive, or JSON, JSONL and Parquet files.

Nothing is written to disk. Objects are handed on as published, each with the name by which an error can point at it.
"""

from __future__ import annotations

import lzma
import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from tasks.errors import InputError
from tasks.intake.packed import Bounds, members
from tasks.intake.readers.parquet_file import read_records
from tasks.strict_json import loads

ACCEPTED = "a folder of <evaluation_id>.json (or en…, zh…), .tar.xz, .tar.gz, .tar, .zip, .json, .jsonl or .parquet"

_NAME = re.compile(r"(?:en|zh)?[0-9]+\.json").fullmatch
MOST_BYTES = 16 * 2**20
"""Bytes of one dialogue's file: the longest published one has a hundredth of it."""
ZIP_BOUNDS = Bounds(files=100_000, file_bytes=MOST_BYTES, bytes=2 * 2**30)


class Published(NamedTuple):
    """One object as read. `stem` is the file's evaluation_id, in a translation after its language; None where one file
    holds many dialogues."""

    where: str
    stem: str | None
    value: Any


class _Text(NamedTuple):
    where: str
    stem: str
    raw: bytes


def read(path: Path) -> Iterator[Published | str]:
    """Every dialogue object under `path`, unchecked, in the order of the container; a str says what cannot be parsed.

    Raises:
        InputError: `path` does not exist, is of no accepted kind, is a broken archive or holds no dialogue.
    """
    if not path.exists():
        raise InputError((f"{path}: not found; allowed: {ACCEPTED}",))
    empty = True
    try:
        for published in _objects(path):
            empty = False
            yield published
    except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError) as error:
        raise InputError((f"{path}: cannot be read ({error}); the copy may be incomplete",)) from error
    if empty:
        raise InputError((f"{path}: holds no dialogue; allowed: {ACCEPTED}",))


def _objects(path: Path) -> Iterator[Published | str]:
    if path.is_dir():
        return _folder(path)
    name = path.name.lower()
    if name.endswith((".tar.xz", ".txz", ".tar.gz", ".tgz", ".tar")):
        return _parsed(_tar(path))
    if name.endswith(".zip"):
        return _parsed(_zip(path))
    if name.endswith((".json", ".jsonl", ".parquet")):
        return _rows(path)
    raise InputError((f"{path}: cannot tell what it is by its name; allowed: {ACCEPTED}",))


def _folder(path: Path) -> Iterator[Published | str]:
    files = [file for file in path.rglob("*.json") if _is_dialogue_name(file.relative_to(path).as_posix())]
    if files:
        yield from _parsed(_Text(file.name, file.stem, file.read_bytes()) for file in files)
        return
    for file in sorted((*path.rglob("*.parquet"), *path.rglob("*.jsonl"))):
        yield from _rows(file)


def _is_dialogue_name(name: str) -> bool:
    """True for `<digits>.json`, in a translation `en<digits>.json`, at any depth, hidden folders aside."""
    parts = PurePosixPath(name).parts
    return bool(_NAME(parts[-1])) and not any(part[0] == "." for part in parts)


def _tar(path: Path) -> Iterator[_Text]:
    with tarfile.open(path, "r|*") as archive:
        for member in archive:
            if member.isfile() and _is_dialogue_name(member.name.removeprefix("./")):
                file = archive.extractfile(member)
                assert file is not None, member.name  # only links and folders have none
                name = PurePosixPath(member.name)
                if member.size > MOST_BYTES:
                    raise InputError(f"{path}: {name}: found {member.size:,} bytes; allowed: {MOST_BYTES:,}")
                yield _Text(name.name, name.stem, file.read())


def _zip(path: Path) -> Iterator[_Text]:
    for member in members(path, ZIP_BOUNDS, str(path)):
        if _is_dialogue_name(member.path):
            name = PurePosixPath(member.path)
            yield _Text(name.name, name.stem, member.content)


def _parsed(texts: Iterator[_Text]) -> Iterator[Published | str]:
    for where, stem, raw in texts:
        try:
            yield Published(where, stem, loads(raw.decode("utf-8-sig"), half_characters=True))
        except ValueError as error:
            yield f"{where}: is not JSON in UTF-8 ({error})"


def _rows(path: Path) -> Iterator[Published | str]:
    """Dialogues of one Hub file: a Parquet table, one JSON object a line, or a JSON object or list of them."""
    if path.suffix.lower() == ".parquet":
        for number, row in enumerate(read_records(path, str(path))):
            yield Published(f"{path.name}: row {number}", None, row)
    elif path.suffix.lower() == ".jsonl":
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
            if line.strip():
                yield from _line(f"{path.name}: line {number}", line)
    else:
        for parsed in _line(path.name, path.read_bytes()):
            yield from _members(path, parsed)


def _line(where: str, raw: bytes) -> Iterator[Published | str]:
    try:
        yield Published(where, None, loads(raw.decode("utf-8-sig"), half_characters=True))
    except ValueError as error:
        yield f"{where}: is not JSON in UTF-8 ({error})"


def _members(path: Path, parsed: Published | str) -> Iterator[Published | str]:
    if isinstance(parsed, str) or not isinstance(parsed.value, list):
        yield parsed
        return
    for number, value in enumerate(parsed.value):
        yield Published(f"{path.name}[{number}]", None, value)
