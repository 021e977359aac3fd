"""`python -m studio publish`: an export becomes a data set on the Hub, private unless told, once shown and agreed."""

from __future__ import annotations

import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks import console
from tasks.console import Commands, Exit
from tasks.errors import InputError
from tasks.languages.fault import Fault, at

if TYPE_CHECKING:
    from results.export.folder import Export
    from studio.hub.dataset import Choices
    from tasks.schema import Study

LICENCES = ("cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc0-1.0", "odc-by", "other")


def add(commands: Commands) -> None:
    """Add the command."""
    words = "publish an export as a data set on the Hub: private unless told, raters under new names, texts by rule"
    parser = console.command(commands, "publish", words, run)
    parser.add_argument("export", type=Path, metavar="EXPORT", help="a folder that `export` wrote")
    parser.add_argument("--to", required=True, metavar="OWNER/NAME", help="the data set; made where it is not there")
    parser.add_argument(
        "--license", required=True, choices=LICENCES, help="the terms of the judgments; yours to choose"
    )
    parser.add_argument("--public", action="store_true", help="everybody may read it (a study that is over)")
    parser.add_argument(
        "--texts",
        choices=("none", "open", "responses"),
        default="none",
        help="open: texts of items that are not KokoroChat's; responses: models' responses to the others too",
    )
    parser.add_argument("--study", type=Path, metavar="STUDY_DIR", help="the study folder, where texts are to stand")
    parser.add_argument(
        "--comments", type=Path, metavar="CSV", help="comments.csv of the export with the rows you have read and keep"
    )
    parser.add_argument(
        "--squash", action="store_true", help="forget the data set's older versions (after a withdrawal)"
    )
    parser.add_argument("--dry-run", action="store_true", help="show every file and send nothing")
    parser.add_argument("--yes", action="store_true", help="send without asking")
    parser.add_argument("--hub-endpoint", default="", metavar="URL", help="another Hub; it gets your token")


def run(options: Namespace, ask: Callable[[str, str], bool] = console.agreed) -> int:
    """Show what would be sent, ask, send; `Exit.NO` where it was not agreed to."""
    with tempfile.TemporaryDirectory() as name:
        return _run(options, Path(name, "published"), ask)


def _run(options: Namespace, folder: Path, ask: Callable[[str, str], bool]) -> int:
    print("\n".join(_prepare(options, folder)), flush=True)
    if options.dry_run:
        return Exit.DONE
    if not options.yes and not ask("Send it?", "--yes, or --dry-run"):
        print("nothing was sent", file=sys.stderr)
        return Exit.NO
    print(_send(options, folder), flush=True)
    return Exit.DONE


def _prepare(options: Namespace, folder: Path) -> list[str]:
    """Write what is to be sent into the folder; lines that say what it is."""
    from results.export.folder import read
    from studio.hub import dataset as published
    from tasks.study.load import load_study

    comments = published.read_comments(options.comments) if options.comments else ()
    choices = published.Choices(options.license, options.texts, comments)
    full = load_study(options.study) if options.study else None
    return prepare(read(options.export), choices, full, Target(options.to, options.public), folder)


@dataclass(frozen=True)
class Target:
    """Where a data set goes: `owner/name`, and whether everybody may read it."""

    to: str
    public: bool = False


def prepare(export: Export, choices: Choices, full: Study | None, target: Target, folder: Path) -> list[str]:
    """Write what is to be sent into the new `folder`; lines that say what it is.

    Raises:
        InputError: public before every assignment is answered, or see `published.build`.
    """
    from studio.hub import dataset as published
    from studio.hub.card import card

    unanswered = published.still_open(export)
    if target.public and unanswered:
        raise InputError(at("public", Fault("unanswered", n=unanswered)))
    made = published.build(export, choices, full, folder)
    (folder / "README.md").write_text(card(made, choices), encoding="utf-8")
    visible = Fault("sent_public" if target.public else "sent_private")
    sizes = {path.name: f"{path.stat().st_size:,}" for path in sorted(folder.iterdir())}
    counts = {"raters": made.raters, "judgments": made.judgments, "kept": made.comments, "comments": export.comments}
    numbers = {name: str(len(rows)) for name, rows in counts.items()}
    return [
        Fault("sent_to", name=target.to, visible=visible, licence=choices.licence),
        *(Fault("sent_file", file=name, bytes=size) for name, size in sizes.items()),
        Fault("sent_counts", **numbers, texts=choices.texts),
        *([Fault("sent_simulated")] if made.study.simulated else []),
    ]


def _send(options: Namespace, folder: Path) -> str:
    return send(folder, Target(options.to, options.public), options.hub_endpoint, options.squash)


def send(folder: Path, target: Target, endpoint: str = "", squash: bool = False) -> str:
    """Send a prepared folder in one commit; the data set's address. HubError where the Hub refuses."""
    from studio.hub.client import Repo, connect, publish
    from tasks.hub import with_retries

    repo = Repo(connect(endpoint), target.to)
    files: dict[str, bytes | Path] = {path.name: path for path in sorted(folder.iterdir())}
    publish(repo, files, not target.public, "judgments")
    if squash:
        with_retries(repo.squash)
    return repo.url
