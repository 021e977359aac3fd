"""Which organisers may come in: a link that works once, or a session begun after a password or an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from studio.service.desk import Desk
from studio.service.links import store_identity
from studio.service.refusals import Refusal
from studio.service.tokens import TOKEN_BYTES, digest, plausible, session_of
from studio.store import identity_table
from studio.store.database import Connection
from studio.store.identity_table import Identity

EVERY_STUDY = "*"
"""The study of an organiser's identity: one organiser sees every study of the database."""
SESSION_SECONDS = 14 * 86400
"""After this an organiser signs in again."""


@dataclass(frozen=True)
class Organiser:
    """Somebody signed in to the organiser's page."""

    role: str
    """`organiser`, or `viewer`, who changes nothing."""
    actor: str
    """Who, as the event log names them: the role and the session, e.g. `organiser:3f2a91bc`."""
    name: str = ""
    """The account's name; '' where somebody came by a link or a password."""


def make_link(desk: Desk, connection: Connection, role: str = "organiser") -> str:
    """A token that signs in an organiser (or viewer) once; earlier unused ones stop working."""
    for one in identity_table.identity_rows(connection, EVERY_STUDY):
        if one.link_hash is not None:
            identity_table.set_identity(connection, one.identity_id, revoked_at=desk.now(), link_hash=None)
    token = desk.random(TOKEN_BYTES)
    store_identity(desk, connection, EVERY_STUDY, role, token, single_use=True)
    return token


def join(desk: Desk, connection: Connection, link: str) -> str:
    """Use the organiser's one-time link up: its session token.

    Raises:
        Refusal: `signed_out` for an unknown, used or revoked one, alike.
    """
    found = identity_table.identity(connection, link_hash=digest(link), study=EVERY_STUDY) if plausible(link) else None
    if found is None or found.revoked_at is not None:
        raise Refusal("signed_out")
    identity_table.set_identity(connection, found.identity_id, link_hash=None, created_at=desk.now())
    _signed(desk, connection, found, "signed_in")
    return session_of(link)


def begin(desk: Desk, connection: Connection, role: str, name: str | None = None) -> str:
    """A session token for somebody whose password was right, or whose account (`name`) was vouched for."""
    link = desk.random(TOKEN_BYTES)
    store_identity(desk, connection, EVERY_STUDY, role, link, single_use=True, name=name)
    return join(desk, connection, link)


def organiser(desk: Desk, connection: Connection, token: str | None) -> Organiser | None:
    """Whose session this is; None for a Rater's, an unknown, a revoked one, and one older than two weeks."""
    found = _organiser_row(connection, token)
    if found is None:
        return None
    age = desk.clock() - datetime.fromisoformat(found.created_at)
    return Organiser(found.role, _actor(found), found.name or "") if age.total_seconds() < SESSION_SECONDS else None


def speak(desk: Desk, connection: Connection, token: str | None, language: str) -> None:
    """Keep the language that somebody chose for the organiser's page; nothing is kept for who is not signed in."""
    found = _organiser_row(connection, token)
    if found is not None:
        identity_table.set_identity(connection, found.identity_id, profile={"language": language})


def language(desk: Desk, connection: Connection, token: str | None) -> str | None:
    """What was chosen since signing in, or last by this account; None where nothing was, or nobody is signed in."""
    found = _organiser_row(connection, token)
    if found is None:
        return None
    own = [found.profile]
    if found.name is not None:
        own += [one.profile for one in _newest_first(connection) if one.name == found.name]
    return next((str(chosen["language"]) for chosen in own if chosen), None)


def _newest_first(connection: Connection) -> list[Identity]:
    rows = identity_table.identity_rows(connection, EVERY_STUDY)
    return sorted(rows, key=lambda row: row.created_at, reverse=True)


def leave(desk: Desk, connection: Connection, token: str | None) -> None:
    """End a session; nothing happens where there is none."""
    found = _organiser_row(connection, token)
    if found is not None:
        identity_table.set_identity(connection, found.identity_id, revoked_at=desk.now())
        _signed(desk, connection, found, "signed_out")


def _organiser_row(connection: Connection, token: str | None) -> Identity | None:
    if not token or not plausible(token):
        return None
    found = identity_table.identity(connection, session_hash=digest(token), study=EVERY_STUDY)
    used = found is not None and found.link_hash is None and found.revoked_at is None
    return found if used else None


def _signed(desk: Desk, connection: Connection, found: Identity, kind: str) -> None:
    desk.record(connection, EVERY_STUDY, _actor(found), kind, {"role": found.role})


def _actor(found: Identity) -> str:
    return f"{found.role}:{(found.name or found.identity_id)[: 60 if found.name else 8]}"
