"""`serve` and `demo`: study folders in the browser."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from studio.commands.options import command, mirror_options, open_service, serving_options
from studio.settings import Settings, sqlite_url
from tasks.console import Commands, say
from tasks.errors import InputError

if TYPE_CHECKING:
    from studio.service import Service

DEMO = Path(__file__).resolve().parents[2] / "tasks" / "demo"


def add(commands: Commands) -> None:
    """Add both commands."""
    served = command(commands, "serve", "serve study folders (and the studies the database already holds)", serve)
    served.add_argument(
        "folders", nargs="*", type=Path, metavar="STUDY_DIR", help="a study folder; see docs/study-format.md"
    )
    served.add_argument("--new", action="store_true", help="begin without a study; set one up on the organiser's page")
    served.add_argument(
        "--share", action="store_true", help="a public https address for a week at most, by Gradio's tunnel"
    )
    serving_options(served)
    mirror_options(served)
    shown = command(commands, "demo", "serve the demo study on SQLite under runs/demo, with a link for a rater", demo)
    shown.add_argument(
        "--public",
        action="store_true",
        help="public demo: three pairs, then which was which; nothing is stored",
    )
    serving_options(shown)


def serve(options: Namespace, settings: Settings) -> int:
    """Import the folders, print the organiser's link, serve until stopped."""
    from studio.web import serving
    from tasks.study.load import load_study

    if options.share and settings.public_url:
        raise InputError(f"--share: STUDIO_PUBLIC_URL is set to {settings.public_url}; unset one of the two")
    settings = replace(settings, share=options.share)
    fetched = serving.fetched(settings) if settings.study_from else []
    studies = [load_study(folder) for folder in (*options.folders, *fetched)]
    service = open_service(settings, must_exist=not (studies or settings.copy_to or options.new))
    service.copy = serving.hub_mirror(service, settings)
    for study in studies:
        serving.bring_in(service, study)
    if not service.studies() and not options.new:
        raise InputError("there is no study to serve: name a study folder, or --new to set one up on the page")
    return serving.serve(service, settings, demo=None)


def demo(options: Namespace, settings: Settings) -> int:
    """The demo study with a rater's link and the organiser's; what was judged before stays."""
    from studio.web import serving
    from tasks.study.load import load_study

    study = load_study(DEMO)
    if settings.public_demo:
        return _public_demo(options, settings)
    service = open_service(settings, must_exist=False, demonstration=True)
    if not options.db and not serving.holds(service, study):
        service = _set_aside(service, settings)
    serving.bring_in(service, study)
    say(f"Data:      {settings.database_url}")
    return serving.serve(service, settings, demo=study.study_id)


def _public_demo(options: Namespace, settings: Settings) -> int:
    """The public demo: the demo study judged by simulated raters, in a database that ends with the program."""
    from studio.demo import visits
    from studio.web import serving
    from tasks.study.load import load_study

    if options.db:
        raise InputError("--db: the public demo keeps nothing; leave it out")
    with tempfile.TemporaryDirectory(prefix="studio-demo-") as folder:
        settings = replace(settings, database_url=sqlite_url(Path(folder) / "studio.sqlite"))
        service = open_service(settings, must_exist=False, demonstration=True)
        return serving.serve(
            service, settings, demo=None, visits=visits.open_to_all(service, load_study(DEMO), settings.source)
        )


def _set_aside(service: Service, settings: Settings) -> Service:
    """The demo study came with a newer version of the program: what was judged of the older one is kept beside it."""
    service.store.close()
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    older = next(p for n in range(1, 10_000) if not (p := path.with_name(f"{path.stem}-{n}{path.suffix}")).exists())
    for end in ("-wal", "-shm", ""):
        if (file := Path(f"{path}{end}")).exists():
            file.rename(f"{older}{end}")
    say(f"The demo study has changed; what was judged before is kept in {older}")
    return open_service(settings, must_exist=False, demonstration=True)
