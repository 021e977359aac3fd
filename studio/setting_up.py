"""Commands before a study opens: a new folder, responses from elsewhere, check, plan, pilot, papers, registration."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from studio.console import open_service, say
from studio.service import StudioError
from studio.settings import Settings
from tasks.schema import Study

WINS = (0.6, 0.65, 0.7)
"""Shares of decisive items for which a plan's power is said."""


def new(options: Namespace, settings: Settings) -> int:
    """Write a commented study folder on the demo dialogues."""
    from tasks.schema import Words
    from tasks.starting import start
    from tasks.study_form import Head

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
    from results.texts import InputError
    from studio import incoming
    from studio.hub import HubError, connect

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
    from tasks.load import load_study

    for line in checked(load_study(options.folder)):
        say(line)
    return 0


def checked(study: Study) -> Iterator[str]:
    """What to look at in a study that loads: personal data, distress, odd texts, and what could unblind raters."""
    from results.leaks import leaks, render
    from results.resample import Resampling
    from tasks.cautions import cautions

    yield f"{study.study_id}: sound; {len(study.items)} items, {len(study.systems)} systems"
    for caution in cautions(study):
        yield f"look at: {caution.kind} ({len(caution.found)}); {caution.advice}"
        yield from (f"  {where}{': ' if words else ''}{words}" for where, words in caution.found[:5])
    if study.protocol == "pairwise":
        yield from render(leaks(study.items, study.responses, study.systems, Resampling(2000, 0))).splitlines()


def plan(options: Namespace, settings: Settings) -> int:
    """How much work a study is, how well balanced, and what it can show."""
    from tasks.load import load_study

    minutes = None if options.timed is None else timed(options.timed, settings)
    for line in planned(load_study(options.folder), minutes):
        say(line)
    return 0


def plan_facts(study: Study, minutes: float | None = None) -> dict[str, str]:
    """The plan's figures by name, without words, so that pages of either language can say them.

    `power`, `needed` and `dialogues` only where pairs are compared. `minutes`: of one assignment, as timed in a pilot.
    """
    from results.sign_power import decisive_pairs, sign_test_power
    from tasks.design import plan as designed
    from tasks.workload import workload

    lines = designed(study)
    work = workload(study, lines, minutes)
    facts = {
        "raters": str(work.seats),
        "assignments": str(len(lines)),
        "kinds": ", ".join(f"{kind} {count}" for kind, count in work.kinds.items()),
        "each": str(work.per_seat[1]),
        "hours": f"{work.hours:.1f}",
        "per_unit": "–".join(dict.fromkeys(map(str, work.raters_per_unit))),
        "sides": str(work.imbalance),
        "running": str(work.running_imbalance),
    }
    if study.protocol != "pairwise":
        return facts
    dialogues = len({item.dialogue for item in study.items})
    return facts | {
        "dialogues": str(dialogues),
        "power": ", ".join(f"{win:.0%}: {sign_test_power(dialogues, win):.2f}" for win in WINS),
        "needed": ", ".join(f"{win:.0%}: {decisive_pairs(win)}" for win in WINS),
    }


def planned(study: Study, minutes: float | None = None) -> Iterator[str]:
    """The plan in words. `minutes`: of one assignment, as timed in a pilot."""
    facts = plan_facts(study, minutes)
    timing = "as timed in the pilot" if minutes else "a planning figure"
    yield "{raters} raters, {assignments} assignments ({kinds})".format(**facts)
    yield "up to {each} each, {hours} hours ({timing})".format(**facts, timing=timing)
    yield "each item and pair is judged by {per_unit} raters".format(**facts)
    yield "sides: |first - second| {sides} per rater, system and stratum; {running} on the way".format(**facts)
    if "power" in facts:
        yield (
            "exact sign test, if all {dialogues} dialogues are decisive: power by the share of wins, {power}"
        ).format(**facts)
        yield (
            "decisive dialogues for power 0.80, by the share of wins: {needed}. "
            "Noise of raters: python -m results power --items {dialogues}"
        ).format(**facts)


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
    from tasks.load import load_study
    from tasks.save import save_study

    study = load_study(options.folder)
    save_study(piloted(study, options.items), options.out)
    say(f"{options.out}: study {study.study_id}-pilot, {options.items} items")
    say(f"after it: python -m studio plan {options.folder} --timed {study.study_id}-pilot")
    return 0


def piloted(study: Study, count: int) -> Study:
    """The study with `count` items taken evenly from its list, under an id of its own and with no repeats.

    Raises:
        StudioError: there are not so many items.
    """
    if not 1 <= count <= len(study.items):
        raise StudioError(f"--items: found {count}; allowed: 1 to {len(study.items)}")
    kept = [study.items[place * len(study.items) // count] for place in range(count)]
    ids = {item.item_id for item in kept}
    design = study.design.model_copy(
        update={"repeats": 0, "blinding": min(study.design.blinding, 1), "raters_per_item": None}
    )
    return study.model_copy(
        update={
            "study_id": f"{study.study_id}-pilot",
            "items": tuple(kept),
            "responses": tuple(one for one in study.responses if one.item_id in ids),
            "design": design,
        }
    )


def ethics(options: Namespace, settings: Settings) -> int:
    """The papers an ethics board asks for, in both languages."""
    from studio import papers
    from tasks.design import plan as designed
    from tasks.load import load_study
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
    from tasks.load import load_study

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


def registered(study: Study, sha256: str) -> Sequence[str]:
    """The registration as Markdown: hypothesis, outputs, criteria, design, rules, analysis."""
    primary, design = study.primary, study.design
    pair = " against ".join(primary.systems or ()) or "none named"
    rules = [f"{one.rule}{f' ({one.threshold:g})' if one.threshold is not None else ''}" for one in study.exclusions]
    return [
        f"# Registration: {study.title.en}",
        "",
        f"- study_id `{study.study_id}`, protocol {study.protocol}",
        f"- sha256 of items, responses, texts, criteria, design, rules and primary comparison: `{sha256}`",
        f"- systems: {', '.join(system.system_id for system in study.systems) or 'none'}",
        f"- items: {len(study.items)} of {len({item.dialogue for item in study.items})} dialogues",
        f"- criteria: {', '.join(f'{one.criterion_id} ({one.kind})' for one in study.criteria)}",
        f"- raters planned: {design.seats}; raters per item: {design.raters_per_item or 'all'}; repeats "
        f"{design.repeats}; blinding question {design.blinding}; seed {design.seed}",
        f"- primary: {primary.criterion}, {pair}; smallest effect that matters: "
        f"{primary.smallest_effect or 'not named'}",
        f"- exclusions, in a second analysis beside the first with everything: {', '.join(rules) or 'none'}",
        "- analysis: docs/statistics.md of this version; mean margin per item, sign-flip test, two-sided, level 0.05;",
        "  intervals resample dialogues; Holm over the declared family; everything else is marked exploratory",
        "- after launch every change is a deviation: `python -m studio registration STUDY` lists them, and so does "
        "the report",
    ]


COMMANDS: dict[str, Callable[[Namespace, Settings], int]] = {
    "new": new,
    "responses": responses,
    "check": check,
    "plan": plan,
    "pilot": pilot,
    "ethics": ethics,
    "preregister": preregister,
}
