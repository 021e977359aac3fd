"""What each line of a room does to its session, and sessions and lines as stored.

A line is an event `room_…` that client and counsellor both see, numbered per room without gaps: `events.seq` counts for
all rooms together, so that its gaps would tell one room of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, cast

from sqlalchemy import Connection, insert, update

from studio.store.event import Event, PlannedRoom, RoomLine
from studio.store.tables import messages, sessions

LineKind = Literal[
    "ready", "unready", "begun", "said", "aside", "paused", "resumed", "ending", "going_on", "stopping", "unstopped",
    "stepped_in", "crisis", "ended",
]  # fmt: skip
"""What both sides see happen in a room."""
PREFIX = "room_"
"""Of the kinds of event: `room_said` stores the line `said`."""


class SessionRow(NamedTuple):
    """One session as stored: the columns of the table, in their order. Times are UTC ISO-8601."""

    study_id: str
    session_id: str
    number: int
    scenario_id: str
    client_seat: int
    counselor_seat: int
    state: str
    """`planned`, `live` or `ended`."""
    booked_at: str | None
    client_ready_at: str | None
    counselor_ready_at: str | None
    begun_at: str | None
    paused_at: str | None
    ending_by: str | None
    """Who proposed to end together."""
    stopping_by: str | None
    stopping_at: str | None
    ended_at: str | None
    ended_by: str | None
    why: str | None
    last: int
    """The number of its last line; 0 = none."""


class LineRow(NamedTuple):
    """One line as stored: the columns of the table, in their order."""

    study_id: str
    session_id: str
    number: int
    seq: int
    kind: str
    role: str
    at: str
    uuid: str | None
    note: int | None
    sha256: str | None
    characters: int | None
    why: str | None
    flagged_at: str | None


def plan(connection: Connection, study_id: str, planned: Sequence[PlannedRoom]) -> None:
    """Add sessions to a study's plan."""
    rows = [
        {
            "study_id": study_id,
            "session_id": one["session_id"],
            "number": one["number"],
            "scenario_id": one["scenario_id"],
            "client_seat": one["client"],
            "counselor_seat": one["counselor"],
            "state": "planned",
            "last": 0,
        }
        for one in planned
    ]
    if rows:
        connection.execute(insert(sessions), rows)


Changes = dict[str, Any]
"""Columns of a session that a line changes."""
CHANGES: dict[LineKind, Callable[[Event, str], Changes]] = {
    "ready": lambda event, role: {f"{role}_ready_at": event.at},
    "unready": lambda event, role: {f"{role}_ready_at": None},
    "begun": lambda event, role: {"state": "live", "begun_at": event.at},
    "said": lambda event, role: {},
    "aside": lambda event, role: {},
    "paused": lambda event, role: {"paused_at": event.at},
    "resumed": lambda event, role: {"paused_at": None},
    "ending": lambda event, role: {"ending_by": role},
    "going_on": lambda event, role: {"ending_by": None},
    "stopping": lambda event, role: {"stopping_by": role, "stopping_at": event.at},
    "unstopped": lambda event, role: {"stopping_by": None, "stopping_at": None},
    "stepped_in": lambda event, role: {},
    "crisis": lambda event, role: {},
    "ended": lambda event, role: {
        "state": "ended", "ended_at": event.at, "ended_by": role, "why": event.payload["why"],
    },
}  # fmt: skip
_INSERT_LINE = insert(messages)


def _line(connection: Connection, seq: int, event: Event) -> None:
    line = cast(RoomLine, event.payload)
    kind = cast(LineKind, event.kind.removeprefix(PREFIX))
    row: dict[str, Any] = {"study_id": event.study, "seq": seq, "kind": kind, "at": event.at}
    row |= {name: line.get(name) for name in ("session_id", "number", "role", "uuid", "note", "sha256", "characters")}
    connection.execute(_INSERT_LINE, row | {"why": line.get("why")})
    here = (sessions.c.study_id == event.study) & (sessions.c.session_id == line["session_id"])
    connection.execute(update(sessions).where(here).values(last=line["number"], **CHANGES[kind](event, line["role"])))


def _booked(connection: Connection, seq: int, event: Event) -> None:
    here = (sessions.c.study_id == event.study) & (sessions.c.session_id == event.payload["session_id"])
    connection.execute(update(sessions).where(here).values(booked_at=event.payload["booked_at"]))


def _seated(connection: Connection, seq: int, event: Event) -> None:
    """Somebody holds a session in place of who left."""
    here = (sessions.c.study_id == event.study) & (sessions.c.session_id == event.payload["session_id"])
    both = {"client_seat": event.payload["client"], "counselor_seat": event.payload["counselor"]}
    connection.execute(update(sessions).where(here).values(both))


def _flagged(connection: Connection, seq: int, event: Event) -> None:
    here = (messages.c.study_id == event.study) & (messages.c.session_id == event.payload["session_id"])
    at = event.at if event.payload["flag"] else None
    connection.execute(update(messages).where(here, messages.c.number == event.payload["number"]).values(flagged_at=at))


def _told(connection: Connection, seq: int, event: Event) -> None:
    """What stands in the log alone: that a supervisor was rung, and what of the words may be published."""


PROJECTIONS: dict[str, Callable[[Connection, int, Event], None]] = {
    **{PREFIX + kind: _line for kind in CHANGES},
    "room_booked": _booked,
    "room_seated": _seated,
    "room_flagged": _flagged,
    **dict.fromkeys(("room_rung", "room_agreed", "room_struck"), _told),
}
