"""The mean margin with a judge's help: people on some dialogues, the judge on these and on many more.

    estimate = mean(Y - lambda f) + lambda mean(F),  lambda = cov(Y, f) / var(f, F) / (1 + n / N), within 0..1

with Y the raters' mean and f the judge's value of n dialogues, F the judge's of N others. lambda is cross-fitted: that
of the odd dialogues serves the even ones and the other way round. The interval is Student's t of n - 2 degrees of
freedom. It speaks of the raters who judged, on dialogues drawn like those judged by people; a useless judge gets a
lambda near 0. Source: Angelopoulos, Duchi and Zrnic (2023), PPI++, arXiv 2311.01453; cross-fitting: Zrnic and Candes
(2024), PNAS 121, e2322083121.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array, alike

FEWEST = 20
"""Dialogues judged by people below which nothing is joined: each half must tell how the judge goes with them."""
LEVEL = 0.95


@dataclass(frozen=True)
class Powered:
    """Margins in points, by whom they are told.

    Attributes:
        people: the raters' alone, with Student's t over dialogues.
        joined: with the judge's help.
        judge: the judge's alone, over all its dialogues: what it says, not what raters would say.
        weight: lambda, 0..1; None where nothing was joined.
    """

    people: Figure
    joined: Figure
    judge: Figure
    weight: float | None

    @property
    def saved(self) -> float | None:
        """By how much the interval is shorter than the raters' alone, as a share of it; below 0 where it is longer."""
        ends = (self.people.low, self.people.high, self.joined.low, self.joined.high)
        if any(end is None for end in ends):
            return None
        low, high, joined_low, joined_high = (float(end or 0.0) for end in ends)
        return 1 - (joined_high - joined_low) / (high - low)


def powered(people: Array, judge: Array, further: Array, raters: int = 0) -> Powered:
    """The three margins.

    Args:
        people, judge: raters' mean and judge's value of the same n dialogues, shapes (n,).
        further: the judge's value of N dialogues that no rater judged, shape (N,).
        raters: how many people judged, for the figures' sizes.
    """
    sizes, joined_sizes = (Sizes(n, raters, n) for n in (len(people), len(people) + len(further)))
    alone = _mean(people, "mean margin of dialogues; Student's t", sizes)
    machine = _mean(np.concatenate([judge, further]), "the judge alone; Student's t", joined_sizes)
    name = "prediction-powered mean, cross-fitted; Student's t"
    if len(people) < FEWEST:
        return Powered(alone, undefined(Reason.FEW_TO_JOIN, name, sizes), machine, None)
    if len(further) < 2:
        return Powered(alone, undefined(Reason.NONE_FURTHER, name, sizes), machine, None)
    residuals, weight = _residuals(people, judge, further)
    error = math.sqrt(residuals.var(ddof=1) / len(people) + weight**2 * further.var(ddof=1) / len(further))
    value = float(residuals.mean() + weight * further.mean())
    return Powered(alone, _bounded(value, error, len(people) - 2, name, joined_sizes), machine, weight)


def _residuals(people: Array, judge: Array, further: Array) -> tuple[Array, float]:
    """What the judge leaves of the raters' means, each half by the other half's lambda; and the mean lambda."""
    spread = float(np.concatenate([judge, further]).var(ddof=1))
    half = np.arange(len(people)) % 2
    weights = [_weight(people[half != one], judge[half != one], spread, len(people) / len(further)) for one in (0, 1)]
    residuals: Array = people - np.array(weights)[half] * judge
    return residuals, float(np.array(weights)[half].mean())


def _weight(people: Array, judge: Array, spread: float, ratio: float) -> float:
    if spread < 1e-12:
        return 0.0
    covariance = float(np.cov(people, judge)[0, 1])
    return min(max(covariance / spread / (1 + ratio), 0.0), 1.0)


def _mean(values: Array, name: str, sizes: Sizes) -> Figure:
    if not len(values):
        return undefined(Reason.NO_VOTES, name, sizes)
    if len(values) < 6:
        return Figure(float(values.mean()), method=name, reason=Reason.FEW_DIALOGUES, sizes=sizes)
    error = math.sqrt(float(values.var(ddof=1)) / len(values))
    return _bounded(float(values.mean()), error, len(values) - 1, name, sizes)


def _bounded(value: float, error: float, freedom: int, name: str, sizes: Sizes) -> Figure:
    from scipy.special import stdtrit

    reach = float(stdtrit(freedom, (1 + LEVEL) / 2)) * error
    if alike(value - reach, value + reach):
        return Figure(value, method=name, reason=Reason.NO_VARIATION, sizes=sizes)
    return Figure(value, value - reach, value + reach, name, sizes=sizes)
