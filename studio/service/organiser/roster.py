"""Everybody who was invited to a study: by which name, how far, and who needs a hand. Names stay on this list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from studio.service.desk import Desk
from studio.store import identity_table, queries
from studio.store.database import Connection
from studio.store.identity_table import Identity
from studio.store.rows import RaterRow

IDLE = timedelta(days=3)
"""A rater who has begun and saved nothing for so long stands still."""
State = Literal["unopened", "consent", "idle", "working", "done", "stopped", "withdrawn"]
"""Where somebody is, those first who need a hand: the link was not opened; no consent yet; nothing saved for `IDLE`;
at work; all judged; no link works any more; taken out."""
ORDER: tuple[State, ...] = get_args(State)
WAITED_FOR: tuple[State, ...] = ORDER[:3]
"""States in which a reminder helps."""


@dataclass(frozen=True)
class Invited:
    """One person who was invited. `done` and `total`: assignments; times are UTC ISO-8601."""

    key: str
    """What an act names the person by: the code, or before the link is opened its identity."""
    name: str
    """As invited, else the mail address; '' where nobody was named, and after a withdrawal."""
    mail: str
    """The address that a link was made for; '' where none was."""
    rater: str
    """The pseudonym; '' before the link is opened."""
    state: State
    still_days: int
    """Whole days since the last sign of life."""
    done: int
    total: int
    active_seconds: float
    last_at: str
    """The last thing the Rater did; of an unopened link when it was made."""

    @property
    def pace_seconds(self) -> float | None:
        """Seconds of work for each assignment; None before the first."""
        return self.active_seconds / self.done if self.done else None


def roster(desk: Desk, connection: Connection, study_id: str) -> list[Invited]:
    """Everybody who was invited, those who need a hand first. Links that ended unopened are left out."""
    return invited(desk, connection, study_id, queries.rater_rows(connection, study_id))


def invited(desk: Desk, connection: Connection, study_id: str, raters: Sequence[RaterRow]) -> list[Invited]:
    """The same, where the study's Raters are at hand."""
    consents = desk.view(connection, study_id).study.consent is not None
    here = [one for one in identity_table.identity_rows(connection, study_id) if one.role == "rater"]
    waiting = [_unopened(desk, one) for one in here if one.rater is None and one.revoked_at is None]
    joined = [_joined(desk, row, here, consents) for row in raters]
    return sorted([*waiting, *joined], key=lambda one: (ORDER.index(one.state), -one.still_days, one.rater))


def _unopened(desk: Desk, link: Identity) -> Invited:
    days = _days(desk, link.created_at)
    return Invited(link.identity_id, called([link]), mailed([link]), "", "unopened", days, 0, 0, 0.0, link.created_at)


def _joined(desk: Desk, row: RaterRow, links: Sequence[Identity], consents: bool) -> Invited:
    own = [one for one in links if one.rater == row.rater]
    state, days = _state(desk, row, own, consents), _days(desk, row.last_at)
    work = (row.done, row.total, row.active_seconds, row.last_at)
    return Invited(row.rater, called(own), mailed(own), row.rater, state, days, *work)


def _state(desk: Desk, row: RaterRow, own: Sequence[Identity], consents: bool) -> State:
    if row.withdrawn:
        return "withdrawn"
    if row.finished_at is not None or row.done >= row.total > 0:
        return "done"
    if own and all(one.revoked_at is not None for one in own):
        return "stopped"
    if consents and row.consented_at is None:
        return "consent"
    return "idle" if row.last_at < desk.stamp(desk.clock() - IDLE) else "working"


def called(links: Sequence[Identity]) -> str:
    """The name, or else the mail, that one of a person's links was made for; '' where none was."""
    return next((one.name or one.mail or "" for one in links if one.name or one.mail), "")


def mailed(links: Sequence[Identity]) -> str:
    """The mail address that one of a person's links was made for; '' where none was."""
    return next((one.mail for one in links if one.mail), "")


def _days(desk: Desk, since: str) -> int:
    return max(0, (desk.clock() - datetime.fromisoformat(since)).days)
