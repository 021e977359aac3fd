"""Which process serves a SQLite file: one at a time, known by a lock that ends with the process."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import IO

from studio.store.errors import StoreError

INSTANCE = secrets.token_hex(4)
"""Names this process to `doctor`; it opens nothing."""


def note_of(database: Path) -> Path:
    """The file that is locked, beside the database."""
    return database.with_name(f"{database.name}.serving")


def take(database: Path, port: int) -> IO[str] | None:
    """Say that this process serves the file, until the handle is closed; None where the system has no such locks.

    Raises:
        StoreError: another process serves it.
    """
    file = note_of(database).open("a+", encoding="utf-8")
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        told = server_of(database)
        raise StoreError(
            f"another studio serves {database} already (process {told.get('process', '?')}, port "
            f"{told.get('port', '?')}); stop it first, or take PostgreSQL, which several may serve"
        ) from error
    except (ImportError, OSError):  # Windows, or a share without locks
        file.close()
        return None
    file.truncate(0)
    json.dump({"instance": INSTANCE, "process": os.getpid(), "port": port}, file)
    file.flush()
    return file


def server_of(database: Path) -> dict[str, object]:
    """What the process that serves the file says of itself; {} where none does."""
    note = note_of(database)
    try:
        import fcntl

        with note.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                told = json.loads(file.read() or "{}")
                return told if isinstance(told, dict) else {}
    except (ImportError, OSError, ValueError):
        return {}
    return {}
