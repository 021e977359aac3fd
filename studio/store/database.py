"""One database: SQLite (WAL, synchronous=FULL) by default, PostgreSQL by URL, the same statements on both."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InterfaceError,
    InternalError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from studio.store.errors import DamagedError, OccupiedError, StoreError
from studio.store.migrate import upgrade

__all__ = ["Connection", "Store", "StoreError"]

BUSY_SECONDS = 30
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
PG_WRITER_LOCK = 0x6B6F6B6F
"""Key of the advisory lock that makes the order of `events.seq` the order of commits, over all processes."""


class Store:
    """A migrated database with one writer at a time.

    `write` holds the in-process lock, then the database's own (BEGIN IMMEDIATE, or an advisory lock on PostgreSQL), so
    that waiting is fair and no writer starves in SQLite's busy handler. Leaving the block normally means committed
    and, on SQLite, fsynced; leaving it by an exception changes nothing.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._file: Path | None = None
        self._identity: tuple[int, int] | None = None
        try:
            self._engine = _engine(url)
            weakref.finalize(self, self._engine.dispose).atexit = False  # a store that nobody holds leaves none open
            with self._transaction() as connection:
                upgrade(connection)
        except (ArgumentError, NoSuchModuleError, DBAPIError, sqlite3.Error, OSError) as error:
            raise StoreError(f"cannot open the database {_shown(url)}: {_first_line(error)}{_why(url)}") from error
        if self.is_sqlite:
            self._file = Path(str(self._engine.url.database)).absolute()
            self._identity = _identity(self._file)

    @property
    def is_sqlite(self) -> bool:
        """True for SQLite, False for PostgreSQL."""
        return self._engine.dialect.name == "sqlite"

    @property
    def engine(self) -> Engine:
        """The engine, for looking beneath the store: its connections begin no transaction by themselves."""
        return self._engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of what is committed."""
        self._check_file()
        with _in_words(), self._engine.connect() as connection, connection.begin():
            if self.is_sqlite:
                _raw(connection).execute("BEGIN")
            yield connection

    @contextmanager
    def write(self, wait: bool = True) -> Iterator[Connection]:
        """The one writing transaction: all or nothing.

        Args:
            wait: False: on SQLite, raise OccupiedError at once where another transaction is being written.
        """
        self._check_file()
        with _in_words(), self._transaction(wait) as connection:
            yield connection

    def _check_file(self) -> None:
        """Refuse to go on where the SQLite file was moved, deleted or replaced: what is saved would be found by nobody.

        The check asks the file system for one entry, a few millionths of a second.
        """
        if self._file is not None and self._identity != (now := _identity(self._file)):
            what = "is not there any more" if now is None else "is another file than when it was opened"
            raise StoreError(f"the database {self._file} {what}; put it back, or stop the studio and start it again")

    @contextmanager
    def _transaction(self, wait: bool = True) -> Iterator[Connection]:
        with self._turn(wait), self._engine.connect() as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PG_WRITER_LOCK})
            elif wait:
                _raw(connection).execute("BEGIN IMMEDIATE")
            else:
                _begin_at_once(_raw(connection))
            yield connection

    @contextmanager
    def _turn(self, wait: bool) -> Iterator[None]:
        """This process's own lock: one writer at a time, and whoever waits gets in by and by."""
        if not self._lock.acquire(timeout=BUSY_SECONDS if wait else 0):
            if wait:
                raise StoreError(f"another transaction has been written for {BUSY_SECONDS} seconds")
            raise OccupiedError
        try:
            yield
        finally:
            self._lock.release()

    def scrub(self) -> bool:
        """After erasing: make the bytes go too, as far as the database can; False where readers prevent it for now.

        SQLite overwrites what it deletes (secure_delete), but its write-ahead log holds the older pages until it is
        emptied; PostgreSQL keeps dead rows until they are vacuumed.
        """
        with _in_words(), self._engine.connect() as connection:
            if self.is_sqlite:
                return _emptied(connection)
            plain = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in ("notes", "identities", "drafts", "draft_files"):
                plain.exec_driver_sql(f"VACUUM {table}")
            return True

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


@contextmanager
def _in_words() -> Iterator[None]:
    """A full or read-only disk, a lost connection, a locked or damaged file: told as one kind of error."""
    try:
        yield
    except (OperationalError, InternalError, InterfaceError, PoolTimeoutError, sqlite3.OperationalError) as error:
        raise StoreError(f"the database does not answer: {_first_line(error)}") from error
    except DatabaseError as error:
        if type(error) is not DatabaseError and not _is_missing(error):  # a fault of the statement, not of the file
            raise
        raise DamagedError(_first_line(error)) from error
    except UnicodeDecodeError as error:  # as SQLite's driver says of a text that is none
        raise DamagedError("a text that is not UTF-8") from error


def _is_missing(error: DatabaseError) -> bool:
    """True where PostgreSQL says that a table or column of ours is not there."""
    return getattr(error.orig, "sqlstate", None) in ("42P01", "42703")


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(str(parsed.render_as_string(hide_password=False)), parsed.database)
    isolation: dict[str, Any] = {"isolation_level": "READ COMMITTED", "pool_pre_ping": True}
    engine = create_engine(parsed, pool_size=10, max_overflow=20, pool_timeout=BUSY_SECONDS, **isolation)
    event.listen(engine, "connect", _postgres_connected)
    return engine


def _postgres_connected(connection: Any, record: Any) -> None:
    """PostgreSQL waits for a lock for ever, unless it is told how long."""
    connection.autocommit = True  # so that no rollback takes it back
    connection.execute(f"SET lock_timeout = {int(BUSY_SECONDS * 1000)}")
    connection.autocommit = False


def _sqlite(url: str, database: str | None) -> Engine:
    if not database or database == ":memory:":
        raise StoreError("a database in memory would lose every judgment; name a file: sqlite:///runs/studio.sqlite")
    Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=20, max_overflow=60, pool_use_lifo=True)
    event.listen(engine, "connect", _sqlite_connected)
    return engine


def _sqlite_connected(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the store begins transactions: a listener would slow every statement
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", *PRAGMAS):
        _with_retries(cursor, f"PRAGMA {pragma}")
    cursor.close()


def _with_retries(cursor: sqlite3.Cursor, sql: str) -> None:
    """Waits for other processes even where SQLite itself does not: turning a new file to WAL fails at once."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute(sql)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _emptied(connection: Connection) -> bool:
    """Writes SQLite's write-ahead log into the database and cuts it to nothing; outside of any transaction."""
    try:
        busy = _raw(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError:
        return False
    return not busy


def _raw(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.driver_connection


def _begin_at_once(raw: Any) -> None:
    """BEGIN IMMEDIATE that fails where another process writes, instead of waiting for it."""
    raw.execute("PRAGMA busy_timeout=0")
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT):
            raise OccupiedError from error
        raise
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path, whatever it holds; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _why(url: str) -> str:
    """What SQLite leaves unsaid: its folder is not there, or cannot be written to (a write-ahead log is kept there)."""
    if not url.startswith("sqlite:///"):
        return ""
    folder = Path(url.removeprefix("sqlite:///")).parent
    if not folder.is_dir():
        return f"; no such directory: {folder}"
    return "" if os.access(folder, os.W_OK) else f"; the folder {folder} cannot be written to"


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(not a database URL)"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
