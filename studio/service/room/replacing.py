"""Somebody in the place of who left: the sessions that have not begun go over, with the clients' forms about them."""

from __future__ import annotations

from studio.service import seats
from studio.service.desk import Desk
from studio.service.room.place import role_of, write
from studio.store import queries
from studio.store.database import Connection
from studio.store.room import asked as rooms
from studio.store.room.lines import SessionRow
from tasks.design.dyads import take_over as dealt
from tasks.schema import PlannedAssignment, PlannedSession


def take_over(desk: Desk, connection: Connection, study_id: str, left: int) -> int:
    """Plan a Seat that holds what the Seat `left` has not begun; its number. Booked times stay.

    Degenerate case: where nothing is left, the new Seat has no session.
    """
    seat = queries.seat_count(connection, study_id)
    waiting = {row.session_id: row for row in rooms.sessions_of(connection, study_id, left) if row.state == "planned"}
    taken = dealt([_planned(row) for row in waiting.values()], left, seat, waiting.keys())
    forms = [
        PlannedAssignment(seat=seat, position=place, item_id=one.session_id, order=(), stratum=one.scenario_id)
        for place, one in enumerate(one for one in taken if one.client == seat)
    ]
    payload = {"assignments": seats.with_ids(desk, forms), "seats": [seat]}
    desk.record(connection, study_id, "studio", "seats_planned", payload)
    for one in taken:
        _seat(desk, connection, waiting[one.session_id], one, left)
    return seat


def _seat(desk: Desk, connection: Connection, row: SessionRow, one: PlannedSession, left: int) -> None:
    role = role_of(row, left)
    if getattr(row, f"{role}_ready_at") is not None:
        write(desk, connection, row, "unready", role)
    payload = {"session_id": one.session_id, "client": one.client, "counselor": one.counselor}
    desk.record(connection, row.study_id, "studio", "room_seated", payload)


def _planned(row: SessionRow) -> PlannedSession:
    return PlannedSession(
        session_id=row.session_id,
        number=row.number,
        scenario_id=row.scenario_id,
        client=row.client_seat,
        counselor=row.counselor_seat,
    )
