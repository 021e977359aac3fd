"""What raters say of it: criteria with their scales, points and reasons."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from tasks.languages.fault import Fault, at
from tasks.schema.record import Identifier, Record
from tasks.schema.words import Words

Kind = Literal["preference", "scale", "count", "yes_no_unsure", "labels", "spans", "text"]
Level = Literal["nominal", "ordinal", "interval", "ratio"]
Of = Literal["pair", "response", "item", "utterance"]


class Point(Record):
    """One point of a Scale: the value stored, the words read, the key pressed."""

    value: int
    words: Words
    key: str | None = None


class Reason(Record):
    """A reason a rater may press beside an answer."""

    reason_id: Identifier
    words: Words


class Criterion(Record):
    """What is judged. `of` says about what; `level` is the level of measurement its agreement is computed at."""

    criterion_id: Identifier
    of: Of
    kind: Kind
    label: Words
    hint: Words | None = None
    level: Level | None = None
    points: tuple[Point, ...] = ()
    """The Scale, in the order shown. For `preference` the sign only says how the buttons lie: negative = first side."""
    required: bool = True
    top_coded: bool = False
    """True where the last point means 'this many or more'; no ICC and no mean then."""
    toggle: bool = False
    """A `yes_no_unsure` criterion drawn as a toggle without 'unsure': not pressed is stored as no (0)."""
    reasons: tuple[Reason, ...] = ()
    anchors: tuple[Words, ...] = ()
    """One example per point for the guidelines, in the order of `points`; [] if none."""

    @model_validator(mode="after")
    def _scale_fits_kind(self) -> Criterion:
        values = [point.value for point in self.points]
        if len(set(values)) != len(values):
            raise ValueError(self._fault("values_again", found=str(values)))
        if self.kind in ("preference", "scale", "count") and len(values) < 2:
            raise ValueError(self._fault("two_points", kind=self.kind))
        if self.kind == "preference" and (self.of != "pair" or sorted(values) != sorted(-v for v in values)):
            raise ValueError(self._fault("preference_points"))
        return self

    def _fault(self, key: str, **values: object) -> Fault:
        return at(Fault("criterion", id=self.criterion_id), Fault(key, **values))

    def values(self) -> tuple[int, ...]:
        """The values a rater can give; (0, 1) or (0, 1, 2 = unsure) for yes_no_unsure, () for labels, spans, text."""
        if self.kind == "yes_no_unsure":
            return (0, 1) if self.toggle else (0, 1, 2)
        return tuple(point.value for point in self.points)
