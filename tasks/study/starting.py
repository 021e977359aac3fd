"""A new study to begin from: a commented study folder on the demo dialogues, which runs as it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tasks.files import jsonl, new_folder
from tasks.schema import Item, Language, Study, System, Words
from tasks.study import whole
from tasks.study.build import english, write_practice, write_texts
from tasks.study.live import starting as live
from tasks.study.load import load_study
from tasks.study.study_form import Head, study_yaml

DEMO = Path(__file__).parents[1] / "demo"
TEMPLATES = ("quick", "full", "floor", "rating", "label")
"""Of studies on dialogues; `tasks.study.live.starting.NAME` is that of live sessions."""


def start(head: Head, out: Path) -> Study:
    """Writes the study folder `out`, whole or not at all, and returns the study as loaded from it.

    `head.template` is one of `TEMPLATES`: the first three compare the demo's two responses to each dialogue, the others
    rate or label its dialogues; or `session`, whose people talk with each other. Everything in it is meant to be
    replaced; docs/organiser-guide.en.md says how.

    Raises:
        InputError: the head does not make a study.
        InputError: `out` is there already and is not empty.
    """
    demo = _demo("ja" in head.languages)
    with new_folder(out) as folder:
        if head.template == live.NAME:
            live.write(head, folder)
        elif head.template in ("rating", "label"):
            _write_whole(demo, head, folder)
        else:
            _write_pairs(demo, head, folder)
        load_study(folder)
    return load_study(out)


def _write_pairs(demo: Study, head: Head, folder: Path) -> None:
    (folder / "items.jsonl").write_text(jsonl(demo.items), encoding="utf-8")
    (folder / "responses").mkdir()
    for system in demo.systems:
        mine = [response for response in demo.responses if response.system_id == system.system_id]
        (folder / "responses" / f"{system.system_id}.jsonl").write_text(jsonl(mine), encoding="utf-8")
    write_practice(folder, head.languages)
    write_texts(folder, "pairwise", head, len(demo.items))
    systems = tuple(_described(system, head.languages) for system in demo.systems)
    (folder / "study.yaml").write_text(study_yaml(head, systems), encoding="utf-8")


@cache
def _demo(japanese: bool) -> Study:
    """The demo as it was written, or in English."""
    demo = load_study(DEMO)
    return demo if japanese else _in_english(demo)


def spoken_in(study: Study) -> Study:
    """A study on the demo's dialogues, with these in Japanese where it is spoken in the study, else in English.

    Any other study, and one whose dialogues or responses were edited, is returned as it is.
    """
    fitting, other = _demo("ja" in study.languages), _demo("ja" not in study.languages)
    if (study.items, study.responses) != (other.items, other.responses):
        return study
    known = {system.system_id: _described(system, study.languages) for system in fitting.systems}
    systems = tuple(known.get(system.system_id, system) for system in study.systems)
    return study.model_copy(update={"items": fitting.items, "responses": fitting.responses, "systems": systems})


def _in_english(demo: Study) -> Study:
    """The demo with its English translations in place of the Japanese texts, for studies whose raters read no ja."""
    items = tuple(i.model_copy(update={"turns": tuple(map(english, i.turns))}) for i in demo.items)
    systems = tuple(s.model_copy(update={"name": s.name.rpartition(" / ")[2]}) for s in demo.systems)
    return demo.model_copy(
        update={"items": items, "systems": systems, "responses": tuple(map(english, demo.responses))}
    )


def _described(system: System, languages: Sequence[Language]) -> System:
    """A system of the demo, its description in the languages that have it; without one where a language has not."""
    said = system.description
    there = {tag: said.root[tag] for tag in languages if tag in said.root} if said else {}
    return system.model_copy(update={"description": Words(there) if len(there) == len(languages) else None})


def _write_whole(demo: Study, head: Head, folder: Path) -> None:
    items = [_whole_item(item) for item in demo.items]
    (folder / "items.jsonl").write_text(jsonl(items), encoding="utf-8")
    write_texts(folder, whole.protocol_of(head), head, len(items))
    (folder / "study.yaml").write_text(whole.study_yaml(head, None), encoding="utf-8")


def _whole_item(item: Item) -> Item:
    """The demo's dialogue as one to be rated or labelled: each turn an utterance of its own."""
    turns = tuple(turn.model_copy(update={"utterances": (place,)}) for place, turn in enumerate(item.turns))
    return Item(item_id=item.item_id, turns=turns, topic=item.topic)
