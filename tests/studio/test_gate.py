"""The practice gate: off unless asked for; with it, pairs wait until each practice pair was answered as named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.service import Service
from tasks.errors import InputError
from tasks.schema import Design
from tasks.study.load import load_study
from tasks.study.save import save_study
from tests import studio_world as w

GATE = Design(practice_gate=True)


def state(here: Service, token: str) -> dict[str, Any]:
    return here.dispatch(token, {"do": "state"})


def answer(here: Service, token: str, right: bool) -> dict[str, Any]:
    """Judge the first pair offered; practice-1 is the one to prefer."""
    pair = state(here, token)["pairs"][0]
    one_is_first = pair["responses"][0]["text"] == "練習0"
    reply = w.submit(here, token, w.form(pair["assignment_id"], -1 if right == one_is_first else 1))
    assert reply["saved"] is True
    return dict(reply["state"])


def test_pairs_wait_until_practice_is_answered_as_the_study_names_it(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=2, seats=1, practice=2, design=GATE)
    first, second = (pair["assignment_id"] for pair in state(here, token)["pairs"])
    now = answer(here, token, right=False)
    assert [(p["assignment_id"], p["again"]) for p in now["pairs"]] == [(second, False), (first, True)]
    now = answer(here, token, right=True)
    assert [(p["assignment_id"], p["again"]) for p in now["pairs"]] == [(first, True)]
    assert now["step"] == "practice"
    now = answer(here, token, right=False)
    assert [p["assignment_id"] for p in now["pairs"]] == [first], "as often as it takes"
    now = answer(here, token, right=True)
    assert now["step"] == "pairs"
    assert [p["number"] for p in now["pairs"]] == [1, 2]
    assert here.verify()[1] == []


def test_a_practice_pair_that_was_left_is_not_answered(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1, practice=1, design=GATE)
    pair = state(here, token)["pairs"][0]["assignment_id"]
    form = w.form(pair) | {"answers": [], "left": "skipped"}
    assert w.submit(here, token, form)["state"]["pairs"][0]["again"] is True


def test_without_a_gate_any_answer_will_do(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1, practice=1)
    assert answer(here, token, right=False)["step"] == "pairs"


def test_nothing_tells_which_answer_the_gate_waits_for(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1, practice=1, design=GATE)
    assert "better" not in state(here, token)["pairs"][0]


def test_the_gate_goes_to_a_folder_and_back(tmp_path: Path) -> None:
    study = w.study(items=1, practice=1, design=GATE)
    save_study(study, tmp_path / "study")
    assert load_study(tmp_path / "study").practice == study.practice


def test_a_gate_without_a_practice_pair_that_could_open_it_is_refused(tmp_path: Path) -> None:
    study = w.study(items=1, practice=1, design=GATE)
    save_study(study, tmp_path / "study")
    lines = tmp_path / "study" / "practice.jsonl"
    lines.write_text(lines.read_text(encoding="utf-8").replace(', "better": 0', ""), encoding="utf-8")
    with pytest.raises(InputError, match=r"practice_gate: found true; allowed where a line of practice.jsonl says"):
        load_study(tmp_path / "study")
