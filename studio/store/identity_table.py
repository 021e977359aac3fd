"""The one table of people, and their notes: what is asked of it, and how it is changed and erased."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from studio.store.event import Comment
from studio.store.tables import identities, notes


@dataclass(frozen=True)
class Identity:
    """One row of the table: a link with its session, and whose it is. Times are ISO 8601; tokens are kept as hashes."""

    identity_id: str
    study: str
    role: str
    rater: str | None
    """None before the link is first opened, and for organisers and viewers."""
    link_hash: str | None
    """None once a link for one use is used up."""
    session_hash: str | None
    single_use: bool
    name: str | None
    mail: str | None
    profile: dict[str, Any] | None
    """What the person said of themselves, as sent; of an organiser the language that was chosen."""
    created_at: str
    revoked_at: str | None


_NOTES = select(notes.c.actor, notes.c.payload).where(
    notes.c.study == bindparam("of_study"), notes.c.kind == bindparam("of_kind")
)
_NOTES_OF_ALL = _NOTES.order_by(notes.c.seq)
_NOTES_OF_ONE = _NOTES.where(notes.c.actor == bindparam("of_actor")).order_by(notes.c.seq)
_LAST_NOTE = _NOTES.where(notes.c.actor == bindparam("of_actor")).order_by(notes.c.seq.desc()).limit(1)
"""Built once: putting a statement together costs as much as running it."""


def notes_of(connection: Connection, study_id: str, kind: str, actor: str | None = None) -> list[dict[str, Any]]:
    """Payloads of one kind of note, oldest first, each with its `actor`."""
    asked = {"of_study": study_id, "of_kind": kind}
    if actor is None:
        found = connection.execute(_NOTES_OF_ALL, asked)
    else:
        found = connection.execute(_NOTES_OF_ONE, asked | {"of_actor": actor})
    return [row.payload | {"actor": row.actor} for row in found]


def last_note(connection: Connection, study_id: str, kind: str, actor: str) -> dict[str, Any] | None:
    """The payload of somebody's newest note of a kind, or None."""
    asked = {"of_study": study_id, "of_kind": kind, "of_actor": actor}
    row = connection.execute(_LAST_NOTE, asked).one_or_none()
    return None if row is None else dict(row.payload)


def comments_of(connection: Connection, study_id: str, actor: str | None = None) -> list[tuple[str, Comment]]:
    """Rater and comment, oldest first; of one rater, or of all."""
    found = notes_of(connection, study_id, "comment", actor)
    return [(note["actor"], cast(Comment, note)) for note in found]


def identity(connection: Connection, **match: Any) -> Identity | None:
    """The one identity with these column values, or None."""
    query = select(identities).where(*(identities.c[name] == value for name, value in match.items()))
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Identity(**row)


def identity_rows(connection: Connection, study_id: str) -> list[Identity]:
    """Every identity of a study, oldest first."""
    query = select(identities).where(identities.c.study == study_id).order_by(identities.c.created_at)
    return [Identity(**row) for row in connection.execute(query).mappings()]


def add_identity(connection: Connection, **values: Any) -> None:
    """Store one identity."""
    connection.execute(insert(identities), {"single_use": False, **values})


def set_identity(connection: Connection, identity_id: str, **values: Any) -> None:
    """Change one identity; the only rows in the database that are changed in place by hand."""
    connection.execute(update(identities).where(identities.c.identity_id == identity_id).values(**values))


def erase_person(connection: Connection, study_id: str, rater: str) -> None:
    """Erase what points at a Rater: name, mail, profile, comments, facts of devices. Session and judgments stay."""
    here = (identities.c.study == study_id) & (identities.c.rater == rater)
    connection.execute(update(identities).where(here).values(name=None, mail=None, profile=None))
    connection.execute(delete(notes).where(notes.c.study == study_id, notes.c.actor == rater))


def erase_words(connection: Connection, study_id: str, session_id: str) -> None:
    """Erase what was written in a room, by whomever; its lines, with their hashes and lengths, stay."""
    connection.execute(delete(notes).where(notes.c.study == study_id, notes.c.actor == session_id))


def erase_study_people(connection: Connection, study_id: str) -> tuple[int, int]:
    """Erase whatever points at a person in a study, links included: (identities, notes) erased. Judgments stay."""
    people = connection.execute(delete(identities).where(identities.c.study == study_id))
    remarks = connection.execute(delete(notes).where(notes.c.study == study_id))
    return people.rowcount, remarks.rowcount


def has_people(connection: Connection, study_id: str) -> bool:
    """True where identities or notes of a study are left."""
    one = select(identities.c.identity_id).where(identities.c.study == study_id).limit(1)
    other = select(notes.c.seq).where(notes.c.study == study_id).limit(1)
    return connection.execute(one).first() is not None or connection.execute(other).first() is not None
