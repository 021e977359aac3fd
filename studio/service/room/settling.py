"""What time does to a room: the ten seconds of a stop, the longest time, the grace for who does not come.

Nothing ends by a connection. Whoever acts in a room or looks at it settles it first, and the studio looks at every room
that is open somewhere once a second, so that a program that was killed in between changes nothing but the moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from studio.service.desk import Desk
from studio.service.room.place import write
from studio.service.room.records import Line, Speaking
from studio.store.database import Connection
from studio.store.room import asked as rooms
from studio.store.room.lines import SessionRow
from tasks.schema import Sessions

STOP_SECONDS = 10
"""In which a stop can be taken back."""


def settle(desk: Desk, connection: Connection, session: SessionRow, rules: Sessions) -> tuple[SessionRow, Line | None]:
    """End the session if its time has come; the session as it is then, and the line that says so."""
    due = ending(session, rules, desk.clock())
    if due is None:
        return session, None
    by, why = due
    return write(desk, connection, session, "ended", by, why=why)


def ending(session: SessionRow, rules: Sessions, now: datetime) -> tuple[Speaking, str] | None:
    """Who ends the session now and why (`stopped`, `time`, `no_show`), or None."""
    if session.state == "ended":
        return None
    if session.stopping_at and _after(session.stopping_at, timedelta(seconds=STOP_SECONDS)) <= now:
        return ("client" if session.stopping_by == "client" else "counselor"), "stopped"
    if session.begun_at:
        over = _after(session.begun_at, timedelta(minutes=rules.most_minutes)) <= now
        return ("studio", "time") if over else None
    if session.booked_at and _after(session.booked_at, timedelta(minutes=rules.grace_minutes)) <= now:
        there = (session.client_ready_at is not None, session.counselor_ready_at is not None)
        if there in ((True, False), (False, True)):
            return ("counselor" if there[0] else "client"), "no_show"
    return None


def settle_live(desk: Desk, connection: Connection) -> list[tuple[SessionRow, Line]]:
    """End every live session whose time has come: those, each with its last line."""
    ended = []
    for session in rooms.live(connection):
        rules = desk.view(connection, session.study_id).study.sessions
        after, line = settle(desk, connection, session, rules) if rules else (session, None)
        if line is not None:
            ended.append((after, line))
    return ended


def is_due(desk: Desk, connection: Connection) -> bool:
    """True where `settle_live` would end something; reads alone, since it is asked once a second."""
    now = desk.clock()
    sessions = ((row, desk.view(connection, row.study_id).study.sessions) for row in rooms.live(connection))
    return any(rules is not None and ending(row, rules, now) is not None for row, rules in sessions)


def _after(at: str, more: timedelta) -> datetime:
    return datetime.fromisoformat(at) + more
