"""What is unusual in how a rater works: signs to look into, never reasons to leave anybody out.

A side is unusual where the exact binomial test of one half, multiplied by the number of raters (Bonferroni), stays
below .05. The other limits are the study's own exclusion rules, or what a rule takes where it names no threshold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from results.record.raters import RaterRecord
from results.statistics.preference import sign_test
from results.study.exclusions import DEFAULTS, threshold
from tasks.schema import Study

Kind = Literal["fast", "side", "ties", "run", "checks", "repeats"]
LEVEL = 0.05
LEAST = 6
"""Judgments below which nothing is said of a rater's habits."""
LEAST_REPEATS = 4
TIES = 0.9
"""Share of ties from which it is said."""


@dataclass(frozen=True)
class Habit:
    """Something unusual about one rater: `value` of `of` (a count of a count), or `value` alone."""

    rater: str
    kind: Kind
    value: float
    of: float | None = None


def one_sided(sides: Mapping[str, tuple[int, int]]) -> tuple[str, ...]:
    """The raters whose choices lean to one side beyond chance; by rater: (choices of the first side, decisive ones)."""
    decided = {rater: counts for rater, counts in sides.items() if counts[1] >= LEAST}
    chances = {rater: sign_test(first, all_ - first, all_).p_value for rater, (first, all_) in decided.items()}
    return tuple(rater for rater, p in chances.items() if p is not None and p * len(decided) < LEVEL)


def unusual(study: Study, raters: Iterable[RaterRecord], sides: Mapping[str, tuple[int, int]]) -> tuple[Habit, ...]:
    """All that is unusual, by rater and in the order of the kinds."""
    limits: dict[str, float | None] = DEFAULTS | {rule.rule: threshold(rule) for rule in study.exclusions}
    leaning = one_sided(sides)
    found: list[Habit] = []
    for one in raters:
        if one.checks_failed >= (limits["checks_failed"] or 1):
            found.append(Habit(one.rater, "checks", one.checks_failed, one.checks))
        if one.judged < LEAST:
            continue
        if one.median_seconds is not None and one.median_seconds < (limits["min_seconds"] or 0):
            found.append(Habit(one.rater, "fast", one.median_seconds, limits["min_seconds"]))
        if one.rater in leaning:
            found.append(Habit(one.rater, "side", *sides[one.rater]))
        if one.tie_rate is not None and one.tie_rate >= TIES:
            found.append(Habit(one.rater, "ties", one.tie_rate))
        if one.longest_run_of_one_answer >= (limits["straight_line"] or 1):
            found.append(Habit(one.rater, "run", one.longest_run_of_one_answer))
        same = one.repeats_same_choice
        if one.repeats >= LEAST_REPEATS and same is not None and same < 0.5:
            found.append(Habit(one.rater, "repeats", round(same * one.repeats), one.repeats))
    return tuple(found)
