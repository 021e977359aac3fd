"""The figures of a copy of KokoroChat that docs/kokorochat.md quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.asking.japanese import questions
from tasks.asking.question import COUNTED
from tasks.data import splits
from tasks.data.dialogue import Dialogue, merged_turns, meta_count


@dataclass(frozen=True, slots=True)
class Asking:
    """How counsellors ask, over merged turns, bracketed talk included. Shares are of `turns`, 0..1; 0 without turns."""

    turns: int
    share: float
    per_turn: float
    share_two_or_more: float


def asking(dialogues: Sequence[Dialogue]) -> Asking:
    """Counts the questions of every merged counsellor turn."""
    counts = [
        sum(question.kind in COUNTED for question in questions(turn.text))
        for dialogue in dialogues
        for turn in merged_turns(dialogue, strip_meta="keep")
        if turn.role == "counselor"
    ]
    n = max(1, len(counts))
    return Asking(len(counts), sum(c > 0 for c in counts) / n, sum(counts) / n, sum(c > 1 for c in counts) / n)


def describe(dialogues: Sequence[Dialogue]) -> Iterator[str]:
    """The figures as lines of text: size, scores, cleaning, splits, questions by score band."""
    utterances = [utterance for dialogue in dialogues for utterance in dialogue.utterances]
    roles = Counter(utterance.role for utterance in utterances)
    bands = Counter(dialogue.band for dialogue in dialogues)
    yield f"dialogues {len(dialogues):,}, utterances {len(utterances):,} " + (
        f"(counsellor {roles['counselor']:,}, client {roles['client']:,})"
    )
    yield f"people: {_people(dialogues)}"
    yield f"score bands: low (<70) {bands['low']:,}, high (70-98) {bands['high']:,}, test (99-100) {bands['test']:,}"
    yield f"flagged {sum(d.flagged for d in dialogues):,}; score differs from the sum of the 20 dimensions in " + (
        f"{sum(d.score != d.raw_sum for d in dialogues):,}"
    )
    yield f"opened by the client {sum(d.utterances[0].role == 'client' for d in dialogues):,}"
    yield (
        f"bracketed utterances {sum(map(meta_count, dialogues)):,} in {sum(meta_count(d) > 0 for d in dialogues):,}"
        + (f" dialogues; characters dropped on reading {sum(d.stripped for d in dialogues)}")
    )
    yield from _splits(dialogues)
    yield from _asking(dialogues)


def _people(dialogues: Sequence[Dialogue]) -> str:
    counselors, clients = {d.counselor_id for d in dialogues}, {d.client_id for d in dialogues}
    both = len(counselors & clients)
    return f"{len(counselors | clients)} ({len(counselors)} counselled, {len(clients)} were clients, {both} both)"


def _splits(dialogues: Sequence[Dialogue]) -> Iterator[str]:
    for by in ("counselor", "client", "paper"):
        yield f"split by {by}: {_sizes(splits.split(dialogues, by))}"
    yield f"split by counselor, holdout_persons: {_sizes(splits.holdout_persons(splits.split(dialogues)))}"


def _sizes(parts: splits.Parts) -> str:
    seen = splits.seen(parts)
    sizes = ", ".join(f"{name} {len(parts[name]):,}" for name in splits.SPLITS)
    return f"{sizes}; of test, counsellor in train {seen.counselors:.0%}, client in train {seen.clients:.0%}"


def _asking(dialogues: Sequence[Dialogue]) -> Iterator[str]:
    groups = {
        "all": list(dialogues),
        "low (<70)": [d for d in dialogues if d.band == "low"],
        "high (70-98)": [d for d in dialogues if d.band == "high"],
        "test (99-100)": [d for d in dialogues if d.band == "test"],
        "flagged": [d for d in dialogues if d.flagged],
    }
    for name, group in groups.items():
        found = asking(group)
        yield f"counsellor turns with a question, {name}: {found.share:.1%} of {found.turns:,}; " + (
            f"{found.per_turn:.3f} a turn; two or more {found.share_two_or_more:.1%}"
        )
