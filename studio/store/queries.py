"""Questions the service asks, each one statement, answered with frozen records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select

from studio.store.rows import AssignmentRow, JudgmentRow, Person, RaterRow, StudyRow, SubmissionRow, WorkCount
from studio.store.tables import assignments, identities, judgments, raters, seats, studies, submissions

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
_RATERS = select(raters).where(raters.c.study_id == bindparam("study_id")).order_by(raters.c.seat)
_SPLIT = (assignments.c.seat, assignments.c.kind, assignments.c.status)
_WORK_COUNTS = (
    select(*_SPLIT, func.count(), func.count(assignments.c.submitted_at))
    .where(assignments.c.study_id == bindparam("study_id"))
    .group_by(*_SPLIT)
)
_SUBMISSION = select(submissions).where(
    submissions.c.study_id == bindparam("study_id"), submissions.c.submission_id == bindparam("submission_id")
)
_STORED_OF_SEAT = select(
    func.count(assignments.c.submission_id) + func.coalesce(func.sum(assignments.c.revision), 0)
).where(assignments.c.study_id == bindparam("study_id"), assignments.c.seat == bindparam("seat"))
_JUDGMENTS = select(judgments).order_by(judgments.c.seq, judgments.c.criterion, judgments.c.target)
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


def study_rows(connection: Connection) -> list[StudyRow]:
    """study_id, created_at and closed_at of every study, oldest first."""
    query = select(studies.c.study_id, studies.c.created_at, studies.c.closed_at).order_by(studies.c.created_at)
    return [StudyRow._make(row) for row in connection.execute(query)]


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


def work_counts(connection: Connection, study_id: str) -> list[WorkCount]:
    """How many assignments a Seat has of a kind and status, and how many of them are judged."""
    return [WorkCount._make(row) for row in connection.execute(_WORK_COUNTS, {"study_id": study_id})]


def submission(connection: Connection, study_id: str, submission_id: str) -> SubmissionRow | None:
    """A stored submission, or None."""
    values = {"study_id": study_id, "submission_id": submission_id}
    row = connection.execute(_SUBMISSION, values).one_or_none()
    return None if row is None else SubmissionRow._make(row)


def submissions_of_seat(connection: Connection, study_id: str, seat: int) -> int:
    """How many forms were stored for a Seat's assignments, revisions included."""
    return int(connection.execute(_STORED_OF_SEAT, {"study_id": study_id, "seat": seat}).scalar_one())


def submissions_until(connection: Connection, study_id: str, rater: str, seq: int) -> int:
    """Which of a Rater's stored forms the one with this sequence number is, counted from 1."""
    here = (submissions.c.study_id == study_id) & (submissions.c.rater == rater) & (submissions.c.seq <= seq)
    return int(connection.execute(select(func.count()).select_from(submissions).where(here)).scalar_one())


def judgments_of(connection: Connection, seqs: list[int]) -> dict[int, list[JudgmentRow]]:
    """The judgments of these submissions, by sequence number."""
    found: dict[int, list[JudgmentRow]] = {seq: [] for seq in seqs}
    for start in range(0, len(seqs), 500):
        query = _JUDGMENTS.where(judgments.c.seq.in_(seqs[start : start + 500]))
        for row in connection.execute(query):
            found[row.seq].append(JudgmentRow._make(row))
    return found


def judgments_that_count(connection: Connection, study_id: str) -> list[tuple[str, JudgmentRow]]:
    """Rater and judgment, of every assignment's highest submission, withdrawn raters left out, in the log's order."""
    query = (
        _JUDGMENTS.add_columns(raters.c.rater)
        .join(assignments, and_(assignments.c.study_id == judgments.c.study_id, assignments.c.seq == judgments.c.seq))
        .join(raters, and_(raters.c.study_id == assignments.c.study_id, raters.c.seat == assignments.c.seat))
        .where(judgments.c.study_id == study_id, raters.c.withdrawn_at.is_(None))
    )
    return [(row.rater, JudgmentRow._make(row[:-1])) for row in connection.execute(query)]


def rater_rows(connection: Connection, study_id: str) -> list[RaterRow]:
    """Every Rater of a study, by seat."""
    return [RaterRow._make(row) for row in connection.execute(_RATERS, {"study_id": study_id})]


def idle_raters(connection: Connection, study_id: str, before: str) -> list[RaterRow]:
    """Raters with work left who have saved nothing since `before` (UTC ISO-8601), by seat."""
    waiting = select(assignments.c.seat).where(assignments.c.study_id == study_id, assignments.c.status == "planned")
    query = select(raters).where(raters.c.study_id == study_id, raters.c.last_at < before)
    query = query.where(raters.c.withdrawn_at.is_(None), raters.c.seat.in_(waiting)).order_by(raters.c.seat)
    return [RaterRow._make(row) for row in connection.execute(query)]


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
