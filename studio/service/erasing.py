"""The right to be forgotten: one Rater's withdrawal, and everybody's at the retention date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from studio.service.desk import Desk
from studio.service.refusals import StudioError
from studio.store import queries
from studio.store.database import Connection


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


def withdraw(desk: Desk, connection: Connection, study_id: str, rater: str, actor: str) -> Withdrawal:
    """Take a Rater out: of every later export and report; contact, profile, comments and device facts are erased.

    The code, the number of pairs and the active time stay, for payment. Withdrawing twice changes nothing.

    Raises:
        StudioError: nobody of that code has joined.
    """
    rows = {row["rater"]: row for row in queries.rater_rows(connection, study_id)}
    if rater not in rows:
        raise StudioError(f"rater: found {rater!r}; allowed: {', '.join(rows) or 'nobody has joined yet'}")
    row = rows[rater]
    if row["withdrawn_at"] is None:
        desk.record(connection, study_id, actor, "withdrawn", {"rater": rater, "seat": row["seat"]})
    queries.erase_person(connection, study_id, rater)
    until = row["withdrawn_at"] or "9999"
    taken = queries.acts(connection, study_id, "exported")
    exports = tuple(act["at"] for act in taken if row["joined_at"] <= act["at"] <= until)
    return Withdrawal(rater, row["done"], row["active_seconds"], exports)


def retention_date(desk: Desk, connection: Connection, study_id: str) -> str | None:
    """When a study's people are to be erased: `retention_days` after it was closed; None where neither is set."""
    days = desk.view(connection, study_id).study.retention_days
    closed = queries.closed_at(connection, study_id)
    if days is None or closed is None:
        return None
    return desk.stamp(datetime.fromisoformat(closed) + timedelta(days=days))


def purge_due(desk: Desk, connection: Connection) -> list[Purge]:
    """Erase names, mail, profiles, links, comments and device facts of every study whose retention date has come."""
    now, done = desk.now(), []
    for row in queries.study_rows(connection):
        study_id = row["study_id"]
        due = retention_date(desk, connection, study_id)
        if due is not None and due <= now and queries.has_people(connection, study_id):
            done.append(_purge(desk, connection, study_id, due))
    return done


def purge_now(desk: Desk, connection: Connection, study_id: str) -> Purge:
    """The same for one closed study before its date.

    Raises:
        StudioError: the study is still open, so that its raters still need their links.
    """
    desk.view(connection, study_id)
    if queries.closed_at(connection, study_id) is None:
        raise StudioError(f"study: {study_id!r} is open; close it first (its raters' links are erased too)")
    return _purge(desk, connection, study_id, desk.now())


def _purge(desk: Desk, connection: Connection, study_id: str, due: str) -> Purge:
    people, remarks = queries.erase_study_people(connection, study_id)
    payload = {"due_at": due, "people": people, "remarks": remarks}
    desk.record(connection, study_id, "studio", "purged", payload)
    return Purge(study_id, due, people, remarks)
