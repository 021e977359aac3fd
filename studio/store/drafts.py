"""Studies that are still being set up: what was said of them, and the files that were brought; no judgment is here.

A draft is nobody's data yet: it is no part of the log, no replay makes it, and it is gone once the study is launched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from studio.store.tables import draft_files, drafts


class DraftRow(NamedTuple):
    """One draft: who began it, when it was last changed (UTC ISO-8601), and what it holds (free JSON)."""

    draft_id: str
    changed_at: str
    actor: str
    state: dict[str, Any]


def rows(connection: Connection) -> list[DraftRow]:
    """Every draft, the last changed first."""
    query = select(drafts).order_by(drafts.c.changed_at.desc())
    return [DraftRow(**row) for row in connection.execute(query).mappings()]


def count(connection: Connection) -> int:
    """How many drafts there are."""
    return int(connection.execute(select(func.count()).select_from(drafts)).scalar_one())


def row(connection: Connection, draft_id: str) -> DraftRow | None:
    """One draft, or None."""
    found = connection.execute(select(drafts).where(drafts.c.draft_id == draft_id)).mappings().one_or_none()
    return None if found is None else DraftRow(**found)


def add(connection: Connection, draft: DraftRow) -> None:
    """Store a new draft."""
    connection.execute(insert(drafts), draft._asdict())


def change(connection: Connection, draft_id: str, changed_at: str, state: dict[str, Any]) -> bool:
    """Put another state in the place of a draft's; False where it is no longer there."""
    changed = update(drafts).where(drafts.c.draft_id == draft_id).values(changed_at=changed_at, state=state)
    return connection.execute(changed).rowcount == 1


def drop(connection: Connection, draft_id: str) -> bool:
    """Erase a draft with its files; False where it is no longer there."""
    connection.execute(delete(draft_files).where(draft_files.c.draft_id == draft_id))
    return connection.execute(delete(drafts).where(drafts.c.draft_id == draft_id)).rowcount == 1


def files(connection: Connection, draft_id: str) -> dict[str, bytes]:
    """The files that were brought, by name."""
    query = select(draft_files.c.name, draft_files.c.content).where(draft_files.c.draft_id == draft_id)
    return {name: bytes(content) for name, content in connection.execute(query.order_by(draft_files.c.name))}


def set_files(connection: Connection, draft_id: str, contents: Mapping[str, bytes]) -> None:
    """Put files in the place of those that were brought before."""
    connection.execute(delete(draft_files).where(draft_files.c.draft_id == draft_id))
    for name, content in contents.items():
        connection.execute(insert(draft_files), {"draft_id": draft_id, "name": name, "content": content})
