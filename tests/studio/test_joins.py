"""Links beyond the planned Seats: planned for when they are made, so that a join costs the same and nobody waits."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from results.export.folder import Export
from results.export.folder import read as read_export
from studio.service import Refusal, Service, links, seats, seats_ahead
from studio.store import queries
from studio.store.events import read
from tasks.design import planning as designing
from tests import studio_world as w

pytestmark = pytest.mark.slow


def kinds(here: Service, after: int = 0) -> list[str]:
    with here.store.read() as connection:
        return [event.kind for event in read(connection, after=after)]


def last(here: Service) -> int:
    with here.store.read() as connection:
        return max(event.seq for event in read(connection))


def studio(folder: Path, seats: int = 2) -> Service:
    here = w.service(folder)
    study = w.study(items=4)
    here.create_study(study, w.plan(study, seats))
    return here


def test_seats_are_planned_when_links_are_made_and_a_join_writes_one_event(tmp_path: Path) -> None:
    here = studio(tmp_path)
    tokens = here.invite("sleep", 12)
    before = last(here)
    for token in tokens:
        here.join(token)
    assert kinds(here, before) == ["joined"] * 12
    assert [row.seat for row in here.progress("sleep")] == list(range(12))
    assert {row.total for row in here.progress("sleep")} == {4}
    assert here.verify()[1] == []


def test_links_that_fit_the_plan_change_nothing_of_it(tmp_path: Path) -> None:
    here = studio(tmp_path, seats=5)
    here.invite("sleep", 3)
    here.invite("sleep", 2)
    assert "seats_planned" not in kinds(here)
    here.invite_people("sleep", [("A", ""), ("B", "b@example.org")])
    assert kinds(here).count("seats_planned") == 1


def test_links_of_an_earlier_version_are_planned_for_together_when_the_first_is_opened(tmp_path: Path) -> None:
    here = studio(tmp_path)
    with here.store.write() as connection:
        tokens = links.invite(here.desk, connection, "sleep", 20)
    with ThreadPoolExecutor(8) as pool:
        sessions = list(pool.map(here.join, tokens))
    assert len({session for session, _ in sessions}) == 20
    assert [row.seat for row in here.progress("sleep")] == list(range(20))
    assert kinds(here).count("seats_planned") == 1
    assert here.verify()[1] == []


def test_whoever_saves_does_not_wait_for_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = studio(tmp_path)
    token = here.join(here.invite("sleep")[0])[0]
    extend = designing.extend

    def slow(*arguments: Any) -> Any:
        time.sleep(1.5)
        return extend(*arguments)

    monkeypatch.setattr(seats_ahead, "extend", slow)
    with ThreadPoolExecutor(1) as pool:
        planning = pool.submit(here.invite, "sleep", 10)
        time.sleep(0.3)
        now = here.dispatch(token, {"do": "state"})
        begin = time.monotonic()
        assert w.submit(here, token, w.form(now["pairs"][0]["assignment_id"]))["saved"]
        assert time.monotonic() - begin < 1.0
        assert not planning.done()
        planning.result()


def test_a_plan_that_became_another_meanwhile_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = studio(tmp_path, seats=1)
    here.join(here.invite("sleep")[0])
    extend, seen = designing.extend, list[int]()

    def disturbed(study: Any, counting: Any, count: int) -> Any:
        seen.append(len(counting))
        if len(seen) == 1:
            here.withdraw("sleep", "R001")
        return extend(study, counting, count)

    monkeypatch.setattr(seats_ahead, "extend", disturbed)
    here.invite("sleep", 3)
    assert seen == [4, 0], "the second plan no longer counts on the rater who withdrew"
    with here.store.read() as connection:
        assert queries.seat_count(connection, "sleep") == 4


def test_work_that_does_not_count_balances_no_seat(tmp_path: Path) -> None:
    """Adjudication, work given up and raters who withdrew are not what new Seats are balanced against."""
    here = studio(tmp_path, seats=3)
    first, second, _ = (here.join(link)[0] for link in here.invite("sleep", 3))
    for token in (first, second):
        now = here.dispatch(token, {"do": "state"})
        w.submit(here, token, w.form(now["pairs"][0]["assignment_id"]))
    here.adjudicate("sleep", ["i00", "i01"])
    here.withdraw("sleep", "R001")
    here.replace("sleep", "R002")
    with here.store.read() as connection:
        counting = seats.counting(connection, "sleep")
    assert {line.kind for line in counting} == {"main"}
    by_seat = {seat: sum(line.seat == seat for line in counting) for seat in range(5)}
    assert by_seat == {0: 0, 1: 1, 2: 4, 3: 0, 4: 4}, "of R002 what was answered, of R004 (adjudication) nothing"


def test_no_room_for_more_is_told_to_whoever_opens_the_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tasks.errors import InputError

    here = studio(tmp_path, seats=1)

    def full(*_: Any) -> Any:
        raise InputError(("design: no room",))

    monkeypatch.setattr(seats_ahead, "extend", full)
    first, second = here.invite("sleep", 2)
    here.join(first)
    with pytest.raises(Refusal) as caught:
        here.join(second)
    assert caught.value.code == "no_seat"


def test_links_that_nobody_opened_are_no_work_and_no_deviation(tmp_path: Path) -> None:
    """Two Seats planned, five links: the export plans for two, and for three once a third link is opened."""
    here, numbers = studio(tmp_path), count()
    links = here.invite("sleep", 5)

    def exported() -> Export:
        return read_export(here.export("sleep", tmp_path / f"export-{next(numbers)}"))

    def planned() -> tuple[int, int, list[str]]:
        export, waiting = exported(), sum(row.waiting for row in here.coverage("sleep"))
        kinds = [act.kind for act in export.acts]
        return len({row.seat for row in export.assignments if row.kind == "main"}), waiting, kinds

    before = planned()
    assert before[0] == 2
    assert "seats_planned" not in before[2]
    for link in links[:3]:
        here.join(link)
    seats, waiting, kinds = planned()
    assert seats == 3
    assert waiting == before[1] + 4
    assert kinds.count("seats_planned") == 1
    (act,) = [act for act in exported().acts if act.kind == "seats_planned"]
    assert "4" in act.what, "the work of the Seat that was taken, not of those planned beside it"
