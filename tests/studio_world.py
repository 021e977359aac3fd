"""A small study and a service on a new SQLite file, for the tests of the studio."""

from __future__ import annotations

import random
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from studio.service import Service
from studio.store.database import Store
from tasks.schema import (
    Design,
    Item,
    PlannedAssignment,
    Practice,
    ProfileQuestion,
    Response,
    Source,
    Study,
    System,
    Turn,
    Words,
)
from tasks.study.wording.templates import template

SECRET = "CANARYmodelNAME"
REFERENCE = "人間の次の一言です"
NAMES = (f"base-{SECRET}", f"tuned-{SECRET}")


def words(text: str) -> Words:
    return Words(ja=f"{text}（日）", en=f"{text} (en)")


def item(name: str) -> Item:
    turns = (
        Turn(role="client", text=f"眠れない日が続いています。{name}"),
        Turn(role="counselor", text="そうでしたか。"),
    )
    source = Source(dataset="test", dialogue_id=f"dialogue-{name}-{SECRET}")
    return Item(
        item_id=name, turns=(*turns, Turn(role="client", text="もう疲れました。")), source=source, reference=REFERENCE
    )


def study(items: int = 6, practice: int = 0, study_id: str = "sleep", paperwork: bool = False, **changes: Any) -> Study:
    """A pairwise study of two systems with the criteria of `quick`."""
    names = [f"i{n:02d}" for n in range(items)]
    responses = [
        Response(item_id=n, system_id=s, text=f"それはつらいですね。\r\n{n}の{k}番。  \n")
        for n in names
        for k, s in enumerate(NAMES)
    ]
    practices = []
    for n in range(practice):
        pair = tuple(Response(item_id=f"p{n}", system_id=f"practice-{k + 1}", text=f"練習{k}") for k in range(2))
        better = "practice-1" if changes.get("design", Design()).practice_gate else None
        training = {"item": item(f"p{n}"), "responses": pair, "feedback": words("feedback"), "better": better}
        practices.append(Practice.model_validate(training))
    values: dict[str, Any] = {
        "study_id": study_id,
        "title": words("Study"),
        "criteria": template("quick"),
        "systems": tuple(System(system_id=s, name=f"Name {SECRET}") for s in NAMES),
        "items": tuple(item(n) for n in names),
        "responses": tuple(responses),
        "practice": tuple(practices),
        "guidelines": words("guidelines"),
        "provenance": words(f"made by {SECRET}"),
    }
    if paperwork:
        values["consent"] = words("consent")
        values["profile"] = (
            ProfileQuestion(question_id="years", label=words("years"), choices=(words("0-5"), words("6+"))),
            ProfileQuestion(question_id="remark", label=words("remark")),
        )
    return Study(**(values | changes))


def plan(of: Study, seats: int = 3, blinding: int = 0, seed: int = 0) -> tuple[PlannedAssignment, ...]:
    """Every Seat meets practice, then every item, then `blinding` of them again; sides drawn by `seed`."""
    draw = random.Random(seed)
    planned: list[PlannedAssignment] = []
    for seat in range(seats):
        todo: list[tuple[str, str, tuple[str, str], int | None]] = [
            ("practice", p.item.item_id, ("practice-1", "practice-2"), None) for p in of.practice
        ]
        first = len(todo)
        for one in of.items:
            todo.append(("main", one.item_id, NAMES if draw.random() < 0.5 else NAMES[::-1], None))
        for k in range(blinding):
            todo.append(("blinding", todo[first + k][1], todo[first + k][2], first + k))
        planned += [
            PlannedAssignment.model_validate(
                {"seat": seat, "position": n, "kind": kind, "item_id": i, "order": order, "repeats": repeats}
            )
            for n, (kind, i, order, repeats) in enumerate(todo)
        ]
    return tuple(planned)


def clock(start: datetime = datetime(2026, 4, 1, tzinfo=UTC)) -> Any:
    """A clock that goes forward one minute a call: time enough for what a form says it took."""
    ticks: Iterator[int] = iter(range(10**9))
    return lambda: start + timedelta(minutes=next(ticks))


@cache
def empty_database() -> bytes:
    """A migrated SQLite file; tests/studio/test_store.py makes its own from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        Store(f"sqlite:///{folder}/empty.sqlite").close()
        return Path(folder, "empty.sqlite").read_bytes()


def service(folder: Path, **options: Any) -> Service:
    database = folder / "studio.sqlite"
    if not database.exists():
        database.write_bytes(empty_database())
    return Service(Store(f"sqlite:///{database}"), options.pop("clock", None) or clock(), **options)


def world(folder: Path, items: int = 6, seats: int = 3, blinding: int = 0, **options: Any) -> tuple[Service, list[str]]:
    """A service with the study in it and one session token a Seat."""
    here = service(folder)
    one = study(items=items, **options)
    here.create_study(one, plan(one, seats, blinding))
    return here, [here.join(link)[0] for link in here.invite(one.study_id, seats)]


def form(assignment_id: str, preference: int = -1, **changes: Any) -> dict[str, Any]:
    """A complete form of `quick`."""
    answers = [{"criterion": "preference", "side": "pair", "value": preference}]
    for side in ("first", "second"):
        answers.append({"criterion": "question_amount", "side": side, "value": 0})
        answers.append({"criterion": "empathy", "side": side, "value": 2 if side == "first" else 1})
    whole = {"submission_id": str(uuid.uuid4()), "assignment_id": assignment_id, "answers": answers}
    return whole | {"client": {"active_seconds": 30.5}} | changes


def submit(here: Service, token: str, one: dict[str, Any]) -> dict[str, Any]:
    return here.dispatch(token, {"do": "submit", "submission": one})


def session(client: Any) -> str:
    """The session token of the one rater who is signed in in a test client."""
    (token,) = (value for name, value in client.cookies.items() if name.startswith("studio_rater"))
    return str(token)
