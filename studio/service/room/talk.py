"""What was said in sessions, as the turns of the Items that forms are about."""

from __future__ import annotations

from itertools import groupby

from studio.service.desk import Desk
from studio.service.view import StudyView
from studio.store.database import Connection
from studio.store.room import asked as rooms
from studio.store.rows import Person
from tasks.schema import Turn


def view(desk: Desk, connection: Connection, person: Person) -> StudyView:
    """The study as a Rater judges it: what was said in the sessions of which this one was the client and that ended."""
    planned = desk.view(connection, person.study_id)
    if planned.study.sessions is None:
        return planned
    own = rooms.sessions_of(connection, person.study_id, person.seat)
    over = [one.session_id for one in own if one.client_seat == person.seat and one.begun_at and one.ended_at]
    said = {session_id: turns(connection, person.study_id, session_id) for session_id in over}
    items = tuple(
        item.model_copy(update={"turns": said.get(item.item_id, ())}) if item.item_id in said else item
        for item in planned.study.items
    )
    return StudyView(planned.study.model_copy(update={"items": items}), frozenset(over))


def turns(connection: Connection, study_id: str, session_id: str) -> tuple[Turn, ...]:
    """What was said in the role, neighbouring messages of one side being one turn; what was erased is left out."""
    lines = rooms.lines(connection, study_id, session_id)
    said = [(row.role, text) for row, text in lines if row.kind == "said" and text is not None]
    return tuple(
        Turn(role="client" if role == "client" else "counselor", text="\n".join(text for _, text in group))
        for role, group in groupby(said, key=lambda one: one[0])
    )
