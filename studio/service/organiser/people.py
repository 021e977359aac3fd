"""Raters as the organiser deals with them: new links, links that end, somebody in another's place, adjudication."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from studio.service import links, seats
from studio.service.desk import ORGANISER, Desk
from studio.service.refusals import StudioError
from studio.service.room import replacing
from studio.store import identity_table
from studio.store.database import Connection
from studio.store.identity_table import Identity
from tasks.languages.fault import Fault, at, instead
from tasks.schema import rater_code

Adjudication = Literal["waiting", "done"]
"""Whether a further rater who was asked about an item has answered."""


def new_link(desk: Desk, connection: Connection, study_id: str, key: str, actor: str = ORGANISER) -> str:
    """A new link, as its token, for the person of this key (`roster.Invited.key`); the earlier one stops working.

    Raises:
        StudioError: there is no such person.
    """
    waiting = _unopened(connection, study_id, key)
    if waiting is None:
        return links.reissue(desk, connection, study_id, key, actor)
    stop(desk, connection, study_id, key, actor)
    return links.invite_people(desk, connection, study_id, [(waiting.name or "", waiting.mail or "")], actor)[0]


def new_links(
    desk: Desk, connection: Connection, study_id: str, keys: Sequence[str], actor: str = ORGANISER
) -> list[str]:
    """`new_link` for several people: all of them, or none where there is no such person."""
    return [new_link(desk, connection, study_id, key, actor) for key in keys]


def stop_all(desk: Desk, connection: Connection, study_id: str, keys: Sequence[str], actor: str = ORGANISER) -> None:
    """`stop` for several people: all of them, or none where there is no such person."""
    for key in keys:
        stop(desk, connection, study_id, key, actor)


def stop(desk: Desk, connection: Connection, study_id: str, key: str, actor: str = ORGANISER) -> None:
    """End the links of the person of this key; answers given stay. StudioError where there is no such person."""
    waiting = _unopened(connection, study_id, key)
    if waiting is None:
        if not links.revoke(desk, connection, study_id, key, actor):
            raise StudioError(at("rater", instead(repr(key), Fault("a_linked", study=repr(study_id)))))
        return
    identity_table.set_identity(connection, waiting.identity_id, revoked_at=desk.now(), name=None, mail=None)
    desk.record(connection, study_id, actor, "revoked", {"links": 1})


def _unopened(connection: Connection, study_id: str, key: str) -> Identity | None:
    here = (one for one in identity_table.identity_rows(connection, study_id) if one.role == "rater")
    return next((one for one in here if one.identity_id == key and one.rater is None and one.revoked_at is None), None)


def replace(
    desk: Desk, connection: Connection, study_id: str, rater: str, actor: str = ORGANISER, name: str = ""
) -> str:
    """End a Rater's work and make a link for somebody else, who is dealt what was left; answers given stay.

    In a study of sessions that is every session of the Rater that has not begun.

    Args:
        name: of whoever takes the place; kept with the link alone.
    """
    study = desk.view(connection, study_id).study
    links.check_texts([(name, "")])
    left = seats.give_up(desk, connection, study_id, rater, actor)
    links.revoke(desk, connection, study_id, rater, actor)
    taken = replacing.take_over(desk, connection, study_id, left) if study.sessions else None
    seat = seats.add(desk, connection, study_id) if taken is None else taken
    return links.bound(desk, connection, study_id, seat, actor, name)


def adjudicated(desk: Desk, connection: Connection, study_id: str) -> dict[str, Adjudication]:
    """Items that were given to a further Rater, in the order in which they were: whether all of that is judged."""
    rows = [row for row in seats.work(connection, study_id) if row.kind == "adjudication"]
    here = [row for row in rows if row.status not in seats.GIVEN_UP]
    waiting = {row.item_id for row in here if row.submitted_at is None}
    return {row.item_id: "waiting" if row.item_id in waiting else "done" for row in here}


def adjudicate(
    desk: Desk, connection: Connection, study_id: str, item_ids: Sequence[str], actor: str = ORGANISER
) -> tuple[str, str]:
    """A further Rater for these items, blind: (code, token of the personal link)."""
    seat = seats.adjudicate(desk, connection, study_id, item_ids, actor)
    return rater_code(seat), links.bound(desk, connection, study_id, seat, actor)
