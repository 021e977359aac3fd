"""Intervals of shares: exact bounds of the literature, the method's own formula, and the edges 0 of n and n of n."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from results.statistics.figure import Figure, Sizes
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.statistics.shares import effective_size, share_difference_figure, share_figure, wilson

HOW = Resampling()


def share(hits: list[float], size: list[float], votes: int | None = None, *, exact: bool = False) -> Figure:
    sizes = Sizes(len(hits), 1, int(sum(size)) if votes is None else votes)
    return share_figure(np.column_stack([hits, size]), "share", sizes, HOW, Reason.NOT_RATED, exact=exact)


def test_none_of_fourteen_is_not_never() -> None:
    # Clopper and Pearson (1934): 1 - 0.025^(1/14) = 0.2316
    figure = share([0] * 14, [1] * 14)
    assert (figure.value, figure.low) == (0, 0)
    assert figure.high == pytest.approx(1 - 0.025 ** (1 / 14))
    whole = share([1] * 14, [1] * 14)
    assert (whole.value, whole.high) == (1, 1)
    assert whole.low == pytest.approx(0.025 ** (1 / 14))


def test_responses_of_one_dialogue_that_are_all_alike_count_once() -> None:
    assert share([0] * 7, [10] * 7).high == pytest.approx(1 - 0.025 ** (1 / 7))


def test_independent_answers_count_each() -> None:
    # 12 of 30, one response a dialogue: Wilson with t(29) = 2.04523 in place of z.
    figure = share([1.0] * 12 + [0.0] * 18, [1.0] * 30)
    z = stats.t.ppf(0.975, 29)
    centre = (0.4 + z * z / 60) / (1 + z * z / 30)
    reach = z * math.sqrt(0.4 * 0.6 / 30 + z * z / 3600) / (1 + z * z / 30)
    assert (figure.low, figure.high) == pytest.approx((centre - reach, centre + reach))
    assert "Wilson" in figure.method


def test_rare_hits_have_exact_bounds_and_so_has_safety() -> None:
    rare = share([1.0, 1.0] + [0.0] * 38, [1.0] * 40)
    expected = stats.beta.ppf(0.025, 2, 39), stats.beta.ppf(0.975, 3, 38)
    assert (rare.low, rare.high) == pytest.approx(expected)
    assert "Clopper-Pearson" in share([1.0] * 12 + [0.0] * 18, [1.0] * 30, exact=True).method


def test_five_dialogues_have_no_interval() -> None:
    assert (share([1, 0, 1, 0, 1], [1] * 5).low, share([1] * 5, [1] * 5).reason) == (None, "few_dialogues")
    assert share([], []).reason == "not_rated"


def formula(hits: Array, size: Array, votes: float) -> float:
    """The effective size, straight from the docstring."""
    total, dialogues = size.sum(), len(size)
    p = hits.sum() / total
    variance = dialogues / (dialogues - 1) * sum((h - m * p) ** 2 for h, m in zip(hits, size, strict=True)) / total**2
    least = total**2 / sum(size**2)
    apart = min(sum(hits > 0), sum(hits < size))
    return float(least if apart < 5 or variance == 0 else min(max(p * (1 - p) / variance, least), votes))


dialogues = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 6)), min_size=6, max_size=25)


@settings(deadline=None)
@given(dialogues)
def test_bounds_hold_the_share_and_never_meet(counts: list[tuple[int, int]]) -> None:
    size = np.array([n for n, _ in counts], dtype=float)
    hits = np.minimum(size, [h for _, h in counts])
    figure = share(hits.tolist(), size.tolist())
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert 0 <= figure.low <= figure.value <= figure.high <= 1
    assert figure.high - figure.low > 0.01
    n = effective_size(np.column_stack([hits, size]), size.sum())
    assert n == pytest.approx(formula(hits, size, size.sum()))


@settings(deadline=None)
@given(dialogues)
def test_differences_turn_with_the_systems_and_never_have_no_width(counts: list[tuple[int, int]]) -> None:
    size = np.array([n for n, _ in counts], dtype=float)
    first = np.minimum(size, [h for _, h in counts])
    second = np.minimum(size, [h for _, h in reversed(counts)])
    rows = np.column_stack([first, size, second, size])
    sizes = Sizes(len(size), 1, int(size.sum()))
    there, back = (
        share_difference_figure(r, "difference", sizes, HOW, Reason.NOT_BOTH_RATED)
        for r in (rows, rows[:, [2, 3, 0, 1]])
    )
    assert there.low is not None
    assert there.high is not None
    assert back.low is not None
    assert back.high is not None
    assert there.low < there.high
    assert (there.value, there.low, there.high) == pytest.approx((-(back.value or 0), -back.high, -back.low))


def test_newcombe_of_two_shares_that_are_not_correlated() -> None:
    # Newcombe (1998), Stat. Med. 17, 873-890, method 10: 56/70 - 48/80 = 0.2000, 0.0524 to 0.3339 with z; here z is
    # Student's t of 69 and 79, and the limits are those of the two Wilson intervals.
    first, second = (0.8, 70), (0.6, 80)
    rows = np.zeros((150, 4))
    rows[:70, :2] = np.column_stack([[1] * 56 + [0] * 14, [1] * 70])
    rows[70:, 2:] = np.column_stack([[1] * 48 + [0] * 32, [1] * 80])
    figure = share_difference_figure(rows, "difference", Sizes(150, 1, 150), HOW, Reason.NOT_BOTH_RATED)
    (l1, u1), (l2, u2) = (wilson(p, n, n, 0.95) for p, n in (first, second))
    low = 0.2 - math.sqrt((0.8 - l1) ** 2 + (u2 - 0.6) ** 2)
    high = 0.2 + math.sqrt((u1 - 0.8) ** 2 + (0.6 - l2) ** 2)
    assert (figure.low, figure.high) == pytest.approx((low, high))
    assert (figure.low, figure.high) == pytest.approx((0.0524, 0.3339), abs=0.003)
