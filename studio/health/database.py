"""The database and what would be left if it were lost: version, who serves it, copy and back-up."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from studio.health.finding import SECTION, Finding
from studio.health.finding import told as said
from studio.store.upkeep.facts import DatabaseFacts
from studio.store.upkeep.serving import INSTANCE, server_of
from tasks.languages.fault import Fault

OLDEST = {"SQLite": (3, 37), "PostgreSQL": (14,)}
BACKUPS = "backups"
"""The folder beside a SQLite file in which back-ups are looked for, as deploy/ writes them."""
OLD = timedelta(days=2)
GAP_SECONDS = 600.0
"""A copy this far behind is looked at."""


def version(found: DatabaseFacts) -> Finding:
    """Is the database of a version that is known to work, with a schema this program knows."""
    seen = Fault(
        "database_seen", SECTION, program=found.program, version=".".join(map(str, found.version)),
        schema=found.schema or "–",
    )  # fmt: skip
    if found.version < OLDEST[found.program]:
        oldest = f"{found.program} {'.'.join(map(str, OLDEST[found.program]))}"
        return said("mend", "database", "database_old", "database_old_do", found=seen, oldest=oldest)
    if not found.lasting:
        return said("mend", "database", "database_unsafe", "database_unsafe_do", found=seen)
    if found.schema > found.wanted:
        return Finding(
            "mend", "database", f"{seen}, newer than this program ({found.wanted})", "start the newer program"
        )
    if found.schema and found.schema != found.wanted:
        return Finding("look", "database", seen, f"`serve` brings it to {found.wanted}; take a back-up before")
    return Finding("good", "database", seen)


def served(file: Path, told: Mapping[str, Any] | None, own: bool = False) -> Finding:
    """Is the studio that answered (`told`: what it said; None: none did) the one that serves the file.

    `own`: the file is this process's, which needs no lock to know it (Windows has none).
    """
    server = server_of(file)
    if own and told is not None and told.get("instance") == INSTANCE:
        return said("good", "server", "server_good", file=f"{file}", process=str(os.getpid()))
    if told is None and not server:
        return Finding("look", "server", f"{file} is served by nobody now")
    where = {"file": f"{file}", "process": str(server.get("process")), "port": str(server.get("port"))}
    if told is None:
        return said("look", "server", "server_unseen", **where)
    if not server:
        return said("mend", "server", "server_not_this", "server_not_this_do", file=f"{file}")
    if server["instance"] != told.get("instance"):
        return said("mend", "server", "server_two", "server_two_do", **where)
    return said("good", "server", "server_good", **where)


def kept(folder: Path, now: datetime, told: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Age of the copy on the Hub and of the newest back-up beside the database."""
    copy = (told or {}).get("copy_gap_seconds")
    if copy is not None:
        late = copy > GAP_SECONDS
        yield said("look" if late else "good", "copy", "copy_behind", "copy_do" if late else "", seconds=f"{copy:.0f}")
    files = sorted((folder / BACKUPS).glob("*.sqlite"), key=lambda path: path.stat().st_mtime)
    if files:
        age = now - datetime.fromtimestamp(files[-1].stat().st_mtime, now.tzinfo)
        hours, old = round(age.total_seconds() / 3600), age > OLD
        yield said(
            "mend" if old else "good",
            "back-up",
            "backup_seen",
            "backup_old_do" if old else "",
            file=files[-1].name,
            hours=str(hours),
        )
    elif copy is None:
        yield said("look", "back-up", "backup_none", "backup_none_do", folder=f"{folder / BACKUPS}")
