"""Commands about the course of a study: coverage, registration, looks, closing, opening again, export."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from studio.commands.options import command, open_service, study_command
from studio.settings import Settings
from tasks.console import Commands, say


def add(commands: Commands) -> None:
    """Add the seven commands."""
    study_command(commands, "coverage", "how often each item and pair was judged, and still waits to be", coverage)
    words = "the hash a study was frozen under at launch, and every deviation since"
    study_command(commands, "registration", words, registration)
    words = "change what a study declares of its analysis after launch; the report lists both"
    amended = command(commands, "amend", words, amend)
    amended.add_argument(
        "folder", type=Path, metavar="STUDY_DIR", help="the folder, of which primary, hypotheses or exclusions changed"
    )
    words = "look by the rule that a study declared: answers `enough` or `go on`, and is noted"
    study_command(commands, "look", words, look)
    study_command(commands, "close", "close a study: nothing is saved or revised afterwards", close)
    study_command(commands, "reopen", "open a closed study again; the report says so", reopen)
    exported = study_command(
        commands, "export", "write the export folder that `python -m results report` reads", export
    )
    exported.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or an earlier export folder")
    words = "with the words of every session; without it, of those alone that both people let be published"
    exported.add_argument("--all-words", action="store_true", help=words)


def export(options: Namespace, settings: Settings) -> int:
    """Write the export folder."""
    folder = open_service(settings).export(options.study, options.out, all_words=options.all_words)
    say(f"{folder}: python -m results report {folder} --out REPORT_DIR")
    return 0


def amend(options: Namespace, settings: Settings) -> int:
    """Take over the primary comparison, hypotheses and exclusions of a folder that was launched with others."""
    from tasks.study.load import load_study

    study = load_study(options.folder)
    service = open_service(settings)
    service.amend_study(study)
    say(f"{study.study_id}: {service.deviations(study.study_id)[-1].payload['what']}")
    return 0


def look(options: Namespace, settings: Settings) -> int:
    """Take the look that can be taken now."""
    taken = open_service(settings).look(options.study)
    answer = "enough: the study may be closed" if taken.enough else "go on"
    say(f"look {taken.look} of {taken.of}, {taken.items} of {taken.planned} items: {answer}")
    return 0


def close(options: Namespace, settings: Settings) -> int:
    """Close a study."""
    open_service(settings).close_study(options.study)
    say(f"{options.study} is closed; python -m studio export {options.study} --out DIR")
    return 0


def reopen(options: Namespace, settings: Settings) -> int:
    """Open a closed study again."""
    open_service(settings).reopen_study(options.study)
    say(f"{options.study} is open again; the report will say so")
    return 0


def coverage(options: Namespace, settings: Settings) -> int:
    """Print how often each item and pair was judged and still waits to be."""
    say("item_id\tsystems\tjudged\twaiting")
    for row in open_service(settings).coverage(options.study):
        say(f"{row.item_id}\t{' '.join(row.systems) or '-'}\t{row.judged}\t{row.waiting}")
    return 0


def registration(options: Namespace, settings: Settings) -> int:
    """Print the hash under which a study was frozen at launch, and every act since that a reader must know of."""
    service = open_service(settings)
    sha256, at = service.registration(options.study)
    say(f"{options.study}: frozen at {at}, sha256 {sha256}")
    for act in service.deviations(options.study):
        say("\t".join([act.at, act.kind, json.dumps(act.payload, ensure_ascii=False)]))
    return 0
