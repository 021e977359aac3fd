"""Raters made of random numbers judge a study in the store as real ones would, through the page's own requests."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from results.export.rows import JudgmentRow
from results.planning.simulated_export import simulated_export
from studio.service import Service
from studio.service.forms import as_answers
from studio.store import queries
from studio.store.rows import AssignmentRow
from tasks.design.planning import plan
from tasks.schema import Judgment, Study, seat_of

Given = Mapping[tuple[int, int], list[JudgmentRow]]
"""Simulated judgments by seat and position."""


class SimulatedClock:
    """A clock that stands still until it is moved: simulated raters take the seconds they say, in no time at all."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        """The simulated time."""
        return self._now

    def move(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._now += timedelta(seconds=seconds)


def judge(service: Service, study: Study, seed: int = 0) -> None:
    """Bring a study in marked as simulated, have every Seat judged, and close it. Same seed, same answers.

    Practice is skipped, the blinding question answered with 'cannot tell': the simulation knows nothing of either.
    """
    marked = study.model_copy(update={"simulated": True})
    given = answers(marked, seed)
    service.create_study(marked, plan(marked))
    ends = service.desk.clock()
    for seat, link in enumerate(service.invite(marked.study_id, marked.design.seats)):
        clock = SimulatedClock(ends - timedelta(seconds=_seconds(given, seat)))
        simulated = Service(service.store, clock, service.desk.random)
        work(simulated, simulated.join(link)[0], marked, given, clock.move)
    service.close_study(marked.study_id)


def _seconds(given: Given, seat: int) -> float:
    """How long a Seat's work takes."""
    return sum((judged[0].active_seconds or 0.0) for (of, _), judged in given.items() if of == seat)


def answers(study: Study, seed: int = 0) -> Given:
    """What simulated raters answer in the Seats the study plans."""
    by_place: dict[tuple[int, int], list[JudgmentRow]] = {}
    for row in simulated_export(study, seed).judgments:
        by_place.setdefault((row.seat, row.position), []).append(row)
    return by_place


def work(
    service: Service, token: str, study: Study, given: Given, take_time: Callable[[float], None] = lambda seconds: None
) -> None:
    """One rater's road from consent to the end. `token`: of the rater's session; `take_time` lets seconds pass."""
    state = service.dispatch(token, {"do": "state"})
    if state["step"] == "consent":
        version = state["study"]["consent"]["version"]
        state = service.dispatch(token, {"do": "consent", "version": version, "agreed": True})["state"]
    if state["step"] == "profile":
        state = service.dispatch(token, {"do": "profile", "answers": {}})["state"]
    seat = seat_of(state["rater"]["code"])
    with service.store.read() as connection:
        rows = {row.assignment_id: row for row in queries.seat_assignments(connection, study.study_id, seat)}
    while not state["ended"]:
        if state["blinding"]:
            state = service.dispatch(token, {"do": "blinding"})["state"]
        for pair in state["pairs"]:
            form = _form(study, rows[pair["assignment_id"]], given)
            take_time(form.get("client", {}).get("active_seconds", 0.0))
            state = service.dispatch(token, {"do": "submit", "submission": form})["state"]
    service.dispatch(token, {"do": "finish", "feedback": ""})


def _form(study: Study, row: AssignmentRow, given: Given) -> dict[str, Any]:
    form: dict[str, Any] = {"submission_id": str(uuid.uuid4()), "assignment_id": row.assignment_id}
    judged = given.get((row.seat, row.position), [])
    if row.kind == "blinding":
        return form | {"answers": [{"criterion": "blinding", "side": "pair", "value": "cannot_tell"}]}
    if not any(one.value is not None for one in judged):
        return form | {"answers": [], "left": "skipped" if row.kind == "practice" else "cannot_judge"}
    seconds = {"client": {"active_seconds": judged[0].active_seconds}}
    answers = as_answers(study.criteria, row.order, [_judgment(one) for one in judged])
    return form | seconds | {"answers": [answer.as_json() for answer in answers]}


def _judgment(row: JudgmentRow) -> Judgment:
    return Judgment(criterion=row.criterion, target=row.target, value=row.value, chosen_system=row.chosen_system)
