"""Supervised training on rows of trl: `chosen` or `completion` is trained on, `rejected` is read for nothing.

Training on the difference of the two is `python -m finetune prefer`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.data.dialogues import Named
from finetune.data.preference_rows import Numbered, Row, read
from finetune.recipe import Recipe
from finetune.rendering import Message
from tasks.errors import InputError
from tasks.files import sha256_texts

HELD_OUT_SHARE = 0.1


@dataclass(frozen=True)
class Preferences:
    """The file, where it stands in for the data set; `simulated`: rows that no person preferred are wanted, too."""

    file: Path
    simulated: bool = False


@dataclass(frozen=True)
class Chosen:
    """Rows to train on and rows held out, as named messages; `record` has their dialogues and counts."""

    train: tuple[Named, ...]
    held_out: tuple[Named, ...]
    record: dict[str, Any]
    digest: str


def select(source: Preferences, recipe: Recipe) -> Chosen:
    """Reads the file, drops repeated rows, holds out a tenth of the dialogues.

    Raises:
        InputError: every wrong line, rows of fewer than two dialogues, or simulated ones that nobody asked for.
    """
    rows = _distinct(read(source.file, recipe, simulated=source.simulated))
    held = held_out(source.file, rows, HELD_OUT_SHARE, recipe.split_salt, recipe.eval_dialogues)
    train = tuple(_named(number, row) for number, row in rows if row.group not in held)
    kept = tuple(_named(number, row) for number, row in rows if row.group in held)
    parts = [sha256_texts(name, *(m.role + m.text for m in said)) for name, said in (*train, *kept)]
    counts = {"train": len(train), "valid": len(kept), "test": 0}
    return Chosen(train, kept, record(rows, held, recipe.split_salt, counts), sha256_texts(str(len(train)), *parts))


def record(rows: Sequence[Numbered], held: set[str], salt: str, counts: dict[str, int]) -> dict[str, Any]:
    """What splits.json says of a run on preferences or completions: ids of dialogues, never a text."""
    groups = sorted({row.group for _, row in rows})
    judged = any(row.judged for _, row in rows)
    return {
        "source": "preferences" if judged else "conversations",
        "studies": sorted({row.study_id for _, row in rows if row.study_id}),
        "simulated": sum(row.simulated for _, row in rows),
        "salt": salt,
        "counts": counts,
        "trained": [group for group in groups if group not in held],
        "held_out": [group for group in groups if group in held],
        "test": [],
        **({"preferred": groups} if judged else {}),
    }


def held_out(path: Path, rows: Sequence[Numbered], share: float, salt: str, most: int) -> set[str]:
    """A share of the dialogues, one or more and at most `most`, drawn by hash: the same ones for everybody.

    Raises:
        InputError: rows of fewer than two dialogues.
    """
    groups = sorted(
        {row.group for _, row in rows},
        key=lambda group: hashlib.sha256(f"{salt}:preferences:{group}".encode()).digest(),
    )
    if len(groups) < 2:
        raise InputError(f"{path}: rows of {len(groups)} dialogues; at least two are needed, one is held out")
    return set(groups[: min(most, max(1, round(share * len(groups))))])


def _distinct(rows: Iterable[Numbered]) -> list[Numbered]:
    """The first of each (prompt, chosen): several raters choosing the same text are one example."""
    seen: dict[str, Numbered] = {}
    for number, row in rows:
        key = sha256_texts(*(said.role + said.content for said in row.prompt), row.answer)
        seen.setdefault(key, (number, row))
    return list(seen.values())


def _named(number: int, row: Row) -> Named:
    return f"{row.group}#{number}", (*row.history, Message("counselor", row.answer, True))
