"""The rule for machine judges: worked by hand, against scipy and the oracle's formulas, and what never changes it."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from results.statistics.judges.alternative import (
    NOBODY,
    alternative,
    benjamini_yekutieli,
    mean_advantage,
    winning_rate,
)
from results.statistics.judges.guard import guard
from results.statistics.judges.powered import powered
from results.statistics.judges.rule import Votes, peers, worth
from results.statistics.reasons import Reason
from results.statistics.resample import Array


def drawn(seed: int, units: int = 120, raters: int = 4, shared: float = 1.0) -> Array:
    """Signed strengths of raters who see the same quality with noise of their own."""
    random = np.random.default_rng(seed)
    quality = random.normal(0.2, shared, units)[:, None]
    return np.clip(np.round(quality + random.normal(0, 0.8, (units, raters))), -2, 2)


def votes(strength: Array) -> Votes:
    units = len(strength)
    return Votes(np.sign(strength), strength, np.zeros(units, np.int64), np.arange(units))


def test_a_judge_beside_three_raters_by_hand() -> None:
    """Five dialogues. Of rater 0 the others are 1 and 2, who say (+ +) (+ -) (- -) (0 0) (+ +).

    Near to them, of 2: rater 0 says + + + 0 -  -> 2 1 0 2 0;  the judge says + - - 0 -  -> 2 1 2 2 0.
    So d = 0 0 -1 0 0: the judge is at least as near on 5 of 5.
    """
    humans = np.array([[1, 1, 1], [1, 1, -1], [1, -1, -1], [0, 0, 0], [-1, 1, 1]], dtype=float)
    judge = np.array([1, -1, -1, 0, -1], dtype=float)
    first = alternative(humans, judge, np.arange(5), fewest=1)[0]
    behind = [0, 0, -1, 0, 0]
    expected = stats.ttest_1samp(behind, 0.1, alternative="less").pvalue
    assert (first.units, first.advantage) == (5, 1.0)
    assert first.p_value == pytest.approx(float(expected), abs=1e-12)


def test_rater_1_is_nearer_on_one_dialogue_of_five() -> None:
    """Others of rater 1 are 0 and 2: (+ +) (+ -) (+ -) (0 0) (- +). Rater 1 says + + - 0 +: 2 1 1 2 1;
    the judge says + - - + -: 2 1 1 0 1. So d = 0 0 0 1 0, advantage 4 of 5."""
    humans = np.array([[1, 1, 1], [1, 1, -1], [1, -1, -1], [0, 0, 0], [-1, 1, 1]], dtype=float)
    judge = np.array([1, -1, -1, 1, -1], dtype=float)
    second = alternative(humans, judge, np.arange(5), fewest=1)[1]
    assert second.advantage == pytest.approx(0.8)
    assert second.p_value == pytest.approx(float(stats.ttest_1samp([0, 0, 0, 1, 0], 0.1, alternative="less").pvalue))


def test_units_without_another_rater_or_the_judge_take_no_part() -> None:
    humans = np.array([[1, 1], [1, np.nan], [np.nan, 1], [0, 1], [1, 0]], dtype=float)
    judge = np.array([1, 1, 1, np.nan, 0], dtype=float)
    assert [one.units for one in alternative(humans, judge, np.arange(5), fewest=1)] == [2, 2]


def test_a_failed_verdict_is_near_to_nobody() -> None:
    humans = np.ones((40, 3))
    failed, agreed = np.full(40, NOBODY), np.ones(40)
    assert mean_advantage(alternative(humans, failed, np.arange(40))) == 0
    assert mean_advantage(alternative(humans, agreed, np.arange(40))) == 1


def test_where_nothing_varies_the_bound_is_exact() -> None:
    """d is 0 in all 40 dialogues: were its mean .1 or more, this had a chance of .9^40 = .0148 at most."""
    one = alternative(np.ones((40, 3)), np.ones(40), np.arange(40))[0]
    assert one.p_value == pytest.approx(0.9**40)
    assert alternative(np.ones((40, 3)), np.zeros(40), np.arange(40))[0].p_value == 1


def test_dialogues_are_the_unit_of_the_test() -> None:
    """Each unit twice under its dialogue says no more than once."""
    humans, judge = np.sign(drawn(1)), np.sign(drawn(2)[:, 0])
    once = alternative(humans, judge, np.arange(120))
    twice = alternative(np.repeat(humans, 2, axis=0), np.repeat(judge, 2), np.repeat(np.arange(120), 2))
    for one, two in zip(once, twice, strict=True):
        assert two.p_value == pytest.approx(one.p_value, abs=1e-12)


def test_benjamini_yekutieli_by_hand() -> None:
    """Four tests: 1 + 1/2 + 1/3 + 1/4 = 25/12, so .05/(4 * 25/12) = .006 a rank: .006, .012, .018, .024."""
    assert benjamini_yekutieli([0.001, 0.0119, 0.02, 0.5]) == (True, True, False, False)
    assert benjamini_yekutieli([0.5, 0.013, 0.02, 0.023]) == (False, False, False, False)
    assert benjamini_yekutieli([0.013, 0.023, 0.001, 0.0239]) == (True, True, True, True)  # the last carries the others
    assert benjamini_yekutieli([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_benjamini_yekutieli_as_scipy_adjusts(p_values: list[float]) -> None:
    adjusted = stats.false_discovery_control(p_values, method="by")
    for p, one, rejected in zip(p_values, adjusted, benjamini_yekutieli(p_values), strict=True):
        if abs(one - 0.05) > 1e-9:
            assert rejected == (one <= 0.05), p


# --- the guard ----------------------------------------------------------------------------------------------------


def test_the_guard_counts_every_deal_of_five_dialogues() -> None:
    """All 120 deals of (2 1 0 -1 -2) on (2 0 1 -2 -1) by brute force."""
    judge, humans = np.array([2, 1, 0, -1, -2.0]), np.array([2, 0, 1, -2, -1.0])
    observed = judge @ humans
    exact = np.mean([np.array(deal) @ humans >= observed for deal in itertools.permutations(judge)])
    found = guard(judge, humans, np.zeros(5, np.int64), np.arange(5), deals=19_999)
    assert found.p_value == pytest.approx(exact, abs=0.01)
    assert found.correlation == pytest.approx(np.corrcoef(judge, humans)[0, 1])


def test_a_difference_between_pairs_is_no_knowledge_of_dialogues() -> None:
    """The judge knows which pair it is and nothing else: over both pairs r is high, within them there is none."""
    pair = np.repeat([0, 1], 50)
    random = np.random.default_rng(3)
    humans = np.where(pair == 0, 1.0, -1.0) + random.normal(0, 0.3, 100)
    judge = np.where(pair == 0, 1.0, -1.0)
    assert np.corrcoef(judge, humans)[0, 1] > 0.9
    assert guard(judge, humans, pair, np.arange(100)).correlation is None
    assert not guard(judge, humans, pair, np.arange(100)).stands


@given(seed=st.integers(0, 500))
@settings(max_examples=20, deadline=None)
def test_turning_a_pair_of_systems_changes_nothing(seed: int) -> None:
    strength, judge = drawn(seed, 60), drawn(seed + 1, 60)[:, 0]
    pair = np.repeat([0, 1, 2], 20)
    sign = np.array([1, -1, 1])[pair]
    straight = Votes(np.sign(strength), strength, pair, np.arange(60))
    turned = Votes(np.sign(strength) * sign[:, None], strength * sign[:, None], pair, np.arange(60))
    one, two = worth(straight, np.sign(judge), judge), worth(turned, np.sign(judge) * sign, judge * sign)
    assert one == two


# --- the rule -----------------------------------------------------------------------------------------------------


def test_constants_and_a_shuffled_judge_fail_a_peer_passes() -> None:
    strength = drawn(11, 200, 5)
    people = votes(strength[:, :4])
    peer, shuffled = strength[:, 4], np.random.default_rng(0).permutation(strength[:, 4])
    assert worth(people, np.sign(peer), peer).passes is True
    for judge in (np.zeros(200), np.ones(200), -np.ones(200), shuffled):
        assert worth(people, np.sign(judge), judge).passes is False


def test_a_constant_wins_the_published_test_and_the_guard_stops_it() -> None:
    """Where 85 % of votes name one system, "always that one" wins the test as published."""
    random = np.random.default_rng(4)
    strength = np.where(random.random((200, 4)) < 0.85, 1.0, -1.0)
    found = worth(votes(strength), np.ones(200), np.ones(200))
    assert found.winning_rate == 1
    assert found.guard.correlation is None
    assert found.passes is False


def test_too_little_has_no_verdict() -> None:
    strength = drawn(5, 200, 4)
    judge = drawn(6, 200)[:, 0]
    assert worth(votes(strength[:99]), np.sign(judge[:99]), judge[:99]).passes is None
    assert worth(votes(strength[:, :2]), np.sign(judge), judge).passes is None
    assert worth(votes(strength[:, :3]), np.sign(judge), judge).passes is not None
    nobody = worth(votes(strength), np.full(200, np.nan), np.full(200, np.nan))
    assert (nobody.units, nobody.winning_rate, nobody.passes) == (0, None, None)


def test_each_rater_is_a_contender_once() -> None:
    found = peers(votes(drawn(7, 150, 3)), range(3))
    assert len(found) == 3
    assert all(one.passes is not None and len(one.beside) == 2 for one in found)


@given(seed=st.integers(0, 200))
@settings(max_examples=15, deadline=None)
def test_a_wider_epsilon_never_wins_less(seed: int) -> None:
    humans, judge = np.sign(drawn(seed, 60)), np.sign(drawn(seed + 9, 60)[:, 0])
    rates = [winning_rate(alternative(humans, judge, np.arange(60), epsilon)) or 0 for epsilon in (0.1, 0.15, 0.2)]
    assert rates == sorted(rates)


# --- the judge's help ---------------------------------------------------------------------------------------------


def test_the_joined_margin_by_its_formula() -> None:
    """lambda of the even dialogues from the odd ones and the other way round, written out."""
    random = np.random.default_rng(2)
    judge, further = random.normal(0, 1, 30), random.normal(0, 1, 90)
    people = 0.6 * judge + random.normal(0, 0.5, 30)
    spread = np.concatenate([judge, further]).var(ddof=1)
    even, odd = slice(0, None, 2), slice(1, None, 2)
    for_even, for_odd = (np.cov(people[part], judge[part])[0, 1] / spread / (1 + 30 / 90) for part in (odd, even))
    residuals = np.concatenate([people[even] - for_even * judge[even], people[odd] - for_odd * judge[odd]])
    weight = (for_even + for_odd) / 2
    value = residuals.mean() + weight * further.mean()
    error = math.sqrt(residuals.var(ddof=1) / 30 + weight**2 * further.var(ddof=1) / 90)
    found = powered(people, judge, further)
    assert found.joined.value == pytest.approx(value, abs=1e-12)
    assert found.joined.high == pytest.approx(value + stats.t.ppf(0.975, 28) * error, abs=1e-12)
    assert found.weight == pytest.approx(weight)
    assert (found.saved or 0) > 0.1


def test_a_judge_that_says_nothing_has_no_weight() -> None:
    people = np.random.default_rng(1).normal(0, 1, 40)
    constant = powered(people, np.ones(40), np.ones(80))
    assert constant.weight == 0
    assert constant.joined.value == pytest.approx(people.mean())
    assert constant.judge.reason == Reason.NO_VARIATION


def test_nothing_is_joined_of_few_dialogues_or_where_people_judged_all() -> None:
    values = np.random.default_rng(1).normal(0, 1, 40)
    few, whole = powered(values[:19], values[:19], values), powered(values, values, np.zeros(0))
    assert (few.joined.reason, whole.joined.reason) == (Reason.FEW_TO_JOIN, Reason.NONE_FURTHER)
    assert (few.saved, whole.saved) == (None, None)
    assert whole.people.low is not None


@given(seed=st.integers(0, 300))
@settings(max_examples=25, deadline=None)
def test_turning_the_systems_turns_the_margin(seed: int) -> None:
    random = np.random.default_rng(seed)
    judge, further = random.normal(0, 1, 24), random.normal(0.3, 1, 50)
    people = 0.5 * judge + random.normal(0.3, 0.7, 24)
    one, two = powered(people, judge, further), powered(-people, -judge, -further)
    assert two.joined.value == pytest.approx(-(one.joined.value or 0))
    assert two.joined.low == pytest.approx(-(one.joined.high or 0))
    assert two.weight == pytest.approx(one.weight)
