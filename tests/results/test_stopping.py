"""Bounds by spending against published ones and by simulation; the repeated interval and p-value say the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from results.statistics.figure import Sizes
from results.statistics.reasons import Reason
from results.statistics.sequential.look import look, standard_error
from results.statistics.sequential.spending import ALPHA, levels, repeated_p, spent

PUBLISHED = {
    2: (2.9626, 1.9686),
    3: (3.7103, 2.5114, 1.9930),
    4: (4.3326, 2.9631, 2.3590, 2.0141),
    5: (4.8769, 3.3569, 2.6803, 2.2898, 2.0310),
}
"""Two-sided 0.05, equal steps, O'Brien-Fleming spending: Reboussin, DeMets, Kim and Lan (2000), Control. Clin. Trials
21, 190-207 (their program, and `ldbounds`, which carries it on); five looks: DeMets and Lan (1994), Stat. Med. 13."""


@pytest.mark.parametrize("looks", PUBLISHED)
def test_the_published_bounds_come_out(looks: int) -> None:
    found = levels([(one + 1) / looks for one in range(looks)])
    assert stats.norm.isf(np.array(found) / 2) == pytest.approx(PUBLISHED[looks], abs=1.5e-4)


def test_all_is_spent_at_the_end_and_next_to_nothing_early() -> None:
    assert spent(1.0) == pytest.approx(ALPHA / 2, abs=1e-12)
    assert spent(1 / 3) == pytest.approx(stats.norm.sf(3.7103), rel=1e-3)  # the first bound is what is spent there
    assert levels([1.0])[-1] == pytest.approx(0.05, abs=1e-12)
    assert levels([0.0, 1.0])[0] == 0.0
    assert levels([0.0, 1.0])[-1] == pytest.approx(0.05, abs=1e-12), "a look without information costs nothing"
    once, twice = levels([0.5, 1.0]), levels([0.5, 0.5, 1.0])
    assert twice == (once[0], *once)


def test_whatever_the_shares_of_information_five_in_a_hundred_cross_a_bound() -> None:
    """200,000 sums of independent increments: standard error 0.05 points."""
    random = np.random.default_rng(7)
    for fractions in ([0.2, 0.7, 0.75, 1.0], [1 / 3, 2 / 3, 1.0], [0.9, 1.0]):
        steps = np.sqrt(np.diff([0.0, *fractions]))
        sums = (random.standard_normal((200_000, len(steps))) * steps).cumsum(axis=1)
        z = np.abs(sums) / np.sqrt(fractions)
        crossed = (z > stats.norm.isf(np.array(levels(fractions)) / 2)).any(axis=1)
        assert crossed.mean() == pytest.approx(0.05, abs=0.002)


@given(st.lists(st.floats(0.05, 0.95), min_size=0, max_size=3), st.floats(1e-6, 0.9))
@settings(deadline=None, max_examples=25)
def test_the_repeated_p_value_is_below_alpha_exactly_where_the_bound_is_crossed(
    early: list[float], nominal: float
) -> None:
    fractions = [*sorted(early), 1.0]
    repeated = repeated_p(nominal, fractions)
    level = levels(fractions)[-1]
    if abs(nominal - level) > 1e-6:
        assert (repeated < ALPHA) == (nominal < level)
    assert repeated >= nominal * (1 - 1e-6)


def rows(values: list[float]) -> np.ndarray:
    return np.column_stack([values, np.ones(len(values))])


@given(st.lists(st.integers(-2, 2), min_size=6, max_size=40), st.sampled_from([[1 / 3], [1 / 3, 2 / 3], [0.4, 1.0]]))
@settings(deadline=None, max_examples=30)
def test_interval_and_test_are_dual_and_the_sign_is_the_systems(values: list[int], fractions: list[float]) -> None:
    found = look(rows([float(v) for v in values]), fractions, "mean", Sizes(), Reason.NO_VOTES)
    turned = look(rows([-float(v) for v in values]), fractions, "mean", Sizes(), Reason.NO_VOTES)
    assert found.margin.value == pytest.approx(np.mean(values))
    assert turned.margin.value == pytest.approx(-np.mean(values))
    assert (found.p_nominal, found.enough) == (turned.p_nominal, turned.enough)
    if found.margin.low is None or found.margin.high is None or found.p_nominal is None:
        assert len(set(values)) == 1
        return
    assert found.enough == (found.margin.low > 0 or found.margin.high < 0)
    assert found.test.p_value is not None
    if abs(found.p_nominal - found.level) > 1e-9:
        assert found.enough == (found.test.p_value < ALPHA)
    assert (turned.margin.low, turned.margin.high) == pytest.approx((-found.margin.high, -found.margin.low))


def test_one_item_a_dialogue_is_the_plain_t_test() -> None:
    values = [1.0, 0.5, -1.0, 2.0, 1.5, 0.0, 1.0, 2.0]
    found = look(rows(values), [1.0], "mean", Sizes(), Reason.NO_VOTES)
    plain = stats.ttest_1samp(values, 0)
    assert found.p_nominal == pytest.approx(plain.pvalue, rel=1e-9)
    assert (found.margin.low, found.margin.high) == pytest.approx(tuple(plain.confidence_interval(0.95)), rel=1e-6)
    assert found.test.p_value == pytest.approx(plain.pvalue, rel=1e-6), "with one look nothing is paid"


def test_dialogues_of_several_items_weigh_by_their_items() -> None:
    """Sums 2 and 0 and sizes 3 and 1: mean .5; residuals 2 - 1.5 and 0 - .5; variance 2/1 * (.25 + .25) / 16 = 1/16."""
    assert standard_error(np.array([[2.0, 3.0], [0.0, 1.0]]), 0.5) == pytest.approx(0.25)


def test_too_few_dialogues_and_no_variation_are_said() -> None:
    few = look(rows([1.0] * 5), [0.5], "mean", Sizes(), Reason.NO_VOTES)
    assert (few.enough, few.margin.low, few.margin.reason) == (False, None, Reason.FEW_DIALOGUES)
    none = look(np.zeros((0, 2)), [0.5], "mean", Sizes(), Reason.NO_VOTES)
    assert (none.enough, none.margin.value, none.margin.reason) == (False, None, Reason.NO_VOTES)
    flat = look(rows([1.0] * 12), [1 / 3], "mean", Sizes(), Reason.NO_VOTES)
    assert (flat.margin.low, flat.margin.reason) == (None, Reason.NO_VARIATION)
    assert flat.p_nominal == pytest.approx(2 / 2**12), "the sign-flip test stands in"
    assert not flat.enough, "2 / 4096 is above the level .0002 of a first look of three"
    assert look(rows([1.0] * 20), [1 / 3], "mean", Sizes(), Reason.NO_VOTES).enough
