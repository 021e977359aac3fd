"""What every command shares: a line on stdout, and the service on the database that is meant."""

from __future__ import annotations

from pathlib import Path

from studio.service import Service, StudioError
from studio.settings import Settings


def say(text: str) -> None:
    """One line on stdout, at once, also where stdout is a file."""
    print(text, flush=True)


def open_service(settings: Settings, must_exist: bool = True, demonstration: bool = False) -> Service:
    """The service on the settings' database; a SQLite file is made only by `serve` and `demo`."""
    from studio.store.database import Store

    prefix = "sqlite:///"
    if must_exist and settings.database_url.startswith(prefix):
        path = Path(settings.database_url.removeprefix(prefix))
        if not path.exists():
            raise StudioError(f"--db: there is no database {path}; `python -m studio serve STUDY_DIR` makes one")
    return Service(Store(settings.database_url), demonstration=demonstration)
