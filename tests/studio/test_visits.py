"""The public demo: three pairs, then which was which; nothing stored, nothing told too early, nobody let in further."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from results.report.build import build
from studio.demo import visits
from studio.demo.visits import Visits
from studio.service import Service
from studio.settings import from_environment
from studio.store.database import Store
from tasks.study.load import load_study
from tests import studio_world as w

DEMO = Path(__file__).parents[2] / "tasks" / "demo"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Service:
    service = Service(Store(f"sqlite:///{tmp_path_factory.mktemp('demo')}/studio.sqlite"), demonstration=True)
    OPENED[service] = visits.open_to_all(service, load_study(DEMO))
    return service


OPENED: dict[Service, Visits] = {}


def open_(here: Service) -> Visits:
    return OPENED[here]


def ask(room: Visits, state: dict[str, Any], **request: Any) -> dict[str, Any]:
    return room.dispatch(None, request | {"visit": state["visit"]})


def judge(room: Visits, state: dict[str, Any], preference: int = -2) -> dict[str, Any]:
    form = w.form(state["pairs"][0]["assignment_id"], preference)
    return dict(ask(room, state, do="submit", submission=form)["state"])


def test_the_store_holds_what_simulated_raters_gave_and_says_so(here: Service) -> None:
    export = here.in_memory("demo")
    assert export.study.simulated is True
    assert here.studies()[0].closed_at is not None
    assert [(row.done, row.total) for row in here.progress("demo")] == [(14, 14)] * 5
    assert here.verify()[1] == []


def test_nothing_tells_which_is_which_before_the_third_pair(here: Service) -> None:
    room = open_(here)
    state = room.dispatch(None, {"do": "state"})
    names = [s.system_id for s in here.study("demo").systems] + [str(s.name) for s in here.study("demo").systems]
    for left in (3, 2, 1):
        assert len(state["pairs"]) == left
        assert state["reveal"] is None
        text = json.dumps(state, ensure_ascii=False)
        assert not [name for name in names if name in text]
        state = judge(room, state)
    assert state["ended"] is True
    assert [pair["own"] for pair in state["reveal"]["pairs"]] == ["first"] * 3


def test_the_reveal_counts_what_the_simulated_raters_chose(here: Service) -> None:
    room, export = open_(here), here.in_memory("demo")
    state = room.dispatch(None, {"do": "state"})
    shown = {pair["assignment_id"]: pair for pair in state["pairs"]}
    while not state["ended"]:
        state = judge(room, state, 0)
    texts = {(r.item_id, r.system_id): r.text for r in here.study("demo").responses}
    names = {s.system_id: s.name for s in here.study("demo").systems}
    for pair, told in zip(shown.values(), state["reveal"]["pairs"], strict=True):
        keys = [key for response in pair["responses"] for key, text in texts.items() if text == response["text"]]
        (item, first), (_, second) = keys
        votes = [row.chosen_system for row in export.judgments
                 if (row.item_id, row.criterion) == (item, "preference") and row.value is not None]  # fmt: skip
        assert told["raters"] == [votes.count(first), votes.count(None), votes.count(second)]
        assert [name["ja"] in str(names[key]) for name, key in zip(told["names"], (first, second), strict=True)]
        assert told["own"] == "same"
        assert [said["ja"] for said in told["responses"]] == [texts[item, first], texts[item, second]]
    shares = [system["share"] for system in state["reveal"]["systems"]]
    assert sum(shares) == pytest.approx(1)
    assert all(s["low"] <= s["share"] <= s["high"] for s in state["reveal"]["systems"])


def test_the_reveal_has_whole_texts_in_both_languages_and_the_reports_answer(here: Service) -> None:
    room, study = open_(here), here.study("demo")
    state = room.dispatch(None, {"do": "state"})
    while not state["ended"]:
        state = judge(room, state)
    turns = {turn.text: turn.translation for item in study.items for turn in item.turns[-1:]}
    translated = {one.text: one.translation for one in study.responses}
    for pair in state["reveal"]["pairs"]:
        for said, known in ((pair["last"], turns), *((one, translated) for one in pair["responses"])):
            original = known[said["ja"]]
            assert original is not None
            assert said["en"] == original.text("en")
    from results.report.sections.answer import headline

    record = build(here.in_memory("demo")).record
    told = " ".join(headline(record.study, record.preference, "en"))
    assert state["reveal"]["answer"]["en"] == told


def test_where_the_program_is_stands_on_a_space_alone(here: Service) -> None:
    assert open_(here).dispatch(None, {"do": "state"})["source"] == ""
    assert from_environment({}).source == ""
    assert from_environment({"SPACE_ID": "owner/demo"}).source == "https://huggingface.co/spaces/owner/demo/tree/main"


def test_sides_are_drawn_anew_for_every_visitor(here: Service) -> None:
    room = open_(here)
    firsts = {room.dispatch(None, {"do": "state"})["pairs"][0]["responses"][0]["text"] for _ in range(60)}
    assert len(firsts) > 14, "more texts stand first than there are items"


def test_a_pair_that_was_left_counts_for_nobody(here: Service) -> None:
    room = open_(here)
    state = room.dispatch(None, {"do": "state"})
    while not state["ended"]:
        form = w.form(state["pairs"][0]["assignment_id"]) | {"answers": [], "left": "skipped"}
        state = ask(room, state, do="submit", submission=form)["state"]
    assert [pair["own"] for pair in state["reveal"]["pairs"]] == [None] * 3
    assert [system["own"] for system in state["reveal"]["systems"]] == [0, 0]


def test_comments_and_choices_are_kept_nowhere(here: Service) -> None:
    room = open_(here)
    with here.store.read() as connection:
        before = connection.exec_driver_sql("select count(*) from events").scalar_one()
    state = room.dispatch(None, {"do": "state"})
    form = w.form(state["pairs"][0]["assignment_id"]) | {"comment": "ここだけの話"}
    assert "ここだけ" not in json.dumps(ask(room, state, do="submit", submission=form), ensure_ascii=False)
    with here.store.read() as connection:
        assert connection.exec_driver_sql("select count(*) from events").scalar_one() == before


@pytest.mark.parametrize("do", ["answers", "open", "consent", "profile", "finish", "device", "withdraw", "", None, 3])
def test_what_a_visitor_cannot_ask(here: Service, do: Any) -> None:
    assert open_(here).dispatch(None, {"do": do})["error"]["code"] == "unknown_request"


def test_wrong_visits_and_forms_are_refused_in_words(here: Service) -> None:
    room = open_(here)
    state = room.dispatch(None, {"do": "state"})
    other = room.dispatch(None, {"do": "state"})
    form = w.form(other["pairs"][0]["assignment_id"])
    assert ask(room, state, do="submit", submission=form)["error"]["code"] == "not_yours"
    assert room.dispatch(None, {"do": "submit", "submission": form})["error"]["code"] == "signed_out"
    assert ask(room, state, do="submit", submission={})["error"]["code"] == "invalid"
    while not state["ended"]:
        form = w.form(state["pairs"][0]["assignment_id"])
        state = ask(room, state, do="submit", submission=form)["state"]
    assert ask(room, state, do="submit", submission=form)["error"]["code"] == "answers_closed"


def test_the_oldest_visit_is_forgotten(here: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST_VISITS", 2)
    study = here.study("demo")
    export = here.in_memory("demo")
    room = Visits(study, export, build(export, 100).record, draw=random.Random(1))
    first, *others = [room.dispatch(None, {"do": "state"}) for _ in range(3)]
    assert ask(room, first, do="state")["visit"] != first["visit"]
    assert ask(room, others[1], do="state")["visit"] == others[1]["visit"]


def test_a_visitor_may_look_at_the_organisers_page_and_change_nothing(here: Service, tmp_path: Path) -> None:
    found = here.organiser(None)
    assert (found.role, found.actor) == ("viewer", "visitor") if found else False
    ordinary, _ = w.world(tmp_path)
    assert ordinary.organiser(None) is None
