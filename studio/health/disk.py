"""The disk under the database: does it keep what it was told to keep, how fast, and how much room is left."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from studio.health.finding import Finding

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


def looked_at(folder: Path, mounts: Path = MOUNTS) -> Iterator[Finding]:
    """Findings about the disk that `folder` stands on; the folder or one above it must be there."""
    folder = next(p for p in (folder.resolve(), *folder.resolve().parents) if p.is_dir())
    yield _kind(folder, mounts)
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


def _kind(folder: Path, mounts: Path) -> Finding:
    kind = file_system(folder, mounts)
    if kind in SHARES or kind.startswith("fuse"):
        todo = "move the database to a disk of this machine, or take PostgreSQL"
        return Finding("mend", "disk", f"{folder} is a network share ({kind}), where SQLite can lose judgments", todo)
    if kind in IN_MEMORY:
        return Finding(
            "mend", "disk", f"{folder} is in memory ({kind}) and lost at a restart", "name a folder on a disk"
        )
    if kind == "overlay":
        todo = "mount a volume there"
        return Finding("mend", "disk", f"{folder} is a container's own layer and goes with the container", todo)
    if not kind:
        return Finding(
            "look", "disk", f"what {folder} stands on cannot be told here", "see that it is no network share"
        )
    return Finding("good", "disk", f"{folder} is on a disk of this machine ({kind})")


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
        return Finding(
            "mend", "fsync", f"{folder} cannot be written to ({error.strerror})", "give the studio's user the right to"
        )
    return synced(median(took))


def synced(milliseconds: float) -> Finding:
    """What the time of one fsync says."""
    if milliseconds < TOO_FAST_MS:
        todo = "see that nothing switches it off (nobarrier, a virtual disk's cache)"
        return Finding(
            "look", "fsync", f"takes {milliseconds:.3f} ms, faster than any disk: it may not be honoured", todo
        )
    if milliseconds > SLOW_MS:
        return Finding(
            "look", "fsync", f"takes {milliseconds:.0f} ms at every save", "take a faster disk for many raters"
        )
    return Finding("good", "fsync", f"takes {milliseconds:.2f} ms")


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    seen = f"{free / 1e9:.1f} GB free"
    if free < LITTLE:
        return Finding("mend", "room", seen, "make room: a full disk refuses judgments")
    return (
        Finding("look", "room", seen, "make room before a long study") if free < SOME else Finding("good", "room", seen)
    )
