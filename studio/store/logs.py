"""The two logs as rows, read and written whole: for copies that leave the machine and come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select, text

from studio.store.database import Store
from studio.store.event import Event
from studio.store.events import append
from studio.store.tables import events, notes

LogName = Literal["events", "notes"]
TABLES = {"events": events, "notes": notes}
PAGE_ROWS = 1000


def rows(store: Store, log: LogName, after: int = 0) -> Iterator[dict[str, Any]]:
    """Rows of a log with `seq` above `after`, in order, read in pages, so that no transaction stays open for long."""
    table = TABLES[log]
    while True:
        query = select(table).where(table.c.seq > after).order_by(table.c.seq).limit(PAGE_ROWS)
        with store.read() as connection:
            page = [dict(row) for row in connection.execute(query).mappings()]
        yield from page
        if len(page) < PAGE_ROWS:
            return
        after = page[-1]["seq"]


def is_empty(connection: Connection) -> bool:
    """True where nothing has ever happened in this database."""
    return connection.execute(select(events.c.seq).limit(1)).first() is None


def fill(store: Store, history: Iterable[Mapping[str, Any]], remarks: Iterable[Mapping[str, Any]]) -> int:
    """Replay copied rows into an empty database, all or nothing; how many events, 0 where it was not empty.

    Names, mail, profiles and links are not in a copy: whoever judged gets a new link (`invite --for`).
    """
    with store.write() as connection:
        if not is_empty(connection):
            return 0
        count = 0
        for row in history:
            append(connection, Event(**row))
            count += 1
        kept = [dict(row) for row in remarks]
        if kept:
            connection.execute(insert(notes), kept)
        _continue_numbers(store, connection)
    return count


def _continue_numbers(store: Store, connection: Connection) -> None:
    """PostgreSQL counts for itself and would give the replayed numbers again; SQLite goes on after the highest."""
    if store.is_sqlite:
        return
    for name, table in TABLES.items():
        highest = connection.execute(select(func.max(table.c.seq))).scalar_one()
        if highest is not None:
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'seq'), :n)"), {"n": highest})
