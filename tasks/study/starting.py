"""A new study to begin from: a commented study folder on the demo dialogues, which runs as it is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from tasks.files import jsonl, new_folder
from tasks.schema import Item, Study
from tasks.study import guidance, whole
from tasks.study.load import load_study, template
from tasks.study.study_form import Head, study_yaml

DEMO = Path(__file__).parents[1] / "demo"
TEMPLATES = ("quick", "full", "rating", "label")
_CONSENT = ("consent.ja.md", "consent.en.md")


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
        for name in _CONSENT:
            shutil.copyfile(DEMO / name, folder / name)
        load_study(folder)
    return load_study(out)


def _write_pairs(demo: Study, head: Head, folder: Path) -> None:
    shutil.copyfile(DEMO / "items.jsonl", folder / "items.jsonl")
    shutil.copyfile(DEMO / "practice.jsonl", folder / "practice.jsonl")
    shutil.copytree(DEMO / "responses", folder / "responses")
    words = guidance.guidelines(template(head.template))
    (folder / "guidelines.ja.md").write_text(words.ja, encoding="utf-8")
    (folder / "guidelines.en.md").write_text(words.en, encoding="utf-8")
    text = study_yaml(replace(head, provenance=demo.provenance), demo.systems)
    (folder / "study.yaml").write_text(text, encoding="utf-8")


def _write_whole(demo: Study, head: Head, folder: Path) -> None:
    protocol: whole.WholeProtocol = "rating" if head.template == "rating" else "label"
    items = [_whole_item(item) for item in demo.items]
    whole_head = whole.WholeHead(head.study_id, head.title, protocol, head.seats, head.seed, head.contact)
    (folder / "items.jsonl").write_text(jsonl(items), encoding="utf-8")
    words = whole.OPENING[protocol]
    (folder / "guidelines.ja.md").write_text(words.ja, encoding="utf-8")
    (folder / "guidelines.en.md").write_text(words.en, encoding="utf-8")
    assert demo.provenance is not None
    text = whole.study_yaml(whole_head, template(protocol)[0].criterion_id, demo.provenance)
    (folder / "study.yaml").write_text(text, encoding="utf-8")


def _whole_item(item: Item) -> Item:
    """The demo's dialogue as one to be rated or labelled: each turn an utterance of its own."""
    turns = tuple(turn.model_copy(update={"utterances": (place,)}) for place, turn in enumerate(item.turns))
    return Item(item_id=item.item_id, turns=turns, topic=item.topic)
