"""Who was invited: states, links that are renewed and stopped, names that stay on one page, figures that agree."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from results.report.build import build as report_of
from results.report.build import write
from studio.service import Refusal, Service, StudioError
from studio.service.organiser.course import Course
from studio.store.database import Store
from tests import studio_world as w

NAME = "名前・KEEP-OUT-NAME"


@dataclass
class Clock:
    """Goes forward one minute a call, and further where it is told to."""

    now: datetime = datetime(2026, 4, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def here(tmp_path: Path) -> Service:
    """A study of four pairs with consent and three places."""
    (tmp_path / "studio.sqlite").write_bytes(w.empty_database())
    made = Service(Store(f"sqlite:///{tmp_path}/studio.sqlite"), Clock())
    study = w.study(items=4, consent=w.words("consent"))
    made.create_study(study, w.plan(study))
    return made


def opened(here: Service, name: str, consents: bool = True, pairs: int = 0) -> str:
    """Invites somebody who opens the link; the session's token."""
    token = here.join(here.invite_people("sleep", [(name, "")])[0])[0]
    if consents:
        version = here.dispatch(token, {"do": "state"})["study"]["consent"]["version"]
        here.dispatch(token, {"do": "consent", "version": version, "agreed": True})
    for _ in range(pairs):
        pair = here.dispatch(token, {"do": "state"})["pairs"][0]
        assert w.submit(here, token, w.form(pair["assignment_id"]))["saved"]
    return token


def states(here: Service) -> dict[str, str]:
    return {row.name: row.state for row in here.roster("sleep")}


def test_every_state_and_those_first_who_need_a_hand(here: Service) -> None:
    opened(here, "done", pairs=4)
    opened(here, "idle", pairs=1)
    clock = here.desk.clock
    assert isinstance(clock, Clock)
    clock.now += timedelta(days=4)
    opened(here, "consent", consents=False)
    opened(here, "working", pairs=2)
    opened(here, "gone", pairs=1)
    here.withdraw("sleep", "R005")
    opened(here, "stopped", pairs=1)
    here.stop_links("sleep", "R006")
    here.invite_people("sleep", [("", "mail@example.org")])
    found = here.roster("sleep")
    assert [(row.name, row.rater, row.state) for row in found] == [
        ("mail@example.org", "", "unopened"),
        ("consent", "R003", "consent"),
        ("idle", "R002", "idle"),
        ("working", "R004", "working"),
        ("done", "R001", "done"),
        ("stopped", "R006", "stopped"),
        ("", "R005", "withdrawn"),
    ]
    assert {row.name: row.still_days for row in found}["idle"] == 4
    summary = here.summary("sleep")
    assert (summary.unopened, summary.idle, summary.step) == (1, 2, "remind")
    assert {row.rater: row.pace_seconds for row in found}["R004"] == 30.5


def test_an_unopened_link_is_renewed_and_stopped_after_a_reload(here: Service) -> None:
    first = here.invite_people("sleep", [(NAME, "a@example.org")])[0]
    row = here.roster("sleep")[0]
    second = here.new_link("sleep", row.key)
    with pytest.raises(Refusal):
        here.join(first)
    (again,) = here.roster("sleep")
    assert (again.name, again.state) == (NAME, "unopened")
    here.stop_links("sleep", again.key)
    assert here.roster("sleep") == []
    with pytest.raises(Refusal):
        here.join(second)
    with pytest.raises(StudioError, match="allowed"):
        here.stop_links("sleep", again.key)
    with pytest.raises(StudioError, match="allowed"):
        here.new_link("sleep", again.key)
    assert here.verify()[1] == []


def test_a_name_goes_with_a_new_link_and_not_to_whoever_takes_the_place(here: Service) -> None:
    opened(here, NAME, pairs=1)
    here.new_link("sleep", "R001")
    assert states(here) == {NAME: "working"}
    here.replace("sleep", "R001", name="successor")
    assert states(here) == {"successor": "consent", NAME: "stopped"}


def test_a_withdrawal_leaves_figures_that_agree(here: Service) -> None:
    opened(here, "a", pairs=4)
    opened(here, "b", pairs=4)
    opened(here, "c", pairs=2)
    assert (here.summary("sleep").done, here.summary("sleep").total) == (10, 12)
    here.withdraw("sleep", "R003")
    summary, course, cover = here.summary("sleep"), here.course("sleep"), here.coverage("sleep")
    assert (summary.done, summary.total, summary.step) == (8, 8, "close")
    assert (len(course.judged_at), course.total, course.taken_out) == (8, 8, 2)
    assert (sum(row.judged for row in cover), sum(row.waiting for row in cover)) == (8, 0)


def test_places_that_nobody_has_taken_are_part_of_the_plan(here: Service) -> None:
    opened(here, "a", pairs=4)
    assert (here.summary("sleep").done, here.summary("sleep").total) == (4, 12)
    assert here.summary("sleep").step == "wait"


@pytest.mark.parametrize(
    ("days", "total", "expected"),
    [
        ((0, 1, 2, 3), 8, "2026-04-09"),  # four in four days, four left: four days more
        ((0,), 8, "2026-05-03"),  # one in four days, seven left: 28 days more
        ((3.9,), 8, None),  # less than a day of work
        ((0, 1), 2, None),  # nothing is left
        ((), 8, None),
    ],
)
def test_the_expected_day(days: tuple[float, ...], total: int, expected: str | None) -> None:
    start = datetime(2026, 4, 1, tzinfo=UTC)
    judged = tuple((start + timedelta(days=day)).isoformat() for day in days)
    now = (start + timedelta(days=4)).isoformat()
    found = Course(start.isoformat(), now, judged, total, 0).expected
    assert (found.isoformat() if found else None) == expected


def test_names_are_in_no_export_no_report_no_event(here: Service, tmp_path: Path) -> None:
    opened(here, NAME, pairs=2)
    here.new_link("sleep", "R001")
    here.invite_people("sleep", [(NAME, f"{NAME}@example.org")])
    here.new_link("sleep", here.roster("sleep")[0].key)
    here.stop_links("sleep", here.roster("sleep")[0].key)
    here.replace("sleep", "R001", name=NAME)
    here.export("sleep", tmp_path / "export")
    write(report_of(here.in_memory("sleep"), resamples=200), tmp_path / "report", "en")
    files = [path for folder in ("export", "report") for path in (tmp_path / folder).rglob("*") if path.is_file()]
    assert len(files) > 5
    assert not [path for path in files if b"KEEP-OUT-NAME" in path.read_bytes()]
    with sqlite3.connect(tmp_path / "studio.sqlite") as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type='table'")]
        held = {t for t in tables if "KEEP-OUT-NAME" in str(database.execute(f"select * from {t}").fetchall())}
    assert held == {"identities"}
