"""A new study to begin from: a commented study folder on the demo dialogues, which runs as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

from tasks.files import jsonl, new_folder
from tasks.schema import Item, Study
from tasks.study import guidance, whole
from tasks.study.build import write_texts
from tasks.study.consent import consent
from tasks.study.load import load_study, template
from tasks.study.study_form import Head, study_yaml

DEMO = Path(__file__).parents[1] / "demo"
TEMPLATES = ("quick", "full", "rating", "label")


def start(head: Head, out: Path) -> Study:
    """Writes the study folder `out`, whole or not at all, and returns the study as loaded from it.

    `head.template` is one of `TEMPLATES`: the first two compare the demo's two responses to each dialogue, the others
    rate or label its dialogues. Everything in it is meant to be replaced; docs/organiser-guide.en.md says how.

    Raises:
        InputError: the head does not make a study.
        InputError: `out` is there already and is not empty.
    """
    demo = load_study(DEMO)
    with new_folder(out) as folder:
        if head.template in ("rating", "label"):
            _write_whole(demo, head, folder)
        else:
            _write_pairs(demo, head, folder)
        load_study(folder)
    return load_study(out)


def _write_pairs(demo: Study, head: Head, folder: Path) -> None:
    shutil.copyfile(DEMO / "items.jsonl", folder / "items.jsonl")
    shutil.copyfile(DEMO / "practice.jsonl", folder / "practice.jsonl")
    shutil.copytree(DEMO / "responses", folder / "responses")
    criteria = template(head.template)
    write_texts(folder, guidance.guidelines(criteria), consent("pairwise", criteria, len(demo.items)))
    (folder / "study.yaml").write_text(study_yaml(head, demo.systems), encoding="utf-8")


def _write_whole(demo: Study, head: Head, folder: Path) -> None:
    protocol: whole.WholeProtocol = "rating" if head.template == "rating" else "label"
    items = [_whole_item(item) for item in demo.items]
    whole_head = whole.WholeHead(head.study_id, head.title, protocol, head.seats, head.seed, head.contact)
    (folder / "items.jsonl").write_text(jsonl(items), encoding="utf-8")
    criteria = template(protocol)
    write_texts(folder, whole.OPENING[protocol], consent(protocol, criteria, len(items)))
    text = whole.study_yaml(whole_head, criteria[0].criterion_id, None)
    (folder / "study.yaml").write_text(text, encoding="utf-8")


def _whole_item(item: Item) -> Item:
    """The demo's dialogue as one to be rated or labelled: each turn an utterance of its own."""
    turns = tuple(turn.model_copy(update={"utterances": (place,)}) for place, turn in enumerate(item.turns))
    return Item(item_id=item.item_id, turns=turns, topic=item.topic)
