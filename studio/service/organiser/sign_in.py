"""Which organisers may come in: a link that works once, a session begun after a password or an account, and colleagues
by name, who have a role in some studies or in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from studio.service.desk import ORGANISER, Desk
from studio.service.links import store_identity
from studio.service.refusals import Refusal, StudioError
from studio.service.tokens import TOKEN_BYTES, digest, plausible, session_of
from studio.store import identity_table
from studio.store.database import Connection
from studio.store.identity_table import Identity
from tasks.languages.fault import Fault, at, instead

EVERY_STUDY = "*"
"""The study of an organiser's identity, whatever studies it may see."""
COLLEAGUE = "colleague"
"""The role of an identity that is no session: a person with a name, whose roles stand in its profile."""
ROLES = ("viewer", "organiser")
LONGEST_NAME = 40
SESSION_SECONDS = 14 * 86400
"""After this an organiser signs in again."""


@dataclass(frozen=True)
class Organiser:
    """Somebody signed in to the organiser's page."""

    role: str
    """In studies that `roles` does not name, and in what is about none: `organiser`, `viewer`, who changes nothing, or
    '' = not let in."""
    actor: str
    """Who, as the event log names them: the role and the session, e.g. `organiser:3f2a91bc`."""
    name: str = ""
    """The account's name; '' where somebody came by a link or a password."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """By study, of a colleague."""

    def role_in(self, study_id: str | None) -> str:
        """The role in a study, or (None) in what is about no study; '' where there is none."""
        return self.roles.get(study_id or "", self.role)


@dataclass(frozen=True)
class Colleague:
    """Somebody with a name. `roles` by study; that of `*` counts in every study that is not named."""

    name: str
    roles: Mapping[str, str]
    hugging_face: bool
    """True: comes in by the Hugging Face account of this name, else by a personal link."""


def make_link(desk: Desk, connection: Connection, role: str = "organiser") -> str:
    """A token that signs in an organiser (or viewer) once; earlier unused ones stop working."""
    for one in identity_table.identity_rows(connection, EVERY_STUDY):
        if one.link_hash is not None and one.single_use:
            identity_table.set_identity(connection, one.identity_id, revoked_at=desk.now(), link_hash=None)
    token = desk.random(TOKEN_BYTES)
    store_identity(desk, connection, EVERY_STUDY, role, token, single_use=True)
    return token


def join(desk: Desk, connection: Connection, link: str) -> str:
    """Use the organiser's one-time link up: its session token. A colleague's link stays, and begins a new session.

    Raises:
        Refusal: `signed_out` for an unknown, used or revoked one, alike.
    """
    found = identity_table.identity(connection, link_hash=digest(link), study=EVERY_STUDY) if plausible(link) else None
    if found is None or found.revoked_at is not None:
        raise Refusal("signed_out")
    if found.role == COLLEAGUE:
        return _begin_as(desk, connection, found)
    identity_table.set_identity(connection, found.identity_id, link_hash=None, created_at=desk.now())
    _signed(desk, connection, found, "signed_in")
    return session_of(link)


def begin(desk: Desk, connection: Connection, role: str, name: str | None = None) -> str:
    """A session token for somebody whose password was right, or whose account (`name`) was vouched for."""
    link = desk.random(TOKEN_BYTES)
    store_identity(desk, connection, EVERY_STUDY, role, link, single_use=True, name=name)
    return join(desk, connection, link)


def begin_by_account(desk: Desk, connection: Connection, name: str) -> str:
    """A session token for a colleague whose Hugging Face account was vouched for.

    Raises:
        Refusal: `signed_out` where no colleague comes in by an account of this name.
    """
    found = _colleague(connection, name)
    if found is None or not _profile(found).get("hugging_face"):
        raise Refusal("signed_out")
    return _begin_as(desk, connection, found)


def _begin_as(desk: Desk, connection: Connection, found: Identity) -> str:
    role = "organiser" if "organiser" in _profile(found)["roles"].values() else "viewer"
    session = begin(desk, connection, role, found.name)
    made = _organiser_row(connection, session)
    assert made is not None
    identity_table.set_identity(connection, made.identity_id, profile={"colleague": found.identity_id})
    return session


def organiser(desk: Desk, connection: Connection, token: str | None) -> Organiser | None:
    """Whose session this is; None for a Rater's, an unknown, a revoked one, and one older than two weeks."""
    found = _organiser_row(connection, token)
    if found is None:
        return None
    age = desk.clock() - datetime.fromisoformat(found.created_at)
    if age.total_seconds() >= SESSION_SECONDS:
        return None
    of = _profile(found).get("colleague")
    if of is None:
        return Organiser(found.role, _actor(found), found.name or "")
    colleague = identity_table.identity(connection, identity_id=of, study=EVERY_STUDY)
    if colleague is None or colleague.revoked_at is not None:
        return None
    roles = dict(_profile(colleague)["roles"])
    return Organiser(roles.pop(EVERY_STUDY, ""), _actor(found), found.name or "", roles)


def speak(desk: Desk, connection: Connection, token: str | None, language: str) -> None:
    """Keep the language that somebody chose for the organiser's page; nothing is kept for who is not signed in."""
    found = _organiser_row(connection, token)
    if found is not None:
        kept = _profile(found) | {"language": language}
        identity_table.set_identity(connection, found.identity_id, profile=kept)


def language(desk: Desk, connection: Connection, token: str | None) -> str | None:
    """What was chosen since signing in, or last by this account; None where nothing was, or nobody is signed in."""
    found = _organiser_row(connection, token)
    if found is None:
        return None
    own = [found.profile]
    if found.name is not None:
        own += [one.profile for one in _newest_first(connection) if one.name == found.name]
    return next((str(chosen["language"]) for chosen in own if chosen and "language" in chosen), None)


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


def _profile(found: Identity) -> dict[str, Any]:
    return found.profile or {}


def _actor(found: Identity) -> str:
    return f"{found.role}:{(found.name or found.identity_id)[: 60 if found.name else 8]}"


# --- colleagues -----------------------------------------------------------------------------------------------------


def add_colleague(
    desk: Desk,
    connection: Connection,
    name: str,
    study_id: str | None,
    role: str,
    hugging_face: bool = False,
    actor: str = ORGANISER,
) -> str:
    """Give somebody a role in a study (None: in all that they have no other role in), by a new or a known name.

    Returns:
        The token of a personal link, which stays until the next one is made; '' for a Hugging Face account.

    Raises:
        StudioError: the name or the role cannot be used, or there is no such study.
    """
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise StudioError(at("name", instead(repr(name), Fault("visible_name", most=str(LONGEST_NAME)))))
    if role not in ROLES:
        raise StudioError(at("role", instead(repr(role), ", ".join(ROLES))))
    if study_id is not None:
        desk.view(connection, study_id)
    before = _colleague(connection, name)
    roles = (_profile(before)["roles"] if before else {}) | {study_id or EVERY_STUDY: role}
    token = desk.random(TOKEN_BYTES)
    if before is None:
        store_identity(desk, connection, EVERY_STUDY, COLLEAGUE, token, single_use=False, name=name)
        before = _colleague(connection, name)
    assert before is not None
    changed = {"profile": {"roles": roles, "hugging_face": hugging_face}}
    hashes = {"link_hash": None if hugging_face else digest(token), "session_hash": digest(session_of(token))}
    identity_table.set_identity(connection, before.identity_id, **changed, **hashes)
    desk.record(connection, study_id or EVERY_STUDY, actor, "colleague_added", {"who": name, "role": role})
    return "" if hugging_face else token


def remove_colleague(
    desk: Desk, connection: Connection, name: str, study_id: str | None = None, actor: str = ORGANISER
) -> None:
    """Take a role in a study (`*`: in every study) away, or (None) the name with every role; sessions end at once.

    Raises:
        StudioError: there is nobody of this name, or no such role.
    """
    found = _colleague(connection, name)
    if found is None:
        known = ", ".join(one.name for one in colleagues(desk, connection)) or Fault("none")
        raise StudioError(at("name", instead(repr(name), known)))
    roles = dict(_profile(found)["roles"])
    if study_id is not None and study_id not in roles:
        raise StudioError(at("study", instead(repr(study_id), ", ".join(roles))))
    left = {} if study_id is None else {study: role for study, role in roles.items() if study != study_id}
    if left:
        identity_table.set_identity(connection, found.identity_id, profile=_profile(found) | {"roles": left})
    else:
        identity_table.set_identity(connection, found.identity_id, revoked_at=desk.now(), link_hash=None)
    desk.record(connection, study_id or EVERY_STUDY, actor, "colleague_removed", {"who": name})


def colleagues(desk: Desk, connection: Connection) -> list[Colleague]:
    """Everybody who has a role by name, in the order in which they were added."""
    rows = identity_table.identity_rows(connection, EVERY_STUDY)
    return [
        Colleague(row.name or "", _profile(row)["roles"], bool(_profile(row)["hugging_face"]))
        for row in rows
        if row.role == COLLEAGUE and row.revoked_at is None
    ]


def _colleague(connection: Connection, name: str) -> Identity | None:
    return identity_table.identity(connection, study=EVERY_STUDY, role=COLLEAGUE, name=name, revoked_at=None)
