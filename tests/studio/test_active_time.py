"""Active time: the sum of an assignment's stays, never more than the server saw pass, read by everything alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.service import Service
from studio.store.database import Store
from tests import studio_world as w


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 4, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


World = tuple[Service, str, Clock]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return one_rater(tmp_path)


def one_rater(folder: Path, items: int = 6, **options: Any) -> World:
    clock = Clock()
    (folder / "studio.sqlite").write_bytes(w.empty_database())
    here = Service(Store(f"sqlite:///{folder}/studio.sqlite"), clock)
    one = w.study(items=items, **options)
    here.create_study(one, w.plan(one, 1))
    return here, here.join(here.invite("sleep")[0])[0], clock


def pairs(world: World) -> list[str]:
    return [pair["assignment_id"] for pair in world[0].dispatch(world[1], {"do": "state"})["pairs"]]


def save(world: World, assignment_id: str, seconds: Any, waited: Any = None) -> dict[str, Any]:
    """Save a form; the Rater's progress."""
    form = w.form(assignment_id, client={} if seconds is None else {"active_seconds": seconds})
    request = {"do": "submit", "submission": form} | ({} if waited is None else {"waited_seconds": waited})
    reply = world[0].dispatch(world[1], request)
    assert reply["saved"], reply
    return dict(reply["state"]["rater"])


def seconds_of(here: Service, assignment_id: str) -> float | None:
    rows = {row.assignment_id: row for row in here.in_memory("sleep").assignments}
    return rows[assignment_id].active_seconds


def test_a_revision_adds_its_stay_and_replaces_nothing(world: World) -> None:
    here, _, clock = world
    pair = pairs(world)[0]
    clock.wait(70)
    save(world, pair, 60)
    clock.wait(5)
    assert save(world, pair, 2.5)["active_seconds"] == 62.5
    assert seconds_of(here, pair) == 62.5
    assert {row.active_seconds for row in here.in_memory("sleep").judgments} == {62.5}
    assert here.payment("sleep")[0].active_hours == round(62.5 / 3600, 2)
    assert here.progress("sleep")[0].active_seconds == 62.5
    assert here.verify()[1] == []


def test_a_quick_revision_is_not_left_out_as_too_fast(world: World) -> None:
    from results.study.exclusions import _fast
    from results.study.judged import judged

    first, second, _ = pairs(world)
    for pair in (first, second):
        world[2].wait(70)
        save(world, pair, 60 if pair == first else 4)
    world[2].wait(3)
    save(world, first, 2.5)
    assert _fast(judged(world[0].in_memory("sleep")), 5.0) == {second}


def test_a_device_is_believed_up_to_the_time_since_the_raters_previous_event(world: World) -> None:
    here, _, clock = world
    first, second, _ = pairs(world)
    clock.wait(180)
    assert save(world, first, 21_600)["active_seconds"] == 180
    clock.wait(10)
    assert save(world, second, 21_600)["active_seconds"] == 190
    for _ in range(5):
        clock.wait(1)
        save(world, second, 21_600)
    assert here.progress("sleep")[0].active_seconds == 195
    assert here.payment("sleep")[0].active_hours == round(195 / 3600, 2)


def test_stays_offline_are_counted_whole_each(world: World) -> None:
    ids = pairs(world)
    world[2].wait(200)
    for pair, waited in zip(ids, (140, 80, 20), strict=True):
        progress = save(world, pair, 60, waited)
    assert progress["active_seconds"] == 180
    world[2].wait(45)
    assert save(world, pairs(world)[0], 65)["active_seconds"] == 245, "20 s of it passed before the others were sent"


@pytest.mark.parametrize("waited", [-5, "60", None, True, [], 1e300])
def test_a_wait_that_is_none_costs_no_judgment(world: World, waited: Any) -> None:
    pair = pairs(world)[0]
    world[2].wait(60)
    assert save(world, pair, 30, waited)["active_seconds"] in (0.0, 30.0)


@pytest.mark.parametrize(("seconds", "total"), [(None, None), ("60", None), (-1, None), (True, None), (1e9, None)])
def test_a_device_without_a_count_adds_nothing(world: World, seconds: Any, total: float | None) -> None:
    pair = pairs(world)[0]
    world[2].wait(60)
    save(world, pair, seconds)
    assert seconds_of(world[0], pair) == total
    world[2].wait(60)
    save(world, pair, 10)
    save(world, pair, seconds)
    assert seconds_of(world[0], pair) == 10


def test_a_clock_that_was_set_back_takes_nothing_away(world: World) -> None:
    first, second, _ = pairs(world)
    world[2].wait(60)
    save(world, first, 30)
    world[2].wait(-3600)
    assert save(world, second, 30)["active_seconds"] == 30


ACTS = st.lists(
    st.tuples(st.integers(0, 2), st.floats(0, 300), st.one_of(st.none(), st.floats(0, 30_000)), st.integers(0, 10_000)),
    min_size=1,
    max_size=8,
)  # which pair, seconds that pass, seconds claimed, seconds waited


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_all_stays_together_are_never_longer_than_the_time_that_passed(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[int, float, float | None, int]]
) -> None:
    world = one_rater(tmp_path_factory.mktemp("acts"), items=3)
    ids, passed = pairs(world), 0.0
    for which, wait, claimed, waited in acts:
        world[2].wait(wait)
        passed += wait
        save(world, ids[which], claimed, waited)
    here = world[0]
    assert here.progress("sleep")[0].active_seconds <= passed + 0.01
    whole = sum(row.active_seconds or 0.0 for row in here.in_memory("sleep").assignments)
    assert here.progress("sleep")[0].active_seconds == pytest.approx(whole, abs=0.01), "one figure"
    assert here.verify()[1] == []
    here.store.close()


def test_events_of_earlier_versions_keep_their_meaning(tmp_path: Path) -> None:
    """In the kept database a revision wrote its own stay alone, and each was added to the rater's time."""
    from tests.studio.test_migrations import opened

    here = opened("0001", tmp_path)
    with here.store.read() as connection:
        sent = connection.exec_driver_sql(
            "SELECT rater, sum(active_seconds) FROM submissions WHERE study_id = 'sleep' GROUP BY rater"
        )
        by_rater = {row[0]: row[1] for row in sent}
    raters = {row.rater: row.active_seconds for row in here.progress("sleep")}
    assert by_rater
    assert {rater: raters[rater] for rater in by_rater} == by_rater
    assert here.verify()[1] == []


def test_simulated_raters_take_the_time_they_say(tmp_path: Path) -> None:
    from studio.demo.simulated_raters import answers, judge
    from tasks.study.load import load_study

    here = w.service(tmp_path)
    study = load_study(Path(__file__).parents[2] / "tasks" / "demo")
    judge(here, study)
    said = {judged[0].active_seconds for judged in answers(study.model_copy(update={"simulated": True})).values()}
    stored = {row.active_seconds for row in here.in_memory(study.study_id).assignments if row.kind == "main"}
    assert stored - {None} <= said
