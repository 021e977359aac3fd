"""Times of sessions: when which two meet, booked by the organiser, who sends the letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from studio.service.desk import ORGANISER, Desk
from studio.service.refusals import StudioError
from studio.store import acts, identity_table
from studio.store.database import Connection
from studio.store.room import asked as rooms
from studio.store.room.lines import SessionRow
from tasks.languages.fault import Fault, at, instead


@dataclass(frozen=True)
class Sitter:
    """One side of an appointment. `rater` is None where nobody has the Seat yet; name and mail '' where not known."""

    seat: int
    rater: str | None
    name: str
    mail: str


@dataclass(frozen=True)
class Appointment:
    """One planned session. Times are UTC ISO-8601; `bookings`: times booked so far."""

    session_id: str
    state: str
    booked_at: str | None
    bookings: int
    client: Sitter
    counselor: Sitter


def appointments(desk: Desk, connection: Connection, study_id: str) -> list[Appointment]:
    """The sessions of a study in the plan's order; [] where it has none. StudioError if there is no such study."""
    desk.view(connection, study_id)
    return [_told(connection, row) for row in rooms.sessions_of(connection, study_id)]


def book(
    desk: Desk, connection: Connection, study_id: str, session_id: str, time: datetime, actor: str = ORGANISER
) -> Appointment:
    """Book a time for a session, or another time for one that has not begun.

    Args:
        time: with its zone.

    Raises:
        StudioError: there is no such study or session, it has begun, the time is past or has no zone, or one of the two
            is in another session then.
    """
    rules = desk.view(connection, study_id).study.sessions
    found = {row.session_id: row for row in rooms.sessions_of(connection, study_id)}
    if session_id not in found or rules is None:
        raise StudioError(at("session", instead(repr(session_id), ", ".join(found) or Fault("none"))))
    if found[session_id].state != "planned":
        raise StudioError(at(session_id, Fault("session_begun")))
    if time.tzinfo is None or time <= desk.clock():
        raise StudioError(at("time", instead(time.isoformat(), Fault("a_time_to_come"))))
    _refuse_clash(found[session_id], list(found.values()), time, timedelta(minutes=rules.most_minutes))
    payload = {"session_id": session_id, "booked_at": desk.stamp(time.astimezone(UTC))}
    desk.record(connection, study_id, actor, "room_booked", payload)
    after = rooms.session(connection, study_id, session_id)
    assert after is not None
    return _told(connection, after)


def _refuse_clash(own: SessionRow, others: list[SessionRow], time: datetime, most: timedelta) -> None:
    people = {own.client_seat, own.counselor_seat}
    for one in others:
        clashes = one is not own and one.state != "ended" and people & {one.client_seat, one.counselor_seat}
        if clashes and one.booked_at and abs(datetime.fromisoformat(one.booked_at) - time) < most:
            raise StudioError(at("time", Fault("session_clash", session=one.session_id, time=one.booked_at)))


def _told(connection: Connection, row: SessionRow) -> Appointment:
    booked = acts.acts(connection, row.study_id, "room_booked")
    return Appointment(
        session_id=row.session_id,
        state=row.state,
        booked_at=row.booked_at,
        bookings=sum(act.payload["session_id"] == row.session_id for act in booked),
        client=_sitter(connection, row.study_id, row.client_seat),
        counselor=_sitter(connection, row.study_id, row.counselor_seat),
    )


def _sitter(connection: Connection, study_id: str, seat: int) -> Sitter:
    rater = rooms.rater_of(connection, study_id, seat)
    known = [one for one in identity_table.identity_rows(connection, study_id) if rater and one.rater == rater]
    name, mail = (next((text for one in known if (text := getattr(one, field))), "") for field in ("name", "mail"))
    return Sitter(seat, rater, name, mail)
