"""What a criterion becomes in a tool that asks one question at a time: its answers, and once or twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.schema import PAIR, Criterion, Target

MESSAGES = {"client": "user", "counselor": "assistant"}
"""Who speaks, in the words of chat messages."""


def answers(criterion: Criterion, languages: Sequence[str]) -> dict[int, str]:
    """The words of each value that a rater could give, in the first of the languages; yes and no in English."""
    if criterion.kind == "yes_no_unsure":
        return {value: ("no", "yes", "unsure")[value] for value in criterion.values()}
    return {point.value: point.words.text(*languages) for point in criterion.points}


def listed(criterion: Criterion) -> bool:
    """True where one value of a list is given; spans and several labels are not, and stand as JSON."""
    return criterion.kind in ("scale", "count", "yes_no_unsure")


def places(criterion: Criterion, order: Sequence[str] = ("", "")) -> Iterator[tuple[str, int, Target]]:
    """Suffix of the question's name, 0-based side and target: both responses in the order shown, or the pair once.

    Without an order the targets name no system.
    """
    if criterion.of != "response":
        yield "", 0, PAIR
        return
    for side, system in enumerate(order):
        yield f"_{side + 1}", side, Target.of_system(system) if system else PAIR
