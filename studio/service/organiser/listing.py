"""Every study in one line: how far it is, and what its organiser may do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from studio.service.desk import Desk
from studio.service.organiser import course, keeping, oversight, roster
from studio.service.organiser.keeping import Kept
from studio.store import queries
from studio.store.database import Connection
from tasks.schema import Words

Step = Literal["invite", "remind", "wait", "close", "look", "report"]
"""What to do next: make links, remind people, wait, close, read the results, or nothing more than the report."""


@dataclass(frozen=True)
class Summary:
    """One study on the list of studies. Counts are of people and of assignments, without those who have withdrawn."""

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
    """Raters who have not consented, or began and stand still: `roster.State`."""
    unopened: int
    """Links that nobody has opened."""
    done: int
    total: int
    """Planned assignments that count: `course.Course.total`."""
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
        if self.joined and not self.unopened and self.done >= self.total:
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
    study, raters = desk.view(connection, study_id).study, queries.rater_rows(connection, study_id)
    states = [one.state for one in roster.invited(desk, connection, study_id, raters)]
    done, total = course.counted(connection, study_id, raters)
    return Summary(
        study_id,
        study.title,
        len(study.items),
        len(study.systems),
        study.simulated,
        created_at,
        closed_at,
        queries.seat_count(connection, study_id),
        sum(row.withdrawn_at is None for row in raters),
        states.count("done"),
        sum(state in ("consent", "idle") for state in states),
        states.count("unopened"),
        done,
        total,
        oversight.opened(desk, connection, study_id),
        keeping.kept(desk, connection, study_id),
    )
