"""What organisers did to a study: who looked at unblinded results, what a reader of the report must know of."""

from __future__ import annotations

from studio.service.desk import Desk
from studio.service.organiser.sign_in import EVERY_STUDY
from studio.store import acts, queries
from studio.store.acts import Act as Act  # pages name it, and never touch the store
from studio.store.database import Connection


def unblinded(desk: Desk, connection: Connection, study_id: str, actor: str, what: str) -> None:
    """Note that somebody looked at unblinded results, before they are shown them. `what`: e.g. `preference`."""
    desk.view(connection, study_id)
    desk.record(connection, study_id, actor, "looked", {"what": what})


def may_see(desk: Desk, connection: Connection, study_id: str, actor: str) -> bool:
    """True where preferences are open to this organiser: the study is closed, or the look was noted before."""
    desk.view(connection, study_id)
    if queries.closed_at(connection, study_id) is not None:
        return True
    return any(act.actor == actor for act in acts.acts(connection, study_id, "looked"))


def open_results(desk: Desk, connection: Connection, study_id: str, actor: str) -> None:
    """Note that the results of a closed study are opened, before they are shown; once is enough.

    From then on no page opens the study again: a further question is a further study.
    """
    if queries.closed_at(connection, study_id) is not None and not opened(desk, connection, study_id):
        desk.record(connection, study_id, actor, "looked", {"what": "results", "early": False})


def opened(desk: Desk, connection: Connection, study_id: str) -> bool:
    """True once anybody saw results of this study, before it was closed or after."""
    desk.view(connection, study_id)
    return acts.was_done(connection, study_id, ("looked", "exported"))


def audit(desk: Desk, connection: Connection, study_id: str, everywhere: bool = True) -> list[Act]:
    """What organisers did to a study, oldest first; `everywhere`: signing in and out included, which is about none."""
    desk.view(connection, study_id)
    return acts.audit(connection, (study_id, EVERY_STUDY) if everywhere else (study_id,))


def deviations(desk: Desk, connection: Connection, study_id: str) -> list[Act]:
    """What was done after launch that a reader must know of, oldest first; nobody is named."""
    desk.view(connection, study_id)
    return acts.deviations(connection, study_id)
