"""Pairs of responses as tokens, some dialogues held out; what cannot be learned from is left out and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from finetune.data import tokens
from finetune.data.encoding import Encoder, Example
from finetune.data.preference_rows import Row, read, text_of
from finetune.data.preferences import held_out, record
from finetune.data.tokens import Examples
from finetune.preference_recipe import PreferenceRecipe
from finetune.recipe import Recipe
from tasks.files import sha256_texts
from tasks.intake.faults import Faults
from tasks.schema import Turn

LEFT_OUT = {
    "tie": "raters preferred neither, or both texts are one",
    "weak": "their margin is below min_margin",
    "few_raters": "fewer than min_raters stood behind them",
    "long": "the last turn and a response are longer than max_length",
}
"""Why a row is not learned from, by key."""
MOST_HELD_OUT = 200
"""Dialogues held out at most, however large the file."""


class Pair(NamedTuple):
    """One row: where it stands in its file, and the ids of the prompt and of both answers, ends of turn included."""

    line: int
    row: Row
    prompt: list[int]
    chosen: list[int]
    rejected: list[int]

    @property
    def tokens(self) -> int:
        """Of both sequences that are read: the prompt stands in each."""
        return 2 * len(self.prompt) + len(self.chosen) + len(self.rejected)


@dataclass(frozen=True)
class Pairs:
    """What a run learns from and what it is tried on; `shortened` prompts lost their oldest turns."""

    train: tuple[Pair, ...]
    held_out: tuple[Pair, ...]
    left_out: dict[str, int]
    shortened: int
    record: dict[str, Any]
    digest: str


def prepare(path: Path, recipe: Recipe, settings: PreferenceRecipe, encoder: Encoder, *, simulated: bool) -> Pairs:
    """Reads, leaves out, splits by dialogue, tokenises.

    Raises:
        InputError: every wrong line, simulated rows that nobody asked for, or fewer than two dialogues left.
    """
    rows = read(path, recipe, simulated=simulated)
    lacking = Faults(str(path))
    for number, row in rows:
        if row.rejected is None:
            lacking.add("is missing; both texts are needed", row=number, column="rejected")
    lacking.refuse()
    left_out: Counter[str] = Counter()
    pairs, shortened = [], 0
    for number, row in rows:
        why = _unusable(row, settings)
        pair, cut = (None, False) if why else _encoded(number, row, encoder, settings.max_length)
        if pair is None:
            left_out[why or "long"] += 1
            continue
        pairs.append(pair)
        shortened += cut
    kept = [(pair.line, pair.row) for pair in pairs]
    held = held_out(path, kept, settings.held_out_share, settings.split_salt, MOST_HELD_OUT)
    train = tuple(pair for pair in pairs if pair.row.group not in held)
    tried = tuple(pair for pair in pairs if pair.row.group in held)
    counts = {"train": len(train), "valid": len(tried), "test": 0}
    said = record(kept, held, settings.split_salt, counts)
    return Pairs(train, tried, dict(left_out), shortened, said, _digest(train, tried))


def _unusable(row: Row, settings: PreferenceRecipe) -> str | None:
    if row.margin == 0 or row.answer == text_of(row.rejected or ""):
        return "tie"
    if row.margin is not None and row.margin < settings.min_margin:
        return "weak"
    return "few_raters" if row.raters is not None and row.raters < settings.min_raters else None


def _encoded(number: int, row: Row, encoder: Encoder, limit: int) -> tuple[Pair | None, bool]:
    """The pair, None where it does not fit; whether oldest turns were left out for it to fit."""
    chosen, rejected = encoder.answer(row.answer), encoder.answer(text_of(row.rejected or ""))
    room = limit - max(len(chosen), len(rejected))
    turns = [Turn(role=message.role, text=message.text) for message in row.history]
    for first in range(len(turns)):
        prompt = encoder.prompt(turns[first:])
        if len(prompt) <= room:
            return Pair(number, row, prompt, chosen, rejected), first > 0
    return None, False


def _digest(train: Sequence[Pair], tried: Sequence[Pair]) -> str:
    ids = (repr((pair.prompt, pair.chosen, pair.rejected)) for pair in (*train, *tried))
    return sha256_texts(str(len(train)), *ids)


def examples(pairs: Sequence[Pair]) -> Examples:
    """Chosen and rejected of each pair in turn, named by the pair's line, with the answers as targets."""
    made = []
    for pair in pairs:
        for name, answer in (("chosen", pair.chosen), ("rejected", pair.rejected)):
            targets = np.array([False] * len(pair.prompt) + [True] * len(answer), dtype=np.bool_)
            ids = np.array([*pair.prompt, *answer], dtype=np.int32)
            made.append(Example(f"{pair.line}#{name}", ids, targets))
    return tokens.joined(made)
