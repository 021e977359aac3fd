"""What a plan shows of shares, such as responses flagged or questions asked: intervals and differences to expect.

Every dialogue has a chance of 'yes' of its own (beta law; Skellam 1948, J. R. Stat. Soc. B 10, 257-261) such that two
raters of a dialogue agree beyond chance as far as `agreement` says; both systems are judged by the same raters. The
intervals are the report's (results/statistics/shares.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from results.statistics.figure import Sizes
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.statistics.shares import clopper_pearson, share_difference_figure, share_figure

SHARES = (0.02, 0.2, 0.5)
STUDIES = 300
_STEPS = 7
"""Halvings in the search for a difference: to 1 / 128."""
_QUANTILES = np.linspace(0, 1, 1_001)
"""At which the beta law is computed; between them it is read from the line."""


@dataclass(frozen=True)
class PlannedShare:
    """What to expect where this is the true share."""

    share: float
    low: float
    """Mean ends of its 95 % interval over simulated studies."""
    high: float
    smallest: float | None
    """Smallest difference of two systems, the other's share above this one, that is shown with the power wanted."""


@dataclass(frozen=True)
class SharePlan:
    """Dialogues, raters of each, and how far these agree beyond chance, 0..1."""

    dialogues: int
    each: int
    agreement: float
    level: float
    power: float
    seed: int


def planned_shares(plan: SharePlan) -> tuple[PlannedShare, ...]:
    """The figures for a rare, a not so rare and an even answer."""
    return tuple(_planned(share, plan) for share in SHARES)


def most_unseen(plan: SharePlan) -> float:
    """The largest share that no 'yes' among all responses leaves possible: a dialogue counts once."""
    return clopper_pearson(0.0, plan.dialogues, 0.95)[1]


def _planned(share: float, plan: SharePlan) -> PlannedShare:
    draws = _Draws.of(plan)
    how = Resampling(1, plan.seed)
    found = [share_figure(rows, "", draws.sizes, how, Reason.NOT_RATED) for rows in draws.rows(0, share)]
    low, high = (float(np.mean([getattr(one, end) for one in found])) for end in ("low", "high"))
    return PlannedShare(share, low, high, _smallest(share, draws, plan))


def _smallest(share: float, draws: _Draws, plan: SharePlan) -> float | None:
    base, how = draws.rows(0, share), Resampling(1, plan.seed, level=1 - plan.level)

    def shown(difference: float) -> float:
        rows = np.concatenate([draws.rows(1, share + difference), base], axis=2)
        found = [share_difference_figure(one, "", draws.sizes, how, Reason.NOT_RATED) for one in rows]
        return float(np.mean([one.low is not None and one.low > 0 for one in found]))

    low, high = 0.0, 0.999 - share
    if shown(high) < plan.power:
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if shown(middle) < plan.power else (low, middle)
    return high


@dataclass(frozen=True)
class _Draws:
    """Uniform numbers behind the answers of two systems, so that a larger share only adds a 'yes'."""

    of_dialogue: Array
    """(2, studies, D)."""
    of_vote: Array
    """(2, studies, D, each)."""
    alike: float
    sizes: Sizes

    @classmethod
    def of(cls, plan: SharePlan) -> _Draws:
        random = np.random.default_rng(plan.seed)
        shape = (2, STUDIES, plan.dialogues)
        sizes = Sizes(plan.dialogues, plan.each, plan.dialogues * plan.each)
        return cls(random.random(shape), random.random((*shape, plan.each)), plan.agreement, sizes)

    def rows(self, system: int, share: float) -> Array:
        """Hits and size by dialogue of each study, (studies, D, 2)."""
        from scipy.special import betaincinv

        weight = (1 - self.alike) / self.alike
        law = betaincinv(weight * share, weight * (1 - share), _QUANTILES)
        chance = np.interp(self.of_dialogue[system], _QUANTILES, law)
        votes = self.of_vote[system]
        hits = (votes < chance[..., None]).mean(axis=2)
        return np.stack([hits, np.ones_like(hits)], axis=2)
