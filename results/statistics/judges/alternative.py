"""The alternative annotator test: is a judge as near to the other raters as the rater in whose place it would stand?

Each rater j in turn is left out. Of every unit that j judged, the judge and j are scored by the share of the other
raters who made the same choice; d = 1 where j is nearer, -1 where the judge is, 0 where both are as near. The judge is
taken for nearer where the mean of d is below epsilon by a one-sided t-test over dialogues, Benjamini-Yekutieli over
the raters. Winning rate: share of raters so won; advantage: mean share of units on which the judge is at least as near.
Source: Calderon, Reichart and Dror (2025), The Alternative Annotator Test for LLM-as-a-Judge, ACL, sections 3 and 4.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from results.statistics.ratings import Indices
from results.statistics.resample import Array, by_dialogue

EPSILON = 0.1
"""How much nearer a rater may be, as a share of units, for what a judge saves."""
FALSE_DISCOVERIES = 0.05
NOBODY = 9.0
"""The choice of a judge that failed: it is nobody's."""
FEWEST_DIALOGUES = 30
"""Dialogues with another rater's judgment below which a rater is not tested."""


@dataclass(frozen=True)
class Beside:
    """A judge beside the rater left out, on `units` of `dialogues` that both and another rater judged."""

    rater: int
    units: int
    dialogues: int
    advantage: float
    """Share of units on which the judge is at least as near to the others as the rater is, 0..1."""
    p_value: float
    """One-sided, of the rater being nearer by epsilon or more."""
    won: bool = False
    """Whether the judge is nearer by the corrected test."""


def alternative(
    humans: Array, judge: Array, dialogue: Indices, epsilon: float = EPSILON, fewest: int = FEWEST_DIALOGUES
) -> tuple[Beside, ...]:
    """The judge beside every rater who has `fewest` dialogues or more.

    Args:
        humans: choices of U units by R raters as numbers, shape (U, R), NaN where missing.
        judge: its choices, shape (U,); NaN where it was not asked, `NOBODY` where it failed.
        dialogue: of each unit, 0..D-1, shape (U,).
    """
    found = [_beside(humans, judge, dialogue, rater, epsilon) for rater in range(humans.shape[1])]
    tested = [one for one in found if one is not None and one.dialogues >= fewest]
    won = benjamini_yekutieli([one.p_value for one in tested])
    return tuple(replace(one, won=wins) for one, wins in zip(tested, won, strict=True))


def winning_rate(beside: Sequence[Beside]) -> float | None:
    """Share of the raters that the judge won; None where none was tested."""
    return sum(one.won for one in beside) / len(beside) if beside else None


def mean_advantage(beside: Sequence[Beside]) -> float | None:
    """Mean of the advantages; None where no rater was tested."""
    return sum(one.advantage for one in beside) / len(beside) if beside else None


def benjamini_yekutieli(p_values: Sequence[float], level: float = FALSE_DISCOVERIES) -> tuple[bool, ...]:
    """Which hypotheses are rejected at a false discovery rate of `level`, however the tests depend on each other.

    Source: Benjamini and Yekutieli (2001), Ann. Statist. 29, 1165-1188.
    """
    number = len(p_values)
    allowed = level / (number * sum(1 / rank for rank in range(1, number + 1))) if number else 0.0
    ordered = sorted(p_values)
    last = max((rank for rank, p in enumerate(ordered, start=1) if p <= rank * allowed), default=0)
    return tuple(last > 0 and p <= ordered[last - 1] for p in p_values)


def _beside(humans: Array, judge: Array, dialogue: Indices, rater: int, epsilon: float) -> Beside | None:
    """None where judge and rater share no unit with another rater."""
    others, own = np.delete(humans, rater, axis=1), humans[:, rater]
    count = np.isfinite(others).sum(axis=1)
    shared = np.isfinite(own) & np.isfinite(judge) & (count > 0)
    if not shared.any():
        return None
    near_judge, near_rater = ((others[shared] == choice[shared, None]).sum(axis=1) for choice in (judge, own))
    behind = np.sign(near_rater - near_judge).astype(np.float64)
    return Beside(
        rater=rater,
        units=int(shared.sum()),
        dialogues=len(np.unique(dialogue[shared])),
        advantage=float((behind <= 0).mean()),
        p_value=_one_sided(behind, dialogue[shared], epsilon),
    )


def _one_sided(behind: Array, dialogue: Indices, epsilon: float) -> float:
    """p of the mean of `behind` (-1, 0, 1) being `epsilon` or more, dialogues as clusters.

    Where nothing varies the t-test is silent. If the mean is epsilon or more, `behind` is 1 with a chance of epsilon at
    least, so that D dialogues without a 1 have a chance of (1 - epsilon)^D at most.
    """
    from scipy.special import stdtr

    names, place = np.unique(dialogue, return_inverse=True)
    sums = by_dialogue(np.column_stack([behind, np.ones(len(behind))]), place.astype(np.int64), len(names))
    total, dialogues = float(sums[:, 1].sum()), len(names)
    mean = float(sums[:, 0].sum()) / total
    residuals = sums[:, 0] - sums[:, 1] * mean
    if dialogues < 2 or float(np.abs(residuals).max()) < 1e-12:
        return 1.0 if mean > 0 else (1 - epsilon) ** dialogues
    error = math.sqrt(dialogues / (dialogues - 1) * float(residuals @ residuals)) / total
    return float(stdtr(dialogues - 1, (mean - epsilon) / error))
