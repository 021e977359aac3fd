"""Questions about sessions and the lines of their rooms, each one statement."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, or_, select

from studio.store.room.lines import LineRow, SessionRow
from studio.store.tables import messages, notes, seats, sessions

_HERE = (sessions.c.study_id == bindparam("study_id")) & (sessions.c.session_id == bindparam("session_id"))
_SESSION = select(sessions).where(_HERE)
_OF_STUDY = select(sessions).where(sessions.c.study_id == bindparam("study_id")).order_by(sessions.c.number)
_OF_SEAT = _OF_STUDY.where(
    or_(sessions.c.client_seat == bindparam("seat"), sessions.c.counselor_seat == bindparam("seat"))
)
_IN_ROOM = (messages.c.study_id == bindparam("study_id")) & (messages.c.session_id == bindparam("session_id"))
_LINES = (
    select(messages, notes.c.payload)
    .join(notes, notes.c.seq == messages.c.note, isouter=True)
    .where(_IN_ROOM, messages.c.number > bindparam("after"))
    .order_by(messages.c.number)
    .limit(bindparam("most"))
)
_BY_UUID = select(messages).where(_IN_ROOM, messages.c.uuid == bindparam("uuid"))
_OPEN = select(sessions).where(sessions.c.state == "live").order_by(sessions.c.study_id, sessions.c.number)
_ALL = 1_000_000


def session(connection: Connection, study_id: str, session_id: str) -> SessionRow | None:
    """One session of a study, or None."""
    row = connection.execute(_SESSION, {"study_id": study_id, "session_id": session_id}).one_or_none()
    return None if row is None else SessionRow._make(row)


def sessions_of(connection: Connection, study_id: str, seat: int | None = None) -> list[SessionRow]:
    """The sessions of a study, or of one Seat in either role, in the plan's order."""
    query = _OF_STUDY if seat is None else _OF_SEAT
    values = {"study_id": study_id} | ({} if seat is None else {"seat": seat})
    return [SessionRow._make(row) for row in connection.execute(query, values)]


def live(connection: Connection) -> list[SessionRow]:
    """Every session of any study that has begun and not ended."""
    return [SessionRow._make(row) for row in connection.execute(_OPEN)]


def lines(
    connection: Connection, study_id: str, session_id: str, after: int = 0, most: int = _ALL
) -> list[tuple[LineRow, str | None]]:
    """The lines of a room above `after`, in order, each with its words (None: it has none, or they were erased)."""
    values = {"study_id": study_id, "session_id": session_id, "after": after, "most": most}
    width = len(LineRow._fields)
    return [
        (LineRow._make(row[:width]), None if row[width] is None else str(row[width]["text"]))
        for row in connection.execute(_LINES, values)
    ]


def line_of(connection: Connection, study_id: str, session_id: str, uuid: str) -> LineRow | None:
    """The line that a device sent under this uuid, or None."""
    values = {"study_id": study_id, "session_id": session_id, "uuid": uuid}
    row = connection.execute(_BY_UUID, values).one_or_none()
    return None if row is None else LineRow._make(row)


def rater_of(connection: Connection, study_id: str, seat: int) -> str | None:
    """The code of whoever has a Seat, or None."""
    query = select(seats.c.rater).where(seats.c.study_id == study_id, seats.c.seat == seat)
    code: str | None = connection.execute(query).scalar_one_or_none()
    return code
