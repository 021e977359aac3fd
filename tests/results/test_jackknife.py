"""The jackknife of a coefficient: by hand, against alpha left out one dialogue at a time, and AC1's worst corners."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from results.statistics.agreement import chance
from results.statistics.agreement.alpha import alpha, value
from results.statistics.agreement.jackknife import coefficient_figure
from results.statistics.figure import Sizes
from results.statistics.ratings import Ratings, ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, mean_statistic
from tests import published

HOW = Resampling(resamples=200, seed=1)


def table(rows: list[list[Any]]) -> Ratings:
    return ratings(*published.long({"data": rows}), domain=[0, 1])


def test_by_hand() -> None:
    """Seven values in -1..1; the mean without each, atanh, sum of squares: all written out."""
    x = np.array([0.9, 0.1, 0.5, -0.2, 0.7, 0.3, 0.4])
    without = [(x.sum() - one) / 6 for one in x]
    z = [math.atanh(one) for one in without]
    error = math.sqrt(6 / 7 * sum((one - sum(z) / 7) ** 2 for one in z))
    reach = float(stats.t.ppf(0.975, 6)) * error
    found = coefficient_figure(np.column_stack([x, np.ones(7)]), mean_statistic, "mean", Sizes(7), HOW, Reason.UNSTABLE)
    assert found.value == pytest.approx(2.7 / 7)
    middle = math.atanh(2.7 / 7)
    assert (found.low, found.high) == pytest.approx((math.tanh(middle - reach), math.tanh(middle + reach)))


def rows_of(seed: int, units: int, raters: int, chance_of_yes: float) -> list[list[Any]]:
    random = np.random.default_rng(seed)
    yes = random.beta(2 * chance_of_yes, 2 * (1 - chance_of_yes), (units, 1))
    return [[int(v) for v in row] for row in random.random((units, raters)) < yes]


def test_alphas_interval_leaves_out_each_dialogue() -> None:
    rows = rows_of(5, 12, 4, 0.4)
    made, z = alpha(table(rows), "nominal", HOW), []
    for place in range(12):
        z.append(math.atanh(value(table(rows[:place] + rows[place + 1 :]), "nominal")))
    error = math.sqrt(11 / 12 * float(((np.array(z) - np.mean(z)) ** 2).sum()))
    middle, reach = math.atanh(made.value or 0), float(stats.t.ppf(0.975, 11)) * error
    assert (made.low, made.high) == pytest.approx((math.tanh(middle - reach), math.tanh(middle + reach)))


def test_where_four_dialogues_hold_all_disagreement_alpha_has_no_interval() -> None:
    rows = [[0, 1]] * 4 + [[0, 0], [1, 1]] * 5
    assert alpha(table(rows), "nominal", HOW).reason == "few_disagreements"
    assert alpha(table([[0, 1], *rows]), "nominal", HOW).low is not None
    assert alpha(table(rows), "nominal", Resampling(200, 1, "percentile")).low is not None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(6, 20), st.sampled_from([0.05, 0.3, 0.5]))
def test_ac1_takes_the_worst_corners(seed: int, units: int, yes: float) -> None:
    """Over a grid of agreement and prevalence within their intervals, no AC1 lies outside the bounds."""
    made = table(rows_of(seed, units, 4, yes))
    found, agreement, share = chance.gwet(made, "identity", HOW), chance.percent_agreement(made, HOW), None
    share = chance._commonest(made, HOW)
    assume(found.low is not None and found.high is not None)
    assert agreement.low is not None
    assert agreement.high is not None
    assert share.low is not None
    assert share.high is not None
    ends: list[Array] = [np.linspace(agreement.low, agreement.high, 21), np.linspace(share.low, share.high, 21)]
    corners = [(a - 2 * p * (1 - p)) / (1 - 2 * p * (1 - p)) for a, p in itertools.product(*ends)]
    assert (found.low or 0) <= min(corners) + 1e-3
    assert (found.high or 0) >= max(corners) - 1e-3
    assert (found.low or 0) - 1e-9 <= (found.value or 0) <= (found.high or 0) + 1e-9


def test_a_rare_answer_that_nobody_gave_leaves_ac1_open_below() -> None:
    found = chance.gwet(table([[0, 0, 0]] * 14), "identity", HOW)
    assert found.value == 1
    assert found.high == 1
    assert found.low is not None
    assert 0.4 < found.low < 0.9
