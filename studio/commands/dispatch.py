"""What the commands do: settings, service, and one clear message where something cannot be done."""

from __future__ import annotations

import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from studio.commands import after as upkeep
from studio.commands import before as setting_up
from studio.commands import deploy as deploying
from studio.commands import during as people
from studio.console import open_service, say
from studio.service import Service, StudioError
from studio.settings import Settings, SettingsError, dataset_id, from_environment, sqlite_url
from studio.store.errors import StoreError
from tasks.problems import StudyError
from tasks.study.load import load_study
from tasks.writing import ExistsError

DEMO = Path(__file__).resolve().parents[2] / "tasks" / "demo"
DEMO_DATABASE = Path("runs/demo/studio.sqlite")


def run(options: Namespace) -> int:
    """Run the command `options.command`; its exit code. Bad input is one message on stderr and 2."""
    if options.command == "publish":
        return int(options.run(options))
    try:
        return _COMMANDS[options.command](options, _settings(options))
    except (StudioError, StudyError, StoreError, SettingsError, ExistsError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _settings(options: Namespace) -> Settings:
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


# --- serving ----------------------------------------------------------------------------------------------------


def serve(options: Namespace, settings: Settings) -> int:
    """Import the folders, print the organiser's link, serve until stopped."""
    from studio.web import serving

    fetched = serving.fetched(settings) if settings.study_from else []
    studies = [load_study(folder) for folder in (*options.folders, *fetched)]
    service = open_service(settings, must_exist=not (studies or settings.copy_to or options.new))
    service.copy = serving.off_box_copy(service, settings)
    for study in studies:
        serving.bring_in(service, study)
    if not service.studies() and not options.new:
        raise StudioError("there is no study to serve: name a study folder, or --new to set one up on the page")
    return serving.serve(service, settings, demo=None)


def demo(options: Namespace, settings: Settings) -> int:
    """The demo study with a rater's link and the organiser's; what was judged before stays."""
    from studio.web import serving

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
    """The demo study for whoever comes, judged by simulated raters, in a database that ends with the program."""
    from studio.demo import visits
    from studio.web import serving

    if options.db:
        raise StudioError("--db: the public demo keeps nothing; leave it out")
    with tempfile.TemporaryDirectory(prefix="studio-demo-") as folder:
        settings = replace(settings, database_url=sqlite_url(Path(folder) / "studio.sqlite"))
        service = open_service(settings, must_exist=False, demonstration=True)
        return serving.serve(service, settings, demo=None, visits=visits.open_to_all(service, load_study(DEMO)))


def _set_aside(service: Service, settings: Settings) -> Service:
    """The demo study came with a newer version of the program: what was judged of the older one is kept beside it."""
    service.store.close()
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    older = next(p for n in range(1, 10_000) if not (p := path.with_name(f"{path.stem}-{n}{path.suffix}")).exists())
    for end in ("-wal", "-shm", ""):
        if (one := Path(f"{path}{end}")).exists():
            one.rename(f"{older}{end}")
    say(f"The demo study has changed; what was judged before is kept in {older}")
    return open_service(settings, must_exist=False, demonstration=True)


# --- looking after ----------------------------------------------------------------------------------------------


def invite(options: Namespace, settings: Settings) -> int:
    """Print personal links, one a line; with --again each behind its rater's code."""
    service = open_service(settings)
    if options.again:
        for rater, token in service.reissue_lost(options.study).items():
            say(f"{rater}\t{settings.base_url}/e/{token}")
        return 0
    if options.rater:
        tokens = [service.reissue(options.study, options.rater)]
    else:
        tokens = service.invite(options.study, options.n)
    for token in tokens:
        say(f"{settings.base_url}/e/{token}")
    return 0


def sign_in(options: Namespace, settings: Settings) -> int:
    """Print a one-time link for the organiser."""
    say(f"{settings.base_url}/o/{open_service(settings).organiser_link(options.role)}")
    return 0


def export(options: Namespace, settings: Settings) -> int:
    """Write the export folder."""
    from results.export.folder import ExportError

    try:
        folder = open_service(settings).export(options.study, options.out)
    except ExportError as error:
        raise StudioError(str(error)) from error
    say(f"{folder}: python -m results report {folder} --out REPORT_DIR")
    return 0


def progress(options: Namespace, settings: Settings) -> int:
    """One line per rater."""
    say("rater\tdone\ttotal\tactive_minutes\tlast_at\tfinished\twithdrawn")
    for row in open_service(settings).progress(options.study):
        minutes = f"{row['active_seconds'] / 60:.1f}"
        ends = ("yes" if row["finished_at"] else "no", "yes" if row["withdrawn"] else "no")
        say("\t".join([row["rater"], str(row["done"]), str(row["total"]), minutes, row["last_at"], *ends]))
    return 0


def close(options: Namespace, settings: Settings) -> int:
    """Close a study."""
    open_service(settings).close_study(options.study)
    say(f"{options.study} is closed; python -m studio export {options.study} --out DIR")
    return 0


def reclaim(options: Namespace, settings: Settings) -> int:
    """Give abandoned work to new raters."""
    codes = open_service(settings).reclaim(options.study, options.idle_hours)
    say(f"{len(codes)} rater(s) idle for {options.idle_hours:g} h: {', '.join(codes) or '-'}")
    if codes:
        say(f"invite as many: python -m studio invite {options.study} --n {len(codes)}")
    return 0


def revoke(options: Namespace, settings: Settings) -> int:
    """Make a rater's links worthless."""
    count = open_service(settings).revoke(options.study, options.rater)
    say(f"{options.rater}: {count} link(s) revoked")
    return 0


_COMMANDS: dict[str, Callable[[Namespace, Settings], int]] = {
    "serve": serve,
    "demo": demo,
    "invite": invite,
    "sign-in": sign_in,
    "export": export,
    "progress": progress,
    "close": close,
    "reclaim": reclaim,
    "revoke": revoke,
    "deploy": deploying.run,
    **setting_up.COMMANDS,
    **people.COMMANDS,
    **upkeep.COMMANDS,
}
