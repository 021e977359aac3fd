"""What the templates draw: the state of docs/page-state.md, arranged into rows, turns and steps.

No logic of the study lives here; the arrangement is the same for both languages and is never sent to the device again:
the page's module fills the next pairs into the same markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.service.records import ShownCriterion, ShownTurn
from tasks.schema import SIDES, Of, Place, Protocol

DRAWN = ("preference", "scale", "count", "yes_no_unsure")
SHOWN_CHARACTERS = 320
"""Fold the dialogue so that at least this many characters before the last turn stay in sight, in whole turns."""
SHOWN_ON_PHONE = 80
"""The same on a narrow screen, where the responses come below."""
SHOWN_TURNS = 3
"""... and at least this many turns."""


@dataclass(frozen=True)
class Point:
    """One choice of a row: the value stored, the key of its words, the key pressed."""

    value: int | str
    words: str
    key: str


@dataclass(frozen=True)
class Row:
    """One criterion as drawn. `sides` are ("pair",), ("item",), ("first", "second"), or, in `rating`, ("first",)."""

    criterion_id: str
    words: str
    hint: str
    sides: tuple[Place, ...]
    points: tuple[Point, ...]
    reasons: tuple[tuple[str, str], ...]
    """(reason_id, key of its words)."""
    required: bool


@dataclass(frozen=True)
class Form:
    """The rows of a study's form by where they stand on the page."""

    choice: tuple[Row, ...]
    scales: tuple[Row, ...]
    pair_toggles: tuple[Row, ...]
    toggles: tuple[Row, ...]
    comments: tuple[Row, ...]


def form(criteria: Sequence[ShownCriterion], protocol: Protocol = "pairwise") -> Form:
    """The form of a study. Criteria of kinds `labels` and `spans` are left out: they are given in the text itself."""
    preference = [c for c in criteria if c.kind == "preference"]
    toggles = [c for c in criteria if c.kind == "yes_no_unsure" and c.toggle]
    rest = [c for c in criteria if c.kind in DRAWN and c not in preference and c not in toggles]
    return Form(
        choice=_rows(preference, protocol),
        scales=_rows(rest, protocol),
        pair_toggles=_rows([c for c in toggles if c.of != "response"], protocol),
        toggles=_rows([c for c in toggles if c.of == "response"], protocol),
        comments=_rows([c for c in criteria if c.kind == "text"], protocol),
    )


def _rows(criteria: Sequence[ShownCriterion], protocol: Protocol) -> tuple[Row, ...]:
    return tuple(_row(criterion, protocol) for criterion in criteria)


def _sides(of: Of, protocol: Protocol) -> tuple[Place, ...]:
    if of == "response":
        return SIDES if protocol == "pairwise" else SIDES[:1]
    return ("pair",) if of == "pair" else ("item",)


def _row(criterion: ShownCriterion, protocol: Protocol) -> Row:
    key = f"c.{criterion.criterion_id}"
    return Row(
        criterion_id=criterion.criterion_id,
        words=key,
        hint=f"{key}.hint" if criterion.hint else "",
        sides=_sides(criterion.of, protocol),
        points=_points(criterion, key),
        reasons=tuple((r.reason_id, f"{key}.r.{r.reason_id}") for r in criterion.reasons),
        required=criterion.required,
    )


def _points(criterion: ShownCriterion, key: str) -> tuple[Point, ...]:
    if criterion.kind == "yes_no_unsure":
        words = {1: "answer.yes", 0: "answer.no", 2: "answer.unsure"}
        return tuple(Point(value, text, str(place + 1)) for place, (value, text) in enumerate(words.items()))
    return tuple(
        Point(point.value, f"{key}.p.{point.value}", point.key or str(place + 1))
        for place, point in enumerate(criterion.points)
    )


BLINDING = Row(
    criterion_id="blinding",
    words="blinding.label",
    hint="blinding.hint",
    sides=("pair",),
    points=tuple(
        Point(value, f"blinding.{value}", key) for value, key in (("first", "1"), ("cannot_tell", "2"), ("second", "3"))
    ),
    reasons=(),
    required=True,
)


def folded(turns: Sequence[ShownTurn], narrow: bool = False) -> int:
    """How many early turns are folded away: 0 where what they would hide is under two turns."""
    enough = SHOWN_ON_PHONE if narrow else SHOWN_CHARACTERS
    seen, start = 0, max(len(turns) - 1, 0)
    while start > 0 and (seen < enough or len(turns) - start < SHOWN_TURNS):
        start -= 1
        seen += len(turns[start].text)
    return start if start > 1 else 0
