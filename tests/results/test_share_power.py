"""Planning for shares: the votes of its model, and its figures beside plain formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest

from results.planning.share_power import SHARES, SharePlan, _Draws, most_unseen, planned_shares
from results.statistics.agreement.alpha import alpha
from results.statistics.ratings import ratings
from results.statistics.resample import Resampling

pytestmark = pytest.mark.slow

PLAN = SharePlan(dialogues=100, each=3, agreement=0.35, level=0.05, power=0.8, seed=1)


def test_answers_have_the_share_and_agree_as_assumed() -> None:
    draws = _Draws.of(SharePlan(400, 2, 0.35, 0.05, 0.8, 3))
    rows = draws.rows(0, 0.3)
    assert rows[..., 0].mean() == pytest.approx(0.3, abs=0.005)
    hits = np.round(2 * rows[:20, :, 0]).astype(int).ravel()
    answers = [(unit, rater, int(rater < count)) for unit, count in enumerate(hits) for rater in range(2)]
    units, raters, values = zip(*answers, strict=True)
    found = alpha(ratings(units, raters, values, domain=[0, 1]), "nominal", Resampling())
    assert found.value == pytest.approx(0.35, abs=0.03)


def test_raters_who_never_agree_beyond_chance_leave_the_textbook_difference() -> None:
    """At agreement near 0 the answers are independent: (z.975 + z.80)^2 (p q + p' q') / n of the usual formula."""
    plan = SharePlan(200, 1, 0.01, 0.05, 0.8, 0)
    even = planned_shares(plan)[-1]
    assert even.share == 0.5
    assert even.smallest is not None
    p = even.share + even.smallest
    power = 1.95996 * math.sqrt((0.25 + p * (1 - p)) / 200) + 0.84162 * math.sqrt((0.25 + p * (1 - p)) / 200)
    assert even.smallest == pytest.approx(power, abs=0.02)
    assert even.low == pytest.approx(0.5 - 1.96 * math.sqrt(0.25 / 200), abs=0.01)


def test_what_is_shown_grows_with_dialogues_and_falls_with_agreement_within_them() -> None:
    usual = planned_shares(PLAN)
    assert tuple(one.share for one in usual) == SHARES
    assert all(one.low < one.share < one.high for one in usual)
    for other in (SharePlan(300, 3, 0.35, 0.05, 0.8, 1), SharePlan(100, 3, 0.05, 0.05, 0.8, 1)):
        more = planned_shares(other)
        assert all((a.smallest or 0) < (b.smallest or 1) for a, b in zip(more, usual, strict=True))
        assert all(a.high - a.low < b.high - b.low for a, b in zip(more, usual, strict=True))


def test_nothing_marked_still_leaves_the_rule_of_three_and_a_little() -> None:
    # Clopper and Pearson, two-sided: 1 - 0.025^(1/100)
    assert most_unseen(PLAN) == pytest.approx(1 - 0.025 ** (1 / 100))


def test_a_power_out_of_reach_is_none() -> None:
    tiny = planned_shares(SharePlan(10, 1, 0.9, 0.0001, 0.99, 0))
    assert tiny[-1].smallest is None
