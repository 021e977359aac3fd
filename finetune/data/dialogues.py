"""Which dialogues are trained on, which are held out, and which of their turns carry loss."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from finetune.recipe import Recipe
from finetune.rendering import Message
from tasks.data.dialogue import ORIGINAL, Dialogue, merged_turns
from tasks.data.shown import joined
from tasks.data.splits import holdout_persons, split, subset
from tasks.errors import InputError
from tasks.files import sha256_texts
from tasks.schema import Turn

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
    if not all(dialogue.published for dialogue in dialogues):
        _refuse_bands(recipe)
    dialogues = readable(dialogues, recipe.language)
    parts = split(dialogues, recipe.split_by, recipe.split_salt)
    if recipe.holdout_persons:
        parts = holdout_persons(parts, recipe.split_salt)
    pool = subset(parts["train"], recipe.subset)
    if not parts["valid"] and recipe.split_by in ("counselor", "client"):
        pool, held_out = _whole_persons(pool, recipe)
    else:
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
        **({} if dialogues[0].published else {"source": "conversations"}),
        "split_by": recipe.split_by,
        "salt": recipe.split_salt,
        "holdout_persons": recipe.holdout_persons,
        "counts": {name: len(part) for name, part in parts.items()},
        "trained": [dialogue.dialogue_id for dialogue in train],
        "held_out": [dialogue.dialogue_id for dialogue in held_out],
        "test": [dialogue.dialogue_id for dialogue in parts["test"]],
    }
    return Selection(train, held_out, record, _digest(train, held_out, recipe))


def _whole_persons(pool: Sequence[Dialogue], recipe: Recipe) -> tuple[tuple[Dialogue, ...], tuple[Dialogue, ...]]:
    """What is trained on and what is held out where no person fell to the valid part: a tenth, by whole persons."""
    of_person: dict[str, list[Dialogue]] = {}
    for dialogue in pool:
        who = dialogue.client_id if recipe.split_by == "client" else dialogue.counselor_id
        of_person.setdefault(who, []).append(dialogue)
    wanted, held_out = min(recipe.eval_dialogues, max(len(pool) // 10, 1)), list[Dialogue]()
    for who in sorted(of_person, key=lambda who: sha256_texts(recipe.split_salt, "held-out", who)):
        if len(held_out) < wanted:
            held_out += of_person[who]
    ids = {dialogue.dialogue_id for dialogue in held_out}
    return tuple(one for one in pool if one.dialogue_id not in ids), tuple(held_out)


def _refuse_bands(recipe: Recipe) -> None:
    """Other data than KokoroChat has no scores, by which bands and the paper's split are made."""
    wrong = [
        f"--set {name}={allowed}: found {found}, which goes by KokoroChat's scores; other data has none"
        for name, found, allowed in (
            ("subset", recipe.subset, "all"),
            ("match_subset", recipe.match_subset, None),
            ("split_by", recipe.split_by, "counselor"),
        )
        if found != allowed and (name != "split_by" or found == "paper")
    ]
    if wrong:
        raise InputError(line.replace("=None", "=null") for line in wrong)


def readable(dialogues: Sequence[Dialogue], language: str) -> tuple[Dialogue, ...]:
    """Those that a language has; other data than KokoroChat is read as it stands.

    Raises:
        InputError: none has it.
    """
    found = tuple(one for one in dialogues if not one.published or language in one.languages)
    if not found:
        known = sorted({language for one in dialogues for language in one.languages})
        raise InputError(f"--set language={language}: the copy has no dialogue in it; allowed: {', '.join(known)}")
    return found


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
    """The dialogue's merged turns; a counsellor's turn in which something is said carries loss, or the last alone."""
    turns = list(_turns(dialogue, recipe))
    japanese = dialogue.published and recipe.language == ORIGINAL
    spoken = [place for place, turn in enumerate(turns) if turn.role == "counselor" and _says(turn.text, japanese)]
    trained = set(spoken[-1:] if recipe.loss_on == "last" else spoken)
    return tuple(Message(turn.role, turn.text, place in trained) for place, turn in enumerate(turns))


def _turns(dialogue: Dialogue, recipe: Recipe) -> Iterator[Turn]:
    """Turns in the recipe's language; what was not translated is left out, and its neighbours of one role joined."""
    found = merged_turns(dialogue, strip_meta=recipe.strip_meta if dialogue.published else "keep")
    language = recipe.language if dialogue.published else ORIGINAL
    for role, run in groupby(
        (turn for turn in found if joined(dialogue, turn.utterances, language)), key=lambda turn: turn.role
    ):
        yield Turn(role=role, text="\n".join(joined(dialogue, turn.utterances, language) for turn in run))


def _says(text: str, japanese: bool) -> bool:
    """Whether a turn has a letter: of KokoroChat a Japanese one, for what has none is a slip of typing there."""
    return bool(JAPANESE.search(text)) if japanese else any(map(str.isalpha, text))


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
