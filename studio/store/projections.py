"""What each kind of event does to the tables: one function per kind, reading nothing but the event and the tables.

No clock and no randomness here: replay must give the same rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Connection, bindparam, insert, select, update

from studio.store.event import Event, JudgedValue, PlannedWork, SubmittedForm
from studio.store.room import lines as room_lines
from studio.store.tables import Json, assignments, judgments, raters, seats, studies, submissions

COUNTED = ("pilot", "main", "repeat", "check", "adjudication")
"""Kinds that make up a Rater's `done` and `total`; practice and the blinding question come on top."""


def project(connection: Connection, seq: int, event: Event) -> None:
    """Apply one event. KeyError for a kind this program does not know: better to stop than to skip."""
    PROJECTIONS[event.kind](connection, seq, event)


def _study_created(connection: Connection, seq: int, event: Event) -> None:
    row = {"study_id": event.study, "definition": event.payload["study"], "created_at": event.at, "closed_at": None}
    connection.execute(insert(studies), row)
    _seats_planned(connection, seq, event)


def _seats_planned(connection: Connection, seq: int, event: Event) -> None:
    planned: list[PlannedWork] = event.payload["assignments"]
    totals = dict.fromkeys(event.payload.get("seats", ()), 0)
    totals |= {seat: 0 for one in event.payload.get("sessions", ()) for seat in (one["client"], one["counselor"])}
    for one in planned:
        totals[one["seat"]] = totals.get(one["seat"], 0) + (one["kind"] in COUNTED)
    if totals:
        rows = [{"study_id": event.study, "seat": s, "rater": None, "total": n} for s, n in sorted(totals.items())]
        connection.execute(insert(seats), rows)
    if planned:
        connection.execute(insert(assignments), [_assignment_row(event.study, one) for one in planned])
    room_lines.plan(connection, event.study, event.payload.get("sessions", ()))


def _assignment_row(study_id: str, one: PlannedWork) -> dict[str, Any]:
    order = [*one["order"], None, None]
    return {
        "study_id": study_id,
        "assignment_id": one["assignment_id"],
        "seat": one["seat"],
        "position": one["position"],
        "number": one["number"],
        "kind": one["kind"],
        "item_id": one["item_id"],
        "first_system": order[0],
        "second_system": order[1],
        "stratum": one["stratum"],
        "repeats": one["repeats"],
        "status": "planned",
        "revision": 0,
        "left_reasons": [],
    }


def _joined(connection: Connection, seq: int, event: Event) -> None:
    seat, rater = event.payload["seat"], event.payload["rater"]
    here = (seats.c.study_id == event.study) & (seats.c.seat == seat)
    connection.execute(update(seats).where(here).values(rater=rater))
    total = connection.execute(seats.select().where(here)).one().total
    row = {
        "study_id": event.study,
        "rater": rater,
        "seat": seat,
        "joined_at": event.at,
        "last_at": event.at,
        "done": 0,
        "total": total,
        "active_seconds": 0.0,
    }
    connection.execute(insert(raters), row)


def _set_rater(connection: Connection, event: Event, **values: Any) -> None:
    here = (raters.c.study_id == event.study) & (raters.c.rater == event.payload["rater"])
    connection.execute(update(raters).where(here).values(last_at=event.at, **values))


def _consented(connection: Connection, seq: int, event: Event) -> None:
    agreed = event.payload["agreed"]
    version = event.payload["version"] if agreed else None
    _set_rater(connection, event, consent_version=version, consented_at=event.at if agreed else None)


def _profiled(connection: Connection, seq: int, event: Event) -> None:
    _set_rater(connection, event, profile_at=event.at)


def _blinding_opened(connection: Connection, seq: int, event: Event) -> None:
    _set_rater(connection, event, blinding_at=event.at)


def _finished(connection: Connection, seq: int, event: Event) -> None:
    _set_rater(connection, event, finished_at=event.at)


_INSERT_SUBMISSION = insert(submissions)
_INSERT_JUDGMENTS = insert(judgments)
_ANSWER = (
    update(assignments)
    .where(assignments.c.study_id == bindparam("in_study"), assignments.c.assignment_id == bindparam("which"))
    .values(
        status=bindparam("status"),
        revision=assignments.c.revision + bindparam("again"),
        seq=bindparam("seq"),
        submission_id=bindparam("submission_id"),
        submitted_at=bindparam("submitted_at"),
        active_seconds=bindparam("active_seconds"),
        left=bindparam("left"),
        left_reasons=bindparam("left_reasons", type_=Json),
    )
)
_COUNT = (
    update(raters)
    .where(raters.c.study_id == bindparam("in_study"), raters.c.rater == bindparam("who"))
    .values(
        last_at=bindparam("last_at"),
        done=raters.c.done + bindparam("more"),
        active_seconds=raters.c.active_seconds + bindparam("seconds"),
    )
)
"""Built once: putting a statement together costs as much as running it."""


def _submitted(connection: Connection, seq: int, event: Event) -> None:
    form = cast(SubmittedForm, event.payload)
    shared: dict[str, object] = {"seq": seq, "submission_id": form["submission_id"], "submitted_at": event.at}
    shared |= {name: form[name] for name in ("left", "left_reasons", "active_seconds")}
    own: dict[str, object] = {"study_id": event.study, "assignment_id": form["assignment_id"], "rater": form["rater"]}
    own |= {"supersedes": form["supersedes"], "digest": form["digest"]}
    connection.execute(_INSERT_SUBMISSION, own | shared)
    rows = [_judgment_row(event.study, form["assignment_id"], seq, one) for one in form["judgments"]]
    if rows:
        connection.execute(_INSERT_JUDGMENTS, rows)
    again = form["supersedes"] is not None
    here = {"in_study": event.study, "which": form["assignment_id"], "again": int(again)}
    connection.execute(_ANSWER, here | shared | {"status": "left" if form["left"] else "submitted"})
    count: dict[str, object] = {"in_study": event.study, "who": form["rater"], "last_at": event.at}
    count |= {"more": int(form["counted"] and not again), "seconds": _seconds_more(form)}
    connection.execute(_COUNT, count)


def _seconds_more(form: SubmittedForm) -> float:
    """What a form adds to its Rater's active time: its last stay."""
    return float(form.get("stay_seconds", form["active_seconds"]) or 0.0)


def _judgment_row(study_id: str, assignment_id: str, seq: int, one: JudgedValue) -> dict[str, Any]:
    return {
        "seq": seq,
        "criterion": one["criterion"],
        "target": one["target"],
        "study_id": study_id,
        "assignment_id": assignment_id,
        "value": one["value"],
        "chosen_system": one["chosen_system"],
        "reason": one["reason"],
    }


def _closed(connection: Connection, seq: int, event: Event) -> None:
    connection.execute(update(studies).where(studies.c.study_id == event.study).values(closed_at=event.at))


def _reopened(connection: Connection, seq: int, event: Event) -> None:
    connection.execute(update(studies).where(studies.c.study_id == event.study).values(closed_at=None))


def _plan_changed(connection: Connection, seq: int, event: Event) -> None:
    here = studies.c.study_id == event.study
    definition = connection.execute(select(studies.c.definition).where(here)).scalar_one()
    connection.execute(update(studies).where(here).values(definition={**definition, **event.payload["after"]}))


def _withdrawn(connection: Connection, seq: int, event: Event) -> None:
    """The judgments stay in the log without a person; no export and no report reads them any more."""
    _set_rater(connection, event, withdrawn_at=event.at)
    _set_open_work(connection, event, "reclaimed", "planned")
    _set_open_work(connection, event, "planned", "withdrawn")


def _reclaimed(connection: Connection, seq: int, event: Event) -> None:
    """Abandoned work: kept as it was shown, but no longer counted as somebody's; new Seats are dealt these items."""
    _set_open_work(connection, event, "planned", "reclaimed")


def _resumed(connection: Connection, seq: int, event: Event) -> None:
    """The Rater came back: the same work in the same presentation order, which is never redrawn."""
    _set_open_work(connection, event, "reclaimed", "planned")
    _set_rater(connection, event)


def _set_open_work(connection: Connection, event: Event, before: str, after: str) -> None:
    here = (assignments.c.study_id == event.study) & (assignments.c.seat == event.payload["seat"])
    connection.execute(update(assignments).where(here, assignments.c.status == before).values(status=after))


def _recorded(connection: Connection, seq: int, event: Event) -> None:
    """An act of the organiser that stands in the log alone: who invited, revoked, exported, signed in, when."""


PROJECTIONS: dict[str, Callable[[Connection, int, Event], None]] = {
    "study_created": _study_created,
    "seats_planned": _seats_planned,
    "joined": _joined,
    "consented": _consented,
    "profiled": _profiled,
    "submitted": _submitted,
    "blinding_opened": _blinding_opened,
    "finished": _finished,
    "closed": _closed,
    "reopened": _reopened,
    "plan_changed": _plan_changed,
    "withdrawn": _withdrawn,
    "reclaimed": _reclaimed,
    "resumed": _resumed,
    "invited": _recorded,
    "revoked": _recorded,
    "exported": _recorded,
    "signed_in": _recorded,
    "signed_out": _recorded,
    "looked": _recorded,
    "looked_by_rule": _recorded,
    "launched_despite": _recorded,
    "colleague_added": _recorded,
    "colleague_removed": _recorded,
    "purged": _recorded,
    "purge_due": _recorded,
    "named": _recorded,
    "due": _recorded,
    "archived": _recorded,
    "deleted": _recorded,
    "judge_asked": _recorded,
    "machine_judged": _recorded,
    "erased": _recorded,
} | room_lines.PROJECTIONS
