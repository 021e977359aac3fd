"""Which raters may come in: personal links and sessions. Only hashes are stored."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from studio.service.desk import ORGANISER, Desk
from studio.service.refusals import Refusal, StudioError, detail
from studio.service.tokens import TOKEN_BYTES, digest, plausible, session_of
from studio.store import identity_table, queries
from studio.store.database import Connection
from studio.store.identity_table import Identity
from studio.store.rows import Person
from tasks.languages.fault import Fault, at, instead
from tasks.schema import rater_code


class Speaker(NamedTuple):
    """Whose session it is, or for whom a page was served: a study and a Rater's code."""

    study_id: str
    rater: str


def known(connection: Connection, token: str | None) -> Person | None:
    """The Rater of a session token, or None for a missing, unknown, revoked or not yet opened one."""
    return queries.person(connection, digest(token)) if token and plausible(token) else None


def speaker(connection: Connection, token: str | None, request: Mapping[str, Any]) -> Person:
    """The Rater of a session token, who is the one that `request` names as its page's: `study`, `rater`.

    A page of an earlier version names nobody, and its cookie alone says who speaks.

    Raises:
        Refusal: `signed_out` where the token is worth nothing; `other_rater` where it is another Rater's.
    """
    person = known(connection, token)
    if person is None:
        raise Refusal("signed_out")
    named = (request.get("study"), request.get("rater"))
    if any(name not in (None, own) for name, own in zip(named, (person.study_id, person.rater), strict=True)):
        raise Refusal("other_rater", detail("who", rater=person.rater, study=person.study_id))
    return person


def invite(desk: Desk, connection: Connection, study_id: str, count: int = 1, actor: str = ORGANISER) -> list[str]:
    """New personal links, as tokens, for `/e/TOKEN`; each is shown once, here, and stored as a hash."""
    if not 1 <= count <= 10_000:
        raise StudioError(at("n", instead(count, Fault("from_to", low="1", high="10000"))))
    desk.view(connection, study_id)
    tokens = [desk.random(TOKEN_BYTES) for _ in range(count)]
    for token in tokens:
        store_identity(desk, connection, study_id, "rater", token, single_use=False)
    desk.record(connection, study_id, actor, "invited", {"links": count})
    return tokens


def invite_people(
    desk: Desk, connection: Connection, study_id: str, people: Sequence[tuple[str, str]], actor: str = ORGANISER
) -> list[str]:
    """New personal links for (name, mail), in their order; names and mail are kept with the identity alone."""
    check_texts(people)
    tokens = invite(desk, connection, study_id, len(people), actor)
    for token, (name, mail) in zip(tokens, people, strict=True):
        found = identity_table.identity(connection, link_hash=digest(token))
        assert found is not None
        identity_table.set_identity(connection, found.identity_id, name=name or None, mail=mail or None)
    return tokens


def check_texts(people: Sequence[tuple[str, str]]) -> None:
    """Refuses control characters, which no name has and PostgreSQL does not store. StudioError naming each person."""
    errors = [
        at(Fault("person", n=place, field=field), instead(repr(text), Fault("no_controls")))
        for place, person in enumerate(people, 1)
        for field, text in zip(("name", "mail"), person, strict=True)
        if any(unicodedata.category(character) == "Cc" for character in text)
    ]
    if errors:
        raise StudioError(errors)


def bound(desk: Desk, connection: Connection, study_id: str, seat: int, actor: str = ORGANISER, name: str = "") -> str:
    """A new personal link that has the Seat `seat` already, whoever opens another link first; for `name`, if known."""
    token = invite_people(desk, connection, study_id, [(name, "")], actor)[0]
    found = identity_table.identity(connection, link_hash=digest(token))
    assert found is not None
    _sit(desk, connection, found, seat)
    return token


def another_device(desk: Desk, connection: Connection, person: Person) -> str:
    """The token of a link by which a Rater goes on elsewhere; the one made before ends, devices signed in stay.

    The personal link itself cannot be shown again: only its hash is known.
    """
    for one in identity_table.identity_rows(connection, person.study_id):
        if one.rater == person.rater and one.single_use and one.link_hash is not None:
            identity_table.set_identity(connection, one.identity_id, link_hash=None)
    token = desk.random(TOKEN_BYTES)
    store_identity(desk, connection, person.study_id, "rater", token, single_use=True)
    found = identity_table.identity(connection, link_hash=digest(token))
    assert found is not None
    identity_table.set_identity(connection, found.identity_id, rater=person.rater)
    desk.record(connection, person.study_id, person.rater, "invited", {"links": 1})
    return token


def store_identity(
    desk: Desk, connection: Connection, study_id: str, role: str, token: str, single_use: bool, name: str | None = None
) -> None:
    """Keep hashes of a link's token and of its session's; the tokens themselves are kept nowhere."""
    identity_table.add_identity(
        connection,
        identity_id=str(uuid.uuid4()),
        study=study_id,
        role=role,
        link_hash=digest(token),
        session_hash=digest(session_of(token)),
        single_use=single_use,
        name=name,
        created_at=desk.now(),
    )


def opened(connection: Connection, link: str) -> tuple[str, str] | None:
    """(session token, study_id) of a link that has its Seat already, without writing; else None."""
    found = identity_table.identity(connection, link_hash=digest(link), role="rater") if plausible(link) else None
    if found is None or found.revoked_at is not None or found.rater is None:
        return None
    return session_of(link), found.study


class NoFreeSeatError(Exception):
    """Every planned Seat of a study is taken; `study_id` says of which."""

    def __init__(self, study_id: str) -> None:
        super().__init__(study_id)
        self.study_id = study_id


def join(desk: Desk, connection: Connection, link: str) -> tuple[str, str]:
    """Open a personal link: (session token, study_id). The first opening takes the lowest free Seat, later ones none.

    Raises:
        Refusal: `signed_out` for a link that is unknown or revoked; `closed` where a new Rater comes too late.
        NoFreeSeatError: every planned Seat is taken.
    """
    found = identity_table.identity(connection, link_hash=digest(link), role="rater") if plausible(link) else None
    if found is None or found.revoked_at is not None:
        raise Refusal("signed_out")
    if found.rater is None:
        _take_seat(desk, connection, found)
    return session_of(link), found.study


def _take_seat(desk: Desk, connection: Connection, found: Identity) -> None:
    study_id = found.study
    if queries.closed_at(connection, study_id) is not None:
        raise Refusal("closed")
    seat = queries.free_seat(connection, study_id)
    if seat is None:
        raise NoFreeSeatError(study_id)
    _sit(desk, connection, found, seat)


def _sit(desk: Desk, connection: Connection, found: Identity, seat: int) -> None:
    rater = rater_code(seat)
    desk.record(connection, found.study, rater, "joined", {"rater": rater, "seat": seat})
    identity_table.set_identity(connection, found.identity_id, rater=rater)


def revoke(desk: Desk, connection: Connection, study_id: str, rater: str, actor: str = ORGANISER) -> int:
    """Make a Rater's links and sessions worthless; returns how many. The Seat and the judgments stay."""
    found = [one for one in identity_table.identity_rows(connection, study_id) if one.rater == rater]
    for one in found:
        identity_table.set_identity(connection, one.identity_id, revoked_at=desk.now())
    desk.record(connection, study_id, actor, "revoked", {"rater": rater})
    return len(found)


def reissue(desk: Desk, connection: Connection, study_id: str, rater: str, actor: str = ORGANISER) -> str:
    """A new link to the same Seat, for a Rater who lost theirs; earlier ones stop working, name and mail go with it."""
    if rater not in {row.rater for row in queries.rater_rows(connection, study_id)}:
        raise StudioError(at("rater", instead(repr(rater), Fault("a_rater_of", study=repr(study_id)))))
    before = [one for one in identity_table.identity_rows(connection, study_id) if one.rater == rater]
    person = next(((one.name, one.mail) for one in before if one.name or one.mail), (None, None))
    revoke(desk, connection, study_id, rater, actor)
    token = invite(desk, connection, study_id, 1, actor)[0]
    found = identity_table.identity(connection, link_hash=digest(token))
    assert found is not None
    identity_table.set_identity(connection, found.identity_id, rater=rater, name=person[0], mail=person[1])
    return token


def reissue_lost(desk: Desk, connection: Connection, study_id: str) -> dict[str, str]:
    """A new link, by code, for every Rater who joined, did not withdraw, and has no link that works."""
    desk.view(connection, study_id)
    here = identity_table.identity_rows(connection, study_id)
    working = {one.rater for one in here if one.revoked_at is None}
    rows = queries.rater_rows(connection, study_id)
    lost = [row.rater for row in rows if not row.withdrawn and row.rater not in working]
    return {rater: reissue(desk, connection, study_id, rater) for rater in lost}
