"""Percent agreement, Gwet's AC1 and AC2, and Fleiss' kappa in its generalised form; missing ratings are normal.

All follow one scheme, with category weights w (1 on the diagonal, 0..1 elsewhere):

    p_a = mean over units with m_u >= 2 of  sum_k n_uk (sum_l w_kl n_ul - 1) / (m_u (m_u - 1))
    value = (p_a - p_e) / (1 - p_e)
    p_e = sum_kl w_kl pi_k pi_l                            Fleiss' kappa (identity weights)
    p_e = T_w / (q (q - 1)) * sum_k pi_k (1 - pi_k)        Gwet's AC1 (identity), AC2 (other weights)

pi_k is the mean over rated units of the share of category k, q the number of categories, T_w the sum of the weights.
Sources: Gwet (2008), Br. J. Math. Stat. Psychol. 61, 29-48; Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.;
Fleiss (1971), Psychol. Bull. 76, 378-382. Gwet's ordinal weights are not Krippendorff's ordinal metric.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from results.statistics.agreement.alpha import Level, dialogues_apart
from results.statistics.agreement.jackknife import disagreeing_figure
from results.statistics.figure import Figure, undefined
from results.statistics.ratings import Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.statistics.shares import share_figure

Weights = Literal["identity", "ordinal", "quadratic", "linear"]

MOST_CATEGORIES = 200
GWET_WEIGHTS: dict[Level, Weights] = {
    "nominal": "identity",
    "ordinal": "ordinal",
    "interval": "quadratic",
    "ratio": "quadratic",
}


def weight_table(weights: Weights, domain: Array) -> Array:
    """Weights of agreement between categories, shape (V, V); those of numbers use `domain`, ordinal ones ranks."""
    size = len(domain)
    if weights == "identity" or size < 2:
        return np.eye(size)
    gaps = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(np.float64)
    if weights == "ordinal":
        ordinal: Array = 1 - gaps * (gaps + 1) / (size * (size - 1))
        return ordinal
    spread = np.abs(np.subtract.outer(domain, domain)) / float(domain.max() - domain.min())
    return np.asarray(1 - (spread if weights == "linear" else spread**2))


def percent_agreement(ratings: Ratings, resampling: Resampling) -> Figure:
    """Mean over units with two or more ratings of the share of agreeing pairs of raters, 0..1."""
    agreeing, pairs = ratings.agreeing_pairs()
    rated = (pairs > 0).astype(np.float64)
    apart = np.divide(pairs - agreeing, pairs, out=np.zeros_like(pairs), where=pairs > 0)
    return _agreeing(ratings, apart, rated, resampling, "mean over units of the share of agreeing pairs")


def percent_agreement_over_pairs(ratings: Ratings, resampling: Resampling) -> Figure:
    """Share of agreeing pairs of ratings, every pair weighing alike, 0..1."""
    agreeing, pairs = ratings.agreeing_pairs()
    return _agreeing(ratings, pairs - agreeing, pairs, resampling, "share of agreeing pairs, all pairs alike")


def gwet(ratings: Ratings, weights: Weights, resampling: Resampling) -> Figure:
    """Gwet's AC1 (`identity`) or AC2; null where no unit has two ratings or only one category was ever given."""
    name = "Gwet AC1" if weights == "identity" else f"Gwet AC2, {weights} weights"
    if weights != "identity" or resampling.interval != "recommended":
        return _corrected(ratings, weights, resampling, name, gwets=True)
    made = _corrected(ratings, weights, replace(resampling, resamples=2), name, gwets=True)  # for its value
    return made if made.value is None else _ac1_bounds(ratings, made, name, resampling)


def _ac1_bounds(ratings: Ratings, made: Figure, name: str, resampling: Resampling) -> Figure:
    """AC1 at the worst corners of two intervals: the agreement's exact one and the commonest category's share.

    AC1 falls as chance agreement grows, so its lower bound takes the lowest agreement and the highest chance. With a
    share x of the commonest of q categories, chance is least where one other takes the rest, 2 x (1 - x) / (q - 1), and
    greatest where all others share it alike, (1 - x^2 - (1 - x)^2 / (q - 1)) / (q - 1).
    """
    method = f"{name}; bounds of agreement and of the commonest category's share, over {resampling.unit}"
    agreement = percent_agreement(ratings, resampling)
    share = _commonest(ratings, resampling)
    if agreement.low is None or agreement.high is None or share.low is None or share.high is None:
        return replace(made, low=None, high=None, bca=None, method=method, reason=agreement.reason or share.reason)
    others = len(ratings.domain) - 1
    shares = np.linspace(share.low, share.high, 201)
    least = float((2 * shares * (1 - shares)).min()) / others
    most = float((1 - shares**2 - (1 - shares) ** 2 / others).max()) / others
    low, high = (agreement.low - most) / (1 - most), (agreement.high - least) / (1 - least)
    return Figure(made.value, low, high, method, None, made.sizes)


def _commonest(ratings: Ratings, resampling: Resampling) -> Figure:
    """The share of the category that was given most, every rated unit weighing alike."""
    counts = ratings.counts().astype(np.float64)
    rated = counts.sum(axis=1)
    shares = np.divide(counts, rated[:, None], out=np.zeros_like(counts), where=rated[:, None] > 0)
    column = shares[:, int(np.argmax(shares.sum(axis=0)))]
    rows = ratings.by_dialogue(np.column_stack([column, rated > 0]))
    return share_figure(rows, "share of a category", ratings.sizes(), resampling, Reason.NO_TWO_RATINGS)


def fleiss_kappa(ratings: Ratings, resampling: Resampling) -> Figure:
    """Fleiss' kappa in the generalised form; null where no unit has two ratings or all ratings are alike."""
    return _corrected(ratings, "identity", resampling, "Fleiss' kappa, generalised", gwets=False)


def _agreeing(ratings: Ratings, apart: Array, size: Array, resampling: Resampling, name: str) -> Figure:
    """1 minus the disagreement, with exact bounds of the disagreement as a share of the most that there can be."""
    most = _most_apart(ratings)
    rows = ratings.by_dialogue(np.column_stack([apart / most, size]))
    share = share_figure(rows, name, ratings.sizes(), resampling, Reason.NO_TWO_RATINGS, exact=True)
    return share.moved(lambda disagreement: 1 - most * disagreement)


def _most_apart(ratings: Ratings) -> float:
    """The largest share of disagreeing pairs that any unit's number of ratings and the number of values allow."""
    rated = np.bincount(ratings.unit, minlength=1)
    values = max(len(ratings.domain), 2)
    return max((_unlike_pairs(int(r), values) / (r * (r - 1) / 2) for r in np.unique(rated[rated > 1])), default=1.0)


def _unlike_pairs(rated: int, values: int) -> float:
    """The most pairs of unequal ratings among `rated` ratings with `values` values: spread as evenly as can be."""
    whole, rest = divmod(rated, values)
    counts = [whole + 1] * rest + [whole] * (values - rest)
    return (rated**2 - sum(count**2 for count in counts)) / 2


def _corrected(ratings: Ratings, weights: Weights, resampling: Resampling, name: str, *, gwets: bool) -> Figure:
    if len(ratings.domain) > MOST_CATEGORIES:
        return undefined(Reason.MANY_VALUES, name, ratings.sizes())
    if not len(ratings.value):
        return undefined(Reason.NO_TWO_RATINGS, name, ratings.sizes())
    table = weight_table(weights, ratings.domain)
    features = ratings.by_dialogue(_features(ratings, table))
    values = len(ratings.domain)
    factor = table.sum() / (values * (values - 1)) if values > 1 else np.nan

    def statistic(sums: Array) -> Array:
        observed = sums[..., 0] / sums[..., 1]
        shares = sums[..., 3:] / sums[..., 2, None]
        if gwets:
            chance = factor * (shares * (1 - shares)).sum(axis=-1)
        else:
            chance = np.einsum("...k,kl,...l->...", shares, table, shares, optimize=True)
        value: Array = np.where(1 - chance > 1e-12, (observed - chance) / (1 - chance), np.nan)
        return value

    reason = Reason.ONE_CATEGORY if features[:, 1].sum() > 0 else Reason.NO_TWO_RATINGS
    apart = dialogues_apart(ratings)
    return disagreeing_figure(features, statistic, name, ratings.sizes(), resampling, reason, apart, kappa=not gwets)


def _features(ratings: Ratings, table: Array) -> Array:
    """Columns: weighted agreement, 1 if m_u >= 2, 1 if rated at all, category shares; shape (U, 3 + V)."""
    counts = ratings.counts().astype(np.float64)
    rated = counts.sum(axis=1)
    pairs = rated * (rated - 1)
    agreeing = (counts * (counts @ table - 1)).sum(axis=1)
    share = np.divide(agreeing, pairs, out=np.zeros_like(pairs), where=pairs > 0)
    categories = np.divide(counts, rated[:, None], out=np.zeros_like(counts), where=rated[:, None] > 0)
    return np.column_stack([share, pairs > 0, rated > 0, categories])
