"""Who is in which room, and the one way by which a line comes into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from studio.service.desk import Desk
from studio.service.refusals import Refusal
from studio.service.room.records import Line, Part, Speaking
from studio.service.view import StudyView
from studio.store.database import Connection
from studio.store.room import asked as rooms
from studio.store.room.lines import PREFIX, LineKind, LineRow, SessionRow
from studio.store.rows import Person
from tasks.schema import Sessions


@dataclass(frozen=True)
class Place:
    """A Rater's place in one session."""

    person: Person
    view: StudyView
    rules: Sessions
    session: SessionRow
    role: Part

    @property
    def partner(self) -> Part:
        """The other side."""
        return "counselor" if self.role == "client" else "client"


def enter(desk: Desk, connection: Connection, person: Person, session_id: str) -> Place:
    """The Rater's place in the session.

    Raises:
        Refusal: `no_room` where the study has no such session of this Rater; `consent_needed`, `withdrawn` as on the
            rating page.
    """
    view = desk.view(connection, person.study_id)
    session = rooms.session(connection, person.study_id, session_id)
    rules = view.study.sessions
    if session is None or rules is None or person.seat not in (session.client_seat, session.counselor_seat):
        raise Refusal("no_room")
    if person.withdrawn_at is not None:
        raise Refusal("withdrawn")
    if view.consent_version is not None and person.consent_version != view.consent_version:
        raise Refusal("consent_needed")
    return Place(person, view, rules, session, role_of(session, person.seat))


def role_of(session: SessionRow, seat: int) -> Part:
    """Which side a Seat of the session is."""
    return "client" if seat == session.client_seat else "counselor"


def write(
    desk: Desk,
    connection: Connection,
    session: SessionRow,
    kind: LineKind,
    role: Speaking,
    actor: str = "studio",
    **more: Any,
) -> tuple[SessionRow, Line]:
    """Add the next line to a room; the session as it is then, and the line as both sides see it.

    Args:
        more: further keys of `studio.store.event.RoomLine`.
    """
    payload = {"session_id": session.session_id, "number": session.last + 1, "role": role, **more}
    desk.record(connection, session.study_id, actor, PREFIX + kind, payload)
    after = rooms.session(connection, session.study_id, session.session_id)
    assert after is not None
    row, text = rooms.lines(connection, session.study_id, session.session_id, session.last, 1)[0]
    return after, shown(row, text)


def shown(row: LineRow, text: str | None) -> Line:
    """A line as both sides see it."""
    own = {name: value for name, value in (("text", text), ("uuid", row.uuid), ("why", row.why)) if value is not None}
    return Line(id=row.number, kind=cast(LineKind, row.kind), role=cast(Speaking, row.role), at=row.at, **own)


def moved(place: Place, session: SessionRow) -> Place:
    """The same place after a line was added."""
    return replace(place, session=session)
