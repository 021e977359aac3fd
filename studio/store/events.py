"""The event log: every change is one line, and every table but the identities can be rebuilt from the lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from studio.store.event import Event
from studio.store.projections import project
from studio.store.tables import events, notes

_INSERT = {log.name: insert(log) for log in (events, notes)}


def append(connection: Connection, event: Event) -> int:
    """Store one event and what follows from it; returns its sequence number. Call inside `Store.write`."""
    seq = _store(connection, events, event)
    project(connection, seq, event)
    return seq


def note(connection: Connection, event: Event) -> int:
    """Store a comment or facts of a device, in the log that can be erased; returns its sequence number there."""
    return _store(connection, notes, event)


def _store(connection: Connection, log: Table, event: Event) -> int:
    row: dict[str, Any] = {
        "uuid": event.uuid,
        "study": event.study,
        "at": event.at,
        "actor": event.actor,
        "kind": event.kind,
        "payload": event.payload,
    }
    if event.seq:
        row["seq"] = event.seq
    result = connection.execute(_INSERT[log.name], row)
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def replay(connection: Connection, history: Iterator[Event]) -> int:
    """Append stored events, in their order and with their numbers, to an empty database; returns how many."""
    count = 0
    for event in history:
        append(connection, event)
        count += 1
    return count


def read(connection: Connection, log: Table = events, after: int = 0, study: str | None = None) -> Iterator[Event]:
    """The events with `seq` above `after`, in order; of one study, or of all."""
    query = select(log).where(log.c.seq > after).order_by(log.c.seq)
    if study is not None:
        query = query.where(log.c.study == study)
    for row in connection.execute(query).mappings():
        yield Event(**row)
