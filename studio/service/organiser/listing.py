"""Every study in one line: how far it is, and what its organiser may do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from studio.service.desk import Desk
from studio.service.organiser import keeping
from studio.service.organiser.keeping import Kept
from studio.store import acts, identity_table, queries
from studio.store.database import Connection
from studio.store.rows import RaterRow
from tasks.schema import Words

IDLE = timedelta(days=3)
"""A rater who has begun and saved nothing for so long stands still."""
Step = Literal["invite", "remind", "wait", "close", "look", "report"]
"""What to do next: make links, remind people, wait, close, read the results, or nothing more than the report."""


@dataclass(frozen=True)
class Summary:
    """One study on the list of studies. Counts are of people and of assignments of those who have not withdrawn."""

    study_id: str
    title: Words
    items: int
    systems: int
    simulated: bool
    created_at: str
    closed_at: str | None
    seats: int
    """Planned places."""
    joined: int
    finished: int
    idle: int
    """Raters who began and have stood still for `IDLE`."""
    unopened: int
    """Links that nobody has opened."""
    done: int
    total: int
    looked: bool
    """True once somebody has opened the results."""
    kept: Kept
    """What organisers noted of it."""

    def days_left(self, today: date) -> int:
        """Days until the last one, which is 0; below 0 once it is over. ValueError where no last day was named."""
        return (date.fromisoformat(self.kept.due) - today).days

    @property
    def step(self) -> Step:
        """What to do next."""
        if self.closed_at is not None:
            return "report" if self.looked else "look"
        if not self.joined and not self.unopened:
            return "invite"
        if self.joined and self.finished == self.joined and not self.unopened and self.joined >= self.seats:
            return "close"
        return "remind" if self.idle or self.unopened else "wait"


def summaries(desk: Desk, connection: Connection) -> list[Summary]:
    """Every study, the newest first."""
    rows = reversed(queries.study_rows(connection))
    return [_summary(desk, connection, row.study_id, row.created_at, row.closed_at) for row in rows]


def summary(desk: Desk, connection: Connection, study_id: str) -> Summary:
    """One study. StudioError if there is none of that id."""
    desk.view(connection, study_id)
    row = next(row for row in queries.study_rows(connection) if row.study_id == study_id)
    return _summary(desk, connection, study_id, row.created_at, row.closed_at)


def _summary(desk: Desk, connection: Connection, study_id: str, created_at: str, closed_at: str | None) -> Summary:
    study = desk.view(connection, study_id).study
    here = [row for row in queries.rater_rows(connection, study_id) if row.withdrawn_at is None]
    before = desk.stamp(desk.clock() - IDLE)
    looks = (acts.acts(connection, study_id, kind) for kind in ("looked", "exported"))
    return Summary(
        study_id,
        study.title,
        len(study.items),
        len(study.systems),
        study.simulated,
        created_at,
        closed_at,
        queries.seat_count(connection, study_id),
        len(here),
        sum(row.finished_at is not None for row in here),
        sum(_stands_still(row, before) for row in here),
        _unopened(connection, study_id),
        sum(row.done for row in here),
        sum(row.total for row in here),
        any(looks),
        keeping.kept(desk, connection, study_id),
    )


def _stands_still(row: RaterRow, before: str) -> bool:
    return row.finished_at is None and row.last_at < before


def _unopened(connection: Connection, study_id: str) -> int:
    rows = identity_table.identity_rows(connection, study_id)
    return sum(row.role == "rater" and row.rater is None and row.revoked_at is None for row in rows)
