"""Planning of a study's own plan: its cells, its family of tests, a pilot's leaning, and what the command says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from results.__main__ import main
from results.commands.power import render
from results.export.folder import write
from results.planning.at_large_power import Asked, planned
from results.planning.mean_squares import variances
from results.planning.of_study import cells_of, family_size, latent, pilot_lean
from results.planning.vote_model import Assumptions, Cells, as_ratings, leaning, model
from results.record.power import PowerRecord
from results.statistics.agreement.icc import lean
from results.statistics.resample import Resampling
from studio.documents.plan import plan_facts
from tasks.design.planning import plan
from tasks.errors import InputError
from tasks.schema import Design, Hypothesis, Primary
from tasks.study.load import load_study
from tasks.study.starting import DEMO
from tests.judged import export, study

pytestmark = pytest.mark.slow

THREE = ("a", "b", "c")


def test_cells_are_those_of_the_plan() -> None:
    made = study(items=12, seats=6).model_copy(update={"design": Design(seats=6, raters_per_item=2)})
    lines = [line for line in plan(made) if line.kind == "main"]
    cells = cells_of(made, plan(made))
    assert cells is not None
    assert (cells.items, cells.raters, len(cells.item)) == (12, 6, 24)
    assert np.bincount(cells.rater).tolist() == [sum(line.seat == seat for line in lines) for seat in range(6)]


def test_of_several_pairs_the_named_one_counts_else_the_least_judged() -> None:
    made = study(items=30, systems=THREE, seats=6)
    named = made.model_copy(update={"primary": Primary(systems=("c", "a"))})
    lines = plan(made)
    own = sum(line.kind == "main" and set(line.order) == {"a", "c"} for line in lines)
    cells = cells_of(named, lines)
    assert cells is not None
    assert len(cells.item) == own
    fewest = cells_of(made, lines)
    assert fewest is not None
    assert len(fewest.item) <= own
    assert cells_of(made, ()) is None


def test_tests_are_the_family_that_the_report_corrects() -> None:
    two = study()
    three = study(systems=THREE)
    assert (family_size(two, 1), family_size(three, 3)) == (1, 3)
    assert family_size(three.model_copy(update={"primary": Primary(systems=("a", "b"))}), 3) == 1
    declared = (
        Hypothesis(systems=("a", "b")),
        Hypothesis(systems=("a", "c")),
        Hypothesis(systems=("b", "c"), family="secondary"),
    )
    assert family_size(three.model_copy(update={"hypotheses": declared}), 3) == 2


# --- a pilot's leaning --------------------------------------------------------------------------------------------


def test_lean_by_hand() -> None:
    """4 items x 3 raters, every rater one point above the one before: all variance within items is the raters'."""
    votes = np.array([[-1, 0, 1], [-2, -1, 0], [0, 1, 2], [-1, 0, 1]], dtype=np.int8)
    found = lean(as_ratings(votes), Resampling())
    # MSR = 4 * ((1 + 0 + 1) / 2) = 4, MSE = 0, MSU = 3 * var(0, -1, 1, 0) = 2: sr = 4 / 4, su = 2 / 3, se = 0
    assert found.value == pytest.approx(1 / (1 + 2 / 3))
    assert found.low is None, "four dialogues"


def test_the_interval_of_a_lean_holds_the_truth() -> None:
    made = leaning(model(Assumptions()), 0.1)
    truth, how = variances(made).lean, Resampling(1_000, 1)
    found = [lean(as_ratings(votes), how) for votes in made.draw(150, 30, 6, np.random.default_rng(5))]
    assert np.mean([(one.low or 0) <= truth <= (one.high or 0) for one in found]) >= 0.9


def test_leaning_of_votes_is_turned_into_that_of_the_model() -> None:
    made = model(Assumptions())
    for share in (0.0, 0.02, 0.3):
        assert variances(leaning(made, latent(made, share))).lean == pytest.approx(share, abs=1e-6)


def test_a_pilot_needs_five_raters(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found 4 raters; allowed: 5 or more"):
        pilot_lean(write(export(items=12, raters=4), tmp_path / "four"))
    found = pilot_lean(write(export(items=20, raters=6), tmp_path / "six"))
    assert found.low is not None
    assert found.high is not None
    assert found.low <= (found.value or 0) <= found.high


# --- command line -------------------------------------------------------------------------------------------------


def test_the_command_plans_with_a_pilot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pilot = write(export(items=20, raters=6), tmp_path / "pilot")
    asked = ["power", "--items", "40", "--raters", "8", "--each", "3", "--tests", "2", "--simulations", "100"]
    assert main([*asked, "--pilot", str(pilot), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    large = found["at_large"]
    assert large["tests"] == 2
    assert large["pilot"]["low"] is not None
    assert len(large["by_lean"]) == 6, "0, 2 and 10 %, and the pilot's value and ends"
    assert all(one["error"] > 0.005 for one in large["by_lean"] if 0.3 < one["power"] < 0.7)
    text = render(PowerRecord.model_validate_json(json.dumps(found)))
    assert "One of 2 tests corrected together (Holm)" in text
    assert "The pilot's own leaning" in text
    assert "40 items x 8 raters, 3 of them each" in text
    assert "+-0.0" in text


def test_the_command_plans_with_a_studys_own_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", "--study", str(DEMO), "--simulations", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["plan"]["items"], found["plan"]["raters"], found["at_large"]["tests"]) == (14, 5, 1)
    own = planned(leaning(model(Assumptions()), 0.02), _demo_cells(), Asked())
    assert found["at_large"]["by_lean"][1]["power"] == own.power
    assert main(["power", "--study", str(DEMO), "--items", "20"]) == 2
    assert "--items goes without --study" in capsys.readouterr().err
    assert main(["power", "--raters", "3", "--each", "4"]) == 2
    assert "--each: found 4; allowed: 1 to 3" in capsys.readouterr().err


def test_the_desk_says_what_the_command_says() -> None:
    demo = load_study(DEMO)
    facts = plan_facts(demo, plan(demo))
    own = [planned(leaning(model(Assumptions()), one), _demo_cells(), Asked()).power or 0 for one in (0.02, 0.1)]
    assert facts["large_power"] == f"2%: {own[0]:.2f}, 10%: {own[1]:.2f}"
    more = [float(part.split(": ")[1]) for part in facts["large_more"].split(", ")]
    assert more[0] > own[0]
    assert more[1] > own[1]


def _demo_cells() -> Cells:
    demo = load_study(DEMO)
    cells = cells_of(demo, plan(demo))
    assert cells is not None
    return cells
