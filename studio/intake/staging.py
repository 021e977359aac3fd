"""What arrives by the organiser's page: a packed study folder, or files of any kind, within bounds."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path, PurePath
from typing import TypeVar

from tasks.errors import InputError
from tasks.intake.compressed import unpacked
from tasks.intake.content import Content
from tasks.intake.kind import kind_of
from tasks.intake.packed import UNREADABLE, Bounds, members
from tasks.languages.fault import Fault, at, instead, why

K = TypeVar("K")
MOST_BYTES = 32 * 1024 * 1024
"""Largest upload, and largest study a packed folder may unpack to."""
MOST_VALUES = 500_000
"""Values of text files that are read on the page: each takes about 250 bytes once it is read, whatever it holds."""
MOST_FILES = 200
MOST_NAME = 120
MOST_LISTED = 4 * MOST_FILES + 1000
"""Entries of a zip archive's list, folders and what systems add included."""
MOST_DEPTH = 3
"""Archives in archives that are looked into; deeper ones are refused where they are read."""
_UNPACKED = Bounds(20_000, MOST_BYTES, MOST_BYTES)
_STUDY, _ENTRY = b"study.yaml", b"PK\x01\x02"
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f/\\:]")


def is_study(content: bytes) -> bool:
    """True for a zip archive with a `study.yaml` in it: a packed study folder, and no archive of tables."""
    if not content.startswith(b"PK") or _STUDY not in content or content.count(_ENTRY) > MOST_LISTED:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [entry.orig_filename.replace("\\", "/") for entry in archive.infolist()]
    except UNREADABLE:
        return False
    return any(name.rsplit("/", 1)[-1] == _STUDY.decode() for name in names)


def unpack(packed: bytes, folder: Path) -> Path:
    """Unpacks a zipped study folder into `folder`; the folder that holds `study.yaml`.

    Raises:
        InputError: no zip file, a broken one, too large or too many files, paths that lead outside or cannot be
            written, or no `study.yaml` in it.
    """
    try:
        for member in members(io.BytesIO(packed), Bounds(MOST_FILES, MOST_BYTES, MOST_BYTES), "upload"):
            path = folder / member.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(member.content)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(at("upload", Fault("not_unpacked_here", reason=why(error)))) from error
    found = sorted(path.parent for path in folder.rglob("study.yaml"))
    if len(found) != 1:
        raise InputError(at("upload", instead(f"{len(found)} study.yaml", Fault("just_one"))))
    return found[0]


def values(content: bytes) -> int:
    """At least the number of records, fields and entries of a JSON file or a table of text, by the signs between them.

    A workbook and Parquet are bounded where they are read: 0.
    """
    if content.startswith((b"PK", b"PAR1")):
        return 0
    signs = sum(content.count(sign) for sign in (b",", b";", b"\t", b"[", b"{"))
    return signs if content[:100].lstrip()[:1] in (b"[", b"{") else signs + content.count(b"\n")


def _held(content: bytes, name: str, depth: int = 0) -> Iterator[bytes]:
    """What a file holds, unpacked one after the other: the files of an archive, what is compressed; else itself.

    Raises:
        InputError: it cannot be unpacked, or unpacks to more than the page reads at once.
    """
    kind = kind_of(Content(name, data=content)) if depth < MOST_DEPTH else ""
    if kind == "zip":
        for member in members(io.BytesIO(content), _UNPACKED, name):
            yield from _held(member.content, f"{name}/{member.path}", depth + 1)
    elif kind in ("gzip", "xz"):
        yield from _held(unpacked(content, kind, MOST_BYTES, name), name, depth + 1)
    else:
        yield content


def bounded(contents: Mapping[K, bytes]) -> Mapping[K, bytes]:
    """The same files.

    Raises:
        InputError: they hold more values, or more bytes, than the page reads at once.
    """
    found = size = 0
    for content in (one for name, packed in contents.items() for one in _held(packed, str(name))):
        found, size = found + values(content), size + len(content)
        if found > MOST_VALUES:
            raise InputError(at("files", Fault("many_values", found=f"{found:,}", most=f"{MOST_VALUES:,}")))
        if size > MOST_BYTES:
            about = {"found": f"{size / 2**20:,.1f}", "most": str(MOST_BYTES // 2**20)}
            raise InputError(at("files", Fault("many_bytes", **about)))
    return contents


def keep_files(folder: Path, sent: Sequence[tuple[str, bytes]]) -> list[Path]:
    """Writes files that were sent into a folder, each under its own name as far as a file can have it.

    A second file of a name gets its number before the ending: `answers (2).csv`.

    Raises:
        InputError: they hold more than the page reads at once; see `bounded`.
    """
    named: dict[str, bytes] = {}
    for name, content in sent:
        own = PurePath(_UNWRITABLE.sub("_", name).strip(". ")[-MOST_NAME:] or "file")
        numbered = (f"{own.stem} ({number}){own.suffix}" for number in count(2))
        named[own.name if own.name not in named else next(one for one in numbered if one not in named)] = content
    bounded(named)
    place = folder / "sent"
    place.mkdir()
    for name, content in named.items():
        (place / name).write_bytes(content)
    return [place / name for name in named]
