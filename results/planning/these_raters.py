"""The smallest mean margin that a design can show of the raters it has, whoever they are.

With variances of a vote between items (si) and the rest (se), n items and k raters of each, the margins of items vary
by si + se/k; a t test of their mean on n - 1 degrees of freedom shows a difference d with the power of the noncentral t
at d / root((si + se/k) / n). Raters' own leanings are part of what these raters prefer, and no error of it.
"""

from __future__ import annotations

import math

from results.planning.mean_squares import Variances
from results.planning.vote_model import crossing
from results.statistics.figure import FEWEST_DIALOGUES

_WIDEST = 4.0
"""Largest difference looked for."""


def smallest(of: Variances, items: int, each: float, level: float = 0.05, power: float = 0.8) -> float | None:
    """In points of a vote on -2..+2; None below six items, or where none up to 4 is shown with the power, 0..1.

    Args:
        each: raters of an item, on average, 1 or more.
        level: two-sided, 0..1.
    """
    if items < FEWEST_DIALOGUES:
        return None
    error = math.sqrt((of.items + of.rest / each) / items)

    def reached(difference: float) -> float:
        return _power(difference / error, items - 1, level)

    return crossing(reached, power, 0.0, _WIDEST) if reached(_WIDEST) >= power else None


def _power(noncentrality: float, df: int, level: float) -> float:
    """Chance of a rejection on the right side."""
    from scipy.special import stdtrit
    from scipy.stats import nct

    return float(nct.sf(stdtrit(df, 1 - level / 2), df, noncentrality))
