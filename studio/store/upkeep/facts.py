"""What a database is, read without changing it: its program, version and schema, and when it was last written to."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from studio.store.errors import StoreError
from studio.store.migrate import SCRIPTS


class DatabaseFacts(NamedTuple):
    """`schema` is '' in an empty database; `newest` is the time of its last event."""

    program: str
    version: tuple[int, ...]
    schema: str
    wanted: str
    newest: datetime | None
    lasting: bool
    """False: PostgreSQL acknowledges before it has written (synchronous_commit is off)."""


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database.

    Raises:
        StoreError: it is no database URL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("the database's address is none: sqlite:///FILE or postgresql://…") from error
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def facts(url: str) -> DatabaseFacts:
    """Look at the database of a URL; a SQLite file must be there.

    Raises:
        StoreError: it cannot be opened; str() holds no password.
    """
    file = sqlite_path(url)
    parsed = make_url(url)
    if file is not None:
        opened = f"sqlite:///file:{file.resolve()}?mode=ro&uri=true"
    else:
        opened = parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    engine = None
    try:
        engine = create_engine(opened)
        with engine.connect() as connection:
            schema = MigrationContext.configure(connection).get_current_revision() or ""
            newest = None
            if inspect(connection).has_table("events"):
                newest = connection.execute(text("SELECT at FROM events ORDER BY seq DESC LIMIT 1")).scalar()
            lasting = file is not None or connection.execute(text("SHOW synchronous_commit")).scalar() != "off"
            found = connection.dialect.server_version_info or sqlite3.sqlite_version_info
            version = tuple(part for part in found if isinstance(part, int))
    except (NoSuchModuleError, DBAPIError) as error:
        raise StoreError(f"cannot be opened: {str(error).splitlines()[0]}") from error
    finally:
        if engine is not None:
            engine.dispose()
    at = datetime.fromisoformat(str(newest)) if newest else None
    program = "SQLite" if file is not None else "PostgreSQL"
    return DatabaseFacts(program, version, schema, _wanted(), at, lasting)


def _wanted() -> str:
    config = Config()
    config.set_main_option("script_location", SCRIPTS.as_posix().replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head() or ""
