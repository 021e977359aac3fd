"""What a study declares before its first judgment: the primary comparison, families of tests, exclusions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from tasks.languages.fault import Fault, at
from tasks.schema.record import Identifier, Record

Estimand = Literal["these_raters", "raters_at_large"]
"""Whom a figure speaks of: the raters of the study as they are, or the many from whom they were drawn."""


Covariate = Literal["length", "questions", "position", "minimal"]
"""What the adjusted preference holds equal: characters, questions, who stood first, whether a response is minimal."""
COVARIATES: tuple[Covariate, ...] = ("length", "questions", "position")
"""Those of a study that names none."""


class Primary(Record):
    """The comparison and criterion the study is about, named before the first judgment."""

    criterion: Identifier = "preference"
    systems: tuple[Identifier, Identifier] | None = None
    estimand: Estimand = Field(default="these_raters", exclude_if=lambda value: value == "these_raters")
    """Whose preference the headline is about. Studies from before it was asked speak of their raters."""
    smallest_effect: float | None = Field(default=None, gt=0)
    """Smallest mean margin that would matter, in points of the preference scale (0..2)."""
    adjusted_for: tuple[Covariate, ...] = Field(default=COVARIATES, exclude_if=lambda value: value == COVARIATES)
    """What the adjusted preference, an exploratory figure, holds equal; () = it is not computed."""
    exclusions: Literal["sensitivity", "govern"] = Field(
        default="sensitivity", exclude_if=lambda value: value == "sensitivity"
    )
    """Whether the rules of `exclusions` govern the figures, or are applied in a second analysis beside them."""

    @field_validator("adjusted_for")
    @classmethod
    def _each_once(cls, named: tuple[Covariate, ...]) -> tuple[Covariate, ...]:
        if len(set(named)) < len(named):
            raise ValueError(Fault("ids_again", found=", ".join(named)))
        return named


Claim = Literal["differs", "better", "not_worse", "equivalent"]
"""What a test can show of the first system against the second: another value, a higher one, one not lower by more than
the margin, one within the margin on either side."""


Measure = Literal["mean", "share_any", "share_top", "share_yes", "share_below", "share_middle", "share_above"]
"""What is averaged over the ratings of a response: the value, or whether it lies above 0, at the last point, is yes,
or lies below, at or above the middle of a scale whose best point is there."""


class Hypothesis(Record):
    """A test declared before the first judgment. Holm's method corrects the tests of a family together."""

    family: Literal["primary", "secondary"] = "primary"
    criterion: Identifier = "preference"
    systems: tuple[Identifier, Identifier]
    measure: Measure | None = None
    """What of a rated criterion is compared; None = its only or first one, and for a preference."""
    claim: Claim = "differs"
    margin: float | None = Field(default=None, gt=0)
    """In points of the criterion's scale, or as a share for yes/no; for `not_worse` and `equivalent` alone."""
    estimand: Estimand = "raters_at_large"

    @model_validator(mode="after")
    def _margin_fits_claim(self) -> Hypothesis:
        needs = self.claim in ("not_worse", "equivalent")
        if needs != (self.margin is not None):
            found = Fault("none") if self.margin is None else f"{self.margin:g}"
            rule = Fault("needs_margin" if needs else "has_no_margin", claim=self.claim)
            raise ValueError(at("margin", Fault("found_rule", found=found, rule=rule)))
        return self


class Exclusion(Record):
    """A rule, named before the study opens, by which judgments are left out: `Primary.exclusions` says of what."""

    rule: Literal["min_seconds", "straight_line", "checks_failed", "both_unacceptable"]
    threshold: float | None = None
