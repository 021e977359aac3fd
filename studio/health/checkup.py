"""Everything `doctor` looks at, in the order in which it is said."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from typing import Any

from studio.health import address, clock, database, disk, way
from studio.health.finding import Finding
from studio.health.finding import told as said
from studio.store.errors import StoreError
from studio.store.upkeep.facts import facts, sqlite_path


def looked_at(url: str, database_url: str, now: datetime, own: bool = False) -> Iterator[Finding]:
    """Findings about the address `url` and the database, at a time of this machine's zone; nothing is changed.

    Args:
        own: the process that looks is the one that serves the database, as the desk's is.
    """
    told = yield from _address(url, now)
    yield from _database(database_url, now, told, own)


def _address(url: str, now: datetime) -> Generator[Finding, None, dict[str, Any] | None]:
    """The findings; its value is what the studio at the address said of itself, None where none answered."""
    door = address.parsed(url)
    if isinstance(door, Finding):
        yield door
        return None
    yield from address.who_can_open(door)
    fault = address.listening(door)
    if fault is not None:
        yield fault
        return None
    inside: address.Door | None = door
    if door.secure:
        finding, inside = address.certificate(door, now)
        yield finding
    if inside is None:
        return None
    findings, told = way.looked_at(inside, now)
    yield from findings
    return told


def _database(url: str, now: datetime, told: dict[str, Any] | None, own: bool) -> Iterator[Finding]:
    try:
        file = sqlite_path(url)
        if file is not None and not file.exists():
            todo = "name it with --db; `python -m studio serve` makes one"
            yield Finding("look", "database", f"there is none at {file}", todo)
            yield from disk.looked_at(file.parent)
            yield from clock.looked_at(now, None)
            return
        found = facts(url)
    except StoreError as error:
        yield Finding("mend", "database", str(error), "see that it runs and that --db is right")
        return
    yield database.version(found)
    yield from clock.looked_at(now, found.newest.astimezone(UTC) if found.newest else None)
    if file is not None:
        yield database.served(file, told, own)
        copied = (told or {}).get("copy_gap_seconds") is not None
        yield from disk.looked_at(file.parent, copied=copied)
        yield from database.kept(file.parent, now, told)
    else:
        yield said("look", "back-up", "backup_postgres", "backup_postgres_do")
