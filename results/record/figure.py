"""Records of one number of a report: a figure with its interval, and a test with its p-value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from results.statistics.figure import Figure, finite, significant
from results.statistics.reasons import Reason
from results.statistics.signflip import Test


class Strict(BaseModel):
    """A frozen record of what we write ourselves: no unknown key, no conversion of types, no NaN."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class Sparse(Strict):
    """A record whose keys stand in the JSON only where they apply."""

    @model_serializer(mode="wrap")
    def _without_what_does_not_apply(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if value is not None}


class Effect(Strict):
    """A number as it may be printed, with its interval; undefined is null with a reason, never 0."""

    value: float | None
    """null where the statistic is undefined."""
    low: float | None
    """Lower end of the 95 % interval; null where none can be given."""
    high: float | None
    """Upper end of the interval."""
    method: str
    """How value and interval were computed."""
    reason: Reason | None
    """Code of why value or interval is missing; null where both are there."""

    @property
    def sign(self) -> int:
        """1 where the interval lies above 0, -1 where below; 0 where it holds 0 or there is none."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0

    @classmethod
    def bare(cls, figure: Figure) -> Effect:
        """The record of a figure, without its sizes."""
        return Effect.model_validate(figure.five())


class FigureRecord(Effect):
    """A number with its interval and what it rests on."""

    n_items: int
    """Dialogues: what the interval resamples."""
    n_raters: int
    n_judgments: int
    seed: int | None
    """Seed of the resampling; null where nothing was drawn."""
    bca: tuple[float, float] | None
    """The bias-corrected and accelerated interval beside a percentile one."""

    @classmethod
    def of(cls, figure: Figure) -> FigureRecord:
        """The record of a figure."""
        return FigureRecord(**_fields(figure))


Standing = Literal["declared", "exploratory"]
"""Whether a figure of systems is what the study declared, for whom it declared it; all else is exploratory."""


class OfSystems(FigureRecord):
    """A figure that says something of systems."""

    standing: Standing = "exploratory"

    @classmethod
    def of(cls, figure: Figure, standing: Standing = "exploratory") -> OfSystems:
        """The record of a figure."""
        return OfSystems(standing=standing, **_fields(figure))


def recorded(figures: Mapping[str, Figure]) -> dict[str, FigureRecord]:
    """The records of figures, by the same names."""
    return {name: FigureRecord.of(figure) for name, figure in figures.items()}


def _fields(figure: Figure) -> dict[str, Any]:
    ends = None if figure.bca is None else tuple(map(finite, figure.bca))
    return {**figure.as_dict(), "bca": None if ends is None or None in ends else ends}


class OfRater(Strict):
    """What belongs to one rater, by pseudonym."""

    rater: str


class RaterFigure(OfSystems, OfRater):
    """A figure of one rater, or of all the others where that rater is left out."""

    @classmethod
    def of_rater(cls, rater: str, figure: Figure) -> RaterFigure:
        """The record of a rater's figure."""
        return RaterFigure(rater=rater, **_fields(figure))


class TestRecord(Strict):
    """A test of no difference."""

    __test__ = False  # not a test case for pytest

    p_value: float | None
    """Two-sided, as computed; pages print values below .001 as p < .001."""
    method: str
    reason: Reason | None
    """Code of why there is no p-value."""
    standing: Standing = "exploratory"

    @classmethod
    def of(cls, test: Test, standing: Standing = "exploratory") -> TestRecord:
        """The record of a test."""
        return TestRecord(standing=standing, **test.as_dict())


class MarginTest(TestRecord):
    """The test of a mean margin."""

    p_holm: float | None
    """The p-value corrected by Holm's method over all pairs compared."""

    @classmethod
    def corrected(cls, test: Test, p_holm: float | None, standing: Standing = "exploratory") -> MarginTest:
        """The record of a test with its corrected p-value."""
        return MarginTest(**test.as_dict(), p_holm=significant(p_holm), standing=standing)
