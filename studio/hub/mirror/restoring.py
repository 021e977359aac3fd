"""What a copy gives back: every row, in order, each once, and nothing at all where a file is missing or damaged."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from studio.hub.client import Repo
from studio.hub.mirror.segments import (
    LOGS,
    STATE_FILE,
    LogName,
    Segment,
    check_complete,
    in_order,
    read_segment,
    read_state,
)
from tasks.hub import HubUnavailableError

LONGEST_PAUSE_SECONDS = 60.0


@dataclass(frozen=True)
class Restored:
    """What a copy held, each log in the order of its numbers, each row once."""

    events: tuple[dict[str, Any], ...]
    notes: tuple[dict[str, Any], ...]
    copied_until: str | None
    """`at` of the last event, None where there is none: what was saved later is not in the copy."""
    held_until: str = ""
    """Until when (UTC ISO-8601) a process holds the lease, '' for nobody."""

    def held_at(self, moment: datetime) -> bool:
        """True where a process may still be writing at `moment`."""
        return bool(self.held_until) and datetime.fromisoformat(self.held_until) > moment


def restore(
    repo_id: str, api: Any, *, attempts: int = 6, pause: Callable[[float], None] = time.sleep
) -> Restored | None:
    """All rows of a copy, for replay into an empty database before anybody is let in; None where there is no copy.

    Replay is harmless to repeat: a caller leaves out rows whose uuid it has (`missing`).

    Raises:
        HubError: the Hub could not be read in `attempts` attempts, or refuses.
        CopyError: files are missing or damaged, or two histories are mixed; nothing is given then.
    """
    repo = Repo(api, repo_id)
    for attempt in range(1, attempts + 1):
        try:
            return _read(repo)
        except HubUnavailableError as error:
            if attempt == attempts:
                raise
            pause(max(backoff(attempt), error.retry_after))
    raise ValueError(f"attempts: found {attempts}; allowed: 1 or more")


def _read(repo: Repo) -> Restored | None:
    head = repo.head()
    if head is None or STATE_FILE not in repo.files(head.oid):
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repo.download(folder, [STATE_FILE, *(f"{log}/*.jsonl" for log in LOGS)], head.oid)
        state = read_state((folder / STATE_FILE).read_bytes())
        found = {log: in_order(_rows(folder, log)) for log in LOGS}
    for log in LOGS:
        check_complete(log, found[log], state)
    events = tuple(found["events"])
    return Restored(events, tuple(found["notes"]), events[-1]["at"] if events else None, state.until)


def _rows(folder: Path, log: LogName) -> Iterator[dict[str, Any]]:
    for path in sorted((folder / log).glob("*.jsonl")):
        yield from read_segment(Segment(f"{log}/{path.name}", path.read_bytes()))


def missing(rows: Iterable[dict[str, Any]], known: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """The rows whose uuid is not known yet, in order."""
    return (row for row in rows if not known(row["uuid"]))


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: 2, 4, 8 … 60."""
    return min(2.0**failures, LONGEST_PAUSE_SECONDS)
