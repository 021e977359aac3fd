"""The disk under the database: does it keep what it was told to keep, how fast, and how much room is left."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from studio.health.finding import Finding, Standing, told

MOUNTS = Path("/proc/self/mounts")
SHARES = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "virtiofs")
"""File systems of other machines, on which SQLite's locks are not safe; so is everything under FUSE."""
IN_MEMORY = ("tmpfs", "ramfs")
SYNCS = 15
SYNC_BYTES = 4096
TOO_FAST_MS, SLOW_MS = 0.02, 50.0
"""No disk answers faster than the first; above the second raters feel it at every save."""
LITTLE, SOME = 200e6, 1e9
"""Bytes of free room: too little for a study, and enough to look at."""


def looked_at(folder: Path, mounts: Path = MOUNTS, copied: bool = False) -> Iterator[Finding]:
    """Findings about the disk that `folder` stands on; the folder or one above it must be there.

    `copied`: a copy is kept elsewhere, from which a disk that a restart empties is filled again.
    """
    folder = next(p for p in (folder.resolve(), *folder.resolve().parents) if p.is_dir())
    yield _kind(folder, mounts, "look" if copied else "mend")
    yield _syncing(folder)
    yield _room(folder)


def file_system(folder: Path, mounts: Path) -> str:
    """The type of the file system a folder stands on, as Linux names it; '' where that cannot be told."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = -1, ""
    for line in lines:
        fields = line.split(" ")
        place = Path(fields[1].replace("\\040", " "))
        if folder.is_relative_to(place) and len(place.parts) >= best:
            best, kind = len(place.parts), fields[2]
    return kind


def _kind(folder: Path, mounts: Path, emptied: Standing) -> Finding:
    kind = file_system(folder, mounts)
    if kind in SHARES or kind.startswith("fuse"):
        return told("mend", "disk", "disk_share", "disk_share_do", folder=f"{folder}", kind=kind)
    if kind in IN_MEMORY:
        return told(emptied, "disk", "disk_memory", "disk_memory_do", folder=f"{folder}", kind=kind)
    if kind == "overlay":
        return told(emptied, "disk", "disk_layer", "disk_layer_do", folder=f"{folder}")
    if not kind:
        return told("look", "disk", "disk_unknown", "disk_unknown_do", folder=f"{folder}")
    return told("good", "disk", "disk_good", folder=f"{folder}", kind=kind)


def _syncing(folder: Path) -> Finding:
    took = []
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            for _ in range(SYNCS):
                file.write(os.urandom(SYNC_BYTES))
                file.flush()
                began = time.perf_counter()
                os.fsync(file.fileno())
                took.append((time.perf_counter() - began) * 1000)
    except OSError as error:
        return told(
            "mend", "fsync", "fsync_unwritable", "fsync_unwritable_do", folder=f"{folder}", error=error.strerror or ""
        )
    return synced(median(took))


def synced(milliseconds: float) -> Finding:
    """What the time of one fsync says."""
    if milliseconds < TOO_FAST_MS:
        return told("look", "fsync", "fsync_fast", "fsync_fast_do", ms=f"{milliseconds:.3f}")
    if milliseconds > SLOW_MS:
        return told("look", "fsync", "fsync_slow", "fsync_slow_do", ms=f"{milliseconds:.0f}")
    return told("good", "fsync", "fsync_good", ms=f"{milliseconds:.2f}")


def _room(folder: Path) -> Finding:
    return roomy(shutil.disk_usage(folder).free)


def roomy(free: float) -> Finding:
    """What bytes of free room say."""
    seen = f"{free / 1e9:.1f}"
    if free < LITTLE:
        return told("mend", "room", "room_free", "room_little_do", gb=seen)
    if free < SOME:
        return told("look", "room", "room_free", "room_some_do", gb=seen)
    return told("good", "room", "room_free", gb=seen)
