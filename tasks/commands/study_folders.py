"""`build`, `whole`, `criteria` and `rehydrate`: how study folders are made."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.commands import data_argument, design_options, part_options
from tasks.console import Commands, command, language_option, positive, say
from tasks.errors import InputError

if TYPE_CHECKING:
    from tasks.schema import Words


def add(commands: Commands) -> None:
    """Add the four commands."""
    _add_build(commands)
    _add_whole(commands)
    listed = command(commands, "criteria", "a template's criteria as a list for study.yaml, to be rewritten", _criteria)
    listed.add_argument("name", help="such as quick-2; of `quick` the newest version")
    language_option(listed)
    rehydrate = command(commands, "rehydrate", "put texts back into a study published without them", _rehydrate)
    rehydrate.add_argument("study", type=Path, help="export folder or study.json")
    data_argument(rehydrate)
    rehydrate.add_argument("--out", type=Path, required=True, help="new folder")
    rehydrate.add_argument(
        "--responses", type=Path, help="folder of the models' <system_id>.jsonl, where you have them"
    )


def _add_build(commands: Commands) -> None:
    build = command(commands, "build", "make a study folder of contexts and responses", _build)
    build.add_argument("items", type=Path, help="items.jsonl, or the folder that holds it")
    build.add_argument("responses", type=Path, help="folder of <system_id>.jsonl, one response per item a line")
    build.add_argument("--out", type=Path, required=True, help="new study folder")
    build.add_argument("--study-id", required=True, help="letters, digits, '_', '.', '-'")
    build.add_argument("--template", default="quick", help="criteria: quick (default), full or floor")
    build.add_argument("--system", action="append", default=[], help="take this system only (repeat; in this order)")
    build.add_argument("--human", action="store_true", help="add the counsellor's real next turn as a system")
    build.add_argument("--pair", action="append", default=[], metavar="A:B", help="compare only these (repeat)")
    _add_titles(build)
    design_options(build, seats=5)


def _add_whole(commands: Commands) -> None:
    whole = command(commands, "whole", "make a study folder of whole dialogues, to be rated or labelled", _whole)
    data_argument(whole)
    whole.add_argument("--out", type=Path, required=True, help="new study folder")
    whole.add_argument("--study-id", required=True, help="letters, digits, '_', '.', '-'")
    whole.add_argument("--template", choices=("rating", "label"), default="rating",
                       help="rating: the client's 20 items; label: strategies of utterances")  # fmt: skip
    whole.add_argument("--n", type=positive, default=30, help="dialogues (default 30)")
    part_options(whole, ("client", "counselor", "random"))
    _add_titles(whole)
    whole.add_argument("--shown-in", default="ja", metavar="TAG",
                       help="of the dialogues: ja (default), or en, zh of Multilingual KokoroChat")  # fmt: skip
    whole.add_argument("--predicted", type=Path, metavar="FILE", help="draw only among dialogues of a predictions file")
    design_options(whole, seats=3)


def _add_titles(command: argparse.ArgumentParser) -> None:
    language_option(command)
    command.add_argument("--title", action="append", default=[], metavar="TAG=TEXT",
                         help="what raters read at the top, in a language (repeat)")  # fmt: skip
    for tag in ("ja", "en"):
        command.add_argument(f"--title-{tag}", help=argparse.SUPPRESS)


def _titles(options: argparse.Namespace) -> Words:
    """The title in every language of the study: as given, else the template's own."""
    from tasks.schema import Words
    from tasks.study.wording.templates import title

    given = {tag: text for tag in ("ja", "en") if (text := getattr(options, f"title_{tag}"))}
    given |= dict(_title(text, options.languages) for text in options.title)
    return Words({**title(options.template, options.languages).root, **given})


def _title(text: str, languages: tuple[str, ...]) -> tuple[str, str]:
    tag, _, said = text.partition("=")
    if tag not in languages or not said.strip():
        raise InputError(f"--title: found {text!r}; allowed: TAG=TEXT, the tag one of {', '.join(languages)}")
    return tag, said


def _build(options: argparse.Namespace) -> None:
    from tasks.study.build import Sources, build
    from tasks.study.study_form import Head

    sources = Sources(options.items, options.responses, tuple(options.system), options.human)
    head = Head(
        options.study_id, _titles(options), options.template, options.seats, options.seed, options.contact,
        _pairs(options.pair), simulated=options.simulated, languages=options.languages,
    )  # fmt: skip
    study = build(sources, head, options.out)
    systems = ", ".join(system.system_id for system in study.systems)
    say(f"{options.out}: study {study.study_id}, {len(study.items)} items, systems {systems}")
    say(f"next: read study.yaml, consent and guidelines; then python -m tasks check {options.out}")


def _pairs(texts: list[str]) -> tuple[tuple[str, str], ...]:
    pairs = [tuple(text.split(":")) for text in texts]
    if wrong := [text for text, pair in zip(texts, pairs, strict=True) if len(pair) != 2]:
        raise InputError(f"--pair: found {text!r}; allowed: SYSTEM:SYSTEM" for text in wrong)
    return tuple((pair[0], pair[1]) for pair in pairs)


def _whole(options: argparse.Namespace) -> None:
    from tasks.data import predictions, splits
    from tasks.data.kokorochat import load
    from tasks.study import whole
    from tasks.study.guidance import WHOLE_MINUTES
    from tasks.study.study_form import Head

    part = splits.split(load(options.data), options.by)[options.split]
    if options.predicted:
        predicted = {prediction.dialogue_id for prediction in predictions.read(options.predicted)}
        part = tuple(dialogue for dialogue in part if dialogue.dialogue_id in predicted)
    head = Head(
        options.study_id, _titles(options), options.template, options.seats, options.seed, options.contact,
        simulated=options.simulated, languages=options.languages,
    )  # fmt: skip
    told = whole.told_in(part, whole.protocol_of(head), options.shown_in)
    study = whole.build(whole.drawn(told, options.n, options.seed), head, options.out, language=options.shown_in)
    turns = [len(item.turns) for item in study.items]
    counted = f"{len(study.items)} dialogues of the {options.split} split by {options.by}"
    say(f"{options.out}: {counted}, {options.seats} raters")
    say(f"turns {min(turns)} to {max(turns)}; about {WHOLE_MINUTES[study.protocol]} minutes a dialogue")


def _criteria(options: argparse.Namespace) -> None:
    from tasks.study.save import criteria_yaml
    from tasks.study.wording.templates import newest, template

    made = template(newest(options.name), options.languages)
    say(criteria_yaml(made, options.languages))


def _rehydrate(options: argparse.Namespace) -> None:
    from tasks.data.kokorochat import load
    from tasks.study import rehydrate

    study = rehydrate.rehydrate(rehydrate.read_published(options.study), load(options.data))
    if options.responses:
        study = rehydrate.with_responses(study, options.responses)
    complete = rehydrate.write(study, options.out)
    say(f"{options.out}: {len(study.items)} items, every text checked against its sha256")
    if not complete:
        bare = sorted({response.system_id for response in study.responses if not response.text})
        say(f"no texts of {', '.join(bare)}: give their <system_id>.jsonl with --responses DIR to get a study folder")
