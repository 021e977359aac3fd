"""Questions the service asks, each one statement, answered with frozen records."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, update

from studio.store.tables import assignments, events, identities, judgments, notes, raters, seats, studies, submissions


class Person(NamedTuple):
    """Who stands behind a session token, and where that Rater is in the study."""

    identity_id: str
    study_id: str
    role: str
    rater: str
    seat: int
    done: int
    total: int
    active_seconds: float
    consent_version: str | None
    profile_at: str | None
    blinding_at: str | None
    finished_at: str | None
    withdrawn_at: str | None
    last_at: str
    """When the Rater's previous event was (UTC ISO-8601)."""
    closed_at: str | None


class AssignmentRow(NamedTuple):
    """One assignment as stored: the columns of the table, in their order."""

    study_id: str
    assignment_id: str
    seat: int
    position: int
    number: int
    """What a rater sees it called: 1-based among the Seat's pairs, or its practice pairs, or its blinding questions."""
    kind: str
    item_id: str
    first_system: str | None
    second_system: str | None
    stratum: str
    repeats: str | None
    status: str
    seq: int | None
    submission_id: str | None
    submitted_at: str | None
    active_seconds: float | None
    revision: int
    left: str | None
    left_reasons: list[str]

    @property
    def order(self) -> tuple[str, ...]:
        """The system_ids shown, first side first."""
        return tuple(s for s in (self.first_system, self.second_system) if s is not None)


_PERSON = (
    select(
        identities.c.identity_id,
        identities.c.study.label("study_id"),
        identities.c.role,
        *(raters.c[f] for f in ("rater", "seat", "done", "total", "active_seconds", "consent_version", "profile_at")),
        *(raters.c[f] for f in ("blinding_at", "finished_at", "withdrawn_at", "last_at")),
        studies.c.closed_at,
    )
    .join(raters, and_(raters.c.study_id == identities.c.study, raters.c.rater == identities.c.rater))
    .join(studies, studies.c.study_id == identities.c.study)
    .where(identities.c.revoked_at.is_(None), identities.c.role == "rater")
)


_PERSON_BY_SESSION = _PERSON.where(identities.c.session_hash == bindparam("session_hash"))
_NEXT = (
    select(assignments)
    .where(assignments.c.study_id == bindparam("study_id"), assignments.c.seat == bindparam("seat"))
    .where(assignments.c.status == "planned")
    .order_by(assignments.c.position)
    .limit(bindparam("count"))
)
_ASSIGNMENT = select(assignments).where(
    assignments.c.study_id == bindparam("study_id"), assignments.c.assignment_id == bindparam("assignment_id")
)
_SUBMISSION = select(submissions).where(
    submissions.c.study_id == bindparam("study_id"), submissions.c.submission_id == bindparam("submission_id")
)
"""Built once: putting a statement together costs as much as running it."""


def person(connection: Connection, session_hash: str) -> Person | None:
    """The Rater signed in with the token of this hash, or None: unknown, revoked, or the link was never opened."""
    row = connection.execute(_PERSON_BY_SESSION, {"session_hash": session_hash}).one_or_none()
    return None if row is None else Person._make(row)


def person_again(connection: Connection, identity_id: str) -> Person:
    """The same Rater after a change in this transaction."""
    return Person._make(connection.execute(_PERSON.where(identities.c.identity_id == identity_id)).one())


def definition(connection: Connection, study_id: str) -> Any | None:
    """The study as it was imported (JSON), or None."""
    return connection.execute(select(studies.c.definition).where(studies.c.study_id == study_id)).scalar_one_or_none()


def closed_at(connection: Connection, study_id: str) -> str | None:
    """When the study was closed, or None."""
    query = select(studies.c.closed_at).where(studies.c.study_id == study_id)
    at: str | None = connection.execute(query).scalar_one_or_none()
    return at


def study_rows(connection: Connection) -> list[dict[str, Any]]:
    """study_id, created_at and closed_at of every study, oldest first."""
    query = select(studies.c.study_id, studies.c.created_at, studies.c.closed_at).order_by(studies.c.created_at)
    return [dict(row) for row in connection.execute(query).mappings()]


def next_assignments(connection: Connection, study_id: str, seat: int, limit: int) -> list[AssignmentRow]:
    """The Seat's unanswered assignments in order, at most `limit`."""
    values = {"study_id": study_id, "seat": seat, "count": limit}
    return [AssignmentRow._make(row) for row in connection.execute(_NEXT, values)]


def waiting(connection: Connection, study_id: str, seat: int) -> int:
    """How many assignments of the Seat are unanswered."""
    return len(next_assignments(connection, study_id, seat, 1_000_000))


def seat_assignments(connection: Connection, study_id: str, seat: int) -> list[AssignmentRow]:
    """The Seat's assignments, in order."""
    here = (assignments.c.study_id == study_id) & (assignments.c.seat == seat)
    return [
        AssignmentRow._make(row) for row in connection.execute(select(assignments).where(here).order_by("position"))
    ]


def assignment(connection: Connection, study_id: str, assignment_id: str) -> AssignmentRow | None:
    """One assignment of a study, or None."""
    values = {"study_id": study_id, "assignment_id": assignment_id}
    row = connection.execute(_ASSIGNMENT, values).one_or_none()
    return None if row is None else AssignmentRow._make(row)


def all_assignments(connection: Connection, study_id: str) -> list[AssignmentRow]:
    """Every assignment of a study, by seat and position."""
    query = select(assignments).where(assignments.c.study_id == study_id).order_by("seat", "position")
    return [AssignmentRow._make(row) for row in connection.execute(query)]


def submission(connection: Connection, study_id: str, submission_id: str) -> dict[str, Any] | None:
    """A stored submission, or None."""
    values = {"study_id": study_id, "submission_id": submission_id}
    row = connection.execute(_SUBMISSION, values).mappings().one_or_none()
    return None if row is None else dict(row)


def submissions_of_seat(connection: Connection, study_id: str, seat: int) -> int:
    """How many forms were stored for a Seat's assignments, revisions included."""
    here = (assignments.c.study_id == study_id) & (assignments.c.seat == seat)
    stored = func.count(assignments.c.submission_id) + func.coalesce(func.sum(assignments.c.revision), 0)
    return int(connection.execute(select(stored).where(here)).scalar_one())


def submissions_until(connection: Connection, study_id: str, rater: str, seq: int) -> int:
    """Which of a Rater's stored forms the one with this sequence number is, counted from 1."""
    here = (submissions.c.study_id == study_id) & (submissions.c.rater == rater) & (submissions.c.seq <= seq)
    return int(connection.execute(select(func.count()).select_from(submissions).where(here)).scalar_one())


def judgments_of(connection: Connection, seqs: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The judgments of these submissions, by sequence number."""
    found: dict[int, list[dict[str, Any]]] = {seq: [] for seq in seqs}
    for start in range(0, len(seqs), 500):
        part = judgments.c.seq.in_(seqs[start : start + 500])
        for row in connection.execute(select(judgments).where(part).order_by("seq", "criterion", "target")).mappings():
            found[row["seq"]].append(dict(row))
    return found


def judgments_that_count(connection: Connection, study_id: str) -> list[dict[str, Any]]:
    """The judgments of every assignment's highest submission, withdrawn raters left out, by seq, criterion, target."""
    query = (
        select(judgments, raters.c.rater)
        .join(assignments, and_(assignments.c.study_id == judgments.c.study_id, assignments.c.seq == judgments.c.seq))
        .join(raters, and_(raters.c.study_id == assignments.c.study_id, raters.c.seat == assignments.c.seat))
        .where(judgments.c.study_id == study_id, raters.c.withdrawn_at.is_(None))
        .order_by(judgments.c.seq, judgments.c.criterion, judgments.c.target)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def rater_rows(connection: Connection, study_id: str) -> list[dict[str, Any]]:
    """Every Rater of a study, by seat."""
    query = select(raters).where(raters.c.study_id == study_id).order_by(raters.c.seat)
    return [dict(row) for row in connection.execute(query).mappings()]


def idle_raters(connection: Connection, study_id: str, before: str) -> list[dict[str, Any]]:
    """Raters with work left who have saved nothing since `before` (UTC ISO-8601), by seat."""
    waiting = select(assignments.c.seat).where(assignments.c.study_id == study_id, assignments.c.status == "planned")
    query = select(raters).where(raters.c.study_id == study_id, raters.c.last_at < before)
    query = query.where(raters.c.withdrawn_at.is_(None), raters.c.seat.in_(waiting)).order_by(raters.c.seat)
    return [dict(row) for row in connection.execute(query).mappings()]


def has_reclaimed(connection: Connection, study_id: str, seat: int) -> bool:
    """True where work of this Seat was reclaimed."""
    here = (assignments.c.study_id == study_id) & (assignments.c.seat == seat)
    query = select(assignments.c.assignment_id).where(here, assignments.c.status == "reclaimed").limit(1)
    return connection.execute(query).first() is not None


def free_seat(connection: Connection, study_id: str) -> int | None:
    """The lowest Seat nobody has taken, or None."""
    query = select(func.min(seats.c.seat)).where(seats.c.study_id == study_id, seats.c.rater.is_(None))
    seat: int | None = connection.execute(query).scalar_one()
    return seat


def free_seats(connection: Connection, study_id: str) -> int:
    """How many Seats nobody has taken."""
    query = select(func.count()).select_from(seats).where(seats.c.study_id == study_id, seats.c.rater.is_(None))
    return connection.execute(query).scalar_one()


def unopened_links(connection: Connection, study_id: str) -> int:
    """How many raters' links work and have not been opened."""
    query = select(func.count()).select_from(identities).where(identities.c.study == study_id)
    query = query.where(identities.c.role == "rater", identities.c.rater.is_(None), identities.c.revoked_at.is_(None))
    return connection.execute(query).scalar_one()


def plan_mark(connection: Connection, study_id: str) -> tuple[int, int, int]:
    """What new Seats are balanced against, in short: Seats planned, assignments given up, raters who withdrew."""
    here = assignments.c.study_id == study_id
    given_up = select(func.count()).select_from(assignments)
    given_up = given_up.where(here, assignments.c.status.in_(("reclaimed", "withdrawn")))
    gone = select(func.count()).select_from(raters)
    gone = gone.where(raters.c.study_id == study_id, raters.c.withdrawn_at.is_not(None))
    counts = (connection.execute(query).scalar_one() for query in (given_up, gone))
    return (seat_count(connection, study_id), *counts)  # type: ignore[return-value]


def seat_count(connection: Connection, study_id: str) -> int:
    """How many Seats are planned."""
    return connection.execute(select(func.count()).select_from(seats).where(seats.c.study_id == study_id)).scalar_one()


def notes_of(connection: Connection, study_id: str, kind: str, actor: str | None = None) -> list[dict[str, Any]]:
    """Payloads of one kind of note, oldest first, each with its `actor`."""
    query = select(notes.c.actor, notes.c.payload).where(notes.c.study == study_id, notes.c.kind == kind)
    if actor is not None:
        query = query.where(notes.c.actor == actor)
    return [row.payload | {"actor": row.actor} for row in connection.execute(query.order_by(notes.c.seq))]


def identity(connection: Connection, **match: Any) -> dict[str, Any] | None:
    """The one identity with these column values, or None."""
    query = select(identities).where(*(identities.c[name] == value for name, value in match.items()))
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def identity_rows(connection: Connection, study_id: str) -> list[dict[str, Any]]:
    """Every identity of a study, oldest first."""
    query = select(identities).where(identities.c.study == study_id).order_by(identities.c.created_at)
    return [dict(row) for row in connection.execute(query).mappings()]


def add_identity(connection: Connection, **values: Any) -> None:
    """Store one identity."""
    connection.execute(insert(identities), {"single_use": False, **values})


def set_identity(connection: Connection, identity_id: str, **values: Any) -> None:
    """Change one identity; the only rows in the database that are changed in place by hand."""
    connection.execute(update(identities).where(identities.c.identity_id == identity_id).values(**values))


def erase_person(connection: Connection, study_id: str, rater: str) -> None:
    """Erase what points at a Rater: name, mail, profile, comments, facts of devices. Session and judgments stay."""
    here = (identities.c.study == study_id) & (identities.c.rater == rater)
    connection.execute(update(identities).where(here).values(name=None, mail=None, profile=None))
    connection.execute(delete(notes).where(notes.c.study == study_id, notes.c.actor == rater))


def erase_study_people(connection: Connection, study_id: str) -> tuple[int, int]:
    """Erase whatever points at a person in a study, links included: (identities, notes) erased. Judgments stay."""
    people = connection.execute(delete(identities).where(identities.c.study == study_id))
    remarks = connection.execute(delete(notes).where(notes.c.study == study_id))
    return people.rowcount, remarks.rowcount


def has_people(connection: Connection, study_id: str) -> bool:
    """True where identities or notes of a study are left."""
    one = select(identities.c.identity_id).where(identities.c.study == study_id).limit(1)
    other = select(notes.c.seq).where(notes.c.study == study_id).limit(1)
    return connection.execute(one).first() is not None or connection.execute(other).first() is not None


ORGANISERS_ACTS = (
    *("study_created", "invited", "revoked", "reclaimed", "closed", "reopened", "withdrawn", "purged"),
    *("exported", "looked", "signed_in", "signed_out"),
)
DEVIATIONS = ("seats_planned", "reclaimed", "looked", "exported", "reopened", "withdrawn")
"""Acts after launch that a reader of the report must know of."""


def audit(connection: Connection, studies_: tuple[str, ...]) -> list[dict[str, Any]]:
    """at, study, actor, kind, payload (a study's contents aside) of what organisers did, oldest first."""
    query = select(events.c.at, events.c.study, events.c.actor, events.c.kind, events.c.payload)
    query = query.where(events.c.study.in_(studies_), events.c.kind.in_(ORGANISERS_ACTS)).order_by(events.c.seq)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return [row | ({"payload": {}} if row["kind"] == "study_created" else {}) for row in rows]


def deviations(connection: Connection, study_id: str) -> list[dict[str, Any]]:
    """at, kind, payload of `DEVIATIONS`, oldest first; of planned Seats their number, of Raters nothing.

    An export counts where the study was still open: it says which response came from which system.
    """
    query = select(events.c.at, events.c.kind, events.c.payload)
    query = query.where(events.c.study == study_id, events.c.kind.in_(DEVIATIONS)).order_by(events.c.seq)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    late = [row for row in rows if row["kind"] == "exported" and not row["payload"].get("early")]
    return [row | {"payload": _told(row["kind"], row["payload"])} for row in rows if row not in late]


def _told(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    if kind == "seats_planned":
        planned = payload["assignments"]
        return {"kind": planned[0]["kind"] if planned else "main", "assignments": len(planned)}
    return {"what": payload["what"]} if kind == "looked" else {}


def last_act(connection: Connection, study_id: str, actor: str, kind: str) -> dict[str, Any] | None:
    """at and payload of somebody's latest event of one kind, or None."""
    query = select(events.c.at, events.c.payload).where(events.c.study == study_id, events.c.actor == actor)
    query = query.where(events.c.kind == kind).order_by(events.c.seq.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def acts_of(connection: Connection, study_id: str, actor: str, kind: str, noted: bool = False) -> int:
    """How many events (or, `noted`, notes) of one kind an actor has stored in a study."""
    log = notes if noted else events
    query = select(func.count()).select_from(log).where(log.c.study == study_id, log.c.actor == actor)
    return connection.execute(query.where(log.c.kind == kind)).scalar_one()


def times_after_closing(connection: Connection, study_id: str, but: str) -> list[datetime]:
    """When events of any study were stored after this one was last closed, in their order, but for one kind."""
    closing = select(func.max(events.c.seq)).where(events.c.study == study_id, events.c.kind == "closed")
    query = select(events.c.at).where(events.c.seq > closing.scalar_subquery(), events.c.kind != but)
    return [datetime.fromisoformat(at) for at in connection.execute(query.order_by(events.c.seq)).scalars()]


def acts(connection: Connection, study_id: str, kind: str) -> list[dict[str, Any]]:
    """at, actor, payload of the events of one kind, oldest first."""
    query = select(events.c.at, events.c.actor, events.c.payload)
    query = query.where(events.c.study == study_id, events.c.kind == kind).order_by(events.c.seq)
    return [dict(row) for row in connection.execute(query).mappings()]
