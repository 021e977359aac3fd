"""The right to be forgotten: what is erased is gone from every byte, what stays is said, and the log still adds up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from studio.__main__ import main
from studio.service import Service, StudioError
from studio.service.view import consent_text, consent_version
from studio.settings import sqlite_url
from studio.store import datamap, queries
from studio.store.tables import notes
from studio.store.upkeep import backup
from studio.web.serving import purge_notice
from tasks.schema import Words
from tests import rooms_world as r
from tests import studio_world as w

MARK = "消してほしい言葉"
BYTES = MARK.encode()


def told(folder: Path, closed: bool = False, **changes: Any) -> tuple[Service, list[str]]:
    """Two raters, each with a profile, a comment, device facts and an answered pair."""
    here, tokens = w.world(folder, items=3, seats=2, paperwork=True, **changes)
    for token in tokens:
        version = here.dispatch(token, {"do": "state"})["study"]["consent"]["version"]
        here.dispatch(token, {"do": "consent", "version": version, "agreed": True})
        now = here.dispatch(token, {"do": "profile", "answers": {"remark": MARK + "職歴"}})["state"]
        pair = now["pairs"][0]["assignment_id"]
        saved = w.submit(here, token, w.form(pair, comment=MARK, client={"active_seconds": 30.5, "layout": MARK}))
        assert saved["saved"]
    if closed:
        here.close_study("sleep")
    return here, tokens


def holders(folder: Path) -> list[str]:
    """Files in which the words are still to be found."""
    return [path.name for path in folder.iterdir() if path.is_file() and BYTES in path.read_bytes()]


def test_the_words_are_found_before_they_are_erased(tmp_path: Path) -> None:
    told(tmp_path)
    assert holders(tmp_path)


@pytest.mark.parametrize("by_rater", [True, False])
def test_withdrawal_leaves_no_byte_of_the_person(tmp_path: Path, by_rater: bool) -> None:
    here, tokens = told(tmp_path)
    if by_rater:
        assert all(here.dispatch(token, {"do": "withdraw"})["state"]["withdrawn"] for token in tokens)
    else:
        for rater in ("R001", "R002"):
            here.withdraw("sleep", rater)
    assert holders(tmp_path) == []
    backup.backup(sqlite_url(tmp_path / "studio.sqlite"), tmp_path / "next" / "copy.sqlite")
    assert holders(tmp_path / "next") == []
    assert here.verify()[1] == []
    export = here.export("sleep", tmp_path / "export")
    assert MARK not in "".join(path.read_text("utf-8") for path in export.glob("*.csv"))
    assert [row.done for row in here.progress("sleep")] == [1, 1], "what is paid for stays"


def test_nothing_of_a_rater_who_withdrew_is_in_any_file_of_an_export(tmp_path: Path) -> None:
    here, _ = told(tmp_path)
    before = here.in_memory("sleep")
    here.withdraw("sleep", "R001")
    after = here.in_memory("sleep")
    for name in ("judgments", "assignments", "raters", "comments"):
        codes = {row.rater for row in getattr(before, name)}
        assert "R001" in codes, name
        assert {row.rater for row in getattr(after, name)} == codes - {"R001"}, name
    folder = here.export("sleep", tmp_path / "export")
    mentions = [path.name for path in folder.rglob("*.*sv") if "R001" in path.read_text("utf-8")]
    assert mentions == []


def test_withdrawal_says_what_cannot_be_recalled(tmp_path: Path) -> None:
    here, _ = told(tmp_path)
    here.export("sleep", tmp_path / "export")
    done = here.withdraw("sleep", "R001")
    assert (done.rater, done.pairs, done.active_seconds) == ("R001", 1, 30.5)
    assert len(done.exports) == 1
    here.export("sleep", tmp_path / "export")
    assert here.withdraw("sleep", "R001") == done, "an export without the rater is none to recall"


def test_everybody_is_forgotten_at_the_retention_date(tmp_path: Path) -> None:
    here, tokens = told(tmp_path, closed=True, retention_days=30)
    due = here.retention_date("sleep")
    assert due is not None
    assert here.purge() == []
    assert at(here, due, hours=0).purge() == [], "the first look is noted"
    assert at(here, due, hours=23).purge() == [], "and not the second one soon after"
    assert [study.doubtful for study in here.due_studies()] == []
    here = at(here, due, hours=25)
    done = here.purge()
    assert [(one.study_id, one.people) for one in done] == [("sleep", 2)]
    assert here.purge() == [], "once"
    assert holders(tmp_path) == []
    assert here.dispatch(tokens[0], {"do": "state"})["error"]["code"] == "signed_out"
    assert here.verify()[1] == []
    with here.store.read() as connection:
        assert connection.execute(notes.select()).all() == []
        assert len(queries.judgments_that_count(connection, "sleep")) > 0, "the result of the study stays"


def at(here: Service, due: str, **later: float) -> Service:
    """The service on a clock that stands some time after a date."""
    now = datetime.fromisoformat(due) + timedelta(seconds=1, **later)
    return Service(here.store, lambda: now)


@pytest.mark.parametrize("days", [100, 365, 30 * 365, 300 * 365])
def test_a_clock_far_ahead_erases_nobody_however_often_it_looks(
    tmp_path: Path, days: int, capsys: pytest.CaptureFixture[str]
) -> None:
    here, _ = told(tmp_path, closed=True, retention_days=30)
    due = here.retention_date("sleep")
    assert due is not None
    for more in range(4):
        wrong = at(here, due, days=days + 2 * more)
        wrong.organiser_session("organiser")  # an act under the wrong clock does not vouch for it
        assert wrong.purge() == []
    assert [study.doubtful for study in wrong.due_studies()] == [True]
    assert "is the clock right?" in purge_notice(wrong.due_studies()[0])
    assert holders(tmp_path)
    assert [done.people for done in wrong.purge("sleep")] == [2], "a person may say so"


def test_a_look_by_a_clock_that_was_ahead_does_not_count(tmp_path: Path) -> None:
    here, _ = told(tmp_path, closed=True, retention_days=30)
    due = here.retention_date("sleep")
    assert due is not None
    assert at(here, due, days=60).purge() == []
    assert at(here, due, days=-1).purge() == []
    assert at(here, due, days=1).purge() == [], "the look two months from now is none"
    assert at(here, due, days=3).purge() != []


def test_a_study_that_was_closed_by_a_clock_behind_keeps_its_people_for_the_whole_time(tmp_path: Path) -> None:
    here, _ = told(tmp_path, retention_days=30)
    Service(here.store, lambda: datetime(1999, 1, 1, tzinfo=UTC)).close_study("sleep")
    assert str(here.retention_date("sleep")).startswith("2026-05-01")
    now = datetime(2026, 4, 10, tzinfo=UTC)
    for _ in range(3):
        now += timedelta(days=2)
        assert Service(here.store, partial(datetime.fromisoformat, now.isoformat())).purge() == []


def test_an_open_study_and_one_without_a_date_keep_their_people(tmp_path: Path) -> None:
    here, _ = told(tmp_path, retention_days=1)
    here = Service(here.store, lambda: datetime(2999, 1, 1, tzinfo=UTC))
    assert here.retention_date("sleep") is None
    assert here.purge() == []
    with pytest.raises(StudioError, match="close it first"):
        here.purge("sleep")


def test_the_data_map_names_every_column() -> None:
    assert datamap.unmapped() == set()


def test_a_column_nobody_explained_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datamap, "columns", lambda: (*KNOWN, "raters.shoe_size"))
    assert datamap.unmapped() == {"raters.shoe_size"}


KNOWN = datamap.columns()


def test_notes_and_events_hold_only_what_the_map_says(tmp_path: Path) -> None:
    """Free words stand in notes and profile alone; the log has none of them."""
    here, _ = told(tmp_path)
    with here.store.read() as connection:
        kinds = {row.kind for row in connection.execute(notes.select())}
        log = [
            str(row) for row in connection.exec_driver_sql("SELECT payload FROM events WHERE kind != 'study_created'")
        ]
    assert kinds == {"comment", "client"}
    assert not [row for row in log if MARK in row]


@pytest.mark.parametrize(("days", "says"), [(30, "30日後"), (None, "担当者が消去するまで")])
def test_the_map_stands_under_the_consent_text(tmp_path: Path, days: int | None, says: str) -> None:
    here, tokens = w.world(tmp_path, paperwork=True, retention_days=days)
    consent = here.dispatch(tokens[0], {"do": "guidelines"})["consent"]
    assert consent["text"]["ja"].startswith("consent（日）\n\n# 保存する情報")
    assert says in consent["text"]["ja"]
    assert "No IP address" in consent["text"]["en"]
    (tmp_path / "b").mkdir()
    here_too, others = w.world(tmp_path / "b", paperwork=True)
    other = here_too.dispatch(others[0], {"do": "guidelines"})["consent"]["version"]
    assert (consent["version"] == other) is (days is None), "another retention date is another text to agree to"


def test_rooms_stand_under_the_consent_text_of_sessions_alone() -> None:
    consent = Words(ja="同意", en="consent")
    talks = consent_text(r.study().model_copy(update={"consent": consent}))
    others = consent_text(w.study(consent=consent))
    assert talks is not None
    assert others is not None
    for told in ("What you write in the conversations", "Nobody watches while you talk", "each message"):
        assert told in talks.text("en")
        assert told not in others.text("en")
    assert consent_version(w.study(paperwork=True)) == "b3f9adfb6884ce80", "as it was before there were sessions"


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, _ = told(tmp_path, closed=True)
    here.export("sleep", tmp_path / "export")
    database = str(tmp_path / "studio.sqlite")
    assert main(["withdraw", "sleep", "R001", "--db", database]) == 0
    out = capsys.readouterr().out
    assert "1 pairs, 0.01 active hours" in out
    assert "the export taken at 2026-04-01" in out
    assert main(["purge", "--db", database]) == 0
    assert "sleep has no date" in capsys.readouterr().out
    assert main(["purge", "sleep", "--db", database]) == 0
    assert "erased 2 identities" in capsys.readouterr().out
    assert holders(tmp_path) == []
    assert main(["data-map", "--json", "--db", database]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in rows} == {kind.name for kind in datamap.PERSONAL}
    assert main(["data-map", "sleep", "--db", database]) == 0
    assert "identities.profile" in capsys.readouterr().out
    assert main(["restore", "--db", str(tmp_path / "new.sqlite")]) == 2
    assert "--copy-to" in capsys.readouterr().err
