"""What a planned study can expect: votes simulated with item and rater effects, judged by the tests of the report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from results.planning.at_large_power import Design
from results.planning.sign_power import critical_losses
from results.planning.vote_model import Model, Votes, as_ratings, without_difference
from results.statistics.figure import Figure
from results.statistics.resample import Array, Resampling

ALPHA_STUDIES = 100
"""Simulated studies whose alpha has an interval: enough for a mean width to 2 decimals."""
ALPHA_WIDTH = 0.2
"""Width of alpha's interval for which items are counted."""
MOST_ITEMS = 1_000
"""Items up to which a wanted power is searched for."""
BATCH_CELLS = 2_000_000
"""Votes simulated at once, so that memory stays under about 100 MB."""


DRAWN = 1e-9
"""A mean margin this near 0 is a tie: means of fifths do not cancel exactly."""


@dataclass(frozen=True)
class Plan:
    """A study as planned, and how it is simulated."""

    items: int = 100
    raters: int = 5
    each: int = 5
    """Raters of each item."""
    level: float = 0.05
    """Two-sided level of the tests, 0..1."""
    power: float = 0.8
    """Power wanted, 0..1."""
    simulations: int = 1_000
    seed: int = 0


@dataclass(frozen=True)
class Expected:
    """What the planned study can expect; shares of simulated studies with Wilson intervals, and means over them."""

    power_margin: Figure
    """Sign-flip test of the mean margin significant, and for the better system."""
    power_sign: Figure
    """Exact sign test of the decisive items significant, and for the better system."""
    wrong_way: Figure
    """Sign-flip test significant for the worse system."""
    false_alarms: Figure
    """Sign-flip test significant where neither system is better: the level, plus what leaning raters add."""
    margin: float
    """Mean margin of an item, -2..2."""
    margin_width: float
    """Width of the mean margin's 95 % interval."""
    decisive: float
    """Items whose margin is not 0."""
    won: float | None
    """Share of the decisive items won by the better system: nearer 0.5 than the true share, for votes are noisy."""
    alpha: float | None
    """Orientation-free ordinal alpha; None with one rater of each item."""
    alpha_width: float | None
    """Mean width of its 95 % interval."""

    def alpha_items(self, items: int) -> int | None:
        """Items for an interval of alpha of width 0.2: the width falls with their root."""
        return None if self.alpha_width is None else math.ceil(items * (self.alpha_width / ALPHA_WIDTH) ** 2)


def expected(model: Model, plan: Plan) -> Expected:
    """What studies of this plan show on average when votes come from the model."""
    facts = [study_facts(votes, plan) for votes in _studies(model, plan)]
    null = [standardised(margins(votes)) for votes in _studies(without_difference(model), plan)]
    bound = NormalDist().inv_cdf(1 - plan.level / 2)
    z = np.concatenate([part.z for part in facts])
    decisive, won = (sum(int(getattr(part, name).sum()) for part in facts) for name in ("decisive", "won"))
    alpha, width = _alpha_width(model, plan)
    return Expected(
        power_margin=_share(z > bound),
        power_sign=_share(np.concatenate([part.sign_test for part in facts])),
        wrong_way=_share(z < -bound),
        false_alarms=_share(np.abs(np.concatenate(null)) > bound),
        margin=float(np.concatenate([part.margin for part in facts]).mean()),
        margin_width=float(np.concatenate([part.width for part in facts]).mean()),
        decisive=decisive / plan.simulations,
        won=won / decisive if decisive else None,
        alpha=alpha,
        alpha_width=width,
    )


def margins(votes: Votes) -> Array:
    """Mean vote of each item, (studies, items)."""
    means: Array = votes.mean(axis=2, dtype=float)
    return means


def _studies(model: Model, plan: Plan) -> list[Votes]:
    """Votes of the plan's own design, (studies, items, raters of each item)."""
    cells = Design(plan.items, plan.raters, plan.each).cells(plan.seed)
    random = np.random.default_rng(plan.seed)
    return [
        model.draw_cells(studies, cells, random).reshape(studies, plan.items, plan.each)
        for studies in _lots(plan, plan.items * plan.each)
    ]


def _lots(plan: Plan, votes: int) -> list[int]:
    """How many studies of so many votes are simulated at once."""
    size = max(1, BATCH_CELLS // votes)
    return [min(size, plan.simulations - start) for start in range(0, plan.simulations, size)]


def _batches(model: Model, plan: Plan, items: int, raters: int) -> list[Votes]:
    random = np.random.default_rng(plan.seed)
    return [model.draw(studies, items, raters, random) for studies in _lots(plan, items * raters)]


def standardised(margin: Array) -> Array:
    """The sign-flip test by its normal limit: sum / root of the sum of squares, per study; 0 where all are tied."""
    spread = np.sqrt((margin**2).sum(axis=-1))
    z: Array = np.divide(margin.sum(axis=-1), spread, out=np.zeros_like(spread), where=spread > 0)
    return z


@dataclass(frozen=True)
class StudyFacts:
    """Facts of simulated studies, one value a study in every array (S,)."""

    z: Array
    sign_test: npt.NDArray[np.bool_]
    """Exact sign test significant for the first system."""
    margin: Array
    width: Array
    decisive: npt.NDArray[np.int64]
    won: npt.NDArray[np.int64]


def study_facts(votes: Votes, plan: Plan) -> StudyFacts:
    """What the tests of the report say of each simulated study (studies, items, raters)."""
    margin = margins(votes)
    won, lost = (margin > DRAWN).sum(axis=1), (margin < -DRAWN).sum(axis=1)
    most = np.array([critical_losses(pairs, plan.level) for pairs in range(votes.shape[1] + 1)])
    return StudyFacts(
        z=standardised(margin),
        sign_test=lost <= most[won + lost],
        margin=margin.mean(axis=1),
        width=2 * NormalDist().inv_cdf(0.975) * margin.std(axis=1, ddof=1) / math.sqrt(votes.shape[1]),
        decisive=won + lost,
        won=won,
    )


def _share(hits: npt.NDArray[np.bool_]) -> Figure:
    """The share of simulated studies, with the Wilson interval of the simulation's own error."""
    from scipy.stats import binomtest

    interval = binomtest(int(hits.sum()), len(hits)).proportion_ci(method="wilson")
    method = f"Wilson, {len(hits)} simulated studies"
    return Figure(float(hits.mean()), float(interval.low), float(interval.high), method)


def _alpha_width(model: Model, plan: Plan) -> tuple[float | None, float | None]:
    """Mean alpha and mean width of its interval over simulated studies; None with one rater of each item."""
    from results.statistics.agreement.alpha import orientation_free_alpha

    if plan.each < 2:
        return None, None
    random = np.random.default_rng(plan.seed + 1)
    resampling = Resampling(seed=plan.seed)
    studies = model.draw(min(ALPHA_STUDIES, plan.simulations), plan.items, plan.each, random)
    alphas = [orientation_free_alpha(as_ratings(votes), "ordinal", resampling) for votes in studies]
    whole = [
        (f.value, f.high - f.low) for f in alphas if f.value is not None and f.low is not None and f.high is not None
    ]
    if not whole:
        return None, None
    value, width = np.mean(whole, axis=0)
    return float(value), float(width)


def items_needed(model: Model, plan: Plan, raters: int) -> int | None:
    """Items from which on the sign-flip test has the wanted power with so many raters; None beyond MOST_ITEMS.

    One long study is simulated for each run and read at every length, so that neighbouring lengths share their luck.
    """
    hits = np.zeros(MOST_ITEMS)
    bound = NormalDist().inv_cdf(1 - plan.level / 2)
    for votes in _batches(model, plan, MOST_ITEMS, raters):
        margin = margins(votes)
        spread = np.sqrt(np.cumsum(margin**2, axis=1))
        hits += (np.cumsum(margin, axis=1) > bound * np.where(spread > 0, spread, np.inf)).sum(axis=0)
    short = np.flatnonzero(hits < plan.power * plan.simulations)
    needed = int(short[-1]) + 2 if len(short) else 1
    return needed if needed <= MOST_ITEMS else None
