"""Does the log tell the whole story? The tables are rebuilt from it in an empty database and compared row by row."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select

from studio.store import events
from studio.store.database import Store
from studio.store.projections import COUNTED
from studio.store.tables import REPLAYED, assignments, raters

SHOWN = 20
"""Differences told of one table; the rest are counted."""


def replay_into(source: Connection, target: Store) -> int:
    """Replay every event of `source` into the empty `target`; returns how many."""
    with target.write() as connection:
        return events.replay(connection, events.read(source))


def differences(store: Store) -> tuple[int, list[str]]:
    """(events replayed, one line per row that differs from its replay or per counter that is wrong); [] is well."""
    with tempfile.TemporaryDirectory(prefix="studio-verify-") as folder:
        fresh = Store(f"sqlite:///{Path(folder) / 'replay.sqlite'}")
        try:
            with store.read() as stored:
                count = replay_into(stored, fresh)
                with fresh.read() as replayed:
                    found = [line for table in REPLAYED for line in _compare(table, stored, replayed)]
                return count, found + _wrong_counters(stored)
        finally:
            fresh.close()


def rows(connection: Connection, table: Table) -> dict[tuple[Any, ...], dict[str, Any]]:
    """A table's rows by primary key."""
    keys = [column.name for column in table.primary_key]
    query = select(table).order_by(*table.primary_key)
    return {tuple(row[k] for k in keys): dict(row) for row in connection.execute(query).mappings()}


def _compare(table: Table, stored: Connection, replayed: Connection) -> list[str]:
    here, there = rows(stored, table), rows(replayed, table)
    wrong = [key for key in here.keys() | there.keys() if here.get(key) != there.get(key)]
    lines = [f"{table.name} {key}: {_say(here.get(key), there.get(key))}" for key in sorted(wrong, key=str)[:SHOWN]]
    if len(wrong) > SHOWN:
        lines.append(f"{table.name}: {len(wrong) - SHOWN} more rows differ")
    return lines


def _say(here: dict[str, Any] | None, there: dict[str, Any] | None) -> str:
    if here is None:
        return "is in the log but not in the table"
    if there is None:
        return "is in the table but not in the log"
    fields = [name for name in here if here[name] != there[name]]
    return "; ".join(f"{name}: table {here[name]!r:.60}, log {there[name]!r:.60}" for name in fields)


def _wrong_counters(connection: Connection) -> list[str]:
    """`done` of every Rater against a count of the answered assignments."""
    answered = assignments.c.status.in_(("submitted", "left")) & assignments.c.kind.in_(COUNTED)
    query = select(assignments.c.study_id, assignments.c.seat, func.count()).where(answered)
    counts = {(s, seat): n for s, seat, n in connection.execute(query.group_by("study_id", "seat"))}
    wrong = []
    for row in connection.execute(select(raters)):
        counted = counts.get((row.study_id, row.seat), 0)
        if counted != row.done:
            wrong.append(f"raters ({row.study_id}, {row.rater}): done is {row.done}, assignments answered {counted}")
    return wrong
