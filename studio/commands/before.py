"""Commands before a study opens: a new folder, responses from elsewhere, check, plan, pilot, papers, registration."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from studio.console import open_service, say
from studio.documents.check import checked
from studio.documents.pilot import piloted
from studio.documents.plan import planned
from studio.documents.registration import registered
from studio.service import StudioError
from studio.settings import Settings


def new(options: Namespace, settings: Settings) -> int:
    """Write a commented study folder on the demo dialogues."""
    from tasks.schema import Words
    from tasks.study.starting import start
    from tasks.study.study_form import Head

    titles = {
        "quick": Words(ja="応答の比較評価", en="Comparing responses"),
        "full": Words(ja="応答の比較評価", en="Comparing responses"),
        "rating": Words(ja="対話の評価", en="Rating dialogues"),
        "label": Words(ja="応答の分類", en="Labelling responses"),
    }
    name = options.study_id or options.folder.name
    head = Head(name, titles[options.template], options.template, options.seats, 1, options.contact)
    study = start(head, options.folder)
    say(f"{options.folder}: study {study.study_id}, {len(study.items)} items, template {options.template}")
    say(f"try it:  python -m studio serve {options.folder}")
    say(f"then:    edit {options.folder}/study.yaml; python -m studio check {options.folder}")
    return 0


def responses(options: Namespace, settings: Settings) -> int:
    """Bring responses of any system into the form `python -m tasks build` takes."""
    from results.responses.texts import InputError
    from studio.hub.client import HubError, connect
    from studio.intake import responses as incoming

    if bool(options.system) == bool(options.system_column):
        raise StudioError("name either --system, for a file of one system, or --system-column, for one of several")
    mapping = incoming.Mapping(
        options.item, options.text, options.system, options.system_column, options.model, options.note
    )
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = incoming.fetched(options.source, Path(folder), lambda: connect(options.hub_endpoint))
            found = incoming.bring(path, mapping, options.items, options.out, options.source)
    except (InputError, HubError) as error:
        raise StudioError(str(error)) from error
    for system, count in found.items():
        say(f"{options.out}/{system}.jsonl: {count} responses, with their manifest")
    say(f"next: python -m tasks build {options.items} {options.out} --out STUDY_DIR --study-id ID")
    return 0


def check(options: Namespace, settings: Settings) -> int:
    """Everything that is wrong with a study folder, all at once, and everything worth a look before it opens."""
    from tasks.study.load import load_study

    for line in checked(load_study(options.folder)):
        say(line)
    return 0


def plan(options: Namespace, settings: Settings) -> int:
    """How much work a study is, how well balanced, and what it can show."""
    from tasks.study.load import load_study

    minutes = None if options.timed is None else timed(options.timed, settings)
    for line in planned(load_study(options.folder), minutes):
        say(line)
    return 0


def timed(study_id: str, settings: Settings) -> float:
    """Median active minutes of an assignment in a study that was tried. StudioError where nothing was judged."""
    from statistics import median

    rows = open_service(settings).in_memory(study_id).assignments
    seconds = [row.active_seconds for row in rows if row.kind == "main" and row.active_seconds]
    if not seconds:
        raise StudioError(f"--timed: nothing was judged in {study_id!r} yet")
    return median(seconds) / 60


def pilot(options: Namespace, settings: Settings) -> int:
    """Write a small study of its own for a trial: its data can never enter the study's."""
    from tasks.study.load import load_study
    from tasks.study.save import save_study

    study = load_study(options.folder)
    save_study(piloted(study, options.items), options.out)
    say(f"{options.out}: study {study.study_id}-pilot, {options.items} items")
    say(f"after it: python -m studio plan {options.folder} --timed {study.study_id}-pilot")
    return 0


def ethics(options: Namespace, settings: Settings) -> int:
    """The papers an ethics board asks for, in both languages."""
    from studio.documents import ethics as papers
    from tasks.design.planning import plan as designed
    from tasks.study.load import load_study
    from tasks.writing import new_folder

    study = load_study(options.folder)
    lines = designed(study)
    if options.out is None:
        say(papers.whole(study, lines, "ja"))
        say(papers.whole(study, lines, "en"))
        return 0
    with new_folder(options.out) as folder:
        for language in study.languages:
            for name, text in papers.papers(study, lines, language).items():
                (folder / f"{name}.{language}.md").write_text(text, encoding="utf-8")
    say(f"{options.out}: {', '.join(papers.PAPERS)}, in {' and '.join(study.languages)}. Complete what is in [ ].")
    return 0


def preregister(options: Namespace, settings: Settings) -> int:
    """What is frozen before the first judgment, under one hash."""
    from studio.service.studies import fingerprint
    from tasks.study.load import load_study

    study = load_study(options.folder)
    text = "\n".join(registered(study, fingerprint(study))) + "\n"
    if options.out is None:
        say(text.rstrip())
    else:
        options.out.write_text(text, encoding="utf-8")
        say(
            f"{options.out}: sha256 {fingerprint(study)}. Put it where it cannot be changed (OSF, AsPredicted, Zenodo)."
        )
    return 0


COMMANDS: dict[str, Callable[[Namespace, Settings], int]] = {
    "new": new,
    "responses": responses,
    "check": check,
    "plan": plan,
    "pilot": pilot,
    "ethics": ethics,
    "preregister": preregister,
}
