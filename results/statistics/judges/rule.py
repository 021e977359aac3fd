"""The rule by which a judge is called as good as a rater: alternative annotator test, guard, and enough of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from results.statistics.judges.alternative import (
    EPSILON,
    Beside,
    alternative,
    mean_advantage,
    winning_rate,
)
from results.statistics.judges.guard import Guard, guard
from results.statistics.ratings import Indices
from results.statistics.resample import Array

FEWEST_RATERS, FEWEST_DIALOGUES = 3, 100
"""Raters with 30 dialogues each, and dialogues that people and judge judged, below which there is no verdict."""
WINS = 0.5
OTHER_EPSILONS = (0.15, 0.2)
"""Of cheap and of expert raters in the paper; shown beside the rule's own, never decided by."""


@dataclass(frozen=True)
class Votes:
    """U units judged by R raters.

    Attributes:
        choice: whom each rater chose, as a number, shape (U, R), NaN where missing.
        value: what the guard compares, signed strengths or ratings, shape (U, R), NaN where missing.
        group: within which the guard deals, such as the pair of systems, shape (U,).
        dialogue: 0..D-1, shape (U,).
    """

    choice: Array
    value: Array
    group: Indices
    dialogue: Indices

    def without(self, rater: int) -> Votes:
        """The votes of all others."""
        choice, value = (np.delete(part, rater, axis=1) for part in (self.choice, self.value))
        return Votes(choice, value, self.group, self.dialogue)

    @property
    def means(self) -> Array:
        """Mean value of each unit, shape (U,); NaN where nobody judged it."""
        there = np.isfinite(self.value)
        count = there.sum(axis=1)
        mean: Array = np.where(count > 0, np.where(there, self.value, 0).sum(axis=1) / np.maximum(count, 1), np.nan)
        return mean


@dataclass(frozen=True)
class Worth:
    """A contender for a rater's place.

    Attributes:
        beside: the contender beside each rater.
        units: that it and people judged.
        winning_rate, advantage: None where no rater was tested.
        passes: None where there is too little for the rule.
    """

    beside: tuple[Beside, ...]
    units: int
    winning_rate: float | None
    advantage: float | None
    guard: Guard
    passes: bool | None


def worth(
    votes: Votes, choice: Array, value: Array, seed: int = 0, *, raters: int = FEWEST_RATERS, epsilon: float = EPSILON
) -> Worth:
    """What a contender is worth beside the raters.

    Args:
        choice, value: the contender's own, shapes (U,); NaN where it was not asked.
        raters: the fewest that allow a verdict.
    """
    beside = alternative(votes.choice, choice, votes.dialogue, epsilon)
    means = votes.means
    units = np.isfinite(means) & np.isfinite(choice)
    known = units & np.isfinite(value)
    found = guard(value[known], means[known], votes.group[known], votes.dialogue[known], seed)
    rate = winning_rate(beside)
    enough = len(beside) >= raters and len(np.unique(votes.dialogue[units])) >= FEWEST_DIALOGUES
    passes = (rate or 0) >= WINS and found.stands if enough else None
    return Worth(beside, int(units.sum()), rate, mean_advantage(beside), found, passes)


def peers(votes: Votes, raters: Sequence[int], seed: int = 0) -> tuple[Worth, ...]:
    """These raters, each as a contender beside all others; of three raters two are left to be stood beside."""
    return tuple(
        worth(votes.without(rater), votes.choice[:, rater], votes.value[:, rater], seed, raters=FEWEST_RATERS - 1)
        for rater in raters
    )
