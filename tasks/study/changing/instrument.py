"""An instrument that is being made: criteria moved, added, taken away, and their scales lengthened or shortened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tasks.schema import Criterion, Language, Point, Words

Criteria = tuple[Criterion, ...]
Added = Literal["scale", "yes_no", "text"]
MOST_CRITERIA, MOST_POINTS = 20, 9


def moved(criteria: Sequence[Criterion], criterion_id: str, by: int) -> Criteria:
    """The criteria with one of them so many places further down (up, if negative), never beyond an end."""
    rest = [one for one in criteria if one.criterion_id != criterion_id]
    found = [one for one in criteria if one.criterion_id == criterion_id]
    at = next((place for place, one in enumerate(criteria) if one.criterion_id == criterion_id), 0) + by
    at = max(0, min(at, len(rest)))
    return (*rest[:at], *found, *rest[at:])


def without(criteria: Sequence[Criterion], criterion_id: str) -> Criteria:
    """The criteria but for one."""
    return tuple(one for one in criteria if one.criterion_id != criterion_id)


def with_new(criteria: Sequence[Criterion], kind: Added, languages: Sequence[Language]) -> Criteria:
    """The criteria with a new one at the end, whose words are still to be written."""
    if len(criteria) >= MOST_CRITERIA:
        return tuple(criteria)
    used = {one.criterion_id for one in criteria}
    name = next(f"own-{n}" for n in range(1, MOST_CRITERIA + 2) if f"own-{n}" not in used)
    blank = Words(dict.fromkeys(languages, "…"))
    if kind == "scale":
        points = tuple(Point(value=n, words=blank, key=str(n + 1)) for n in range(3))
        made = Criterion(criterion_id=name, of="response", kind="scale", label=blank, level="ordinal", points=points)
    elif kind == "yes_no":
        made = Criterion(criterion_id=name, of="response", kind="yes_no_unsure", label=blank, level="nominal",
                         required=False, toggle=True)  # fmt: skip
    else:
        made = Criterion(criterion_id=name, of="pair", kind="text", label=blank, required=False)
    return (*criteria, made)


def longer(criterion: Criterion) -> Criterion:
    """A scale with one more point at its upper end; a preference, whose points lie around 0, as it is."""
    if criterion.kind not in ("scale", "count") or len(criterion.points) >= MOST_POINTS:
        return criterion
    last = criterion.points[-1]
    blank = Words(dict.fromkeys(last.words.root, "…"))
    point = Point(value=last.value + 1, words=blank, key=str(len(criterion.points) + 1) if last.key else None)
    return criterion.model_copy(update={"points": (*criterion.points, point), "anchors": ()})


def shorter(criterion: Criterion) -> Criterion:
    """A scale without its last point; as it is where two are left."""
    if criterion.kind not in ("scale", "count") or len(criterion.points) <= 2:
        return criterion
    return criterion.model_copy(update={"points": criterion.points[:-1], "anchors": ()})
