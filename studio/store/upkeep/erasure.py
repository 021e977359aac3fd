"""A whole study taken out of the database. Its lines of the log stay, without content, so that numbers go on."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, update

from studio.store import identity_table
from studio.store.tables import REPLAYED, events

ERASED = "erased"
"""The kind of a line whose content was erased."""


class Erased(NamedTuple):
    """How much was erased: lines of the log, identities, notes."""

    events: int
    people: int
    remarks: int


def erase_study(connection: Connection, study_id: str) -> Erased:
    """Erase every row of a study. Of the log, number, uuid and time of each line stay: a copy continues by them."""
    people, remarks = identity_table.erase_study_people(connection, study_id)
    for table in reversed(REPLAYED):
        connection.execute(delete(table).where(table.c.study_id == study_id))
    emptied = {"study": "", "actor": "", "kind": ERASED, "payload": {}}
    lines = connection.execute(update(events).where(events.c.study == study_id).values(**emptied))
    return Erased(lines.rowcount, people, remarks)
