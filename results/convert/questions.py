"""What a criterion becomes in a tool that asks one question at a time: its answers, and once or twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.errors import InputError
from tasks.schema import PAIR, SIDES, Criterion, Target

MESSAGES = {"client": "user", "counselor": "assistant"}
"""Who speaks, in the words of chat messages."""


ENDINGS = {"_": ("tie", "strength", "reasons"), ".": ("side", "strength", "reasons")}
"""Of questions that are part of another's answer, by the sign before them: in tools' forms, in tables."""
PLACES = {"_": ("1", "2"), ".": SIDES}
"""Of questions about the response on one side."""


def refuse_alike(criteria: Sequence[Criterion], sign: str) -> None:
    """Raises InputError where a criterion's name would be read as a part of another, or two as one of both sides."""
    names = {one.criterion_id: one.of for one in criteria}
    beside = [f"{name}{sign}{ending}" for name in names for ending in ENDINGS[sign]]
    sides = [[f"{name.removesuffix(sign + PLACES[sign][0])}{sign}{place}" for place in PLACES[sign]] for name in names]
    both = [name for pair in sides if all(names.get(name, "response") != "response" for name in pair) for name in pair]
    wrong = [name for name in names if name in beside or name in both]
    if wrong:
        rule = (
            f"in this form a name that ends in {sign}{PLACES[sign][0]} or {sign}{ENDINGS[sign][0]} is a part of another"
        )
        raise InputError(
            [f"criterion {name}: {rule}; --to arena and --to inspect have no such names" for name in wrong]
        )


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
