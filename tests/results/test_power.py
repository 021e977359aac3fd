"""Power: the exact floor of the sign test, and a simulation that agrees with it and with the assumptions made."""

from __future__ import annotations

import json
from math import comb
from typing import Any

import numpy as np
import pytest

from results.__main__ import main
from results.planning.sign_power import critical_losses, decisive_pairs, sign_test_power
from results.planning.simulated_power import Plan, expected, items_needed, margins, standardised
from results.planning.vote_model import Assumptions, Model, Votes, as_ratings, expected_alpha, model, without_difference
from results.statistics.agreement.alpha import both_ways, value
from results.statistics.signflip import sign_flip

QUICK = Plan(simulations=600, seed=2)


# --- exact ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("win", "pairs"), [(0.60, 210), (0.65, 97), (0.70, 54)])
def test_floor_of_decisive_pairs(win: float, pairs: int) -> None:
    assert decisive_pairs(win) == pairs
    assert sign_test_power(pairs - 1, win) < 0.8
    assert all(sign_test_power(more, win) >= 0.8 for more in range(pairs, pairs + 100))


@pytest.mark.parametrize(("win", "power"), [(0.60, 0.37), (0.65, 0.72), (0.70, 0.94)])
def test_power_of_eighty_decisive_pairs(win: float, power: float) -> None:
    assert sign_test_power(80, win) == pytest.approx(power, abs=0.005)


def test_power_by_hand() -> None:
    # 6 pairs: P(0 losses) = 1/64 <= 0.025, P(<= 1) = 7/64: it rejects at 6:0 and 0:6 alone
    assert critical_losses(6) == 0
    assert sign_test_power(6, 0.7) == pytest.approx(0.7**6 + 0.3**6)
    # 5 pairs: even 5:0 has P = 1/32 > 0.025, so it never rejects
    assert critical_losses(5) == -1
    assert sign_test_power(5, 0.99) == 0


@pytest.mark.parametrize("pairs", [1, 7, 20, 80, 143])
def test_critical_losses_are_the_most_within_half_the_level(pairs: int) -> None:
    def tail(losses: int) -> float:
        return float(sum(comb(pairs, k) for k in range(losses + 1)) / 2**pairs)

    critical = critical_losses(pairs)
    assert tail(critical) <= 0.025 < tail(critical + 1)


def test_no_number_of_pairs_shows_what_is_not_there() -> None:
    assert decisive_pairs(0.5) is None
    assert decisive_pairs(0.505) is None
    assert decisive_pairs(0.4) == decisive_pairs(0.6)


# --- model ------------------------------------------------------------------------------------------------------


def vote_alpha(votes: Votes) -> float:
    return value(both_ways(as_ratings(votes)), "ordinal")


def test_votes_have_the_shares_and_the_agreement_assumed() -> None:
    assumed = Assumptions(win=0.7, ties=0.25, strong=0.3, agreement=0.4, lean=0.05)
    votes = model(assumed).draw(500, 20, 5, np.random.default_rng(9))
    assert np.mean(votes == 0) == pytest.approx(0.25, abs=0.01)
    assert np.mean(np.abs(votes[votes != 0]) == 2) == pytest.approx(0.3, abs=0.01)
    assert vote_alpha(votes.reshape(-1, 5)) == pytest.approx(0.4, abs=0.015)


def test_alpha_by_quadrature_is_that_of_the_package_on_many_votes() -> None:
    for assumed in (Assumptions(), Assumptions(win=0.9, ties=0.05, agreement=0.8, lean=0.0), Assumptions(lean=0.3)):
        made = model(assumed)
        votes = made.draw(1_000, 10, 6, np.random.default_rng(3)).reshape(-1, 6)
        assert vote_alpha(votes) == pytest.approx(expected_alpha(made), abs=0.015)
        assert expected_alpha(made) == pytest.approx(assumed.agreement, abs=1e-4)


def test_many_raters_prefer_the_better_system_on_the_share_assumed() -> None:
    votes = model(Assumptions(win=0.7, lean=0.0)).draw(20, 100, 400, np.random.default_rng(4))
    assert np.mean(margins(votes) > 0) == pytest.approx(0.7, abs=0.03)


def test_without_difference_neither_system_wins() -> None:
    votes = without_difference(model(Assumptions(win=0.9))).draw(500, 20, 5, np.random.default_rng(4))
    assert votes.mean() == pytest.approx(0, abs=0.03)


def test_an_agreement_out_of_reach_is_said() -> None:
    with pytest.raises(ValueError, match=r"agreement 0.95 cannot be reached with lean 0.3"):
        model(Assumptions(agreement=0.95, lean=0.3))


# --- simulation -------------------------------------------------------------------------------------------------


def test_noiseless_votes_have_the_power_of_the_exact_sign_test() -> None:
    """One rater without noise, leaning or ties on 80 items: each item is a decisive pair won with chance 0.65."""
    from results.planning.simulated_power import study_facts

    clear = Model(mean=0.38532046640756773, item=1.0, rater=0.0, vote=0.0, slightly=0.0, clearly=10.0)
    facts = study_facts(clear.draw(4000, 80, 1, np.random.default_rng(0)), Plan(items=80, raters=1, each=1))
    assert facts.decisive.min() == 80
    assert facts.won.mean() / 80 == pytest.approx(0.65, abs=0.005)
    assert facts.sign_test.mean() == pytest.approx(sign_test_power(80, 0.65), abs=0.025)


def test_normal_limit_decides_as_the_sign_flip_test_of_the_report() -> None:
    found = margins(model(Assumptions(win=0.62)).draw(200, 40, 3, np.random.default_rng(3)))
    limit = np.abs(standardised(found)) > 1.959964
    exact = np.array([(sign_flip(row).p_value or 1) <= 0.05 for row in found])
    assert 0.1 < exact.mean() < 0.9
    assert np.mean(limit == exact) >= 0.97


@pytest.mark.slow
def test_more_raters_agreement_and_effect_give_more_power_and_leaning_gives_false_alarms() -> None:
    def power(assumed: Assumptions, raters: int = 5) -> float:
        value = expected(model(assumed), Plan(items=60, raters=raters, each=raters, simulations=400)).power_margin.value
        assert value is not None
        return value

    middle = power(Assumptions(win=0.62))
    assert power(Assumptions(win=0.7)) > middle + 0.1
    assert power(Assumptions(win=0.62), raters=1) < middle - 0.1
    assert power(Assumptions(win=0.62, agreement=0.6, lean=0)) > middle
    fair = expected(model(Assumptions(lean=0)), QUICK).false_alarms
    leaning = expected(model(Assumptions(lean=0.05)), QUICK).false_alarms
    assert fair.low is not None
    assert fair.high is not None
    assert fair.low <= 0.06
    assert fair.high >= 0.04
    assert leaning.low is not None
    assert leaning.low > fair.high


@pytest.mark.slow
def test_alpha_and_its_width_are_those_of_the_assumptions() -> None:
    small, large = (expected(model(Assumptions()), Plan(items=n, simulations=200)) for n in (50, 200))
    assert small.alpha == pytest.approx(0.35, abs=0.04)
    assert small.alpha_width is not None
    assert large.alpha_width is not None
    # the width falls with the root of the number of items: 200 against 50 is half
    assert large.alpha_width == pytest.approx(small.alpha_width / 2, rel=0.2)
    assert expected(model(Assumptions()), Plan(raters=1, each=1, simulations=100)).alpha is None


def test_items_needed_have_the_power_wanted() -> None:
    assumed = Assumptions(win=0.68, lean=0)
    needed = items_needed(model(assumed), QUICK, raters=5)
    assert needed is not None
    again = expected(model(assumed), Plan(items=needed, simulations=1500, seed=77)).power_margin
    assert again.value == pytest.approx(0.8, abs=0.04)
    assert items_needed(model(Assumptions(win=0.51)), QUICK, raters=1) is None


# --- command line -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_command_prints_one_json_object_that_is_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    found = [_answer(capsys) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0]["exact"]["decisive_pairs"] == {"0.6": 210, "0.65": 97, "0.7": 54}
    assert set(found[0]["expected"]["power_margin"]) == {"value", "low", "high", "method", "reason"}
    assert [row["raters"] for row in found[0]["needed"]] == [1, 2, 3, 5, 8, 12]


def _answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["power", "--items", "30", "--simulations", "100", "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.slow
def test_command_prints_the_floor_and_what_cannot_be_reached(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", "--items", "30", "--simulations", "100", "--win", "0.52"]) == 0
    out = capsys.readouterr().out
    assert "210 for 0.6" in out
    assert "over 1000" in out


def test_contradicting_assumptions_and_values_out_of_range_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", "--agreement", "0.99", "--lean", "0.4"]) == 2
    assert "cannot be reached" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["power", "--win", "1.2"])
    assert ended.value.code == 2
    assert "--win: found 1.2; allowed: 0.5 to 0.99" in capsys.readouterr().err
