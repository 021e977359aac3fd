"""A study as its organiser handles it: brought in, watched, closed, opened again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, fields

from studio.service.desk import ORGANISER, Desk
from studio.service.organiser import amending
from studio.service.refusals import StudioError
from studio.service.room.planned import planned_rooms, with_items
from studio.service.seats import with_ids, work
from studio.service.view import StudyView
from studio.store import acts, datamap, queries
from studio.store.database import Connection
from studio.store.rows import StudyRow
from tasks.languages.fault import Fault, at
from tasks.schema import PlannedAssignment, Record, Study, System
from tasks.study.live.problems import refuse

LATER_PARTS: dict[type[Record], tuple[str, ...]] = {Study: ("information", "accepted"), System: ("tuned",)}
"""Parts of a Study and its Systems that 0.1.0 did not have; at their default they are not used."""


@dataclass(frozen=True)
class Coverage:
    """One item and the systems shown together: judgments given, and assignments that still wait."""

    item_id: str
    systems: tuple[str, ...]
    judged: int
    waiting: int


def create_study(
    desk: Desk, connection: Connection, study: Study, plan: tuple[PlannedAssignment, ...], actor: str = ORGANISER
) -> None:
    """Bring a study and its plan into the store, as one event.

    Raises:
        StudioError: a study of that id is there already, or the plan names what the study does not have.
        InputError: a study of sessions does not say whom to call in a crisis.
    """
    if queries.definition(connection, study.study_id) is not None:
        raise StudioError(at("study_id", Fault("study_there", study=repr(study.study_id))))
    refuse(study)
    rooms = planned_rooms(study)
    study = with_items(study, rooms)
    _check_plan(study, plan)
    payload = {"study": study.model_dump(mode="json"), "assignments": with_ids(desk, list(plan))}
    if rooms:
        payload["sessions"] = rooms
    desk.record(connection, study.study_id, actor, "study_created", payload)


def _check_plan(study: Study, plan: tuple[PlannedAssignment, ...]) -> None:
    view = StudyView(study)
    wrong = {(p.item_id, s) for p in plan for s in p.order if (p.item_id, s) not in view.responses}
    missing = [Fault("item_without", item=repr(item), system=repr(system)) for item, system in sorted(wrong)]
    missing += [Fault("planned_item", item=repr(i)) for i in sorted({p.item_id for p in plan} - set(view.items))]
    if missing:
        raise StudioError(missing)


@dataclass(frozen=True)
class Progress:
    """How far one Rater is. `done` and `total`: assignments; times are UTC ISO-8601."""

    rater: str
    seat: int
    done: int
    total: int
    active_seconds: float
    joined_at: str
    last_at: str
    finished_at: str | None
    withdrawn: bool


@dataclass(frozen=True)
class Payment:
    """What a Rater is owed for, and no answer. `done`: judged or passed over."""

    rater: str
    done: int
    active_hours: float
    withdrawn: bool


def studies(desk: Desk, connection: Connection) -> list[StudyRow]:
    """Every study, oldest first."""
    return queries.study_rows(connection)


def study(desk: Desk, connection: Connection, study_id: str) -> Study:
    """A study as imported, with what it declares now. StudioError if there is none of that id."""
    return amending.as_declared(desk, connection, study_id)


def progress(desk: Desk, connection: Connection, study_id: str) -> list[Progress]:
    """How far every Rater is, by Seat.

    Raises:
        StudioError: there is no such study.
    """
    desk.view(connection, study_id)
    names = [field.name for field in fields(Progress)]
    return [Progress(**{n: getattr(row, n) for n in names}) for row in queries.rater_rows(connection, study_id)]


def close(desk: Desk, connection: Connection, study_id: str, actor: str = ORGANISER) -> None:
    """Close a study: no submission and no revision after this. Closing twice changes nothing."""
    desk.view(connection, study_id)
    if queries.closed_at(connection, study_id) is None:
        desk.record(connection, study_id, actor, "closed", {})


def reopen(desk: Desk, connection: Connection, study_id: str, actor: str = ORGANISER) -> None:
    """Open a closed study again, as one event that the report lists. StudioError if its people were erased."""
    desk.view(connection, study_id)
    if queries.closed_at(connection, study_id) is None:
        return
    if acts.acts(connection, study_id, "purged"):
        raise StudioError(at(study_id, Fault("erased_study")))
    desk.record(connection, study_id, actor, "reopened", {})


def coverage(desk: Desk, connection: Connection, study_id: str) -> list[Coverage]:
    """How often each item and set of systems was judged, and is still planned, in main assignments of who stayed."""
    desk.view(connection, study_id)
    gone = {row.seat for row in queries.rater_rows(connection, study_id) if row.withdrawn}
    judged: Counter[tuple[str, tuple[str, ...]]] = Counter()
    waiting: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for row in work(connection, study_id):
        if row.kind == "main" and row.seat not in gone:
            unit = (row.item_id, tuple(sorted(row.order)))
            judged[unit] += row.status == "submitted"
            waiting[unit] += row.status in ("planned", "shown")
    return [Coverage(item, systems, judged[item, systems], waiting[item, systems]) for item, systems in sorted(judged)]


def payment(desk: Desk, connection: Connection, study_id: str) -> list[Payment]:
    """What each Rater is owed for, those who withdrew included."""
    desk.view(connection, study_id)
    return [
        Payment(row.rater, row.done, round(row.active_seconds / 3600, 2), row.withdrawn)
        for row in queries.rater_rows(connection, study_id)
    ]


def registration(desk: Desk, connection: Connection, study_id: str) -> tuple[str, str]:
    """(SHA-256 of the study as frozen at launch, when it was frozen)."""
    study = desk.view(connection, study_id).study
    if acts.acts(connection, study_id, "plan_changed"):
        study = Study.model_validate(acts.acts(connection, study_id, "study_created")[0].payload["study"])
    created = {row.study_id: row.created_at for row in queries.study_rows(connection)}
    return fingerprint(study), str(created[study_id])


def data_map(desk: Desk, connection: Connection, study_id: str) -> list[dict[str, str]]:
    """What is stored about a rater of this study, why, how long: see `studio.store.datamap.table`."""
    study = desk.view(connection, study_id).study
    sessions = study.sessions is not None
    return datamap.table("en", study.retention_days, payment=study.information is None, sessions=sessions)


def fingerprint(study: Study) -> str:
    """SHA-256 of all that is frozen at launch: texts, responses, criteria, design, rules, primary comparison.

    Parts that studies got later count where they are used, so that a study registered before keeps its hash.
    """
    frozen = study.model_dump(mode="json", exclude=_unused(study))
    if study.protocol == "session":  # its items are made when it opens, of a plan that the rest determines
        frozen["items"] = []
    frozen["systems"] = [system.model_dump(mode="json", exclude=_unused(system)) for system in study.systems]
    text = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _unused(record: Record) -> set[str]:
    fields = type(record).model_fields
    return {name for name in LATER_PARTS[type(record)] if getattr(record, name) == fields[name].default}
