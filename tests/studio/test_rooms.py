"""Rooms in the service: what is acknowledged is there, in one order, for both; what ends a session; what is erased."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.service.refusals import Refusal
from studio.store import queries
from studio.store.room import asked as rooms
from studio.web.serving import bring_in
from tasks.errors import InputError
from tasks.schema import Exclusion, Support
from tests import rooms_world as r
from tests import studio_world as w


def test_a_session_begins_once_both_are_there_and_is_read_alike_by_both(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, counselor = r.sides(here, tokens)
    with pytest.raises(Refusal, match="room_not_begun"):
        client.say("もしもし")
    client.ask("ready", ready=True)
    client.ask("ready", ready=False)
    client.ask("ready", ready=True)
    assert client.ask("look")["state"] == "planned"
    counselor.ask("ready", ready=True)
    client.say("眠れません")
    counselor.say("そうですか", do="aside")
    assert client.seen() == counselor.seen() == [
        ("client", "ready", None), ("client", "unready", None), ("client", "ready", None),
        ("counselor", "ready", None), ("studio", "begun", None),
        ("client", "said", "眠れません"), ("counselor", "aside", "そうですか"),
    ]  # fmt: skip
    assert [one["id"] for one in client.lines()] == [1, 2, 3, 4, 5, 6, 7]
    assert here.verify()[1] == []


def test_nothing_that_one_side_is_sent_names_the_other_or_their_card(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, counselor = r.begun(here, tokens)
    client.say("はい")
    with here.store.read() as connection:
        from studio.store.room import asked as rooms

        row = rooms.sessions_of(connection, "talks")[0]
    for side, seat in ((client, row.counselor_seat), (counselor, row.client_seat)):
        assert f"R{seat + 1:03d}" not in str(side.ask("look"))
    assert client.ask("look")["scenario"]["card"]["ja"] == "読む（日）"
    assert counselor.ask("look")["scenario"] is None


def test_a_message_sent_again_gets_its_first_receipt_and_another_text_under_its_number_none(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, counselor = r.begun(here, tokens)
    mark = "0" * 32
    first = client.say("一度だけ", mark=mark)
    counselor.say("はい")
    assert client.say("一度だけ", mark=mark) == first
    for side, text, do in ((client, "別の文", "say"), (client, "一度だけ", "aside"), (counselor, "一度だけ", "say")):
        with pytest.raises(Refusal, match="submission_changed"):
            side.say(text, do=do, mark=mark)
    assert [one["text"] for one in client.lines(after=3)] == ["一度だけ", "はい"]


def test_a_stranger_to_the_room_is_refused_whatever_is_asked(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path, seats=5)
    client, counselor = r.begun(here, tokens)
    stranger = next(token for token in tokens if token not in (client.token, counselor.token))
    other = r.Side(here, stranger, client.session, "client")
    for do in ("look", "beat", "typing", "stop", "end", "goon", "unstop"):
        with pytest.raises(Refusal, match="no_room"):
            other.ask(do)
    with pytest.raises(Refusal, match="no_room"):
        other.lines()
    with pytest.raises(Refusal, match="no_room"):
        r.Side(here, client.token, "session-999", "client").ask("look")
    with pytest.raises(Refusal, match="signed_out"):
        r.Side(here, "x" * 43, client.session, "client").ask("look")


def test_either_stops_alone_and_has_ten_seconds_to_take_it_back(tmp_path: Path) -> None:
    clock = r.HandClock()
    here, tokens = r.world(tmp_path, clock)
    client, counselor = r.begun(here, tokens)
    counselor.ask("stop")
    clock.on(seconds=9)
    counselor.ask("unstop")
    clock.on(seconds=30)
    assert here.rooms.settle() == []
    client.ask("stop")
    clock.on(seconds=9)
    assert here.rooms.settle() == []
    counselor.say("まだ話せます")
    clock.on(seconds=2)
    assert [heard.lines[0]["why"] for heard in here.rooms.settle()] == ["stopped"]
    assert here.rooms.settle() == []
    with pytest.raises(Refusal, match="room_over"):
        counselor.say("もう遅い")
    last = client.lines()[-1]
    assert (last["kind"], last["role"], last["why"]) == ("ended", "client", "stopped")


def test_a_message_after_the_ten_seconds_is_refused_though_no_clock_had_ticked(tmp_path: Path) -> None:
    clock = r.HandClock()
    here, tokens = r.world(tmp_path, clock)
    client, counselor = r.begun(here, tokens)
    client.ask("stop")
    clock.on(seconds=11)
    heard = here.rooms.hear(
        counselor.token, {"do": "say", "session": counselor.session, "uuid": "1" * 32, "text": "遅い"}
    )
    assert heard.reply["error"]["code"] == "room_over"
    assert [line["kind"] for line in heard.lines] == ["ended"], "the end is committed and told to both"
    assert client.ask("look")["state"] == "ended"


def test_it_ends_together_when_the_second_says_so_and_goes_on_where_one_takes_it_back(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, counselor = r.begun(here, tokens)
    client.ask("end")
    client.ask("end")
    counselor.ask("goon")
    counselor.ask("end")
    assert client.ask("look")["state"] == "live"
    client.ask("end")
    assert [kind for _, kind, _ in client.seen()][3:] == ["ending", "going_on", "ending", "ended"]
    assert client.lines()[-1]["why"] == "ended"


def test_the_longest_time_ends_it_and_so_does_a_partner_who_does_not_come(tmp_path: Path) -> None:
    clock = r.HandClock()
    here, tokens = r.world(tmp_path, clock, most_minutes=45)
    client, _ = r.begun(here, tokens)
    clock.on(minutes=44)
    assert here.rooms.settle() == []
    clock.on(minutes=2)
    assert [heard.lines[0]["why"] for heard in here.rooms.settle()] == ["time"]
    assert client.ask("look")["form"] == "open"


def test_words_of_self_harm_ring_and_are_answered_once_in_ten_minutes(tmp_path: Path) -> None:
    clock = r.HandClock()
    here, tokens = r.world(tmp_path, clock)
    client, counselor = r.begun(here, tokens)
    client.say("もう 消え たい です")
    counselor.say("END  IT all と言いましたか")
    clock.on(minutes=11)
    client.say("消えたい", do="aside")
    assert [kind for _, kind, _ in client.seen()][3:] == ["said", "crisis", "said", "aside", "crisis"]
    with here.store.read() as connection:
        from studio.store.acts import acts

        assert [act.payload["number"] for act in acts(connection, "talks", "room_rung")] == [4, 6, 7]


def test_only_the_client_flags_and_only_the_counsellors_lines_and_nobody_is_told(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, counselor = r.begun(here, tokens)
    client.say("つらい")
    number = counselor.say("気のせいです")["id"]
    before = counselor.ask("look")
    client.ask("flag", number=number, flag=True)
    assert client.ask("look")["flagged"] == [number]
    after = counselor.ask("look")
    assert {**after, "now": None} == {**before, "now": None}
    for side, which in ((counselor, number - 1), (client, number - 1), (client, number + 1), (client, 1)):
        with pytest.raises(Refusal, match="no_room"):
            side.ask("flag", number=which, flag=True)
    client.ask("flag", number=number, flag=False)
    assert client.ask("look")["flagged"] == []
    assert here.verify()[1] == []


def test_the_clients_form_waits_for_the_end_and_shows_what_was_said_in_the_role(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, counselor = r.begun(here, tokens)
    assert here.dispatch(client.token, {"do": "state"})["step"] == "end"
    client.say("眠れません")
    counselor.say("そうですか")
    counselor.say("いつからですか")
    counselor.say("電話が鳴りました", do="aside")
    client.ask("end")
    counselor.ask("end")
    now = here.dispatch(client.token, {"do": "state"})
    (pair,) = now["pairs"]
    assert [(turn["role"], turn["text"]) for turn in pair["turns"]] == [
        ("client", "眠れません"), ("counselor", "そうですか\nいつからですか"),
    ]  # fmt: skip
    assert here.dispatch(counselor.token, {"do": "state"})["pairs"] == []
    receipt = w.submit(here, client.token, form_of(pair["assignment_id"]))
    assert receipt["saved"]
    assert client.ask("look")["form"] == "done"
    assert any(one["form"] == "done" for one in own(here, client.token))
    assert here.verify()[1] == []


def test_a_form_before_the_end_is_refused(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, _ = r.begun(here, tokens)
    with here.store.read() as connection:
        from studio.store import queries

        row = next(a for a in queries.all_assignments(connection, "talks") if a.item_id == client.session)
    assert w.submit(here, client.token, form_of(row.assignment_id))["error"]["code"] == "not_yet"


def test_a_withdrawal_ends_the_room_and_erases_both_sides_words(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, counselor = r.begun(here, tokens)
    client.say("わたしの秘密")
    counselor.say("「わたしの秘密」と言われましたね")
    here.dispatch(client.token, {"do": "withdraw"})
    assert counselor.seen()[3:] == [("client", "said", None), ("counselor", "said", None), ("client", "ended", None)]
    assert counselor.ask("look")["state"] == "ended"
    for path in tmp_path.iterdir():
        assert "わたしの秘密".encode() not in path.read_bytes(), path
    assert here.verify()[1] == []


@settings(deadline=None)
@given(
    acts=st.lists(
        st.tuples(
            st.booleans(),
            st.sampled_from(["say", "aside", "pause", "go", "end", "goon", "stop", "unstop", "flag", "wait", "again"]),
        ),
        max_size=25,
    )
)
def test_whatever_two_people_do_the_lines_have_no_gaps_and_replay_gives_the_same(
    acts: list[tuple[bool, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock = r.HandClock()
    here, tokens = r.world(tmp_path_factory.mktemp("room"), clock)
    two = r.begun(here, tokens)
    told: list[str] = []
    for number, (first, act) in enumerate(acts):
        side = two[0] if first else two[1]
        try:
            if act in ("say", "aside"):
                side.say(f"{number}", do=act, mark=f"{number:032x}")
                told.append(f"{number}")
            elif act == "again" and told:
                assert two[0].say(told[0], mark=f"{int(told[0]):032x}")["id"] > 0
            elif act == "flag":
                side.ask("flag", number=max(1, number), flag=True)
            elif act in ("pause", "go"):
                side.ask("pause", pause=act == "pause")
            elif act == "wait":
                clock.on(seconds=6)
                here.rooms.settle()
            elif act != "again":
                side.ask(act)
        except Refusal:
            continue
    lines = two[0].lines()
    assert [one["id"] for one in lines] == list(range(1, len(lines) + 1))
    assert [one["text"] for one in lines if one["kind"] in ("said", "aside")] == told
    assert lines == two[1].lines()
    assert sum(one["kind"] == "ended" for one in lines) <= 1
    assert here.verify()[1] == []
    here.store.close()


def own(here: Any, token: str) -> list[dict[str, Any]]:
    sessions: list[dict[str, Any]] = here.rooms.own(token, {}).as_json()["sessions"]
    return sessions


def form_of(assignment_id: str) -> dict[str, Any]:
    """A client's form: 4 everywhere, no box ticked."""
    from tasks.study.wording.templates import template

    scales = [one.criterion_id for one in template("rating") if one.kind == "scale"]
    return {
        "submission_id": "5" * 32,
        "assignment_id": assignment_id,
        "answers": [{"criterion": name, "side": "item", "value": 4} for name in scales],
        "comment": "",
    }


def test_who_takes_a_place_over_holds_what_had_not_begun(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, _ = r.begun(here, tokens)
    with here.store.read() as connection:
        before = rooms.sessions_of(connection, "talks")
    left = before[0].counselor_seat
    waiting = [one for one in before if left in (one.client_seat, one.counselor_seat) and one.state == "planned"]
    own = next(one for one in waiting if one.client_seat == left)
    r.Side(here, tokens[left], own.session_id, "client").ask("ready", ready=True)
    token = here.join(here.replace("talks", f"R{left + 1:03d}"))[0]
    taken = r.Side(here, token, own.session_id, "client").ask("look")
    assert (taken["role"], taken["of"], taken["ready"], taken["rater"]) == ("client", len(waiting), False, "R004")
    with here.store.read() as connection:
        after = rooms.sessions_of(connection, "talks")
        work = queries.all_assignments(connection, "talks")
    assert after[0].counselor_seat == left
    assert client.ask("look")["state"] == "live"
    assert not [one for one in after if left in (one.client_seat, one.counselor_seat) and one.state == "planned"]
    assert [row.item_id for row in work if row.seat == 3 and row.status == "planned"] == [own.session_id]
    assert here.verify()[1] == []
    with pytest.raises(Refusal, match="no_seat"):
        here.join(here.invite("talks")[0])


def test_a_study_opens_only_with_a_crisis_block_and_is_known_again(tmp_path: Path) -> None:
    here = w.service(tmp_path)
    study = r.study().model_copy(update={"support": Support(help=w.words("助け"), contact="c")})
    assert study.sessions is not None
    bare = study.model_copy(update={"sessions": study.sessions.model_copy(update={"crisis": None})})
    with pytest.raises(InputError, match=r"study.yaml, sessions.crisis.help.ja: is empty; write whom to call"):
        bring_in(here, bare)
    assert here.studies() == []
    assert [bring_in(here, study), bring_in(here, study)] == [True, False]
    changed = study.model_copy(update={"exclusions": (Exclusion(rule="min_seconds", threshold=1),)})
    here.amend_study(changed)
    assert bring_in(here, changed) is False
