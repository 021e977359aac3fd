"""Commands before a study opens: a new folder, responses from elsewhere, check, plan, pilot, papers, registration."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from pathlib import Path

from studio.commands.options import command, open_service
from studio.settings import Settings
from tasks.console import Commands, language_option, say
from tasks.errors import InputError
from tasks.intake.options import add_file_options, file_answers
from tasks.languages.catalogue import SECOND


def add(commands: Commands) -> None:
    """Add the eight commands."""
    _add_new(commands)
    _add_responses(commands)
    words = "write a small study of its own for a trial; its data never enter the study's"
    trial = command(commands, "pilot", words, pilot)
    trial.add_argument("folder", type=Path, metavar="STUDY_DIR")
    trial.add_argument("--items", type=int, default=4, metavar="N", help="items (4)")
    trial.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    words = "all mistakes of a study folder, and what to look at: personal data, distress, leaks"
    command(commands, "check", words, check).add_argument("folder", type=Path, metavar="STUDY_DIR")
    words = "shipped drafts that no counsellor has read: list, show, and accept them, part by part, in study.yaml"
    accepting = command(commands, "accept", words, accept)
    accepting.add_argument("folder", type=Path, metavar="STUDY_DIR")
    accepting.add_argument("names", nargs="*", metavar="NAME", help="to accept, such as de.scales; none: list them")
    planning = command(commands, "plan", "how much work a study is, how well balanced, and what it can show", plan)
    planning.add_argument("folder", type=Path, metavar="STUDY_DIR")
    planning.add_argument("--timed", metavar="STUDY", help="minutes as timed in this (pilot) study")
    for name, words, run in (
        ("ethics", "information sheet, consent form, data map, burden and stopping, in the study's languages", ethics),
        ("preregister", "what is frozen before the first judgment, under one hash", preregister),
    ):
        writing = command(commands, name, words, run)
        writing.add_argument("folder", type=Path, metavar="STUDY_DIR")
        writing.add_argument(
            "--out", type=Path, metavar="PATH", help="write a folder of papers, or the registration, here"
        )
        if run is preregister:
            writing.add_argument("--language", default=SECOND, metavar="TAG", help=f"of the registration ({SECOND})")


def _add_new(commands: Commands) -> None:
    words = "write a commented study folder that runs as it is, on the demo dialogues"
    begun = command(commands, "new", words, new)
    begun.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    begun.add_argument(
        "--template",
        choices=("quick", "full", "floor", "rating", "label", "session"),
        default="quick",
        help="criteria (quick)",
    )
    begun.add_argument(
        "--study-id", default="", metavar="ID", help="letters, digits, '_', '.', '-' (the folder's name)"
    )
    language_option(begun)
    begun.add_argument("--seats", type=int, default=5, metavar="N", help="raters planned for (5)")
    begun.add_argument("--contact", default="the organiser who sent you the link", help="whom raters can ask")


def _add_responses(commands: Commands) -> None:
    words = "bring responses of any system (any table or JSON, Hub data set) into a study's form"
    brought = command(commands, "responses", words, responses)
    brought.add_argument("source", metavar="SOURCE", help="a file, or hub:OWNER/NAME/PATH of a data set")
    brought.add_argument("--items", type=Path, required=True, help="items.jsonl, or the folder that holds it")
    brought.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="a folder of <system_id>.jsonl: a new one, or one to add systems to",
    )
    brought.add_argument("--item", default="item_id", metavar="COLUMN", help="column of item ids (item_id)")
    brought.add_argument("--text", default="text", metavar="COLUMN", help="column of responses (text)")
    brought.add_argument("--system", default="", metavar="ID", help="the system all rows are of")
    brought.add_argument("--system-column", default="", metavar="COLUMN", help="or the column of system ids")
    brought.add_argument("--model", default="", help="what made them, for the report")
    brought.add_argument("--note", default="", help="anything else readers of the report need")
    add_file_options(brought)
    brought.add_argument("--hub-endpoint", default="", metavar="URL", help="another Hub; it gets your token")


def new(options: Namespace, settings: Settings) -> int:
    """Write a commented study folder on the demo dialogues."""
    from tasks.study.live.problems import lacking
    from tasks.study.starting import start
    from tasks.study.study_form import Head
    from tasks.study.wording.drafts import waiting
    from tasks.study.wording.templates import title

    name, called = options.study_id or options.folder.name, title(options.template, options.languages)
    head = Head(name, called, options.template, options.seats, 1, options.contact, languages=options.languages)
    study = start(head, options.folder)
    counted = f"{len(study.scenarios)} scenarios" if study.scenarios else f"{len(study.items)} items"
    say(f"{options.folder}: study {study.study_id}, {counted}, template {options.template}")
    if drafts := waiting(study):
        say(f"drafts:  {len(drafts)} wait to be read and accepted: python -m studio accept {options.folder}")
    if unfilled := list(lacking(study)):
        say(f"fill in: {', '.join(field for field, _ in unfilled)}; without them the study does not open")
    say(f"try it:  python -m studio serve {options.folder}")
    say(f"then:    edit {options.folder}/study.yaml; python -m studio check {options.folder}")
    return 0


def responses(options: Namespace, settings: Settings) -> int:
    """Bring responses of any system into the form `python -m tasks build` takes."""
    from studio.hub.client import connect
    from studio.intake import responses as incoming

    if bool(options.system) == bool(options.system_column):
        raise InputError("name either --system, for a file of one system, or --system-column, for one of several")
    mapping = incoming.Mapping(
        options.item, options.text, options.system, options.system_column, options.model, options.note
    )
    with tempfile.TemporaryDirectory() as folder:
        path = incoming.fetched(options.source, Path(folder), lambda: connect(options.hub_endpoint))
        read = incoming.bring(path, mapping, options.items, options.out, options.source, file_answers(options))
    for note in read.notes:
        say(note)
    for system, count in read.counts.items():
        say(f"{options.out}/{system}.jsonl: {count} responses, with their manifest")
    say(f"{options.out}: holds {', '.join(incoming.systems_in(options.out))}; run this again for more systems")
    say(f"next: python -m tasks build {options.items} {options.out} --out STUDY_DIR --study-id ID")
    return 0


def check(options: Namespace, settings: Settings) -> int:
    """Everything that is wrong with a study folder, all at once, and everything worth a look before it opens."""
    from studio.documents.check import checked
    from tasks.study.load import load_study

    for line in checked(load_study(options.folder)):
        say(line)
    return 0


def accept(options: Namespace, settings: Settings) -> int:
    """List the drafts that wait, or show some and take them over."""
    from studio.documents.drafts import shown
    from tasks.study.load import load_study
    from tasks.study.wording import drafts
    from tasks.study.wording.acceptance import write

    study = load_study(options.folder)
    if not options.names:
        for name in drafts.waiting(study):
            say(f"{name}: a draft; read and accept it: python -m studio accept {options.folder} {name}")
        say(f"accepted: {', '.join(study.accepted) or 'none'}; waiting: {len(drafts.waiting(study))}")
        return 0
    write(options.folder, study, options.names)
    for name in options.names:
        say(f"--- {name}\n{shown(study, name)}\n")
    say(f"{options.folder}/study.yaml: accepted {', '.join(options.names)}. To take it back, remove it there.")
    return 0


def plan(options: Namespace, settings: Settings) -> int:
    """How much work a study is, how well balanced, and what it can show."""
    from studio.documents.plan import planned
    from tasks.study.load import load_study

    minutes = None if options.timed is None else timed(options.timed, settings)
    for line in planned(load_study(options.folder), minutes):
        say(line)
    return 0


def timed(study_id: str, settings: Settings) -> float:
    """Median active minutes of an assignment in a study that was tried. InputError where nothing was judged."""
    from statistics import median

    rows = open_service(settings).in_memory(study_id).assignments
    seconds = [row.active_seconds for row in rows if row.kind == "main" and row.active_seconds]
    if not seconds:
        raise InputError(f"--timed: nothing was judged in {study_id!r} yet")
    return median(seconds) / 60


def pilot(options: Namespace, settings: Settings) -> int:
    """Write a small study of its own for a trial: its data can never enter the study's."""
    from studio.documents.pilot import piloted
    from tasks.study.load import load_study
    from tasks.study.save import save_study

    study = load_study(options.folder)
    save_study(piloted(study, options.items), options.out)
    say(f"{options.out}: study {study.study_id}-pilot, {options.items} items")
    say(f"after it: python -m studio plan {options.folder} --timed {study.study_id}-pilot")
    return 0


def ethics(options: Namespace, settings: Settings) -> int:
    """The papers an ethics board asks for, in each language of the study."""
    from studio.documents import ethics as papers
    from tasks.design.planning import plan as designed
    from tasks.files import new_folder
    from tasks.study.load import load_study

    study = load_study(options.folder)
    lines = designed(study)
    if options.out is None:
        for language in study.languages:
            say(papers.whole(study, lines, language))
        return 0
    with new_folder(options.out) as folder:
        for language in study.languages:
            for name, text in papers.papers(study, lines, language).items():
                (folder / f"{name}.{language}.md").write_text(text, encoding="utf-8")
    say(f"{options.out}: {', '.join(papers.PAPERS)}, in {' and '.join(study.languages)}. Complete what is in [ ].")
    return 0


def preregister(options: Namespace, settings: Settings) -> int:
    """What is frozen before the first judgment, under one hash."""
    from studio.documents.registration import LANGUAGES, registered
    from studio.service import StudioError
    from studio.service.organiser.conduct import fingerprint
    from tasks.files import write_text
    from tasks.study.load import load_study

    study = load_study(options.folder)
    if options.language not in LANGUAGES:
        raise StudioError(f"--language: found {options.language!r}; allowed: {', '.join(LANGUAGES)}")
    text = "\n".join(registered(study, fingerprint(study), options.language)) + "\n"
    if options.out is None:
        say(text.rstrip())
    else:
        write_text(options.out, text)
        say(
            f"{options.out}: sha256 {fingerprint(study)}. Put it where it cannot be changed (OSF, AsPredicted, Zenodo)."
        )
    return 0
