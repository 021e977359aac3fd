"""Which dialogues are trained on, which are held out, and which of their turns carry loss."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from finetune.recipe import Recipe
from finetune.rendering import Message
from tasks.data.dialogue import Dialogue, merged_turns
from tasks.data.splits import holdout_persons, split, subset
from tasks.errors import InputError
from tasks.files import sha256_texts

JAPANESE = re.compile(r"[぀-ヿ㐀-䶿一-鿿ｦ-ﾟ]")
"""A counsellor's turn without any of these (bare marks, unfinished typing) stays context but carries no loss."""

Named = tuple[str, tuple[Message, ...]]


@dataclass(frozen=True)
class Selection:
    """The dialogues of a run.

    Attributes:
        train: trained on, in the published order.
        held_out: whose loss is measured; no counsellor of theirs is in `train` unless the split is the paper's.
        record: ids, salt and counts, published with the run so that anyone can check for leaks.
        digest: hash of everything in `train` and `held_out` that reaches the model.
    """

    train: tuple[Dialogue, ...]
    held_out: tuple[Dialogue, ...]
    record: dict[str, Any]
    digest: str


def select(dialogues: Sequence[Dialogue], recipe: Recipe) -> Selection:
    """Splits, takes the subset, draws the held-out dialogues.

    Raises:
        InputError: nothing is left to train on, or nothing to hold out.
    """
    parts = split(dialogues, recipe.split_by, recipe.split_salt)
    if recipe.holdout_persons:
        parts = holdout_persons(parts, recipe.split_salt)
    pool = subset(parts["train"], recipe.subset)
    held_out = draw(parts["valid"] or pool, recipe.eval_dialogues, f"{recipe.split_salt}:held-out")
    held_out_ids = {dialogue.dialogue_id for dialogue in held_out}
    pool = tuple(dialogue for dialogue in pool if dialogue.dialogue_id not in held_out_ids)
    train = _matched(pool, subset(parts["train"], recipe.match_subset), recipe) if recipe.match_subset else pool
    if not train or not held_out:
        raise InputError(
            f"data: {len(train)} dialogues to train on and {len(held_out)} to hold out of {len(dialogues)} read"
            f" (subset {recipe.subset}, split_by {recipe.split_by}); each needs at least one"
        )
    record = {
        "split_by": recipe.split_by,
        "salt": recipe.split_salt,
        "holdout_persons": recipe.holdout_persons,
        "counts": {name: len(part) for name, part in parts.items()},
        "trained": [dialogue.dialogue_id for dialogue in train],
        "held_out": [dialogue.dialogue_id for dialogue in held_out],
        "test": [dialogue.dialogue_id for dialogue in parts["test"]],
    }
    return Selection(train, held_out, record, _digest(train, held_out, recipe))


def draw(dialogues: Sequence[Dialogue], count: int, salt: str) -> tuple[Dialogue, ...]:
    """`count` dialogues by hash of their ids, in the order given; all where there are fewer."""
    chosen = sorted(dialogues, key=lambda d: hashlib.sha256(f"{salt}:{d.dialogue_id}".encode()).digest())[:count]
    ids = {dialogue.dialogue_id for dialogue in chosen}
    return tuple(dialogue for dialogue in dialogues if dialogue.dialogue_id in ids)


def _matched(pool: Sequence[Dialogue], pattern: Sequence[Dialogue], recipe: Recipe) -> tuple[Dialogue, ...]:
    if len(pool) < len(pattern):
        raise InputError(
            f"match_subset {recipe.match_subset}: it has {len(pattern)} dialogues, {recipe.subset} only {len(pool)};"
            " a larger subset can be cut to a smaller one's size, not the other way round"
        )
    return draw(pool, len(pattern), f"{recipe.split_salt}:match:{recipe.seed}")


def messages(dialogue: Dialogue, recipe: Recipe) -> tuple[Message, ...]:
    """The dialogue's merged turns; a counsellor's turn that holds Japanese carries loss."""
    return tuple(
        Message(turn.role, turn.text, turn.role == "counselor" and bool(JAPANESE.search(turn.text)))
        for turn in merged_turns(dialogue, strip_meta=recipe.strip_meta)
    )


def named_messages(dialogues: Sequence[Dialogue], recipe: Recipe) -> Iterator[Named]:
    """Named messages: one per dialogue, or, `examples: per_turn`, one per turn that carries loss, if any does."""
    for dialogue in dialogues:
        turns = messages(dialogue, recipe)
        targets = [i for i, turn in enumerate(turns) if turn.trained]
        if recipe.examples == "per_turn":
            for i in targets:
                history = tuple(turn._replace(trained=False) for turn in turns[:i])
                yield f"{dialogue.dialogue_id}#{i}", (*history, turns[i])
        elif targets:
            yield dialogue.dialogue_id, turns


def _digest(train: Sequence[Dialogue], held_out: Sequence[Dialogue], recipe: Recipe) -> str:
    def line(dialogue: Dialogue) -> str:
        return f"{dialogue.dialogue_id}:{sha256_texts(*(m.role + m.text for m in messages(dialogue, recipe)))}"

    return sha256_texts("train", *map(line, train), "held out", *map(line, held_out))
