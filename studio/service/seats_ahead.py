"""Seats planned before anybody needs them, so that opening a link costs the same however many have joined.

Planning takes seconds where many Seats are missing. It is done when links are made and outside of any transaction, so
that nobody who saves waits for it; what was planned for a study that has changed meanwhile is planned anew.
"""

from __future__ import annotations

import threading

from studio.service import seats
from studio.service.desk import Desk
from studio.service.refusals import Refusal
from studio.store import queries
from studio.store.database import Connection, Store
from tasks.design.planning import extend
from tasks.errors import InputError
from tasks.schema import PlannedAssignment

MOST_AHEAD = 500
"""Seats that wait for somebody; links beyond them are planned for when these are taken."""
MOST_AT_ONCE = 50
"""Seats stored in one transaction, so that a save waits for a moment only."""
_PLANNING = threading.Lock()
"""Two threads that plan at once would plan the same."""


def ensure(store: Store, desk: Desk, study_id: str) -> None:
    """Plan a Seat for every link of an open study that nobody has opened, where there are fewer free ones.

    Raises:
        Refusal: `no_seat` where the design has no room for another Seat.
    """
    with _PLANNING:
        while (missing := _missing(store, study_id)) > 0:
            _plan(store, desk, study_id, min(missing, MOST_AT_ONCE))


def _missing(store: Store, study_id: str) -> int:
    with store.read() as connection:
        if queries.closed_at(connection, study_id) is not None:
            return 0
        wanted = min(queries.unopened_links(connection, study_id), MOST_AHEAD)
        return wanted - queries.free_seats(connection, study_id)


def _plan(store: Store, desk: Desk, study_id: str, count: int) -> None:
    """Plan `count` Seats and store them, unless the plan they are balanced against is another by then."""
    with store.read() as connection:
        before = queries.plan_mark(connection, study_id)
        study = desk.view(connection, study_id).study
        counting = seats.counting(connection, study_id)
    if study.protocol == "session":  # who comes later replaces somebody: partners are dealt together
        raise Refusal("no_seat")
    try:
        more = extend(study, counting, count)
    except InputError as error:
        raise Refusal("no_seat") from error
    with store.write() as connection:
        if queries.plan_mark(connection, study_id) == before:
            _store(desk, connection, study_id, more)


def _store(desk: Desk, connection: Connection, study_id: str, more: tuple[PlannedAssignment, ...]) -> None:
    """Store new Seats under the next free numbers: those of raters who withdrew count for no balance but are taken."""
    first = queries.seat_count(connection, study_id)
    numbers = {seat: first + place for place, seat in enumerate(sorted({line.seat for line in more}))}
    lines = [line.model_copy(update={"seat": numbers[line.seat]}) for line in more]
    desk.record(connection, study_id, "studio", "seats_planned", {"assignments": seats.with_ids(desk, lines)})
