from __future__ import annotations

import numpy as np
import pytest

from results.statistics.preference import mean_margin
from results.statistics.ratings import Ratings, ratings
from results.statistics.resample import Resampling
from results.statistics.two_way import _draws, two_way_margin
from tests import published

HOW = Resampling(resamples=2000, seed=1)


def table(rows: list[list[int | None]]) -> Ratings:
    return ratings(*published.long({"data": rows}), domain=[-2, -1, 0, 1, 2])


def noisy(lean: float) -> list[list[int | None]]:
    """Forty items, five raters; each rater has a taste of its own, larger with `lean`."""
    random = np.random.default_rng(3)
    taste = random.normal(0, lean, 5)
    z = random.normal(0.3, 0.6, (40, 5)) + taste
    return [[int(np.clip(round(x), -2, 2)) for x in row] for row in z.tolist()]


def test_raters_of_different_taste_widen_the_interval() -> None:
    made = table(noisy(0.6))
    one, two = mean_margin(made, HOW), two_way_margin(made, HOW)
    assert two.value == pytest.approx(one.value)
    widths = [(made.high or 0) - (made.low or 0) for made in (one, two)]
    assert widths[1] > 1.5 * widths[0] > 0


def test_raters_may_change_places() -> None:
    rows = noisy(0.4)
    one, two = two_way_margin(table(rows), HOW), two_way_margin(table([row[::-1] for row in rows]), HOW)
    assert (one.low, one.high) == pytest.approx((two.low, two.high))


def test_dialogues_and_raters_are_drawn_apart() -> None:
    # 2 on the diagonal of 8 x 8: every draw has mean 2 / 8 on average where dialogues and raters are drawn apart; with
    # the same weights w for both it would be 2 * mean of w^2 / 8 = 2 * (1 + 7 / 8) / 8 = 0.47.
    diagonal = table([[2 if unit == rater else 0 for rater in range(8)] for unit in range(8)])
    assert _draws(diagonal, HOW).mean() == pytest.approx(2 / 8, abs=0.03)


def test_one_rater_has_no_interval() -> None:
    found = two_way_margin(table([[1], [2], [0]]), HOW)
    assert (found.value, found.low, found.reason) == (1.0, None, "one_rater")


def test_no_votes() -> None:
    assert two_way_margin(table([[None, None]]), HOW).value is None
