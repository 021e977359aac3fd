"""A study that arrives by the organiser's page: a packed study folder, or items and a table of responses.

What arrived is staged in a folder of this machine until it is launched or replaced; nothing reaches the store before.
"""

from __future__ import annotations

import io
import lzma
import secrets
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from results.commands.input_table import column_names, read_columns
from studio.intake.responses import Mapping, bring
from tasks.errors import InputError
from tasks.schema import Study
from tasks.study.build import Sources, build
from tasks.study.study_form import Head

MOST_BYTES = 32 * 1024 * 1024
"""Largest upload, and largest study a packed folder may unpack to."""
MOST_FILES = 200
MOST_STAGED = 10
PREVIEW_ROWS = 3
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, IndexError, OSError, OverflowError,
    RuntimeError, ValueError,
)  # fmt: skip
"""What zipfile raises for a broken, encrypted or unknown archive, and the file system for names it cannot have."""


@dataclass(frozen=True)
class Arrival:
    """Something uploaded: the folder it lies in, and the study once it loads (None while columns are to be named)."""

    folder: Path
    study: Study | None = None
    columns: tuple[str, ...] = ()


class Arrivals:
    """What waits to be launched, by a token that only the page which staged it knows; the oldest makes room."""

    def __init__(self) -> None:
        self._staged: OrderedDict[str, Arrival] = OrderedDict()

    def folder(self) -> Path:
        """A new folder to stage something in."""
        return Path(tempfile.mkdtemp(prefix="studio-arrival-"))

    def keep(self, arrival: Arrival) -> str:
        """Stage it; its token."""
        token = secrets.token_urlsafe(16)
        self._staged[token] = arrival
        while len(self._staged) > MOST_STAGED:
            shutil.rmtree(self._staged.popitem(last=False)[1].folder, ignore_errors=True)
        return token

    def take(self, token: str) -> Arrival | None:
        """What waits under the token; None where nothing does."""
        return self._staged.get(token)

    def drop(self, token: str) -> None:
        """Forget it and its folder."""
        if (arrival := self._staged.pop(token, None)) is not None:
            shutil.rmtree(arrival.folder, ignore_errors=True)


def unpack(packed: bytes, folder: Path) -> Path:
    """Unpacks a zipped study folder into `folder`; the folder that holds `study.yaml`.

    Raises:
        InputError: no zip file, a broken one, too large or too many files, paths that lead outside or cannot be
            written, or no `study.yaml` in it.
    """
    try:
        _unpacked(zipfile.ZipFile(io.BytesIO(packed)), folder)
    except InputError:
        raise
    except UNREADABLE as error:
        raise InputError((f"upload: is no zip file that can be unpacked ({error})",)) from error
    found = sorted(path.parent for path in folder.rglob("study.yaml") if "__MACOSX" not in path.parts)
    if len(found) != 1:
        raise InputError((f"upload: found {len(found)} study.yaml; allowed: one",))
    return found[0]


def _unpacked(archive: zipfile.ZipFile, folder: Path) -> None:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise InputError((f"upload: allowed: up to {MOST_FILES} files and {MOST_BYTES // 2**20} MB unpacked",))
    outside = [e.filename for e in entries if e.filename.startswith("/") or ".." in PurePosixPath(e.filename).parts]
    if outside or any("\\" in entry.filename for entry in entries):
        raise InputError((f"upload: paths that lead outside the folder: {', '.join(outside) or 'with backslashes'}",))
    for entry in entries:
        path = folder / entry.filename
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.read(entry))


def columns_of(table: Path) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The columns of a table and its first rows, as text, for whoever is to say which column holds what.

    Raises:
        InputError: the file is none of CSV, JSONL and Parquet, or has no columns.
    """
    names = column_names(table)
    read = read_columns(table, names)
    rows = list(zip(*(read.cells[name][:PREVIEW_ROWS] for name in names), strict=True))
    return names, rows


def assemble(folder: Path, table: Path, mapping: Mapping, head: Head) -> Study:
    """A study of `folder`/items.jsonl and a table of responses, built in `folder`/study.

    Raises:
        InputError: every fault of the table.
        InputError: every fault of the items and the study.
    """
    for name in ("responses", "study"):
        shutil.rmtree(folder / name, ignore_errors=True)
    bring(table, mapping, folder / "items.jsonl", folder / "responses")
    return build(Sources(folder / "items.jsonl", folder / "responses"), head, folder / "study")
