"""Contexts on disk: `items.jsonl`, and `contexts.manifest.json`, which says how they were drawn and holds no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tasks.data import contexts, splits
from tasks.data.contexts import DEFAULT, Choice
from tasks.data.dialogue import Dialogue
from tasks.data.feedback import band
from tasks.data.shown import PHONE, URL
from tasks.data.splits import By, Parts, Split
from tasks.files import jsonl, new_folder, sha256_text, write_json, write_text
from tasks.schema import Item

LICENCE = "KokoroChat and its translations are CC BY-NC-ND 4.0: keep items.jsonl to yourselves; here is no text."


def make(
    dialogues: Sequence[Dialogue], out: Path, *, part: Split = "test", by: By = "counselor", choice: Choice = DEFAULT
) -> dict[str, Any]:
    """Draws contexts from one part of the split, writes both files to the new folder `out`, and returns the manifest.

    Raises:
        InputError: the part does not hold so many contexts.
        InputError: `out` is there already.
    """
    parts = splits.split(dialogues, by)
    items = contexts.choose(parts[part], choice)
    text = jsonl(items)
    manifest = {
        "format_version": 1,
        "dataset": contexts.DATASET,
        "licence": LICENCE,
        "dialogues": len(dialogues),
        "split": {
            "by": by,
            "salt": splits.SALT,
            "part": part,
            "counts": {name: len(parts[name]) for name in splits.SPLITS},
        },
        "choice": _rules(choice),
        "found": _found(items, parts),
        "client_seen": _client_seen(items, parts),
        "items_sha256": sha256_text(text),
    }
    with new_folder(out) as folder:
        write_text(folder / "items.jsonl", text)
        write_json(folder / "contexts.manifest.json", manifest)
    return manifest


def _rules(choice: Choice) -> dict[str, Any]:
    return {
        "n": choice.n,
        "salt": choice.salt,
        "cap": choice.cap,
        "strip_meta": choice.strip_meta,
        "language": choice.language,
        "minimal": choice.minimal,
        "depth_bands": [list(band) for band in contexts.DEPTH_BANDS],
        "min_characters": contexts.MIN_CHARACTERS,
        "min_history": contexts.MIN_HISTORY,
        "left_out": ["flagged dialogues", *(f"topic {name}" for name in sorted(contexts.LEFT_OUT_TOPICS))],
        "masked": [URL, PHONE],
    }


def _found(items: Sequence[Item], parts: Parts) -> dict[str, Any]:
    sources = [item.source for item in items if item.source]
    return {
        "topics": dict(Counter(item.topic for item in items).most_common()),
        "strata": dict(sorted(Counter(item.stratum for item in items).items())),
        "score_bands": dict(Counter(band(source.score or 0) for source in sources).most_common()),
        "counselors": len({source.counselor_id for source in sources}),
        "clients": len({source.client_id for source in sources}),
        "clients_seen_in_train": len(_client_seen(items, parts)),
        "turns": _spread([len(item.turns) for item in items]),
        "characters": _spread([sum(len(turn.text) for turn in item.turns) for item in items]),
    }


def _spread(values: list[int]) -> dict[str, float]:
    ordered = sorted(values)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return {"min": ordered[0], "median": median, "max": ordered[-1]}


def _client_seen(items: Sequence[Item], parts: Parts) -> list[str]:
    """Items whose client also occurs as a client in train: the person, never the dialogue, may be known to a model."""
    known = {dialogue.client_id for dialogue in parts["train"]}
    return [item.item_id for item in items if item.source and item.source.client_id in known]
