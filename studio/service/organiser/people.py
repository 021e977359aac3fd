"""Raters as the organiser deals with them: somebody in another's place, and a further Rater for disputed items."""

from __future__ import annotations

from collections.abc import Sequence

from studio.service import links, seats
from studio.service.desk import ORGANISER, Desk
from studio.store.database import Connection
from tasks.schema import rater_code


def replace(desk: Desk, connection: Connection, study_id: str, rater: str, actor: str = ORGANISER) -> str:
    """End a Rater's work and make a link for somebody else, who is dealt what was left; answers given stay."""
    desk.view(connection, study_id)
    seats.give_up(desk, connection, study_id, rater, actor)
    links.revoke(desk, connection, study_id, rater, actor)
    return links.bound(desk, connection, study_id, seats.add(desk, connection, study_id), actor)


def adjudicate(
    desk: Desk, connection: Connection, study_id: str, item_ids: Sequence[str], actor: str = ORGANISER
) -> tuple[str, str]:
    """A further Rater for these items, blind: (code, token of the personal link)."""
    seat = seats.adjudicate(desk, connection, study_id, item_ids, actor)
    return rater_code(seat), links.bound(desk, connection, study_id, seat, actor)
