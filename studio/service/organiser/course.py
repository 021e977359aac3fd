"""How a study went so far in time: when its assignments were judged, and when it is done at this pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from studio.service import seats
from studio.service.desk import Desk
from studio.store import queries
from studio.store.database import Connection
from studio.store.projections import COUNTED
from studio.store.rows import RaterRow

SPAN = timedelta(days=7)
"""The pace is that of the last week, or of the time since the beginning where that is shorter."""
LEAST = timedelta(days=1)
"""Over less than this nothing is said of a pace."""


@dataclass(frozen=True)
class Course:
    """A study in time. Times are UTC ISO-8601.

    Attributes:
        began_at: when the study was brought in.
        now: when this was asked.
        judged_at: when each assignment was judged (revised ones: last), oldest first; without Raters who withdrew.
        total: planned assignments that count: all Seats of the plan, and of later ones those that are taken, without
            Raters who withdrew and without work that was given up.
        taken_out: assignments that Raters who withdrew had judged.
    """

    began_at: str
    now: str
    judged_at: tuple[str, ...]
    total: int
    taken_out: int

    @property
    def expected(self) -> date | None:
        """The day (UTC) by which all is judged at the pace so far; None where there is no pace, or nothing is left."""
        left = self.total - len(self.judged_at)
        if not self.judged_at or left <= 0:
            return None
        now = datetime.fromisoformat(self.now)
        since = max(now - SPAN, datetime.fromisoformat(self.judged_at[0]))
        recent = sum(datetime.fromisoformat(at) >= since for at in self.judged_at)
        if now - since < LEAST or not recent:
            return None
        return (now + left / recent * (now - since)).date()


def counted(connection: Connection, study_id: str, raters: Sequence[RaterRow]) -> tuple[int, int]:
    """How many assignments are judged and how many are planned, as `Course` has them, without a look at each."""
    gone = {row.seat for row in raters if row.withdrawn}
    waiting = seats.waiting(connection, study_id, {row.seat for row in raters})
    rows = [row for row in queries.work_counts(connection, study_id) if row.kind in COUNTED]
    here = [row for row in rows if row.seat not in waiting and row.seat not in gone]
    given_up = sum(row.n - row.judged for row in here if row.status in seats.GIVEN_UP)
    return sum(row.judged for row in here), sum(row.n for row in here) - given_up


def course(desk: Desk, connection: Connection, study_id: str) -> Course:
    """How a study went so far in time."""
    desk.view(connection, study_id)
    began = next(row.created_at for row in queries.study_rows(connection) if row.study_id == study_id)
    gone = {row.seat for row in queries.rater_rows(connection, study_id) if row.withdrawn}
    rows = [row for row in seats.work(connection, study_id) if row.kind in COUNTED]
    here = [row for row in rows if row.seat not in gone]
    judged = sorted(row.submitted_at for row in here if row.submitted_at is not None)
    given_up = sum(row.submitted_at is None and row.status in seats.GIVEN_UP for row in here)
    taken_out = sum(row.submitted_at is not None for row in rows if row.seat in gone)
    return Course(began, desk.now(), tuple(judged), len(here) - given_up, taken_out)
