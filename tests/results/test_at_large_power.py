"""Planning for raters at large: variances against simulated votes, power against the report's own rule, its words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from results.__main__ import main
from results.planning import mean_squares, simulated_at_large
from results.planning.at_large_power import Asked, Design, by_lean, planned, with_as_many_votes
from results.planning.estimates import monte_carlo_error
from results.planning.mean_squares import variances
from results.planning.vote_model import Assumptions, Model, as_ratings, expected_vote, leaning, model
from results.statistics.at_large import at_large, margin_at_large
from results.statistics.components import Votes
from results.statistics.figure import Sizes

WIDE = (-2.0, 2.0)


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
    expected = planned(votes, Design.complete(items, raters), Asked()).power
    assert expected == pytest.approx(float(shown), abs=0.06)


@pytest.mark.parametrize("design", [Design(12, 5, 3), Design(9, 3, 3), Design(30, 9, 2), Design(40, 40, 1)])
@pytest.mark.parametrize("lean", [0.0, 0.2])
def test_every_simulated_study_is_judged_as_the_report_judges_it(votes: Model, design: Design, lean: float) -> None:
    """Value and half-width of each study are those of `at_large` on its votes, one by one."""
    cells = design.cells(4)
    made = leaning(votes, lean).draw_cells(60, cells, np.random.default_rng(7)).astype(np.float64)
    found = simulated_at_large.judge(made, cells, 0.0).at(0.05)
    weight = np.full(len(cells.item), 1 / len(cells.item))
    for values, mean, half in zip(made, found.mean, found.half, strict=True):
        one = Votes(values, cells.item, cells.rater, weight)
        figure = at_large(one, "", Sizes(cells.items, cells.raters, len(values)), (-99.0, 99.0)).figure
        assert figure.value == pytest.approx(mean)
        if figure.low is None:
            assert half == np.inf or half == pytest.approx(0)
        else:
            assert figure.value is not None
            assert figure.value - figure.low == pytest.approx(half, rel=2e-4)


@pytest.mark.parametrize(("items", "raters", "lean"), [(100, 5, 0.02), (30, 3, 0.1), (40, 9, 0.0)])
def test_a_complete_design_gives_the_same_by_votes_as_by_mean_squares(
    votes: Model, items: int, raters: int, lean: float
) -> None:
    """Within the Monte-Carlo error of 2,000 studies, and a point for votes that are no normal numbers."""
    made = leaning(votes, lean)
    by_votes = simulated_at_large.estimates(made, Design.complete(items, raters).cells(0), 1).at(0.05)
    by_squares = mean_squares.drawn(variances(made), items, raters, 1).at(0.05)
    for difference in (0.2, 0.4, 0.6):
        expected = by_squares.power(difference)
        error = monte_carlo_error(expected, 2_000) + 0.01
        assert by_votes.power(difference) == pytest.approx(expected, abs=error), difference


def test_raters_who_share_the_items_out_show_more_than_few_who_judge_all(votes: Model) -> None:
    """The table of `docs/power.md`: 300 votes, ten per cent lean."""
    much = leaning(votes, 0.1)
    rows = [planned(much, design, Asked()) for design in with_as_many_votes(Design.complete(100, 3))]
    assert [(row.items, row.raters, row.each) for row in rows] == [(100, r, 3) for r in (3, 5, 9, 15)]
    powers = [row.power or 0 for row in rows]
    assert powers == sorted(powers)
    assert powers[-1] > 3 * powers[0]
    assert all(0.005 < (row.error or 0) < 0.025 for row in rows[1:])
    more_items = planned(much, Design.complete(1_000, 3), Asked())
    assert (more_items.power or 0) < powers[-1], "ten times the items do not make up for the raters"


def test_fewer_raters_than_planned_judge_more_items_each(votes: Model) -> None:
    designs = with_as_many_votes(Design(90, 10, 5))
    assert [(one.items, one.raters, one.each) for one in designs] == [
        (150, 3, 3), (90, 5, 5), (90, 9, 5), (90, 10, 5), (90, 15, 5)
    ]  # fmt: skip


def test_cells_share_items_out_evenly() -> None:
    cells = Design(50, 9, 4).cells(0)
    assert set(np.bincount(cells.item)) == {4}
    load = np.bincount(cells.rater)
    assert load.max() - load.min() <= 1
    assert len({*zip(cells.item.tolist(), cells.rater.tolist(), strict=True)}) == 200, "nobody meets an item twice"


def test_the_smallest_difference_has_the_power_asked_for(votes: Model) -> None:
    made = mean_squares.drawn(variances(votes), 60, 5, 3).at(0.05)
    smallest = made.smallest(0.8)
    assert smallest is not None
    assert made.power(smallest) == pytest.approx(0.8, abs=0.005)
    assert made.power(0.0) < 0.03
    assert made.smallest(0.8) == mean_squares.drawn(variances(votes), 60, 5, 3).at(0.05).smallest(0.8)


def test_below_three_raters_or_six_items_nothing_is_said_at_large(votes: Model) -> None:
    for design in (Design.complete(100, 2), Design.complete(5, 9)):
        found = planned(votes, design, Asked())
        assert (found.power, found.error, found.smallest, found.equivalent) == (None, None, None, None)


def test_a_family_of_tests_has_less_power_each(votes: Model) -> None:
    alone, together = (planned(votes, Design.complete(100, 5), Asked(tests=m)) for m in (1, 3))
    strict = planned(votes, Design.complete(100, 5), Asked(level=0.05 / 3))
    assert (together.power or 1) < (alone.power or 0)
    assert together == strict, "Holm's first step"


def test_more_leaning_leaves_less_power(votes: Model) -> None:
    own = by_lean(votes, Design.complete(90, 5), Asked(), (0.0, 0.02, 0.05, 0.1))
    powers = [one.power or 0 for one in own]
    assert powers == sorted(powers, reverse=True)
    assert by_lean(votes, Design.complete(90, 5), Asked(), (0.99,)) == [], "no room beside the items' variance"


def test_the_command_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", "--items", "40", "--simulations", "100", "--minutes", "6", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["hours"] == 20
    assert [one["lean"] for one in found["at_large"]["by_lean"]] == pytest.approx([0, 0.02, 0.1])
    assert main(["power", "--items", "40", "--raters", "2", "--simulations", "100"]) == 0
    text = capsys.readouterr().out
    assert "For raters at large, by how far raters lean (4 hours of work, 2.0 of each)" in text
    assert "One comparison alone" in text
    assert "More raters, not more votes" in text
