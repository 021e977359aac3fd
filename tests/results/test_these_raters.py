"""The smallest difference shown of a study's own raters: against a textbook's table, and against simulated studies."""

from __future__ import annotations

import numpy as np
import pytest

from results.planning.mean_squares import Variances, variances
from results.planning.simulated_power import standardised
from results.planning.these_raters import smallest
from results.planning.vote_model import Assumptions, expected_vote, model


@pytest.mark.parametrize(("items", "effect"), [(34, 0.50), (199, 0.20), (15, 0.78)])
def test_the_table_of_the_t_test(items: int, effect: float) -> None:
    """Cohen (1988), section 2.4.1, one sample: 34 for d = .5 and 199 for .2 at power .80, two-sided .05."""
    found = smallest(Variances(items=1.0, raters=9.0, rest=0.0), items, 1)
    assert found == pytest.approx(effect, abs=0.006)


def test_studies_simulated_with_that_difference_show_it_as_often_as_wanted() -> None:
    believed = model(Assumptions(win=0.65, lean=0.0))
    mean = float(expected_vote(believed, np.array([believed.mean]), 1.0)[0])
    sizes = range(20, 200)
    items = next(n for n in sizes if (smallest(variances(believed), n, 5) or 9) <= mean)
    votes = believed.draw(4000, items, 5, np.random.default_rng(0))
    shown = float(np.mean(standardised(votes.mean(axis=2, dtype=float)) > 1.96))
    assert shown == pytest.approx(0.8, abs=0.03)


def test_more_raters_and_more_items_show_smaller_differences_and_leanings_play_no_part() -> None:
    of = Variances(0.5, 0.2, 1.0)
    assert smallest(of, 20, 3) == smallest(Variances(0.5, 0.0, 1.0), 20, 3)
    by_items = [smallest(of, n, 3) or 0 for n in (6, 12, 24, 48)]
    by_raters = [smallest(of, 24, r) or 0 for r in (1, 2, 4, 8)]
    assert by_items == sorted(by_items, reverse=True)
    assert by_raters == sorted(by_raters, reverse=True)
    assert smallest(of, 5, 3) is None
