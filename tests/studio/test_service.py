"""The service: a rater's road, forms resolved to systems, refusals that change nothing."""

from __future__ import annotations

import json
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from studio.service import Refusal, Service, StudioError
from studio.store import identity_table, queries
from studio.store.database import Store
from studio.store.events import read
from studio.store.rows import JudgmentRow
from tests import studio_world as w


def state(here: Service, token: str) -> dict[str, Any]:
    return here.dispatch(token, {"do": "state"})


def events_of(here: Service) -> list[Any]:
    with here.store.read() as connection:
        return list(read(connection))


def code(answer: dict[str, Any]) -> str:
    assert answer["saved"] is False
    assert answer["error"]["ja"]
    assert answer["error"]["en"]
    return str(answer["error"]["code"])


def order_of(here: Service, assignment_id: str) -> tuple[str, ...]:
    with here.store.read() as connection:
        row = queries.assignment(connection, "sleep", assignment_id)
    assert row is not None
    return row.order


def judgments_of(here: Service) -> dict[tuple[str, str], JudgmentRow]:
    with here.store.read() as connection:
        return {(j.criterion, j.target): j for _, j in queries.judgments_that_count(connection, "sleep")}


def finish_pairs(here: Service, token: str, until: str) -> dict[str, Any]:
    """Answer whatever comes until the step is reached."""
    now = state(here, token)
    while now["step"] != until:
        if now["blinding"]:
            now = here.dispatch(token, {"do": "blinding"})["state"]
        one = w.form(now["pairs"][0]["assignment_id"])
        if now["step"] == "blinding":
            one["answers"] = [{"criterion": "blinding", "side": "pair", "value": "second"}]
        answer = w.submit(here, token, one)
        assert answer["saved"], answer
        now = answer["state"]
    return now


# --- state ------------------------------------------------------------------------------------------------------


def test_state_gives_three_pairs_and_nothing_that_names_a_system(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=6)
    now = state(here, tokens[0])
    assert now["step"] == "pairs"
    assert [pair["number"] for pair in now["pairs"]] == [1, 2, 3]
    assert now["rater"] == {"code": "R001", "done": 0, "total": 6, "active_seconds": 0.0, "language": None}
    pair = now["pairs"][0]
    assert set(pair) == {"assignment_id", "number", "practice", "turns", "responses", "written", "question", "answers"}
    assert pair["turns"][0] == {"role": "client", "text": "眠れない日が続いています。i00"}
    text = json.dumps(now, ensure_ascii=False)
    assert w.SECRET not in text
    assert w.REFERENCE not in text
    assert "dialogue-" not in text


def test_a_receipt_sends_nothing_again_that_the_page_holds(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=5, seats=1, practice=2)
    now = state(here, token)
    ids = [pair["assignment_id"] for pair in now["pairs"]]

    def told(number: int, held: Any) -> Any:
        asked = {"do": "submit", "submission": w.form(ids[number]), "held": held}
        return here.dispatch(token, asked)["state"]

    after = told(0, ids)
    assert "study" not in after
    assert after["pairs"][0] == now["pairs"][1], "a practice pair is always whole"
    assert after["pairs"][1] == {"assignment_id": ids[2]}
    assert after["pairs"][2]["turns"], "this one is new to the page"
    known = [pair["assignment_id"] for pair in after["pairs"]]
    assert told(1, known)["pairs"][:2] == [{"assignment_id": one} for one in known[1:]]
    nothings: tuple[Any, ...] = ([], "x", None, [[], {}], 3)
    for nothing in nothings:
        assert all(pair["turns"] for pair in told(1, nothing)["pairs"])
        assert state(here, token)["study"] == now["study"]


def test_texts_are_normalised_so_that_invisible_ends_tell_nothing(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=1)
    for response in state(here, tokens[0])["pairs"][0]["responses"]:
        assert response["text"].startswith("それはつらいですね。\ni00")
        assert response["text"] == response["text"].rstrip()
        assert "\r" not in response["text"]


def test_the_road_from_consent_to_the_end(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=3, seats=1, practice=1, blinding=2, paperwork=True)
    now = state(here, token)
    assert (now["step"], now["pairs"]) == ("consent", [])
    version = now["study"]["consent"]["version"]
    assert code(here.dispatch(token, {"do": "consent", "version": "old", "agreed": True})) == "old_consent"
    now = here.dispatch(token, {"do": "consent", "version": version, "agreed": False})["state"]
    assert now["step"] == "consent"
    now = here.dispatch(token, {"do": "consent", "version": version, "agreed": True})["state"]
    assert now["step"] == "profile"
    now = here.dispatch(token, {"do": "profile", "answers": {"years": 1, "remark": ""}})["state"]
    assert now["step"] == "practice"
    assert now["pairs"][0]["practice"] is True
    assert now["pairs"][0]["explained"] is True
    assert "feedback (en)" not in json.dumps(now), "nobody can read it before the answer"
    assert [pair["number"] for pair in now["pairs"]] == [1, 1, 2]
    assert code(here.dispatch(token, {"do": "finish"})) == "not_yet"
    receipt = w.submit(here, token, w.form(now["pairs"][0]["assignment_id"]))
    assert receipt["feedback"] == {"ja": "feedback（日）", "en": "feedback (en)"}
    now = finish_pairs(here, token, "pairs")
    assert (now["rater"]["done"], now["rater"]["total"]) == (0, 3)
    now = finish_pairs(here, token, "blinding")
    assert (now["rater"]["done"], now["rater"]["total"]) == (3, 3)
    assert (now["pairs"], now["blinding"]) == ([], 2)
    now = here.dispatch(token, {"do": "blinding"})["state"]
    assert now["blinding"] is None
    assert [pair["question"] for pair in now["pairs"]] == ["blinding", "blinding"]
    now = finish_pairs(here, token, "end")
    assert now["ended"] is True
    assert now["finished"] is False
    now = here.dispatch(token, {"do": "finish", "feedback": "お疲れさまでした"})["state"]
    assert now["finished"] is True
    assert w.SECRET not in json.dumps(now)
    kinds = [event.kind for event in events_of(here)]
    assert kinds.count("blinding_opened") == 1
    assert "お疲れ" not in json.dumps([event.payload for event in events_of(here)], ensure_ascii=False)


def test_where_responses_come_from_is_told_after_the_study_is_closed(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    assert finish_pairs(here, token, "end")["provenance"] is None
    here.close_study("sleep")
    assert w.SECRET in state(here, token)["provenance"]["en"]


def test_the_blinding_question_is_never_sent_ahead(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=2, seats=1, blinding=1)
    for _ in range(2):
        now = state(here, token)
        assert {pair["question"] for pair in now["pairs"]} == {None}
        w.submit(here, token, w.form(now["pairs"][0]["assignment_id"]))
    assert (state(here, token)["pairs"], state(here, token)["blinding"]) == ([], 1)
    now = here.dispatch(token, {"do": "blinding"})["state"]
    assert [pair["question"] for pair in now["pairs"]] == ["blinding"]


def test_answers_can_be_revised_until_the_blinding_question_is_opened(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=2, seats=1, blinding=1)
    assert code(here.dispatch(token, {"do": "blinding"})) == "not_yet"
    last = state(here, token)["pairs"][1]["assignment_id"]
    finish_pairs(here, token, "blinding")
    assert here.dispatch(token, {"do": "answers"})["revisable"] is True
    assert here.dispatch(token, {"do": "open", "assignment_id": last})["pair"]["assignment_id"] == last
    again = w.submit(here, token, w.form(last, 2))
    assert again["saved"] is True
    assert again["state"]["blinding"] == 1
    kinds = [event.kind for event in events_of(here)]
    assert "blinding_opened" not in kinds


# --- submit -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "side", "strength"), [(-2, 0, 2), (-1, 0, 1), (0, None, 0), (1, 1, 1), (2, 1, 2)])
def test_sides_become_systems_once(tmp_path: Path, value: int, side: int | None, strength: int) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    assignment = state(here, token)["pairs"][0]["assignment_id"]
    assert w.submit(here, token, w.form(assignment, value))["saved"]
    order, found = order_of(here, assignment), judgments_of(here)
    assert found["preference", "pair"].value == strength
    assert found["preference", "pair"].chosen_system == (None if side is None else order[side])
    assert found["empathy", f"system:{order[0]}"].value == 2
    assert found["empathy", f"system:{order[1]}"].value == 1
    assert found["harm", f"system:{order[0]}"].value == 0
    assert found["both_unacceptable", "pair"].value == 0
    assert len(found) == 1 + 2 + 2 + 2 + 1


def test_leaving_a_pair_is_missing_with_a_reason(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    assignment = state(here, token)["pairs"][0]["assignment_id"]
    one = w.form(assignment, left="cannot_judge", left_reasons=["cannot_follow"], answers=[])
    assert w.submit(here, token, one)["saved"]
    found = judgments_of(here)
    assert len(found) == 8
    assert {j.value for j in found.values()} == {None}
    assert {tuple(j.reason) for j in found.values()} == {("cannot_judge", "cannot_follow")}
    assert state(here, token)["rater"]["done"] == 1


def test_a_revision_supersedes_and_keeps_the_sides(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=2, seats=1)
    assignment = state(here, token)["pairs"][0]["assignment_id"]
    first = w.submit(here, token, w.form(assignment, -2, comment="迷った"))
    shown = here.dispatch(token, {"do": "open", "assignment_id": assignment})["pair"]
    answers = {(a["criterion"], a["side"]): a["value"] for a in shown["answers"]["answers"]}
    assert answers["preference", "pair"] == -2
    assert (answers["empathy", "first"], answers["empathy", "second"]) == (2, 1)
    assert shown["answers"]["comment"] == "迷った"
    again = w.submit(here, token, w.form(assignment, 1))
    assert again["seq"] > first["seq"]
    assert again["state"]["rater"]["done"] == 1
    assert judgments_of(here)["preference", "pair"].chosen_system == order_of(here, assignment)[1]
    with here.store.read() as connection:
        row = queries.assignment(connection, "sleep", assignment)
        kept = queries.submission(connection, "sleep", again["submission_id"])
    assert row is not None
    assert kept is not None
    assert (row.revision, kept.supersedes) == (1, first["submission_id"])


def test_answers_come_back_in_an_order_that_does_not_know_the_systems(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=8, seats=2)
    for token in tokens:
        finish_pairs(here, token, "end")
        listed = here.dispatch(token, {"do": "answers"})["answers"]
        assert [one["number"] for one in listed] == list(range(1, 9))
        assert len({tuple((a["criterion"], a["side"]) for a in one["answers"]) for one in listed}) == 1
        assert w.SECRET not in json.dumps(listed)


def test_the_same_submission_again_gives_the_same_receipt(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=2)
    assignment = state(here, tokens[0])["pairs"][0]["assignment_id"]
    one = w.form(assignment, comment="ひとこと")
    first, before = w.submit(here, tokens[0], one), len(events_of(here))
    assert w.submit(here, tokens[0], one) == first
    assert code(w.submit(here, tokens[0], one | {"comment": "別"})) == "submission_changed"
    assert code(w.submit(here, tokens[0], w.form(assignment, 2, submission_id=one["submission_id"]))) == (
        "submission_changed"
    )
    assert code(w.submit(here, tokens[1], one)) == "not_yours"
    assert len(events_of(here)) == before
    here.close_study("sleep")
    assert w.submit(here, tokens[0], one)["seq"] == first["seq"]


def test_answers_are_closed_once_the_blinding_question_was_seen(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=2, seats=1, blinding=1)
    assignment = state(here, token)["pairs"][0]["assignment_id"]
    finish_pairs(here, token, "blinding")
    now = here.dispatch(token, {"do": "blinding"})["state"]
    assert here.dispatch(token, {"do": "blinding"})["saved"] is True
    assert code(w.submit(here, token, w.form(assignment, 2))) == "answers_closed"
    assert code(here.dispatch(token, {"do": "open", "assignment_id": assignment})) == "answers_closed"
    assert here.dispatch(token, {"do": "answers"})["revisable"] is False
    blinding = w.form(now["pairs"][0]["assignment_id"])
    assert code(w.submit(here, token, blinding)) == "invalid"
    blinding["answers"] = [{"criterion": "blinding", "side": "pair", "value": "first"}]
    assert w.submit(here, token, blinding)["state"]["step"] == "end"
    found = [j for (c, _), j in judgments_of(here).items() if c == "blinding"]
    assert found[0].chosen_system == order_of(here, blinding["assignment_id"])[0]


def faulty(assignment: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every way a form can be wrong, with the code of its refusal."""
    good = w.form(assignment)["answers"]

    def put(n: int, **changes: Any) -> dict[str, Any]:
        return w.form(assignment, answers=[*good[:n], good[n] | changes, *good[n + 1 :]])

    return {
        "off the scale": ("invalid", put(0, value=3)),
        "a fraction": ("invalid", put(0, value=0.5)),
        "a word": ("invalid", put(1, value="many")),
        "a list": ("invalid", put(1, value=[1])),
        "unknown criterion": ("invalid", put(1, criterion="beauty")),
        "side not asked": ("invalid", put(0, side="first")),
        "unknown side": ("invalid", put(0, side="left")),
        "unknown reason": ("invalid", put(1, reasons=["because"])),
        "answered twice": ("invalid", w.form(assignment, answers=[*good, good[0]])),
        "the blinding question": (
            "invalid",
            w.form(assignment, answers=[{"criterion": "blinding", "side": "pair", "value": "first"}]),
        ),
        "one missing": ("incomplete", w.form(assignment, answers=good[:-1])),
        "none": ("incomplete", w.form(assignment, answers=[])),
        "unknown leaving": ("invalid", w.form(assignment, left="bored")),
        "no submission id": ("invalid", w.form(assignment, submission_id="1")),
        "forged assignment": ("not_yours", w.form("A" * 22)),
        "strange assignment": ("invalid", w.form("x'; DROP TABLE events; --")),
        "long comment": ("too_large", w.form(assignment, comment="あ" * 4001)),
        "huge comment": ("too_large", w.form(assignment, comment="x" * 1_000_000)),
        "huge facts": ("too_large", w.form(assignment, client={"x": "y" * 70_000})),
        "no number": ("invalid", w.form(assignment, client={"x": float("nan")})),
        "half a character": ("invalid", w.form(assignment, comment="\ud83d")),
    }


@pytest.mark.parametrize("name", faulty("A" * 22))
def test_faulty_forms_get_a_clear_error_and_change_nothing(tmp_path: Path, name: str) -> None:
    here, tokens = w.world(tmp_path, items=2)
    assignment = state(here, tokens[0])["pairs"][0]["assignment_id"]
    before = len(events_of(here))
    expected, one = faulty(assignment)[name]
    assert code(w.submit(here, tokens[0], one)) == expected
    assert len(events_of(here)) == before
    assert judgments_of(here) == {}


@pytest.mark.parametrize("request_", [None, [], {}, {"do": "drop"}, {"do": ["state"]}, {"do": "submit"}, "state"])
def test_requests_that_are_none_are_refused(tmp_path: Path, request_: Any) -> None:
    here, tokens = w.world(tmp_path, items=1)
    assert code(here.dispatch(tokens[0], request_)) in {"invalid", "unknown_request"}


def test_anothers_assignment_is_refused_like_a_forged_one(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=2)
    others = state(here, tokens[1])["pairs"][0]["assignment_id"]
    answers = [
        w.submit(here, tokens[0], w.form(others)),
        w.submit(here, tokens[0], w.form("A" * 22)),
        here.dispatch(tokens[0], {"do": "open", "assignment_id": others}),
        here.dispatch(tokens[0], {"do": "open", "assignment_id": "A" * 22}),
    ]
    assert [answer["error"] for answer in answers] == [answers[0]["error"]] * 4


@pytest.mark.parametrize("token", [None, "", "x", "A" * 43, "あ", "x" * 5000])
def test_without_a_session_nothing_is_told(tmp_path: Path, token: str | None) -> None:
    here, _ = w.world(tmp_path, items=1)
    for do in ("state", "submit", "answers", "open", "consent", "profile", "finish", "guidelines", "withdraw"):
        request = {"do": do, "submission": w.form("A" * 22)}
        assert code(here.dispatch(token, request)) == "signed_out"


def test_after_the_close_nothing_is_saved(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=3, seats=1)
    now = state(here, token)
    answered, waiting = now["pairs"][0]["assignment_id"], now["pairs"][1]["assignment_id"]
    w.submit(here, token, w.form(answered))
    here.close_study("sleep")
    here.close_study("sleep")
    before = len(events_of(here))
    assert code(w.submit(here, token, w.form(waiting))) == "closed"
    assert code(w.submit(here, token, w.form(answered))) == "closed"
    assert code(here.dispatch(token, {"do": "open", "assignment_id": answered})) == "closed"
    assert state(here, token)["step"] == "end"
    assert len(events_of(here)) == before
    late = here.invite("sleep", 1)[0]
    with pytest.raises(Refusal, match="closed"):
        here.join(late)


# --- who comes in -----------------------------------------------------------------------------------------------


def test_links_are_stored_as_hashes_and_use_nothing_up(tmp_path: Path) -> None:
    here = w.service(tmp_path)
    here.create_study(w.study(items=1), w.plan(w.study(items=1), seats=2))
    links = here.invite("sleep", 2)
    assert all(len(link) >= 43 for link in links)
    session, study_id = here.join(links[0])
    assert study_id == "sleep"
    assert here.join(links[0])[0] == session
    assert state(here, session)["rater"]["code"] == "R001"
    assert state(here, here.join(links[1])[0])["rater"]["code"] == "R002"
    here.store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (*links, session):
        assert secret.encode() not in stored


def test_a_revoked_link_is_worthless_and_a_new_one_leads_to_the_same_seat(tmp_path: Path) -> None:
    here = w.service(tmp_path)
    here.create_study(w.study(items=1), w.plan(w.study(items=1)))
    link = here.invite("sleep")[0]
    session, _ = here.join(link)
    again = here.reissue("sleep", "R001")
    assert code(state(here, session)) == "signed_out"
    with pytest.raises(Refusal, match="signed_out"):
        here.join(link)
    new, _ = here.join(again)
    assert state(here, new)["rater"]["code"] == "R001"
    with pytest.raises(StudioError, match="R009"):
        here.reissue("sleep", "R009")


def test_the_organisers_link_works_once_and_a_raters_session_is_none(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=1)
    link = here.organiser_link()
    session = here.organiser_join(link)
    assert here.organiser_role(session) == "organiser"
    with pytest.raises(Refusal):
        here.organiser_join(link)
    assert [here.organiser_role(t) for t in (tokens[0], None, "", "x", link)] == [None] * 5
    assert code(state(here, session)) == "signed_out"
    unused = here.organiser_link()
    here.organiser_link()
    with pytest.raises(Refusal):
        here.organiser_join(unused)
    with pytest.raises(Refusal):
        here.join(session)


def test_profile_stands_with_the_identity_and_nowhere_else(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1, paperwork=True)
    version = state(here, token)["study"]["consent"]["version"]
    here.dispatch(token, {"do": "consent", "version": version, "agreed": True})
    answers: tuple[Any, ...] = ({"age": 3}, {"years": 7}, {"years": "1"}, {"remark": 3}, {"remark": "x" * 201}, [])
    for wrong in answers:
        assert code(here.dispatch(token, {"do": "profile", "answers": wrong})) == "invalid"
    here.dispatch(token, {"do": "profile", "answers": {"years": 0, "remark": "公認心理師です"}})
    with here.store.read() as connection:
        kept = [row.profile for row in identity_table.identity_rows(connection, "sleep")]
    assert kept == [{"years": 0, "remark": "公認心理師です"}]
    assert "公認心理師" not in json.dumps([event.payload for event in events_of(here)], ensure_ascii=False)


def test_consent_is_needed_before_anything_is_saved(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1, paperwork=True)
    with here.store.read() as connection:
        assignment = queries.next_assignments(connection, "sleep", 0, 1)[0].assignment_id
    assert code(w.submit(here, token, w.form(assignment))) == "consent_needed"


# --- withdrawal and export --------------------------------------------------------------------------------------


def test_withdrawal_erases_the_person_and_keeps_the_hours(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=2, seats=2)
    for token in tokens:
        assignment = state(here, token)["pairs"][0]["assignment_id"]
        w.submit(
            here, token, w.form(assignment, comment="わたしの秘密", client={"active_seconds": 12.0, "viewport": 1})
        )
    now = here.dispatch(tokens[0], {"do": "withdraw"})["state"]
    assert (now["step"], now["withdrawn"], now["pairs"]) == ("end", True, [])
    assert code(w.submit(here, tokens[0], w.form(assignment))) == "not_yours"
    with here.store.read() as connection:
        assert {note["actor"] for note in identity_table.notes_of(connection, "sleep", "comment")} == {"R002"}
        assert {note["actor"] for note in identity_table.notes_of(connection, "sleep", "client")} == {"R002"}
        assert {rater for rater, _ in queries.judgments_that_count(connection, "sleep")} == {"R002"}
    row = here.progress("sleep")[0]
    assert (row.rater, row.done, row.active_seconds, row.withdrawn) == ("R001", 1, 12.0, True)
    assert here.verify()[1] == []


def test_the_export_holds_what_counts(tmp_path: Path) -> None:
    from results.export.folder import read as read_export

    here, tokens = w.world(tmp_path, items=4, seats=3, blinding=1, practice=1)
    for token in tokens:
        finish_pairs(here, token, "end")
    here.withdraw("sleep", "R003")
    folder = here.export("sleep", tmp_path / "export")
    found = read_export(folder)
    assert {row.rater for row in found.judgments} == {"R001", "R002"}
    assert len(found.judgments) == 2 * (5 * 8 + 1)
    for row in found.judgments:
        order = (row.first_system, row.second_system)
        if row.criterion == "preference":
            assert row.chosen_system == order[0]
        if row.criterion == "empathy":
            assert row.value == (2 if row.side == "first" else 1)
            assert row.target == f"system:{order[0] if row.side == 'first' else order[1]}"
    assert {row.assignments_done for row in found.raters} == {4}
    assert "眠れない" not in "".join(path.read_text("utf-8") for path in folder.glob("*.json*"))


def test_an_unknown_study_is_named_with_those_there_are(tmp_path: Path) -> None:
    here, _ = w.world(tmp_path, items=1)
    with pytest.raises(StudioError, match=r"wake.*sleep"):
        here.progress("wake")
    with pytest.raises(StudioError, match="already"):
        here.create_study(w.study(items=1), ())
    plan = w.plan(w.study(items=2))
    with pytest.raises(StudioError, match="i01"):
        here.create_study(w.study(items=1, study_id="other"), plan)


def test_two_studies_in_one_database_do_not_mix(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=2)
    other = w.study(items=3, study_id="other")
    here.create_study(other, w.plan(other))
    token = here.join(here.invite("other")[0])[0]
    foreign = state(here, token)["pairs"][0]["assignment_id"]
    assert code(w.submit(here, tokens[0], w.form(foreign))) == "not_yours"
    assert state(here, token)["rater"]["total"] == 3
    assert state(here, token)["study"]["study_id"] == "other"


# --- many at once -----------------------------------------------------------------------------------------------


def test_threads_lose_and_double_nothing(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=12, seats=8)
    receipts: list[dict[str, Any]] = []
    wrong: list[Any] = []

    def judge(token: str) -> None:
        now = state(here, token)
        while now["step"] == "pairs":
            one = w.form(now["pairs"][0]["assignment_id"], submission_id=str(uuid.uuid4()))
            answers = [w.submit(here, token, one) for _ in range(2)]
            wrong.extend(a for a in answers if not a["saved"] or a["seq"] != answers[0]["seq"])
            receipts.append(answers[0])
            now = answers[-1]["state"]

    threads = [threading.Thread(target=judge, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert sorted(receipt["seq"] for receipt in receipts) == sorted([*range(1, 13)] * 8), "each counts their own forms"
    with here.store.read() as connection:
        stored = [e.payload["submission_id"] for e in read(connection) if e.kind == "submitted"]
    assert sorted(stored) == sorted(receipt["submission_id"] for receipt in receipts)
    assert [row.done for row in here.progress("sleep")] == [12] * 8
    assert here.verify()[1] == []


def test_threads_joining_take_different_seats(tmp_path: Path) -> None:
    here = w.service(tmp_path)
    here.create_study(w.study(items=1), w.plan(w.study(items=1), seats=10))
    links = here.invite("sleep", 10)
    threads = [threading.Thread(target=here.join, args=(link,)) for link in links for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.seat for row in here.progress("sleep")) == list(range(10))


def test_a_second_process_sees_the_same_studio(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=2)
    other = Service(Store(here.store.url))
    assignment = state(other, tokens[0])["pairs"][0]["assignment_id"]
    assert w.submit(other, tokens[0], w.form(assignment))["saved"]
    assert state(here, tokens[0])["rater"]["done"] == 1
