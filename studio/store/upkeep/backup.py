"""Copies of a SQLite database, taken while it is written to. PostgreSQL has pg_dump (docs/reliability.md)."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from studio.store.errors import StoreError

HOW_ELSE = "for PostgreSQL use pg_dump and pg_restore"


def backup(url: str, target: Path) -> None:
    """Write a complete, checked copy to a new file; a reader of `target` never sees half a copy.

    Raises:
        StoreError: not a SQLite database, `target` is there already, or the copy is damaged.
    """
    if target.exists():
        raise StoreError(f"--out: {target} is there already; name a new file")
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.half")
    half.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(_file(url))) as source, closing(sqlite3.connect(half)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        check(half)
        _sync(half)
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)


def restore(source: Path, url: str) -> None:
    """Put a checked copy of `source` where the database of `url` is to be; never over one that is there.

    Raises:
        StoreError: a database is there, or `source` is missing or damaged.
    """
    target = _file(url)
    beside = [Path(f"{target}{end}") for end in ("", "-wal", "-shm")]
    present = [str(path) for path in beside if path.exists()]
    if present:
        raise StoreError(f"--db: {', '.join(present)} is there; move it away first, so that nothing is overwritten")
    if not source.is_file():
        raise StoreError(f"{source}: there is no such file")
    check(source)
    backup(f"sqlite:///{source.resolve()}", target)


def check(path: Path) -> None:
    """SQLite's own check of every page. StoreError if the file is damaged or no database."""
    try:
        with closing(sqlite3.connect(f"file:{path.resolve()}?mode=ro", uri=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: {error}") from error
    if found != ["ok"]:
        raise StoreError(f"{path} is damaged: {found[0]}")
    if "events" not in tables:
        raise StoreError(f"{path} is no database of the studio: it has no event log")


def _file(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise StoreError(f"{parsed.get_backend_name()}: only SQLite files are copied here; {HOW_ELSE}")
    return Path(parsed.database)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)  # Windows flushes only what may be written
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
