"""A mean for raters at large: dialogues and raters both drawn from many, any crossed design, unequal cells allowed.

    y = mu + dialogue + rater + rest,     estimate = sum w y  with the weights w summing to 1

Components by Henderson's method I (1953, Biometrics 9, 226-252): the sums of squares q between dialogues, between
raters and in all have expectations M sigma, so sigma = M^-1 q, and the variance of the estimate is V = g' sigma = y'Qy
with g the sums of squared weights of dialogues, raters and votes. Its degrees of freedom are Satterthwaite's (1946,
Biometrics Bull. 2, 110-114), 2 V^2 / Var(y'Qy) with Var(y'Qy) = 2 tr (QS)^2 at the estimated covariance S. Where raters
do not differ by more than chance, they are left out of the fit. Beside it stands the spread of the raters' own
contributions, V2 = r / (r - 1) sum_r (sum_i w (y - m))^2 on r - 1 degrees of freedom. The interval has the larger of
both half-widths and the test the larger p-value, so that they never contradict each other. With few raters the second
decides; with every cell filled the first is the two-way analysis of variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from results.statistics.components import Fit, Spread, Votes
from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.ratings import Indices, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import alike
from results.statistics.shares import FEWEST_APART
from results.statistics.signflip import Test

FEWEST_RATERS = 3
"""Raters below which nothing is said of others."""
METHOD = "dialogues and raters random: larger of Henderson I with Satterthwaite's t and t of the raters' spread"

Limits = tuple[float, float]
"""The ends of a scale."""


@dataclass(frozen=True)
class AtLarge:
    """A mean read for raters at large: its figure, its test of zero, and the spread of raters that it rests on."""

    figure: Figure
    test: Test
    spread: Spread | None
    """None where there is no interval, or every dialogue has one vote."""
    new_rater: Figure
    """The mean of one more rater over many dialogues: 95 % prediction interval."""


def margin_at_large(ratings: Ratings, name: str = "mean margin per item", level: float = 0.95) -> AtLarge:
    """The mean over units of the unit's mean rating, as `mean_margin`, for raters at large."""
    limits = (float(ratings.domain.min()), float(ratings.domain.max())) if len(ratings.domain) else (0.0, 0.0)
    return at_large(votes_of(ratings), name, ratings.sizes(), limits, level)


def votes_of(ratings: Ratings) -> Votes:
    """Every rating as a vote; units weigh alike, and ratings of one unit share its weight."""
    rated = np.bincount(ratings.unit, minlength=ratings.units)
    units = np.count_nonzero(rated)
    weight = 1 / (rated[ratings.unit] * units) if units else np.zeros(0)
    return Votes(ratings.numbers, _codes(ratings.dialogue[ratings.unit]), _codes(ratings.rater), weight)


def _codes(names: Indices) -> Indices:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def at_large(votes: Votes, name: str, sizes: Sizes, limits: Limits, level: float = 0.95) -> AtLarge:
    """The mean with its interval and test for raters at large; no bound lies outside `limits`, the scale's ends.

    Below three raters or six dialogues there is a value and no interval; the same where fewer than five dialogues hold
    a vote other than the commonest.
    """
    method = f"{name}; {METHOD}"
    if not len(votes.value):
        nothing = undefined(Reason.NO_VOTES, method, sizes)
        return AtLarge(nothing, Test(None, METHOD, Reason.NO_VOTES), None, nothing)
    value = votes.mean()
    few = _too_few(sizes) or _too_alike(votes)
    if few:
        return _without_interval(value, method, few, sizes)
    fit = Fit.of(votes)
    reach = max(_quantile(df, level) * error for error, df in fit.errors)
    if alike(value - reach, value + reach):
        return _without_interval(value, method, Reason.NO_VARIATION, sizes)
    return AtLarge(
        _figure(value, reach, limits, method, sizes),
        Test(max(_p_value(value, error, df) for error, df in fit.errors), METHOD),
        fit.spread(votes),
        _new_rater(value, reach, fit, name, sizes, limits, level),
    )


def standard_errors(votes: Votes) -> tuple[tuple[float, float], ...]:
    """The standard errors of the mean with their degrees of freedom: by components where these are known, by raters."""
    return Fit.of(votes).errors


def _too_few(sizes: Sizes) -> Reason | None:
    if sizes.raters < FEWEST_RATERS:
        return Reason.ONE_RATER if sizes.raters == 1 else Reason.FEW_RATERS
    return Reason.FEW_DIALOGUES if sizes.items < FEWEST_DIALOGUES else None


def _too_alike(votes: Votes) -> Reason | None:
    """Too few dialogues apart from the commonest vote, as of a rare answer: their spread says little of others."""
    _, place = np.unique(votes.value, return_inverse=True)
    common = int(np.argmax(np.bincount(place)))
    apart = len(np.unique(votes.dialogue[place != common]))
    if not apart:
        return Reason.NO_VARIATION
    return Reason.FEW_APART if apart < FEWEST_APART else None


def _without_interval(value: float, method: str, reason: Reason, sizes: Sizes) -> AtLarge:
    figure = Figure(value, method=method, reason=reason, sizes=sizes)
    return AtLarge(figure, Test(None, METHOD, reason), None, figure)


def _quantile(df: float, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + level) / 2))


def _p_value(value: float, error: float, df: float) -> float:
    from scipy.special import stdtr

    return 1.0 if error <= 0 else float(2 * stdtr(df, -abs(value) / error))


def _figure(value: float, reach: float, limits: Limits, method: str, sizes: Sizes) -> Figure:
    return Figure(value, max(value - reach, limits[0]), min(value + reach, limits[1]), method, None, sizes)


def _new_rater(value: float, reach: float, fit: Fit, name: str, sizes: Sizes, limits: Limits, level: float) -> Figure:
    """Where the mean of one more rater lies: the raters' own spread on top of the uncertainty of the mean."""
    method = f"{name}; prediction interval of one more rater"
    if fit.components is None:
        return Figure(value, method=method, reason=Reason.NO_TWO_RATINGS, sizes=sizes)
    further = math.hypot(reach, _quantile(sizes.raters - 1, level) * math.sqrt(max(fit.components[1], 0.0)))
    return _figure(value, further, limits, method, sizes)
