"""What each command of `python -m tasks` does. Each returns what it prints, as lines."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from tasks.data import context_files, splits
from tasks.data.contexts import Choice
from tasks.data.describe import describe
from tasks.data.kokorochat import load
from tasks.design.planning import plan
from tasks.problems import StudyError
from tasks.schema import Words
from tasks.study import rehydrate
from tasks.study.build import Sources, build
from tasks.study.cautions import Caution, cautions
from tasks.study.load import load_study
from tasks.study.study_form import Head
from tasks.study.workload import workload
from tasks.writing import jsonl, pretty

Command = Callable[[argparse.Namespace], Iterator[str]]
SHOWN = 5
"""Places named per caution unless all are asked for."""


def run_contexts(args: argparse.Namespace) -> Iterator[str]:
    """Draws contexts into a new folder."""
    choice = Choice(n=args.n, cap=args.cap, strip_meta=args.strip_meta, salt=args.salt)
    manifest = context_files.make(load(args.data), args.out, part=args.split, by=args.by, choice=choice)
    found = manifest["found"]
    yield f"{args.out}: {args.n} contexts of the {args.split} split by {args.by}"
    yield "topics: " + ", ".join(f"{name} {count}" for name, count in found["topics"].items())
    yield "strata: " + ", ".join(f"{name} {count}" for name, count in found["strata"].items())
    yield f"{found['counselors']} counsellors, {found['clients']} clients; client known from train: " + (
        f"{found['clients_seen_in_train']} items"
    )
    yield f"turns {found['turns']}, characters {found['characters']}"


def run_build(args: argparse.Namespace) -> Iterator[str]:
    """Builds a study folder."""
    title = Words(ja=args.title_ja, en=args.title_en)
    sources = Sources(args.items, args.responses, tuple(args.system), args.human)
    pairs = tuple(tuple(pair.split(":")) for pair in args.pair)
    head = Head(
        args.study_id, title, args.template, args.seats, args.seed, args.contact, _two(pairs), simulated=args.simulated
    )
    study = build(sources, head, args.out)
    systems = ", ".join(system.system_id for system in study.systems)
    yield f"{args.out}: study {study.study_id}, {len(study.items)} items, systems {systems}"
    yield f"next: read study.yaml, consent and guidelines; then python -m tasks check {args.out}"


def _two(pairs: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, str], ...]:
    if wrong := [":".join(pair) for pair in pairs if len(pair) != 2]:
        raise StudyError(f"--pair: found {pair!r}; allowed: SYSTEM:SYSTEM" for pair in wrong)
    return tuple((pair[0], pair[1]) for pair in pairs)


def run_whole(args: argparse.Namespace) -> Iterator[str]:
    """Draws whole dialogues into a new study folder."""
    from tasks.data import predictions
    from tasks.study import whole

    part = splits.split(load(args.data), args.by)[args.split]
    if args.predicted:
        try:
            known = {one.dialogue_id for one in predictions.read(args.predicted)}
        except predictions.PredictionError as error:
            raise StudyError(error.errors) from error
        part = tuple(dialogue for dialogue in part if dialogue.dialogue_id in known)
    titles = {
        "rating": Words(ja="対話の評価", en="Rating dialogues"),
        "label": Words(ja="応答の分類", en="Labelling responses"),
    }
    head = whole.WholeHead(
        args.study_id, titles[args.template], args.template, args.seats, args.seed, args.contact, args.simulated
    )
    study = whole.build(whole.drawn(part, args.n, args.seed), head, args.out)
    turns = [len(item.turns) for item in study.items]
    yield f"{args.out}: {len(study.items)} dialogues of the {args.split} split by {args.by}, {args.seats} raters"
    yield f"turns {min(turns)} to {max(turns)}; about {whole.MINUTES[head.protocol]} minutes a dialogue"


def run_check(args: argparse.Namespace) -> Iterator[str]:
    """Loads a study, which fails with every mistake, and lists what to look at."""
    study = load_study(args.study)
    yield f"{args.study}: sound; {len(study.items)} items, {len(study.systems)} systems, {len(study.criteria)} criteria"
    for caution in cautions(study):
        yield from _caution_lines(caution, None if args.all else SHOWN)


def _caution_lines(caution: Caution, limit: int | None) -> Iterator[str]:
    yield f"look at: {caution.kind} ({len(caution.found)}); {caution.advice}"
    for where, words in caution.found[:limit]:
        yield f"  {where}{': ' if words else ''}{words}"
    if limit is not None and len(caution.found) > limit:
        yield f"  and {len(caution.found) - limit} more (--all)"


def run_plan(args: argparse.Namespace) -> Iterator[str]:
    """Plans a study and says what work and what balance come out."""
    study = load_study(args.study)
    planned = plan(study)
    work = workload(study, planned)
    kinds = ", ".join(f"{kind} {count}" for kind, count in work.kinds.items())
    yield f"{args.study}: {work.seats} Seats, {len(planned)} assignments ({kinds})"
    yield f"per Seat {_range(work.per_seat)} assignments, up to {work.hours:.1f} hours"
    yield f"each item and pair is judged by {_range(work.raters_per_unit)} raters; two raters share " + (
        f"{_range(work.overlap)} items"
    )
    yield f"|first - second| per Seat, system and stratum: {work.imbalance} at the end, " + (
        f"{work.running_imbalance} on the way"
    )
    if args.out:
        args.out.write_text(jsonl(planned), encoding="utf-8")
        yield f"{args.out}: the assignments, one a line. It says which system stands where: keep it from raters."


def _range(ends: tuple[int, int]) -> str:
    return str(ends[0]) if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def run_rehydrate(args: argparse.Namespace) -> Iterator[str]:
    """Puts texts back into a published study."""
    study = rehydrate.rehydrate(rehydrate.read_published(args.study), load(args.data))
    if args.responses:
        study = rehydrate.with_responses(study, args.responses)
    complete = rehydrate.write(study, args.out)
    yield f"{args.out}: {len(study.items)} items, every text checked against its sha256"
    if not complete:
        bare = sorted({response.system_id for response in study.responses if not response.text})
        yield f"no texts of {', '.join(bare)}: give their <system_id>.jsonl with --responses DIR to get a study folder"


def run_describe(args: argparse.Namespace) -> Iterator[str]:
    """Prints the figures of a copy of the data."""
    yield from describe(load(args.data))


def run_split(args: argparse.Namespace) -> Iterator[str]:
    """Writes the ids of a split, which may be published."""
    parts = splits.split(load(args.data), args.by)
    if args.holdout_persons:
        parts = splits.holdout_persons(parts)
    ids = {name: [dialogue.dialogue_id for dialogue in parts[name]] for name in splits.SPLITS}
    counts = {name: len(ids[name]) for name in splits.SPLITS}
    head = {"by": args.by, "salt": splits.SALT, "holdout_persons": args.holdout_persons, "counts": counts}
    Path(args.out).write_text(pretty({**head, "dialogue_ids": ids}), encoding="utf-8")
    yield f"{args.out}: {counts}"


COMMANDS: dict[str, Command] = {
    "contexts": run_contexts,
    "build": run_build,
    "whole": run_whole,
    "check": run_check,
    "plan": run_plan,
    "rehydrate": run_rehydrate,
    "describe": run_describe,
    "split": run_split,
}
