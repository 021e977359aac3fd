"""The right to be forgotten: one Rater's withdrawal, and everybody's at the retention date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from studio.service.desk import ORGANISER, Desk
from studio.service.refusals import StudioError
from studio.store import acts, identity_table, queries
from studio.store.database import Connection
from tasks.languages.fault import Fault, at, instead

NOTICED = "purge_due"
"""The event by which a look at the clock is noted."""
LOOKS_APART = timedelta(days=1)
FAR = timedelta(days=92)
"""A clock that goes on by so much more than a study's retention, with nothing in the log between, may be wrong."""


@dataclass(frozen=True)
class Withdrawal:
    """What is left of a Rater who withdrew, for payment, and what cannot be recalled."""

    rater: str
    pairs: int
    """Pairs answered."""
    active_seconds: float
    exports: tuple[str, ...]
    """When (UTC ISO-8601) exports were taken that still hold the Rater's judgments: to be deleted or taken again."""


@dataclass(frozen=True)
class Purge:
    """What a purge of one study erased; `due_at` is its retention date (UTC ISO-8601)."""

    study_id: str
    due_at: str
    people: int
    remarks: int


def withdraw(desk: Desk, connection: Connection, study_id: str, rater: str, actor: str = ORGANISER) -> Withdrawal:
    """Take a Rater out: of every later export and report; contact, profile, comments and device facts are erased.

    The code, the number of pairs and the active time stay, for payment. Withdrawing twice changes nothing.

    Raises:
        StudioError: nobody of that code has joined.
    """
    desk.view(connection, study_id)
    rows = {row.rater: row for row in queries.rater_rows(connection, study_id)}
    if rater not in rows:
        raise StudioError(at("rater", instead(repr(rater), ", ".join(rows) or Fault("nobody_yet"))))
    row = rows[rater]
    if row.withdrawn_at is None:
        desk.record(connection, study_id, actor, "withdrawn", {"rater": rater, "seat": row.seat})
    identity_table.erase_person(connection, study_id, rater)
    until = row.withdrawn_at or "9999"
    taken = acts.acts(connection, study_id, "exported")
    exports = tuple(act.at for act in taken if row.joined_at <= act.at <= until)
    return Withdrawal(rater, row.done, row.active_seconds, exports)


def retention_date(desk: Desk, connection: Connection, study_id: str) -> str | None:
    """When a study's people are to be erased: `retention_days` after it was closed; None where neither is set.

    Counted from the last thing a rater did where that was later by the clock, which was wrong at one of the two.
    """
    days = desk.view(connection, study_id).study.retention_days
    closed = queries.closed_at(connection, study_id)
    if days is None or closed is None:
        return None
    began = max([closed, *(row.last_at for row in queries.rater_rows(connection, study_id))])
    return desk.stamp(datetime.fromisoformat(began) + timedelta(days=days))


@dataclass(frozen=True)
class DueStudy:
    """A study whose retention date has come by this clock, and what an automatic purge makes of it."""

    study_id: str
    due_at: str
    noticed_at: str | None
    """When the first look saw that it was due, by a clock that is not ahead of this one; None = never."""
    doubtful: bool
    """The clock has jumped, or nobody used the studio for long: a person has to say whether the date is right."""

    def ripe(self, now: datetime) -> bool:
        """True where a look at least a day ago saw the same."""
        if self.noticed_at is None or self.doubtful:
            return False
        return now - datetime.fromisoformat(self.noticed_at) >= LOOKS_APART


def due_studies(desk: Desk, connection: Connection) -> list[DueStudy]:
    """Every closed study with people left whose retention date has come."""
    now, due = desk.now(), []
    for row in queries.study_rows(connection):
        study_id = row.study_id
        at = retention_date(desk, connection, study_id)
        if at is not None and at <= now and identity_table.has_people(connection, study_id):
            looks = [act.at for act in acts.acts(connection, study_id, NOTICED) if act.payload["due_at"] == at]
            noticed = min((look for look in looks if at <= look <= now), default=None)
            due.append(DueStudy(study_id, at, noticed, _doubtful(desk, connection, study_id)))
    return due


def _doubtful(desk: Desk, connection: Connection, study_id: str) -> bool:
    """True where the clock was once ahead of a study's closing by more than its retention and `FAR` without a trace.

    Looks of the purge itself are no trace: a wrong clock would vouch for itself.
    """
    since = datetime.fromisoformat(queries.closed_at(connection, study_id) or desk.now())
    days = desk.view(connection, study_id).study.retention_days or 0
    times = [since, *acts.times_after_closing(connection, study_id, NOTICED), desk.clock()]
    return any(later - earlier > timedelta(days=days) + FAR for earlier, later in pairwise(times))


def purge(desk: Desk, connection: Connection, study_id: str | None = None) -> list[Purge]:
    """Erase the people of every study whose retention date came a day ago or more, or of this closed one now."""
    if study_id is None:
        return purge_due(desk, connection)
    return [purge_now(desk, connection, study_id)]


def purge_due(desk: Desk, connection: Connection) -> list[Purge]:
    """Erase names, mail, profiles, links, comments and device facts of every study whose retention date has come.

    What is erased cannot be brought back, so one look at one clock is not enough: the first look is noted, the second,
    a day later at least, erases. A study that is `doubtful` waits for a person (`purge_now`).
    """
    now, done = desk.clock(), []
    for study in due_studies(desk, connection):
        if study.ripe(now):
            done.append(_purge(desk, connection, study.study_id, study.due_at))
        elif study.noticed_at is None and not study.doubtful:
            desk.record(connection, study.study_id, "studio", NOTICED, {"due_at": study.due_at})
    return done


def purge_now(desk: Desk, connection: Connection, study_id: str) -> Purge:
    """The same for one closed study before its date.

    Raises:
        StudioError: the study is still open, so that its raters still need their links.
    """
    desk.view(connection, study_id)
    if queries.closed_at(connection, study_id) is None:
        raise StudioError(at("study", Fault("study_open", study=repr(study_id))))
    return _purge(desk, connection, study_id, desk.now())


def _purge(desk: Desk, connection: Connection, study_id: str, due: str) -> Purge:
    people, remarks = identity_table.erase_study_people(connection, study_id)
    payload = {"due_at": due, "people": people, "remarks": remarks}
    desk.record(connection, study_id, "studio", "purged", payload)
    return Purge(study_id, due, people, remarks)
