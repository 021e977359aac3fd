"""What organisers did to a study: who looked at unblinded results, what a reader of the report must know of."""

from __future__ import annotations

from typing import Any

from studio.service.desk import Desk
from studio.service.organiser.sign_in import EVERY_STUDY
from studio.store import queries
from studio.store.database import Connection


def unblinded(desk: Desk, connection: Connection, study_id: str, actor: str, what: str) -> None:
    """Note that somebody looked at unblinded results, before they are shown them. `what`: e.g. `preference`."""
    desk.view(connection, study_id)
    desk.record(connection, study_id, actor, "looked", {"what": what[:80]})


def may_see(desk: Desk, connection: Connection, study_id: str, actor: str) -> bool:
    """True where preferences are open to this organiser: the study is closed, or the look was noted before."""
    desk.view(connection, study_id)
    if queries.closed_at(connection, study_id) is not None:
        return True
    return any(act["actor"] == actor for act in queries.acts(connection, study_id, "looked"))


def audit(desk: Desk, connection: Connection, study_id: str) -> list[dict[str, Any]]:
    """What organisers did to a study, oldest first: at, actor, kind, payload; signing in and out included."""
    desk.view(connection, study_id)
    return queries.audit(connection, (study_id, EVERY_STUDY))


def deviations(desk: Desk, connection: Connection, study_id: str) -> list[dict[str, Any]]:
    """What was done after launch that a reader must know of, oldest first: at, kind, payload."""
    desk.view(connection, study_id)
    return queries.deviations(connection, study_id)
