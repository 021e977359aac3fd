"""Planning for raters at large: variances against simulated votes, power against the report's own rule, its words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from results.__main__ import main
from results.planning.at_large_power import Design, curves, drawn, expected_vote, leaning, planned, variances
from results.planning.vote_model import Assumptions, Model, as_ratings, model
from results.statistics.at_large import margin_at_large


@pytest.fixture(scope="module")
def votes() -> Model:
    return model(Assumptions(lean=0.05))


def test_variances_are_those_of_simulated_votes(votes: Model) -> None:
    made = votes.draw(3_000, 40, 5, np.random.default_rng(1)).astype(float)
    of = variances(votes)
    assert made.mean() == pytest.approx(float(expected_vote(votes, np.array([votes.mean]), 1.0)[0]), abs=0.02)
    assert made.reshape(-1).var() == pytest.approx(of.items + of.raters + of.rest, rel=0.01)
    centred = made - made.mean()
    one, other = centred[:, :20, 0].mean(axis=1), centred[:, 20:, 0].mean(axis=1)
    assert float(np.mean(one * other)) == pytest.approx(of.raters, abs=0.012), "one rater, other items"
    pairs = float(np.mean(centred[:, :, 0] * centred[:, :, 1]))
    assert pairs == pytest.approx(of.items, rel=0.05), "one item, two raters"


@pytest.mark.parametrize(("items", "raters"), [(40, 5), (30, 3)])
def test_power_is_that_of_the_reports_rule_on_simulated_votes(votes: Model, items: int, raters: int) -> None:
    made = votes.draw(400, items, raters, np.random.default_rng(2))
    found = [margin_at_large(as_ratings(study)).figure for study in made]
    shown = np.mean([one.low is not None and one.low > 0 for one in found])
    expected = planned(votes, Design(items, raters), 0.05, 0.8, 0.5, 0).power
    assert expected == pytest.approx(float(shown), abs=0.06)


def test_more_raters_not_more_votes(votes: Model) -> None:
    much = leaning(votes, 0.1)
    few, many = (planned(much, design, 0.05, 0.8, 0.5, 0) for design in (Design(100, 3), Design(33, 9)))
    assert (many.power or 0) > 2 * (few.power or 1)
    assert (many.smallest or 9) < (few.smallest or 0)
    more_items = planned(much, Design(1_000, 3), 0.05, 0.8, 0.5, 0)
    assert (more_items.power or 0) < (many.power or 0), "ten times the items do not make up for the raters"


def test_the_smallest_difference_has_the_power_asked_for(votes: Model) -> None:
    made = drawn(variances(votes), Design(60, 5), 0.05, 3)
    assert made is not None
    smallest = made.smallest(0.8)
    assert smallest is not None
    assert made.power(smallest) == pytest.approx(0.8, abs=0.005)
    assert made.power(0.0) < 0.03
    assert made.smallest(0.8) == drawn(variances(votes), Design(60, 5), 0.05, 3).smallest(0.8)  # type: ignore[union-attr]


def test_below_three_raters_nothing_is_said_at_large(votes: Model) -> None:
    found = planned(votes, Design(100, 2), 0.05, 0.8, 0.5, 0)
    assert (found.power, found.smallest, found.equivalent) == (None, None, None)


def test_curves_stand_for_as_many_votes(votes: Model) -> None:
    own, spread = curves(votes, Design(90, 5), 0.05, 0.8, 0.5, 0)
    assert [one.lean for one in own] == pytest.approx([0, 0.02, 0.05, 0.1])
    assert all(abs(row[0].raters * row[0].items - 450) <= row[0].raters for row in spread)
    powers = [one.power or 0 for one in own]
    assert powers == sorted(powers, reverse=True)


def test_the_command_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", "--items", "40", "--simulations", "100", "--minutes", "6", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["hours"] == 20
    assert [one["lean"] for one in found["at_large"]["by_lean"]] == pytest.approx([0, 0.02, 0.1])
    assert main(["power", "--items", "40", "--raters", "2", "--simulations", "100"]) == 0
    text = capsys.readouterr().out
    assert "For raters at large (4 hours of raters' work)" in text
    assert "More raters, not more votes" in text
