"""Sessions in a study's plan, and what a withdrawal leaves of them."""

from __future__ import annotations

from collections.abc import Sequence

from studio.service import erasing
from studio.service.desk import ORGANISER, Desk
from studio.service.room.place import role_of, write
from studio.store import identity_table, queries
from studio.store.database import Connection
from studio.store.event import PlannedRoom
from studio.store.room import asked as rooms
from tasks.schema import Item, Study


def planned_rooms(study: Study) -> list[PlannedRoom]:
    """The sessions of a study, as its plan deals them; [] where it has none."""
    if study.sessions is None:
        return []
    from tasks.design.dyads import plan_sessions

    return [
        PlannedRoom(
            session_id=one.session_id,
            number=one.number,
            scenario_id=one.scenario_id,
            client=one.client,
            counselor=one.counselor,
        )
        for one in plan_sessions(study)
    ]


def with_items(study: Study, planned: Sequence[PlannedRoom]) -> Study:
    """The study with an Item for each session, which the client's form is about; its turns are made in the room."""
    if not planned:
        return study
    topics = {card.scenario_id: card.topic for card in study.scenarios}
    items = tuple(
        Item(item_id=one["session_id"], turns=(), topic=topics[one["scenario_id"]], stratum=one["scenario_id"])
        for one in planned
    )
    return study.model_copy(update={"items": items})


def as_launched(study: Study) -> Study:
    """A study as it is once it is opened: with an Item for each planned session, where it has any."""
    return with_items(study, planned_rooms(study))


def withdraw(
    desk: Desk, connection: Connection, study_id: str, rater: str, actor: str = ORGANISER
) -> erasing.Withdrawal:
    """Take a Rater out (`studio.service.erasing.withdraw`); the Rater's rooms end, and their words are erased whole.

    The partner's words go with them, since they quote the Rater's.
    """
    gone = erasing.withdraw(desk, connection, study_id, rater, actor)
    seat = next(row.seat for row in queries.rater_rows(connection, study_id) if row.rater == rater)
    _empty_rooms(desk, connection, study_id, seat)
    return gone


def _empty_rooms(desk: Desk, connection: Connection, study_id: str, seat: int) -> None:
    for session in rooms.sessions_of(connection, study_id, seat):
        if session.state != "ended":
            write(desk, connection, session, "ended", role_of(session, seat), why="withdrawn")
        identity_table.erase_words(connection, study_id, session.session_id)
