"""Krippendorff's alpha at four levels of measurement, its interval, and its orientation-free form for preferences.

    alpha = 1 - D_o / D_e = 1 - (n - 1) * sum_ck o_ck d_ck / sum_ck n_c n_k d_ck

with coincidences o_ck = sum_u (pairs of values c, k in unit u) / (m_u - 1), marginals n_c = sum_k o_ck, n their sum,
m_u ratings in unit u (units with m_u < 2 do not take part) and squared differences d_ck: 1 for c != k (nominal),
(c - k)^2 (interval), ((c - k) / (c + k))^2 (ratio), and for ordinal the squared difference of mid-ranks,
(sum_{c..k} n_g - (n_c + n_k) / 2)^2. Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.

Everything alpha needs is a sum over units, from which dialogues are left out or drawn again. Undefined (NaN) where
no unit has two ratings, or where all pairable ratings are the same value (D_e = 0).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from results.statistics.agreement.jackknife import disagreeing_figure
from results.statistics.figure import Figure, Sizes
from results.statistics.ratings import Indices, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, Statistic
from tasks.errors import InputError

Level = Literal["nominal", "ordinal", "interval", "ratio"]

LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
_PACKAGE_UNITS, _PACKAGE_VALUES = 100_000, 50
"""Sizes up to which the krippendorff package gives the printed value (its memory grows with units x values^2)."""
_MOST_COINCIDENCES = 60_000_000
"""Units x pairs of values that ordinal alpha holds at once, in numbers: 480 MB."""


def alpha(ratings: Ratings, level: Level, resampling: Resampling) -> Figure:
    """Krippendorff's alpha with its interval over dialogues: the jackknife of Fisher's z, unless another is asked for.

    No interval where fewer than five dialogues hold any disagreement: percent agreement then says more.
    """
    return _alpha(ratings, level, f"alpha {level}", ratings.sizes(), resampling)


def orientation_free_alpha(ratings: Ratings, level: Level, resampling: Resampling) -> Figure:
    """Alpha of preferences coded -s..+s, each unit entered as it is and with its two systems exchanged.

    Chance is then that of a rater who does not know which system is which. Both copies of a unit belong to its
    dialogue, so they are resampled together. Where all agree on a choice the value is 1; it is undefined only where
    no unit has two ratings, or where every answer is 'about the same'. `domain` must be symmetric about 0.
    """
    return _alpha(both_ways(ratings), level, f"orientation-free alpha {level}", ratings.sizes(), resampling)


def both_ways(ratings: Ratings) -> Ratings:
    """The ratings, then again with every value's sign turned, as further units of the same dialogues."""
    return replace(
        ratings,
        unit=np.concatenate([ratings.unit, ratings.unit + ratings.units]),
        rater=np.concatenate([ratings.rater, ratings.rater]),
        value=np.concatenate([ratings.value, len(ratings.domain) - 1 - ratings.value]),
        dialogue=np.concatenate([ratings.dialogue, ratings.dialogue]),
        unit_names=(*ratings.unit_names, *ratings.unit_names),
    )


def _alpha(ratings: Ratings, level: Level, name: str, sizes: Sizes, resampling: Resampling) -> Figure:
    point, of_sums = _package_value(ratings, level), parts(ratings, level)
    because, apart = undefined_because(ratings), dialogues_apart(ratings)
    return disagreeing_figure(*of_sums, name, sizes, resampling, because, apart, value=point)


def dialogues_apart(ratings: Ratings) -> int:
    """Dialogues in which any two ratings of a unit differ."""
    agreeing, pairs = ratings.agreeing_pairs()
    return int(np.count_nonzero(ratings.by_dialogue((pairs - agreeing)[:, None]) > 0))


def undefined_because(ratings: Ratings) -> Reason:
    """Why alpha has no value, if it has none."""
    rated = np.bincount(ratings.unit, minlength=ratings.units)
    return Reason.ONE_VALUE if bool((rated >= 2).any()) else Reason.NO_TWO_RATINGS


def parts(ratings: Ratings, level: Level) -> tuple[Array, Statistic]:
    """Features of each dialogue, shape (D, K), and the function from their sums to alpha."""
    features, statistic = _unit_parts(ratings, level)
    return ratings.by_dialogue(features), statistic


def _unit_parts(ratings: Ratings, level: Level) -> tuple[Array, Statistic]:
    if level == "interval":
        return _interval_features(ratings), _interval_alpha
    if level == "ordinal":
        _refuse_too_many(ratings)
        return _ordinal_parts(ratings.counts())
    return _fixed_parts(ratings, level)


def value(ratings: Ratings, level: Level) -> float:
    """Alpha alone, by this module's own core; NaN where undefined."""
    features, statistic = parts(ratings, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(statistic(features.sum(axis=0)))


def _ratio(observed: Array, expected: Array, n: Array) -> Array:
    """1 - (n - 1) * observed / expected, NaN where nothing varies."""
    share: Array = np.where(expected > 1e-12, 1 - (n - 1) * observed / expected, np.nan)
    return share


# --- nominal and ratio: differences that depend on the two values alone ------------------------------------------


def _fixed_parts(ratings: Ratings, level: Level) -> tuple[Array, Statistic]:
    counts = ratings.counts()
    domain = ratings.domain if len(ratings.domain) else np.zeros(1)  # `counts` has a column even where nothing is rated
    differences = _nominal(len(domain)) if level == "nominal" else _ratio_differences(domain)
    pairable = _pairable(counts)
    observed = _observed_nominal(counts) if level == "nominal" else _observed(pairable, differences)
    values = counts.shape[1]

    def statistic(sums: Array) -> Array:
        marginals = sums[..., :values]
        expected = np.einsum("...c,ck,...k->...", marginals, differences, marginals, optimize=True)
        return _ratio(sums[..., values], expected, marginals.sum(axis=-1))

    return np.column_stack([pairable, observed]), statistic


def _nominal(values: int) -> Array:
    return np.ones((values, values)) - np.eye(values)


def _ratio_differences(domain: Array) -> Array:
    if bool((domain < 0).any()):
        raise InputError("level ratio needs values of 0 or more")
    sums = domain[:, None] + domain[None, :]
    gaps = domain[:, None] - domain[None, :]
    shares: Array = np.divide(gaps, sums, out=np.zeros_like(gaps), where=sums != 0)
    return shares**2


def _pairable(counts: Indices) -> Array:
    """Counts of units with two or more ratings; the others are zero."""
    pairable: Array = np.where(counts.sum(axis=1, keepdims=True) >= 2, counts, 0).astype(np.float64)
    return pairable


def _per_unit(pairable: Array) -> Array:
    """1 / (m_u - 1), 0 for units that do not take part, shape (U,)."""
    ratings = pairable.sum(axis=1)
    weight: Array = np.divide(1.0, ratings - 1, out=np.zeros_like(ratings), where=ratings >= 2)
    return weight


def _observed(pairable: Array, differences: Array) -> Array:
    observed: Array = np.einsum("uc,uc->u", pairable @ differences, pairable) * _per_unit(pairable)
    return observed


def _observed_nominal(counts: Indices) -> Array:
    """As `_observed`, from m_u^2 - sum_c n_uc^2, in little memory."""
    ratings = counts.sum(axis=1)
    unlike = (ratings**2 - np.einsum("uc,uc->u", counts, counts)).astype(np.float64)
    observed: Array = np.divide(unlike, ratings - 1, out=np.zeros(len(counts)), where=ratings >= 2)
    return observed


# --- interval: from moments, so that any number of distinct values costs the same --------------------------------


def _interval_features(ratings: Ratings) -> Array:
    """Columns m, sum x, sum x^2 of pairable values, and the unit's disagreement, shape (U, 4)."""
    numbers = ratings.numbers - (ratings.numbers.mean() if len(ratings.value) else 0.0)
    count = np.bincount(ratings.unit, minlength=ratings.units).astype(np.float64)
    total = np.bincount(ratings.unit, weights=numbers, minlength=ratings.units)
    squares = np.bincount(ratings.unit, weights=numbers**2, minlength=ratings.units)
    spread = 2 * np.maximum(count * squares - total**2, 0)
    observed = np.divide(spread, count - 1, out=np.zeros(len(count)), where=count >= 2)
    table = np.column_stack([count, total, squares, observed])
    return np.where((count >= 2)[:, None], table, 0.0)


def _interval_alpha(sums: Array) -> Array:
    n, total, squares, observed = np.moveaxis(sums, -1, 0)
    expected = 2 * (n * squares - total**2)
    # Rounding of constant data leaves a few units in the last place; that is no variation.
    return _ratio(observed, np.where(expected > 1e-9 * n * np.maximum(squares, 1e-9), expected, 0.0), n)


# --- ordinal: differences that depend on the marginals, hence on the resample --------------------------------------


def _refuse_too_many(ratings: Ratings) -> None:
    values = len(ratings.domain)
    if ratings.units * values * (values - 1) / 2 > _MOST_COINCIDENCES:
        raise InputError(f"{ratings.units} units x {values} distinct values: too many for level ordinal; use interval")


def _ordinal_parts(counts: Indices) -> tuple[Array, Statistic]:
    pairable = _pairable(counts)
    values = counts.shape[1]
    low, high = np.triu_indices(values, k=1)
    coincidences = pairable[:, low] * pairable[:, high] * _per_unit(pairable)[:, None]

    def statistic(sums: Array) -> Array:
        marginals = sums[..., :values]
        ranks = np.cumsum(marginals, axis=-1) - marginals / 2
        gaps = ranks[..., low] - ranks[..., high]
        observed = 2 * np.einsum("...p,...p->...", sums[..., values:], gaps**2)
        n = marginals.sum(axis=-1)
        expected = 2 * (n * (marginals * ranks**2).sum(axis=-1) - (marginals * ranks).sum(axis=-1) ** 2)
        return _ratio(observed, np.where(expected > 1e-9 * n**4, expected, 0.0), n)

    return np.column_stack([pairable, coincidences]), statistic


# --- the package that users name -----------------------------------------------------------------------------------


def _package_value(ratings: Ratings, level: Level) -> float | None:
    """The krippendorff package's value; None where the data are too large for it or alpha is undefined."""
    used = np.unique(ratings.value)
    if not 2 <= len(used) <= _PACKAGE_VALUES or ratings.units > _PACKAGE_UNITS:
        return None
    counts = ratings.counts()[:, used]
    pairable = counts[counts.sum(axis=1) >= 2]
    if np.count_nonzero(pairable.any(axis=0)) < 2:
        return None
    import krippendorff

    value = krippendorff.alpha(value_counts=pairable, value_domain=ratings.domain[used], level_of_measurement=level)
    return float(value)
