from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.statistics.figure import Sizes
from results.statistics.preference import holm, item_margins, outcome, sign_test, win_share
from results.statistics.ratings import Ratings, ratings
from results.statistics.resample import Resampling
from results.statistics.signflip import Test
from tests import published

QUICK = Resampling(resamples=200, seed=1)
POINTS = [-2, -1, 0, 1, 2]


def table(rows: list[list[int | None]]) -> Ratings:
    return ratings(*published.long({"data": rows}), domain=POINTS)


def test_margins_are_means_over_the_raters_who_answered() -> None:
    margins, votes = item_margins(table([[2, 1, None], [None, None, None], [-1, 0, 0]]))
    assert margins.tolist() == pytest.approx([1.5, 0, -1 / 3])
    assert votes.tolist() == [2, 0, 3]


def test_items_are_won_by_the_sign_of_their_mean() -> None:
    made = outcome(table([[2, -1], [1, 1], [1, -1], [-2, 0], [None, None]]), ("a", "b"), QUICK)
    assert (made.items_won, made.items_tied, made.items_lost) == (2, 1, 1)
    assert made.votes == (1, 2, 1, 3, 1)
    assert made.margin.value == pytest.approx((0.5 + 1 + 0 - 1) / 4)


def test_each_rater_and_all_the_others() -> None:
    made = outcome(table([[2, -1, 0], [1, -2, None], [2, None, -2]]), ("a", "b"), QUICK)
    assert {rater: figure.value for rater, figure in made.raters.items()} == pytest.approx(
        {"0": 5 / 3, "1": -1.5, "2": -1.0}
    )
    # without rater 0: (-1 + 0) / 2, -2, -2; without 1: (2 + 0) / 2, 1, 0; without 2: (2 - 1) / 2, (1 - 2) / 2, 2
    assert {rater: figure.value for rater, figure in made.without.items()} == pytest.approx(
        {"0": -1.5, "1": 2 / 3, "2": 2 / 3}
    )


def test_share_and_sign_test_of_a_known_count() -> None:
    # 8 of 10: fewer than 5 misses expected, so Clopper-Pearson, 0.4439 to 0.9748 (Clopper and Pearson 1934);
    # sign test 2 * (45 + 10 + 1) / 1024 = 0.109375.
    share = win_share(np.array([1.0] * 8 + [0.0] * 2), np.ones(10), Sizes(), QUICK)
    assert (share.value, share.low, share.high) == pytest.approx((0.8, 0.44390, 0.97479), abs=1e-5)
    assert sign_test(8, 2, 10).p_value == pytest.approx(0.109375)


def test_nothing_is_decided_below_six_dialogues() -> None:
    made = outcome(table([[2, 2]] * 5), ("a", "b"), QUICK)
    assert (made.margin.value, made.margin.low, made.margin.reason) == (2, None, "few_dialogues")
    assert (made.sign_test.p_value, made.sign_test.reason) == (None, "few_dialogues")
    assert (made.win_share.value, made.win_share.low) == (1, None)
    assert (made.margin_test.p_value or 0) > 0.05


def test_three_unanimous_items_are_no_certainty() -> None:
    made = outcome(table([[2, 2]] * 9), ("a", "b"), QUICK)
    assert (made.margin.value, made.margin.low, made.margin.reason) == (2, None, "no_variation")
    assert (made.win_share.low, made.win_share.high) == pytest.approx((0.025 ** (1 / 9), 1.0))


def test_all_tied_is_undefined_with_the_reason() -> None:
    made = outcome(table([[0, 0], [0, 0]]), ("a", "b"), QUICK)
    assert made.win_share.reason == "all_tied"
    assert made.sign_test.p_value is None
    assert made.margin.value == 0


def test_no_votes_at_all() -> None:
    made = outcome(table([[None, None], [None, None]]), ("a", "b"), QUICK)
    assert made.margin.reason == "no_votes"
    assert made.items == ()


@pytest.mark.slow
@given(
    st.lists(st.lists(st.one_of(st.none(), st.sampled_from(POINTS)), min_size=3, max_size=3), min_size=2, max_size=9)
)
def test_exchanging_the_systems_turns_every_sign(rows: list[list[int | None]]) -> None:
    turned = [[None if v is None else -v for v in row] for row in rows]
    one, two = outcome(table(rows), ("a", "b"), QUICK), outcome(table(turned), ("b", "a"), QUICK)
    assert (one.items_won, one.items_lost, one.items_tied) == (two.items_lost, two.items_won, two.items_tied)
    assert one.margin_test == two.margin_test
    assert one.sign_test == two.sign_test
    if one.margin.value is not None and two.margin.value is not None:
        assert one.margin.value == pytest.approx(-two.margin.value)


def test_holm() -> None:
    # Holm (1979): 0.01 * 3, max(0.03, 0.02 * 2), max(0.04, 0.04 * 1); a missing test takes no part.
    tests = [Test(0.04, ""), Test(None, ""), Test(0.01, ""), Test(0.02, "")]
    assert holm(tests) == pytest.approx((0.04, None, 0.03, 0.04))
