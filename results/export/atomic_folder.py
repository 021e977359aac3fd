"""Folders written whole or not at all, and the error that names every fault of one."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from tasks.errors import InputError


def replace_folder(folder: Path, fill: Callable[[Path], None], marker: str) -> None:
    """Fill a new folder beside `folder` and put it in its place, so that nothing half-written is ever seen.

    A folder that is there already must be empty or hold the file `marker`; else `InputError`.
    """
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / marker).is_file())):
        raise InputError([f"{folder}: is there already and holds no {marker}; name an empty or a new folder"])
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fill(fresh)
        fresh.chmod(0o777 & ~_umask())
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
