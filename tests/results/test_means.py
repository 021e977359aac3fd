"""Intervals of means from subsets of the dialogues: by hand, and as the inverse of the sign-flip test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.statistics.figure import Sizes
from results.statistics.means import MOST_ENUMERATED, mean_figure
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.statistics.signflip import sign_flip

HOW = Resampling(resamples=2_000, seed=4)


def rows(values: list[float]) -> Array:
    return np.column_stack([values, np.ones(len(values))])


def interval(values: list[float]) -> tuple[float | None, float | None]:
    figure = mean_figure(rows(values), "mean", Sizes(), HOW, Reason.NO_VOTES)
    return figure.low, figure.high


def test_six_and_seven_dialogues_by_hand() -> None:
    # 2^6 = 64 subsets; 0.025 * 64 = 1.6, so the first from either end: the smallest and the largest value alone.
    assert interval([3, 1, 2, 6, 5, 4]) == (1, 6)
    # 2^7 = 128; 0.025 * 128 = 3.2: the third from either end. From below: {0}, {0, 2} = 1, {0, 4} = {2} = 2 -> 2 is
    # third; from above: {12}, {12, 10} = 11, {12, 8} = {10} = 10.
    assert interval([0, 2, 4, 6, 8, 10, 12]) == (2, 10)


def test_sizes_weigh_and_dialogues_without_any_take_no_part() -> None:
    sums = np.array([[2.0, 2], [0, 1], [6, 3], [1, 1], [4, 2], [0, 0], [3, 1]])
    figure = mean_figure(sums, "mean", Sizes(), HOW, Reason.NO_VOTES)
    assert figure.value == pytest.approx(16 / 10)
    assert (figure.low, figure.high) == (0, 3)
    few = mean_figure(sums[:6], "mean", Sizes(), HOW, Reason.NO_VOTES)
    assert (few.low, few.reason) == (None, "few_dialogues")


margins = st.lists(st.integers(-8, 8).map(lambda n: n / 4), min_size=6, max_size=9)


@pytest.mark.slow
@settings(deadline=None)
@given(margins)
def test_it_is_the_inverse_of_the_sign_flip_test(values: list[float]) -> None:
    low, high = interval(values)
    if low is None or high is None:
        assert len(set(values)) == 1
        return
    inside, outside = (low + high) / 2, [low - 1 / 64, high + 1 / 64]
    # bounds are means of up to nine quarters: multiples of 1 / (4 * 2520), between which nothing changes
    for theta in (low + 1 / 20_000, inside, high - 1 / 20_000):
        if low < theta < high:
            p_value = sign_flip(np.array(values) - theta).p_value
            assert p_value is None or p_value > 0.05
    for theta in outside:
        assert (sign_flip(np.array(values) - theta).p_value or 0) <= 0.05


def test_random_subsets_come_near_all_of_them() -> None:
    values = np.random.default_rng(2).normal(0.3, 1, MOST_ENUMERATED).round(2).tolist()
    exact = interval(values)
    doubled = np.array(interval(values * 2))  # 32 dialogues: drawn
    assert np.ptp(doubled) == pytest.approx(np.ptp(np.array(exact)) / np.sqrt(2), rel=0.1)
    assert interval(values * 2) == interval(values * 2)


def test_coverage_of_a_skewed_mean_with_fourteen_dialogues() -> None:
    random = np.random.default_rng(1)
    held = 0
    for _ in range(300):
        low, high = interval(random.choice([-2.0, -1, 0, 1, 2], p=[0.05, 0.15, 0.3, 0.3, 0.2], size=14).tolist())
        held += low is not None and high is not None and low <= 0.45 <= high
    assert 0.92 <= held / 300 <= 0.98  # nominal 0.95, three standard errors of 300 runs are 0.038
