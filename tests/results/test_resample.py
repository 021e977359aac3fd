"""The bootstrap: against scipy's, percentile and BCa, and one case by hand."""

from __future__ import annotations

from itertools import product
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from scipy import stats

from results.statistics import resample
from results.statistics.figure import Figure, Sizes
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, figure, mean_statistic, totals, weights_of

SKEWED = np.array([0.1, 0.2, 0.2, 0.4, 0.5, 0.9, 1.4, 2.8, 3.1, 4.9, 7.5, 12.0])


def rows(values: Array) -> Array:
    return np.column_stack([values, np.ones(len(values))])


def made(values: Array, resampling: Resampling, statistic: Any = mean_statistic) -> Figure:
    return figure(rows(values), statistic, "mean", Sizes(), resampling, Reason.NO_RATING)


@pytest.mark.parametrize(("interval", "scipys"), [("percentile", "percentile"), ("bca", "BCa")])
@pytest.mark.parametrize("level", [0.95, 0.9])
def test_intervals_are_those_of_scipy(interval: Any, scipys: Any, level: float) -> None:
    ours = made(SKEWED, Resampling(40_000, 3, interval, level))
    theirs = stats.bootstrap(
        (SKEWED,), np.mean, n_resamples=40_000, method=scipys, confidence_level=level, rng=np.random.default_rng(8)
    ).confidence_interval
    # Two draws of 40,000 differ by about 0.02 here; leaving the bias out moves BCa's ends by 0.2, another level by 0.4.
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.08)


def test_bca_with_a_bias_is_scipy_s() -> None:
    # The maximum's share of the sum: a biased statistic, so that the bias correction alone moves the ends.
    def ratio(sums: Array) -> Array:
        value: Array = sums[..., 0] ** 2 / sums[..., 1] ** 2
        return value

    ours = made(SKEWED, Resampling(40_000, 3, "bca"), ratio)
    theirs = stats.bootstrap(
        (SKEWED,),
        lambda x, axis: np.mean(x, axis=axis) ** 2,
        n_resamples=40_000,
        method="BCa",
        rng=np.random.default_rng(8),
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=0.03)
    without_bias = np.quantile(ours_draws(), [0.025, 0.975])
    assert abs(without_bias[1] - theirs.high) > 0.5


def ours_draws() -> Array:
    sums = totals(rows(SKEWED), Resampling(40_000, 3))
    draws: Array = (sums[:, 0] / sums[:, 1]) ** 2
    return draws


def test_the_exact_distribution_of_three_rows_by_hand() -> None:
    # Rows 0, 3, 6: the mean of a resample is (a + b + c) / 3 of the 27 equally likely triples.
    exact = [sum(triple) / 3 for triple in product((0, 3, 6), repeat=3)]
    sums = totals(rows(np.array([0.0, 3.0, 6.0])), Resampling(27_000, 5))
    values, counts = np.unique(sums[:, 0] / sums[:, 1], return_counts=True)
    assert values.tolist() == sorted(set(exact))
    for value, count in zip(values, counts, strict=True):
        assert count / 27_000 == pytest.approx(exact.count(value) / 27, abs=0.01)


def test_bca_s_quantiles_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    # 1,000 draws 1 … 1000, 600 of them below the value 600.5, so z0 = Phi^-1(0.6) = 0.2533; jackknife values of
    # 1 … 6 have no skewness, so a = 0 and the ends are the quantiles Phi(2 z0 -+ 1.96) = 0.0731, 0.9932.
    z0 = NormalDist().inv_cdf(0.6)
    expected = [NormalDist().cdf(2 * z0 + z) for z in (-1.959964, 1.959964)]
    values = np.arange(1.0, 7.0)
    ends = resample._bca_tails(rows(values), mean_statistic, 600.5, np.arange(1.0, 1001.0), 0.025)
    assert ends == pytest.approx(expected, abs=1e-4)


def test_the_acceleration_is_the_skewness_of_the_jackknife() -> None:
    # Means without one of 0, 0, 0, 0, 0, 6 are 1.2 five times and 0: from their mean 1 they are -0.2 (five times) and 1
    # (mean minus value), so a = (5 * -0.008 + 1) / (6 * (5 * 0.04 + 1)^1.5) = 0.96 / (6 * 1.3145) = 0.12172.
    assert resample._acceleration(rows(np.array([0.0, 0, 0, 0, 0, 6])), mean_statistic) == pytest.approx(
        0.12172, abs=1e-4
    )


def test_weights_count_every_row_and_are_the_same_for_one_seed() -> None:
    how = Resampling(500, 7)
    (part, weights), *rest = weights_of(9, how)
    assert (part, rest) == (slice(0, 500), [])
    assert (weights.sum(axis=1) == 9).all()
    assert weights.mean() == pytest.approx(1)
    assert weights.var() == pytest.approx(8 / 9, abs=0.05)  # binomial: n p (1 - p) of 9 draws
    assert (next(iter(weights_of(9, how)))[1] == weights).all()
    assert (next(iter(weights_of(9, Resampling(500, 8))))[1] != weights).any()


def test_undefined_in_more_than_five_percent_withholds_the_interval() -> None:
    def undefined_without_the_last(sums: Array) -> Array:
        return np.where(sums[..., 2] > 0, sums[..., 0] / sums[..., 1], np.nan)

    table = np.column_stack([rows(np.arange(1.0, 13.0)), [0] * 11 + [1]])
    rare = figure(table, undefined_without_the_last, "mean", Sizes(), Resampling(500), Reason.NO_RATING)
    assert (rare.value, rare.low, rare.reason) == (6.5, None, "unstable")
    table[:8, 2] = 1
    usual = figure(table, undefined_without_the_last, "mean", Sizes(), Resampling(500), Reason.NO_RATING)
    assert usual.low is not None
