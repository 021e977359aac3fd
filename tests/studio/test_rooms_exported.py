"""Sessions from the room to the export: what may be read is there, what was withdrawn is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from results.export import folder
from results.export.sessions import SessionRow
from results.report.build import build
from studio.__main__ import main
from studio.hub.pseudonyms import rename
from studio.service.refusals import Refusal
from studio.service.room.place import write
from studio.store.room import asked as rooms
from tasks.data.kokorochat import load
from tests import rooms_world as r
from tests import studio_world as w
from tests.studio.test_rooms import form_of


class Talk:
    """One session that was held and rated, in a study of three people."""

    def __init__(self, path: Path, **rules: Any) -> None:
        self.path = path
        self.here, tokens = r.world(path, r.HandClock(), **rules)
        self.client, self.counselor = r.begun(self.here, tokens)
        self.client.say("眠れません\nもう三日です")
        self.client.say("聞こえていますか", do="aside")
        self.hurt = self.counselor.say("気のせいです")["id"]
        self.counselor.say("いつからでしょうか？")
        self.client.ask("flag", number=self.hurt, flag=True)
        self.client.ask("end")
        self.counselor.ask("end")
        (pair,) = self.here.dispatch(self.client.token, {"do": "state"})["pairs"]
        w.submit(self.here, self.client.token, form_of(pair["assignment_id"]))

    def agree(self) -> None:
        self.client.ask("agree", agree=True)
        self.counselor.ask("agree", agree=True)

    def rows(self) -> list[SessionRow]:
        """Of the session that was held; [] where it is left out."""
        found = self.here.in_memory("talks").sessions
        return [row for row in found if row.session_id == self.client.session]

    def export(self, name: str = "export", **more: Any) -> Path:
        return self.here.export("talks", self.path / name, **more)


def test_nothing_of_the_words_leaves_before_both_have_agreed(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    talk.client.ask("agree", agree=True)
    for answer in (None, False):
        if answer is not None:
            talk.counselor.ask("agree", agree=answer)
        written = talk.export()
        assert not (written / "kokorochat").exists()
        assert "眠れません" not in (written / "sessions.jsonl").read_text("utf-8")
        row = next(row for row in folder.read(written).sessions if row.session_id == talk.client.session)
        assert [message.characters for message in row.messages] == [12, 8, 6, 10]
        assert [turn.questions for turn in row.turns] == [0, 1]
    talk.counselor.ask("agree", agree=True)
    (dialogue,) = load(talk.export() / "kokorochat")
    assert [u.text for u in dialogue.utterances] == ["眠れません もう三日です", "気のせいです", "いつからでしょうか？"]
    assert {dialogue.client_id, dialogue.counselor_id} < {"1", "2", "3"}
    assert (dialogue.score, dialogue.topic) == (80, "Others")
    assert talk.here.verify()[1] == []


def test_what_either_strikes_out_is_not_published_and_can_be_taken_back(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    talk.agree()
    before = talk.client.ask("look")
    talk.counselor.ask("strike", number=talk.hurt, strike=True)
    assert talk.counselor.ask("look")["struck"] == [talk.hurt]
    assert {**talk.client.ask("look"), "now": None} == {**before, "now": None}
    (dialogue,) = load(talk.export() / "kokorochat")
    assert [u.text for u in dialogue.utterances] == ["眠れません もう三日です", "いつからでしょうか？"]
    assert "struck out by one of the two, left out: 1" in (talk.path / "export/kokorochat/README.md").read_text("utf-8")
    talk.client.ask("strike", number=talk.hurt, strike=False)  # the other's stroke stays
    assert len(load(talk.export() / "kokorochat")[0].utterances) == 2
    talk.counselor.ask("strike", number=talk.hurt, strike=False)
    assert len(load(talk.export() / "kokorochat")[0].utterances) == 3
    assert talk.here.verify()[1] == []


def test_agreeing_comes_after_the_end_and_of_messages_alone(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path)
    client, _ = r.begun(here, tokens)
    for do, more in (("agree", {"agree": True}), ("strike", {"number": 1, "strike": True})):
        with pytest.raises(Refusal, match="room_not_begun"):
            client.ask(do, **more)
    (tmp_path / "two").mkdir()
    talk = Talk(tmp_path / "two")
    for number in (1, 99):
        with pytest.raises(Refusal, match="no_room"):
            talk.client.ask("strike", number=number, strike=True)


def test_all_words_are_the_organisers_own(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    assert len(load(talk.export(all_words=True) / "kokorochat")) == 1
    card = (tmp_path / "export/kokorochat/README.md").read_text("utf-8")
    assert "may be published: no: not everybody agreed" in card


def test_where_the_counsellor_withdraws_the_form_stays_and_no_word(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    talk.agree()
    talk.here.dispatch(talk.counselor.token, {"do": "withdraw"})
    (row,) = talk.rows()
    assert (row.counselor, row.messages, row.turns, row.agreed) == (None, (), (), False)
    assert build(talk.here.in_memory("talks"), 100).record.sessions.drop_out.rated == 1  # type: ignore[union-attr]
    assert not (talk.export(all_words=True) / "kokorochat").exists()


@pytest.mark.parametrize("side", ["client", "counselor"])
def test_where_the_form_goes_with_the_partner_nothing_of_the_session_stays(side: str, tmp_path: Path) -> None:
    talk = Talk(tmp_path, partner_form="erased")
    talk.here.dispatch(getattr(talk, side).token, {"do": "withdraw"})
    assert talk.rows() == []
    assert talk.here.in_memory("talks").judgments == ()


@pytest.mark.parametrize(("rule", "why"), [("void", "void"), ("kept", "ended")])
def test_a_session_in_which_somebody_stepped_in(rule: str, why: str, tmp_path: Path) -> None:
    talk = Talk(tmp_path, after_step_in=rule)
    with talk.here.store.write() as connection:
        stored = rooms.session(connection, "talks", talk.client.session)
        assert stored is not None
        write(talk.here.desk, connection, stored, "stepped_in", "supervisor")
    (row,) = talk.rows()
    assert (row.why, row.held) == (why, why == "ended")


def test_published_sessions_tell_no_hour_and_no_code(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    assert rename(talk.here.in_memory("talks")).sessions == ()
    talk.agree()
    (row,) = rename(talk.here.in_memory("talks")).sessions
    assert row.client is not None
    assert row.client.startswith("P")
    assert row.begun_at is not None
    assert "T00:00:00" in row.begun_at
    assert row.messages[0].at < row.messages[-1].at <= (row.rated_at or "")


def test_the_command_line_says_which_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk(tmp_path)
    monkeypatch.setenv("STUDIO_DATABASE_URL", f"sqlite:///{tmp_path}/studio.sqlite")
    for more, there in (([], False), (["--all-words"], True)):
        assert main(["export", "talks", "--out", str(talk.path / "by-hand"), *more]) == 0
        assert (talk.path / "by-hand" / "kokorochat").exists() == there
