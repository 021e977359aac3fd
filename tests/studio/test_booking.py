"""Times of sessions: booked, refused, told in letters and calendar files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from studio.__main__ import main
from studio.documents.appointments import calendar, letter
from studio.service.refusals import StudioError
from tests import rooms_world as r

TOKYO = timezone(timedelta(hours=9))
TIME = datetime(2026, 5, 1, 19, tzinfo=TOKYO)


def test_a_session_is_booked_and_booked_again(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path, clock=r.HandClock())
    one = here.book("talks", "session-001", TIME)
    assert (one.booked_at, one.bookings) == ("2026-05-01T10:00:00.000Z", 1)
    client, _ = r.sides(here, tokens)
    assert client.ask("look")["booked_at"] == one.booked_at
    again = here.book("talks", "session-001", TIME + timedelta(days=1))
    assert (again.bookings, here.appointments("talks")[0]) == (2, again)
    assert here.verify()[1] == []


def test_what_cannot_be_booked_is_refused_in_words(tmp_path: Path) -> None:
    clock = r.HandClock()
    here, tokens = r.world(tmp_path, clock=clock)
    here.book("talks", "session-001", TIME)
    for session, time, says in (
        ("session-009", TIME, "session: found 'session-009'; allowed: session-001, session-002, session-003"),
        ("session-002", clock.time, "allowed: a time to come"),
        ("session-002", TIME + timedelta(minutes=30), "in session-001 then"),
    ):
        with pytest.raises(StudioError, match=says):
            here.book("talks", session, time)
    r.begun(here, tokens)
    with pytest.raises(StudioError, match="session-001: has begun or is over"):
        here.book("talks", "session-001", TIME)


def test_the_letter_names_the_time_in_its_zone_and_not_the_partner(tmp_path: Path) -> None:
    here, _ = r.world(tmp_path)
    one = here.book("talks", "session-001", datetime(2999, 5, 1, 19, tzinfo=TOKYO))
    told = letter(here.study("talks"), one.client, TIME)
    assert "May 1, 2026 at 19:00 (UTC+09:00)" in told
    assert "2026年5月1日" in told
    assert "R00" not in told


def test_a_calendar_entry_is_in_utc_folded_and_escaped(tmp_path: Path) -> None:
    here, _ = r.world(tmp_path)
    one = here.book("talks", "session-001", datetime(2999, 5, 1, 19, tzinfo=TOKYO))
    study = r.study()
    study = study.model_copy(update={"title": type(study.title)(ja="、" * 40 + "a,b;c\\", en="x")})
    entry = calendar(study, one, one.client, TIME, datetime(2026, 4, 1, tzinfo=UTC))
    lines = entry.split("\r\n")
    assert {"DTSTART:20260501T100000Z", "DTEND:20260501T113000Z", "SEQUENCE:0", "METHOD:PUBLISH"} <= set(lines)
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "、" * 40 + "a\\,b\\;c\\\\" in entry.replace("\r\n ", "")


def test_the_command_lists_and_writes_a_letter_and_an_entry_for_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, _ = r.world(tmp_path)
    here.store.close()
    database = ["--db", str(tmp_path / "studio.sqlite")]
    out = tmp_path / "letters"
    book = ["sessions", "book", "talks", "session-001", "2999-05-01T19:00+09:00", "--out", str(out), *database]
    assert main(book) == 0
    assert "the studio sends no mail" in capsys.readouterr().out
    assert sorted(file.suffix for file in out.iterdir()) == [".ics", ".ics", ".txt", ".txt"]
    assert main(["sessions", "list", "talks", *database]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("session-001\tplanned\t2999-05-01T10:00:00.000Z\tclient R")
    assert all("no time yet" in line for line in others)
    assert main(["sessions", "book", "talks", "session-001", *database]) == 2
    assert "time, out: missing" in capsys.readouterr().err
    book[4:7] = ["2999-05-01T19:00", "--out", str(tmp_path / "none")]
    assert main(book) == 2
    assert "allowed: a time with its zone" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
