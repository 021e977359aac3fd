"""The database and what would be left if it were lost: version, who serves it, copy and back-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from studio.health.finding import Finding
from studio.store.upkeep.facts import DatabaseFacts
from studio.store.upkeep.serving import server_of

OLDEST = {"SQLite": (3, 37), "PostgreSQL": (14,)}
BACKUPS = "backups"
"""The folder beside a SQLite file in which back-ups are looked for, as deploy/ writes them."""
OLD = timedelta(days=2)
GAP_SECONDS = 600.0
"""A copy this far behind is looked at."""


def version(found: DatabaseFacts) -> Finding:
    """Is the database of a version that is known to work, with a schema this program knows."""
    seen = f"{found.program} {'.'.join(map(str, found.version))}, schema {found.schema or 'none yet'}"
    if found.version < OLDEST[found.program]:
        oldest = ".".join(map(str, OLDEST[found.program]))
        return Finding("mend", "database", seen, f"take {found.program} {oldest} or newer")
    if not found.lasting:
        return Finding(
            "mend", "database", f"{seen}; synchronous_commit is off", "switch it on: judgments can be lost else"
        )
    if found.schema > found.wanted:
        return Finding(
            "mend", "database", f"{seen}, newer than this program ({found.wanted})", "start the newer program"
        )
    if found.schema and found.schema != found.wanted:
        return Finding("look", "database", seen, f"`serve` brings it to {found.wanted}; take a back-up before")
    return Finding("good", "database", seen)


def served(file: Path, told: Mapping[str, Any] | None) -> Finding:
    """Is the studio that answered (`told`: what it said; None: none did) the one that serves the file."""
    server = server_of(file)
    if told is None:
        seen = f"served by process {server['process']} at port {server['port']}" if server else "served by nobody now"
        return Finding("look", "server", f"{file} is {seen}")
    if not server:
        todo = "give doctor the --db of that studio, or stop the other one"
        return Finding("mend", "server", f"the studio that answers does not serve {file}", todo)
    if server["instance"] != told.get("instance"):
        seen = (
            f"{file} is served by process {server['process']} at port {server['port']}, not by the studio that answers"
        )
        return Finding("mend", "server", seen, "there are two servers: stop one, or judgments go to two places")
    return Finding("good", "server", f"{file} is served by one process ({server['process']})")


def kept(folder: Path, now: datetime, told: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Age of the copy on the Hub and of the newest back-up beside the database."""
    copy = (told or {}).get("copy_gap_seconds")
    if copy is not None:
        seen = f"{copy:.0f} s behind"
        todo = "see what the organiser's page says of it"
        yield Finding("look", "copy", seen, todo) if copy > GAP_SECONDS else Finding("good", "copy", seen)
    files = sorted((folder / BACKUPS).glob("*.sqlite"), key=lambda path: path.stat().st_mtime)
    if files:
        age = now - datetime.fromtimestamp(files[-1].stat().st_mtime, now.tzinfo)
        seen = f"{files[-1].name}, {age.total_seconds() / 3600:.0f} hours old"
        todo = "look at the timer that takes them"
        yield Finding("mend", "back-up", seen, todo) if age > OLD else Finding("good", "back-up", seen)
    elif copy is None:
        todo = "take one by timer (docs/hosting.md), or keep a copy with --copy-to"
        yield Finding("look", "back-up", f"no copy, and no back-up in {folder / BACKUPS}", todo)
