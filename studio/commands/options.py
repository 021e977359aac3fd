"""What the studio's commands share: options, the settings they lay over those of the environment, and the service."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from studio.settings import Settings, SettingsError, dataset_id, from_environment, sqlite_url
from tasks import console
from tasks.console import Commands
from tasks.errors import InputError

if TYPE_CHECKING:
    from studio.service import Service

DEMO_DATABASE = Path("runs/demo/studio.sqlite")
Run = Callable[[Namespace, Settings], int]


def command(commands: Commands, name: str, words: str, run: Run) -> ArgumentParser:
    """A new command's parser with --db; `run` gets the options and the settings."""
    parser = console.command(commands, name, words, partial(_run, run))
    parser.add_argument(
        "--db", metavar="URL", help="database: a file, sqlite:///… or postgresql://… (STUDIO_DATABASE_URL)"
    )
    return parser


def _run(run: Run, options: Namespace) -> int:
    from studio.store.errors import StoreError

    try:
        return run(options, settings_of(options))
    except StoreError as error:
        raise InputError(str(error)) from error


def study_command(commands: Commands, name: str, words: str, run: Run) -> ArgumentParser:
    """A command on one STUDY of the database."""
    parser = command(commands, name, words, run)
    parser.add_argument("study", metavar="STUDY", help="the study's id")
    return parser


def rater_argument(parser: ArgumentParser) -> None:
    """RATER."""
    parser.add_argument("rater", metavar="RATER", help="the code, e.g. R003")


def port_option(parser: ArgumentParser) -> None:
    """--port, for links."""
    parser.add_argument("--port", type=int, help="the port the studio is served at, for the links")


def serving_options(parser: ArgumentParser) -> None:
    """--host and --port."""
    parser.add_argument("--host", help="address to listen on (STUDIO_HOST; 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 = a free one (STUDIO_PORT; 7860)")


def mirror_options(parser: ArgumentParser) -> None:
    """--copy-to and --hub-endpoint."""
    parser.add_argument(
        "--copy-to", metavar="OWNER/NAME", help="keep a copy in this private Hub data set (STUDIO_COPY_TO, HF_TOKEN)"
    )
    parser.add_argument("--hub-endpoint", metavar="URL", help="another Hub than huggingface.co, which is sent HF_TOKEN")


def settings_of(options: Namespace) -> Settings:
    """The environment's settings with the options of the command laid over them.

    Raises:
        SettingsError: a setting or an option that cannot be used.
    """
    settings = from_environment()
    if options.command == "demo" and settings.database_url == Settings.database_url:
        settings = replace(settings, database_url=sqlite_url(DEMO_DATABASE))
    if options.db:
        settings = replace(settings, database_url=options.db if "://" in options.db else sqlite_url(Path(options.db)))
    if getattr(options, "copy_to", None):
        settings = replace(settings, copy_to=dataset_id(options.copy_to, "--copy-to"))
    if getattr(options, "hub_endpoint", None):
        settings = replace(settings, hub_endpoint=options.hub_endpoint)
    if getattr(options, "public", False) and options.command == "demo":
        settings = replace(settings, public_demo=True)
    if getattr(options, "host", None):
        settings = replace(settings, host=options.host)
    port = getattr(options, "port", None)
    if port is not None and not 0 <= port <= 65535:
        raise SettingsError(f"--port: found {port}; allowed: 0 to 65535")
    return settings if port is None else replace(settings, port=port)


def open_service(settings: Settings, must_exist: bool = True, demonstration: bool = False) -> Service:
    """The service on the settings' database; a SQLite file is made only by `serve` and `demo`."""
    from studio.service import Service
    from studio.store.database import Store

    prefix = "sqlite:///"
    if must_exist and settings.database_url.startswith(prefix):
        path = Path(settings.database_url.removeprefix(prefix))
        if not path.exists():
            raise InputError(f"--db: there is no database {path}; `python -m studio serve STUDY_DIR` makes one")
    return Service(Store(settings.database_url), demonstration=demonstration)
