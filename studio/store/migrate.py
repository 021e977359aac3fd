"""Bringing a database to this program's schema; an older program refuses a newer database."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from studio.store.errors import NewerDatabaseError

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run the migrations that are still to run, in the caller's transaction.

    Raises:
        NewerDatabaseError: the database stands at a revision this program does not know.
    """
    config = Config()
    config.set_main_option("script_location", SCRIPTS.as_posix().replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_revision()
    if found == scripts.get_current_head():
        return
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerDatabaseError(
            f"the database has schema {found!r}, which this program does not know (its newest is "
            f"{scripts.get_current_head()!r}); start it with the newer program that wrote it"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, target)
