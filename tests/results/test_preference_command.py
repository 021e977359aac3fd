"""`python -m results preference`: published strengths, transposed wins, what cannot be fitted, every fault by place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.__main__ import main
from results.statistics.resample import Resampling
from results.tables.preference import preference
from results.tables.votes import Cast
from tests import published

QUICK = Resampling(resamples=100, seed=2)
OPTIONS = ["--item", "i", "--rater", "r", "--left", "a", "--right", "b", "--winner", "w", "--resamples", "100"]
WINNERS = ["left", "right", "tie"]
Vote = tuple[str, str, str, str]
"""Item, left, right, winner."""


def found_in(votes: list[Vote]) -> dict[str, Any]:
    outcome = [{"left": 1, "right": -1, "tie": 0}[vote[3]] for vote in votes]
    items = [vote[0] for vote in votes]
    raters = [f"r{n}" for n in range(len(votes))]
    cast = Cast(
        items, raters, [v[1] for v in votes], [v[2] for v in votes], outcome, items, [abs(one) for one in outcome]
    )
    return preference(cast, QUICK).model_dump(mode="json")


def write(path: Path, votes: list[Vote]) -> Path:
    lines = [f"{item},r{n},{a},{b},{w}" for n, (item, a, b, w) in enumerate(votes)]
    path.write_text("\n".join(["i,r,a,b,w", *lines]) + "\n", encoding="utf-8")
    return path


def pudding() -> list[Vote]:
    """Davidson's pudding data as single votes, each an item of its own."""
    votes: list[Vote] = []
    for row in published.case("bt-davidson-pudding")["data"]:
        one, two = str(row["i"]), str(row["j"])
        for winner, count in (("left", row["wins_i"]), ("right", row["wins_j"]), ("tie", row["ties"])):
            votes += [(f"{one}-{two}-{winner}-{n}", one, two, winner) for n in range(count)]
    return votes


def test_davidson_1970_pudding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = published.case("bt-davidson-pudding")
    path = write(tmp_path / "pudding.csv", pudding())
    assert main(["preference", str(path), *OPTIONS, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    strength = {name: entry["strength"] for name, entry in found["systems"].items()}
    assert sum(strength.values()) == pytest.approx(0, abs=1e-9)
    for name, value in case["expected"]["log_ability_vs_1"].items():
        assert strength[name] - strength["1"] == pytest.approx(value, abs=case["tolerance"])
    assert found["ties_nu"] == pytest.approx(case["expected"]["nu"], abs=case["tolerance"])
    assert all(entry["low"] < entry["strength"] < entry["high"] for entry in found["systems"].values())


def test_the_shape_of_the_object() -> None:
    found = found_in(pudding())
    counted = {"n_items", "n_clusters", "n_raters", "n_votes"}
    figures = {"systems", "ties_nu", "connected", "finite", "pairs", "agreement", "first_side_rate", "strongest"}
    assert set(found) == {*counted, *figures, "reading", "standing"}
    assert set(found["systems"]["1"]) == {"strength", "low", "high", "reason", "wins", "losses", "ties"}
    items = {"left", "right", "wins", "losses", "ties", "p_value", "low", "high", "reason"}
    margins = {"these_raters", "raters_at_large", "lean", "n_items", "n_raters", "n_votes"}
    assert set(found["pairs"][0]) == items | margins
    assert set(found["pairs"][0]["these_raters"]) == {"estimand", "margin", "test"}
    assert set(found["first_side_rate"]) == {"value", "low", "high", "method", "reason"}
    assert (found["connected"], found["finite"]) == (True, True)


def test_a_pair_counts_items_by_the_majority_of_their_votes() -> None:
    votes: list[Vote] = []
    for item, winners in {"1": "llr", "2": "ltt", "3": "lr", "4": "rrt", "5": "l", "6": "t"}.items():
        words = {"l": "left", "r": "right", "t": "tie"}
        votes += [(item, "x", "y", words[winner]) for winner in winners]
    pair = found_in(votes)["pairs"][0]
    # 1 and 5 go to x, 4 to y; 2 and 6 are ties by majority, 3 has two leaders. Sign test of 2 : 1 is 1.
    assert (pair["wins"], pair["losses"], pair["ties"], pair["p_value"]) == (2, 1, 3, 1.0)
    assert (pair["low"], pair["reason"]) == (None, "few_dialogues")  # three decisive items


def test_the_first_side_is_counted_whoever_stands_there() -> None:
    votes = [("1", "x", "y", "left"), ("2", "y", "x", "left"), ("3", "x", "y", "right"), ("4", "y", "x", "tie")]
    assert found_in(votes)["first_side_rate"]["value"] == pytest.approx(2 / 3)


rows = st.lists(
    st.tuples(
        st.sampled_from("123456"), st.sampled_from(["xy", "yz", "xz"]), st.sampled_from(["left", "right", "tie"])
    ),
    min_size=3,
    max_size=40,
)


@pytest.mark.slow
@settings(max_examples=40)
@given(rows, st.data())
def test_sides_may_be_exchanged_vote_by_vote(drawn: list[tuple[str, str, str]], data: st.DataObject) -> None:
    votes: list[Vote] = [(item, pair[0], pair[1], winner) for item, pair, winner in drawn]
    other = {"left": "right", "right": "left", "tie": "tie"}
    turned = [(i, b, a, other[w]) if data.draw(st.booleans()) else (i, a, b, w) for i, a, b, w in votes]
    one, two = found_in(votes), found_in(turned)
    assert {k: v for k, v in one.items() if k != "first_side_rate"} == {
        k: v for k, v in two.items() if k != "first_side_rate"
    }


@pytest.mark.slow
@settings(max_examples=40)
@given(rows)
def test_transposed_wins_turn_every_strength(drawn: list[tuple[str, str, str]]) -> None:
    votes: list[Vote] = [(item, pair[0], pair[1], winner) for item, pair, winner in drawn]
    other = {"left": "right", "right": "left", "tie": "tie"}
    one, two = found_in(votes), found_in([(i, a, b, other[w]) for i, a, b, w in votes])
    assert (one["connected"], one["finite"]) == (two["connected"], two["finite"])
    for name, entry in one["systems"].items():
        assert (entry["wins"], entry["losses"]) == (two["systems"][name]["losses"], two["systems"][name]["wins"])
        if entry["strength"] is not None:
            assert entry["strength"] == pytest.approx(-two["systems"][name]["strength"], abs=1e-6)


@pytest.mark.slow
@settings(max_examples=30)
@given(rows)
def test_names_do_not_matter(drawn: list[tuple[str, str, str]]) -> None:
    names = {"x": "m", "y": "a", "z": "k"}
    votes: list[Vote] = [(item, pair[0], pair[1], winner) for item, pair, winner in drawn]
    one, two = found_in(votes), found_in([(i, names[a], names[b], w) for i, a, b, w in votes])
    for name, entry in one["systems"].items():
        assert entry["strength"] == pytest.approx(two["systems"][names[name]]["strength"], abs=1e-6)


def test_groups_never_compared_are_said_and_not_fitted() -> None:
    votes = [(str(n), a, b, w) for a, b in ("wx", "yz") for n, w in enumerate(("left", "right", "tie"))]
    found = found_in(votes)
    assert (found["connected"], found["finite"], found["ties_nu"]) == (False, False, None)
    assert all(entry["strength"] is None for entry in found["systems"].values())
    assert found["pairs"]


def test_a_system_that_always_wins_has_no_finite_strength() -> None:
    votes = [("1", "x", "y", "left"), ("2", "x", "y", "left"), ("3", "y", "z", "left"), ("4", "z", "y", "left")]
    found = found_in(votes)
    assert (found["connected"], found["finite"]) == (True, False)


def test_without_ties_the_model_is_bradley_terry() -> None:
    # 3 wins to 1: log odds log 3, so strengths +- log(3) / 2 = +- 0.5493; nu = 0.
    votes = [(str(n), "x", "y", "left" if n else "right") for n in range(4)]
    found = found_in(votes)
    assert found["ties_nu"] == 0
    assert found["systems"]["x"]["strength"] == pytest.approx(0.549306, abs=1e-5)


def test_empty_winners_are_missing_votes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.csv", [("1", "x", "y", ""), ("2", "x", "y", "left"), ("2", "x", "y", "right")])
    assert main(["preference", str(path), *OPTIONS, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["systems"]["x"] | {"strength": 0, "low": 0, "high": 0} == {
        "strength": 0, "low": 0, "high": 0, "reason": "few_dialogues", "wins": 1, "losses": 1, "ties": 0,
    }  # fmt: skip


def test_no_vote_at_all_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.csv", [("1", "x", "y", "")])
    for more in ([], ["--json"]):
        assert main(["preference", str(path), *OPTIONS, *more]) == 0
    assert capsys.readouterr().out


def test_every_fault_names_file_row_column_and_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "v.csv"
    path.write_text(
        "i,r,a,b,w\n1,r1,x,y,X\n1,r1,x,x,left\n,r1,x,y,tie\n2,r1,x,y,tie\n2,r1,y,x,left\n", encoding="utf-8"
    )
    assert main(["preference", str(path), *OPTIONS]) == 2
    found = [line.removeprefix("error: ") for line in capsys.readouterr().err.splitlines()]
    assert f"{path}, row 2, column w: found 'X'; allowed: left, right, tie, a system of the row, or nothing" in found
    assert f"{path}, row 3, column b: found 'x', the system of column a too; two are needed" in found
    assert f"{path}, row 4, column i: is empty; a name is needed" in found
    assert (
        f"{path}, row 6, column w: found 'left'; rater 'r1' voted on item '2' and this pair in row 5 already" in found
    )


def test_text_for_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preference", str(write(tmp_path / "v.csv", pudding())), *OPTIONS]) == 0
    printed = capsys.readouterr().out
    assert "Exploratory: a table declares no test beforehand." in printed
    assert "nu = 0.747" in printed
    assert "Share of decisive votes for the left (first) side" in printed


def few_ties(ties: int) -> list[Vote]:
    """A hundred votes on a hundred items, x before y before z by and large, some of them ties."""
    random = np.random.default_rng(5)
    pairs = [("x", "y"), ("y", "z"), ("x", "z")]
    votes: list[Vote] = []
    for item in range(100):
        left, right = pairs[item % 3]
        winner = "tie" if item < ties else "left" if random.random() < 0.65 else "right"
        votes.append((str(item), left, right, winner))
    return votes


@pytest.mark.parametrize("ties", [0, 1, 2, 5])
def test_strengths_have_intervals_with_few_ties_or_none(ties: int) -> None:
    for name, system in found_in(few_ties(ties))["systems"].items():
        assert system["low"] is not None, name
        assert system["low"] < system["strength"] < system["high"]
        assert system["reason"] is None


def test_one_tie_hardly_moves_an_interval() -> None:
    none, one = (found_in(few_ties(ties))["systems"]["x"] for ties in (0, 1))
    assert one["low"] == pytest.approx(none["low"], abs=0.1)
    assert one["high"] == pytest.approx(none["high"], abs=0.1)


def test_the_reason_for_no_interval_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    votes = [(str(n), "x", "y", "left" if n else "right") for n in range(4)]
    assert main(["preference", str(write(tmp_path / "v.csv", votes)), *OPTIONS]) == 0
    assert "– No interval: fewer than six dialogues (resampled units)." in capsys.readouterr().out


def test_a_tiny_p_value_is_no_zero() -> None:
    votes = [(str(n), "x", "y", "left" if n < 990 else "right") for n in range(1000)]
    assert 0 < found_in(votes)["pairs"][0]["p_value"] < 1e-200
