"""Raters who stop: their work reaches others, everything they judged stays, and the balance contract holds."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from studio.service import Service, StudioError
from studio.store import queries
from studio.store.database import Store
from studio.store.rows import AssignmentRow
from tasks.design.planning import plan
from tasks.schema import Design
from tests import studio_world as w

HOURS = 48.0


class Clock:
    """A clock the test turns on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 4, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=20)
        return self.now


def studio(folder: Path, items: int, seats: int, k: int | None) -> tuple[Service, Clock]:
    clock = Clock()
    here = Service(Store(f"sqlite:///{folder / 'studio.sqlite'}"), clock)
    study = w.study(items=items, design=Design(seats=seats, raters_per_item=k, blinding=0, seed=3))
    here.create_study(study, plan(study))
    return here, clock


def join(here: Service) -> str:
    return here.join(here.invite("sleep")[0])[0]


def judge(here: Service, token: str, most: int) -> int:
    """Answer up to `most` pairs; how many were left to do when stopping."""
    now = here.dispatch(token, {"do": "state"})
    for _ in range(most):
        if now["step"] != "pairs":
            break
        answer = w.submit(here, token, w.form(now["pairs"][0]["assignment_id"]))
        assert answer["saved"], answer
        now = answer["state"]
    return len(now["pairs"])


def rows(here: Service) -> list[AssignmentRow]:
    with here.store.read() as connection:
        return queries.all_assignments(connection, "sleep")


def answered(here: Service) -> Counter[str]:
    return Counter(row.item_id for row in rows(here) if row.status == "submitted")


def test_a_rater_who_comes_back_gets_the_same_work_again(tmp_path: Path) -> None:
    here, clock = studio(tmp_path, items=6, seats=2, k=None)
    token = join(here)
    judge(here, token, 2)
    before = here.dispatch(token, {"do": "state"})["pairs"]
    assert here.reclaim("sleep", HOURS) == []
    clock.now += timedelta(hours=HOURS + 1)
    assert here.reclaim("sleep", HOURS) == ["R001"]
    assert here.reclaim("sleep", HOURS) == []
    assert here.dispatch(token, {"do": "state"})["pairs"] == before
    assert here.reclaim("sleep", HOURS) == []
    assert judge(here, token, 10) == 0
    assert here.verify()[1] == []


def test_a_form_from_a_device_that_was_offline_is_still_saved(tmp_path: Path) -> None:
    here, clock = studio(tmp_path, items=6, seats=2, k=None)
    token = join(here)
    pair = here.dispatch(token, {"do": "state"})["pairs"][0]
    clock.now += timedelta(hours=HOURS + 1)
    here.reclaim("sleep", HOURS)
    assert w.submit(here, token, w.form(pair["assignment_id"]))["saved"]
    assert here.progress("sleep")[0].done == 1
    assert here.verify()[1] == []


def test_whoever_has_finished_or_withdrawn_is_left_alone(tmp_path: Path) -> None:
    here, clock = studio(tmp_path, items=2, seats=3, k=None)
    done, gone, _ = join(here), join(here), join(here)
    judge(here, done, 2)
    here.dispatch(gone, {"do": "withdraw"})
    clock.now += timedelta(hours=HOURS + 1)
    assert here.reclaim("sleep", HOURS) == ["R003"]
    with pytest.raises(StudioError, match="more than 0"):
        here.reclaim("sleep", 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed",
    [
        0,
        *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2)),
        *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 8)),
    ],
)
def test_fifty_raters_some_of_whom_drop_out(tmp_path: Path, seed: int) -> None:
    """Every item reaches its k raters, nobody meets an item twice, and sides stay balanced wherever a rater stops."""
    k, items, draw = 5, 40, random.Random(seed)
    here, clock = studio(tmp_path, items, seats=50, k=k)
    dropped = 0
    for _ in range(50):
        quits = draw.random() < 0.4
        dropped += quits
        judge(here, join(here), draw.randint(0, 3) if quits else 100)
    clock.now += timedelta(hours=HOURS + 1)
    assert len(here.reclaim("sleep", HOURS)) == dropped > 5
    extra = 0
    while len(answered(here)) < items or min(answered(here).values()) < k:
        extra += 1
        assert extra <= dropped, "more new raters than had dropped out"
        assert judge(here, join(here), 100) == 0
    for seat in by_seat(here).values():
        met = [row.item_id for row in seat]
        assert len(met) == len(set(met))
        assert worst_walk(seat) <= 2
    balance = [abs(one) for one in unit_balance(here).values()]
    assert max(balance) < k  # the plan has 1; whom drop-outs leave behind is chance: new Seats mend what they can
    assert sum(one <= 1 for one in balance) >= 0.8 * items
    assert here.verify()[1] == []


def by_seat(here: Service) -> dict[int, list[AssignmentRow]]:
    seats: dict[int, list[AssignmentRow]] = defaultdict(list)
    for row in rows(here):
        seats[row.seat].append(row)
    return seats


def worst_walk(seat: list[AssignmentRow]) -> int:
    """Largest |first - second| of a system after any number of answered assignments."""
    position, worst = 0, 0
    for row in seat:
        if row.status == "submitted":
            position += 1 if row.order == w.NAMES else -1
            worst = max(worst, abs(position))
    return worst


def unit_balance(here: Service) -> dict[str, int]:
    sides: dict[str, int] = defaultdict(int)
    for row in rows(here):
        if row.status == "submitted":
            sides[row.item_id] += 1 if row.order == w.NAMES else -1
    return sides


def test_a_withdrawn_raters_units_are_dealt_again(tmp_path: Path) -> None:
    here, _ = studio(tmp_path, items=6, seats=2, k=None)
    tokens: list[Any] = [join(here), join(here)]
    for token in tokens:
        judge(here, token, 6)
    here.withdraw("sleep", "R002")
    assert judge(here, join(here), 6) == 0
    kept = [row for row in rows(here) if row.seat != 1]
    sides: dict[str, int] = defaultdict(int)
    for row in kept:
        sides[row.item_id] += 1 if row.order == w.NAMES else -1
    assert set(sides.values()) == {0}
    assert here.verify()[1] == []


def test_a_withdrawn_rater_is_in_no_file_of_an_export(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=2, seats=2)
    for token in tokens:
        pair = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]
        assert w.submit(here, token, w.form(pair, comment="ひとこと"))["saved"]
    here.withdraw("sleep", "R001")
    folder = here.export("sleep", tmp_path / "export")
    export = here.in_memory("sleep")
    assert [row.rater for row in export.raters] == ["R002"]
    assert {row.rater for row in export.judgments} == {row.rater for row in export.comments} == {"R002"}
    for name in ("raters.csv", "judgments.csv", "assignments.csv", "comments.csv"):
        assert "R001" not in (folder / name).read_text(encoding="utf-8"), name


def test_adjudication_counts_for_no_balance_when_a_seat_is_added(tmp_path: Path) -> None:
    from studio.service import seats

    here, _ = w.world(tmp_path, items=3, seats=2)
    with here.store.read() as connection:
        before = seats.counting(connection, "sleep")
    here.adjudicate("sleep", ["i00", "i01"])
    with here.store.read() as connection:
        assert seats.counting(connection, "sleep") == before


def test_whoever_withdrew_saves_and_revises_nothing_more(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=3, seats=1)
    answered, open_ = (pair["assignment_id"] for pair in here.dispatch(token, {"do": "state"})["pairs"][:2])
    assert w.submit(here, token, w.form(answered))["saved"]
    here.withdraw("sleep", "R001")
    before = here.verify()[0]
    for assignment in (answered, open_):
        assert w.submit(here, token, w.form(assignment))["error"]["code"] == "withdrawn"
    assert here.verify()[0] == before
