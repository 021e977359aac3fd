"""Active time: what an assignment took its Rater, as the sum of the stays with it, and never more than really passed.

A device counts the seconds of each stay and is believed up to the server's time since the Rater's previous event. A
form that waited on the device is counted from when it was made: stays that follow one another offline are then each
counted whole, and all stays together are never longer than the time since the Rater came in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from studio.service.desk import Desk
from studio.store import acts
from studio.store.database import Connection
from studio.store.rows import Person


class Stay(NamedTuple):
    """One stay with an assignment: the seconds that count (None where the device gave none), and when it ended."""

    seconds: float | None
    ended_at: str


def counted(
    desk: Desk, connection: Connection, person: Person, device_seconds: float | None, waited_seconds: float
) -> Stay:
    """The stay that a form ends.

    Args:
        device_seconds: the device's own count, 0 or more; None where it gave none.
        waited_seconds: how long ago the device made the form, by its own clock; 0 or more.
    """
    now = desk.clock()
    previous = datetime.fromisoformat(person.last_at)
    if waited_seconds or (device_seconds or 0.0) > (now - previous).total_seconds():
        previous = _end_of_previous_stay(connection, person, previous)
    ended = max(previous, now - timedelta(seconds=waited_seconds)) if previous < now else now
    room = max(0.0, (ended - previous).total_seconds())
    seconds = None if device_seconds is None else round(min(device_seconds, room), 3)
    return Stay(seconds, desk.stamp(ended))


def _end_of_previous_stay(connection: Connection, person: Person, previous: datetime) -> datetime:
    """When the Rater's previous event was; where that is a form that had waited, when its stay ended."""
    event = acts.last_act(connection, person.study_id, person.rater, "submitted")
    if event is None or event.at != person.last_at:
        return previous
    return datetime.fromisoformat(event.payload.get("ended_at", event.at))


def total(before: float | None, stay: Stay) -> float | None:
    """Active seconds of an assignment with one stay more; None where no device ever gave any."""
    if stay.seconds is None:
        return before
    return round((before or 0.0) + stay.seconds, 3)
