"""Train, valid and test parts of KokoroChat, drawn by a salted hash of a person, so that anyone draws the same.

Splitting dialogues at random would put 98 % of the test counsellors into the training part. By default a part is chosen
by the counsellor (for generating responses); `by="client"` chooses by the client who rated (for predicting scores);
`by="random"` chooses by the dialogue, so people are shared; `by="paper"` is the published rule, test = score 99 or 100,
in which every test counsellor also trains.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

from tasks.data.dialogue import Dialogue
from tasks.errors import InputError

Split = Literal["train", "valid", "test"]
By = Literal["counselor", "client", "random", "paper"]
Subset = Literal["low", "high", "full", "all"]
Parts = Mapping[Split, tuple[Dialogue, ...]]

SPLITS: tuple[Split, ...] = get_args(Split)
SUBSETS: tuple[Subset, ...] = get_args(Subset)
SALT = "kokorochat-split-v199"
"""Chosen among 1..300 for even size, topic and score of the parts alone, before any model was trained."""

PUBLISHED = 6589
"""Dialogues of the complete published data set; counts are asserted where exactly so many are loaded."""

COUNTS: dict[By, dict[Split, int]] = {
    "counselor": {"train": 5220, "valid": 610, "test": 759},
    "client": {"train": 5149, "valid": 648, "test": 792},
    "random": {"train": 5295, "valid": 650, "test": 644},
    "paper": {"train": 6471, "valid": 0, "test": 118},
}
HELD_OUT_COUNTS: dict[Split, int] = {"train": 4076, "valid": 539, "test": 759}


class Seen(NamedTuple):
    """How much of a test part's people the training part knows; shares of dialogues, 0..1."""

    counselors: float
    clients: float


def part_of(person: str, salt: str = SALT) -> Split:
    """The part a person's id falls into: the first 8 bytes of sha256(`salt:person`) modulo 1000; <800, <900, rest."""
    draw = int.from_bytes(hashlib.sha256(f"{salt}:{person}".encode()).digest()[:8], "big") % 1000
    if draw < 800:
        return "train"
    return "valid" if draw < 900 else "test"


def split_of(dialogue: Dialogue, by: By = "counselor", salt: str = SALT) -> Split:
    """The part a dialogue belongs to: its counsellor's, client's or own; `by="paper"`: test for scores over 98."""
    if by == "paper":
        return "test" if dialogue.band == "test" else "train"
    drawn = {"counselor": dialogue.counselor_id, "client": dialogue.client_id, "random": dialogue.dialogue_id}
    return part_of(drawn[by], salt)


def split(dialogues: Sequence[Dialogue], by: By = "counselor", salt: str = SALT) -> dict[Split, tuple[Dialogue, ...]]:
    """The three parts, each in the order given; together they are `dialogues`.

    Raises:
        InputError: the data set is complete (6,589 dialogues, published salt) but the counts are not the known
            ones: the copy differs from the published one.
    """
    parts: dict[Split, list[Dialogue]] = {name: [] for name in SPLITS}
    for dialogue in dialogues:
        parts[split_of(dialogue, by, salt)].append(dialogue)
    if len(dialogues) == PUBLISHED and salt == SALT:
        _assert_counts(parts, COUNTS[by], f"split by {by}")
    return {name: tuple(part) for name, part in parts.items()}


def holdout_persons(parts: Parts, salt: str = SALT) -> dict[Split, tuple[Dialogue, ...]]:
    """The stricter split by counsellor: no counsellor of test or valid occurs in train in any role.

    People play both roles. Dropped are train dialogues whose client's id falls into valid or test, and valid dialogues
    whose client's id falls into test. The test part stays whole.
    """
    allowed: dict[Split, set[Split]] = {"train": {"train"}, "valid": {"train", "valid"}, "test": set(SPLITS)}
    held = {name: tuple(d for d in parts[name] if part_of(d.client_id, salt) in allowed[name]) for name in SPLITS}
    if salt == SALT and {name: len(parts[name]) for name in SPLITS} == COUNTS["counselor"]:
        _assert_counts(held, HELD_OUT_COUNTS, "holdout_persons")
    return held


def subset(dialogues: Sequence[Dialogue], name: Subset) -> tuple[Dialogue, ...]:
    """The paper's training subset: low (score < 70), high (70..98), full (both) or all (with 99 and 100)."""
    bands = {"low": {"low"}, "high": {"high"}, "full": {"low", "high"}, "all": {"low", "high", "test"}}[name]
    return tuple(dialogue for dialogue in dialogues if dialogue.band in bands)


def seen(parts: Parts, of: Split = "test") -> Seen:
    """The shares of a part's dialogues whose counsellor, and whose client, has the same role in train; 0 if empty."""
    train = parts["train"]
    counselors, clients = {d.counselor_id for d in train}, {d.client_id for d in train}
    total = max(1, len(parts[of]))
    return Seen(
        sum(d.counselor_id in counselors for d in parts[of]) / total,
        sum(d.client_id in clients for d in parts[of]) / total,
    )


def _assert_counts(parts: Mapping[Split, Sequence[Dialogue]], known: Mapping[Split, int], what: str) -> None:
    counts = {name: len(parts[name]) for name in SPLITS}
    if counts != dict(known):
        raise InputError((f"{what}: found {counts}; allowed: {dict(known)}, as in the published data set",))
