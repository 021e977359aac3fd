"""Zip archives from anybody: names as their packer meant them, nothing outside the folder, nothing that swells."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from tasks.errors import InputError
from tasks.languages.fault import Fault, at, why

MOST_DEPTH = 10
"""Folders within folders."""
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CENTRAL_ENTRY = b"PK\x01\x02"
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, IndexError, OSError, OverflowError,
    RuntimeError, ValueError,
)  # fmt: skip
"""What zipfile raises for a broken, encrypted or unknown archive, and the file system for names it cannot have."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that an archive may hold: files, bytes of one file, bytes of all together, as unpacked."""

    files: int
    file_bytes: int
    bytes: int


class Member(NamedTuple):
    """A file of an archive: its path, with `/` between folders, and its content."""

    path: str
    content: bytes


def members(archive: Path | IO[bytes], bounds: Bounds, name: str) -> Iterator[Member]:
    """The files of a zip archive, one unpacked at a time. What systems add (`__MACOSX`, `._x`, `.DS_Store`) is skipped.

    Args:
        name: what messages call the archive.

    Raises:
        InputError: no zip archive, a broken or encrypted one, another method than stored and deflate, more than the
            bounds, paths that lead outside or occur twice. All but broken contents are seen before the first member.
    """
    try:
        with zipfile.ZipFile(_counted(archive, bounds, name)) as opened:
            entries = _wanted(opened)
            _refuse(entries, bounds, name)
            for path, entry in entries:
                with opened.open(entry) as file:
                    # Asked for a size, the library unpacks no more, however much more than it claims the file holds.
                    yield Member(path, file.read(entry.file_size + 1))
    except InputError:
        raise
    except UNREADABLE as error:
        raise InputError(at(name, Fault("no_zip", reason=why(error)))) from error


def _counted(archive: Path | IO[bytes], bounds: Bounds, name: str) -> Path | IO[bytes]:
    """The archive, once it is known to list no more than it may: the library holds the whole list in memory."""
    most = 4 * bounds.files + 1000  # folders and what systems add are listed too
    data = archive.read_bytes() if isinstance(archive, Path) else archive.read()
    if not isinstance(archive, Path):
        archive.seek(0)
    if data.count(_CENTRAL_ENTRY) > most:
        raise InputError(at(name, Fault("zip_lists", most=f"{most:,}", allowed=f"{bounds.files:,}")))
    return archive


def _wanted(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    named = [(_path(entry), entry) for entry in archive.infolist() if not entry.is_dir()]
    return [(path, entry) for path, entry in named if not path.endswith("/") and not _is_litter(path)]


def _path(entry: zipfile.ZipInfo) -> str:
    r"""The path as the packer meant it, with `/` between folders.

    Without the UTF-8 flag a name is bytes of the packer's own code page. macOS writes UTF-8 there, Windows in Japan
    cp932, whose second bytes include 0x5C: `\` separates folders only after decoding.
    """
    if entry.flag_bits & _UTF8_NAME:
        return entry.orig_filename.replace("\\", "/")
    raw = entry.orig_filename.encode("cp437")  # as the library decoded them, byte for byte
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return entry.orig_filename.replace("\\", "/")


def _is_litter(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return "__MACOSX" in parts or parts[-1:] == (".DS_Store",) or any(part.startswith("._") for part in parts[-1:])


def _refuse(entries: list[tuple[str, zipfile.ZipInfo]], bounds: Bounds, name: str) -> None:
    """Raises InputError with everything that is wrong with the list of an archive."""
    size = sum(entry.file_size for _, entry in entries)
    paths = [path for path, _ in entries]
    errors = []
    if len(entries) > bounds.files or size > bounds.bytes:
        about = {"files": f"{len(entries):,}", "size": f"{size / 2**20:,.1f}"}
        most = {"most": f"{bounds.files:,}", "most_size": f"{bounds.bytes // 2**20:,}"}
        errors.append(at(name, Fault("zip_holds", **about, **most)))
    faults = {
        Fault("zip_outside"): [path for path in paths if _leads_outside(path)],
        Fault("zip_deep", most=str(MOST_DEPTH)): [p for p in paths if len(PurePosixPath(p).parts) > MOST_DEPTH + 1],
        Fault("zip_twice"): [path for path, count in Counter(paths).items() if count > 1],
        Fault("zip_password"): [path for path, entry in entries if entry.flag_bits & _ENCRYPTED],
        Fault("zip_method"): [path for path, entry in entries if entry.compress_type not in _METHODS],
        Fault("zip_large", most=f"{bounds.file_bytes // 2**20:,}"): [
            path for path, entry in entries if entry.file_size > bounds.file_bytes
        ],
    }
    errors += [at(name, at(rule, _listed(wrong))) for rule, wrong in faults.items() if wrong]
    if errors:
        raise InputError(errors)


def _leads_outside(path: str) -> bool:
    return path.startswith("/") or ".." in PurePosixPath(path).parts or path[1:2] == ":" or "\0" in path


def _listed(paths: list[str]) -> str:
    shown = ", ".join(repr(path[:80])[1:-1] for path in paths[:5])
    return Fault("and_more", names=shown, more=f"{len(paths) - 5:,}") if len(paths) > 5 else shown
