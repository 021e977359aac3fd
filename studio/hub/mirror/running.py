"""The Hub mirror of a store: restored before anybody is let in, kept while the studio runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from studio.hub.mirror.keeper import HubCopy
from studio.hub.mirror.restoring import Restored, restore
from studio.hub.mirror.segments import CopyError, LogName
from studio.hub.mirror.uploader import Source
from studio.store import logs
from studio.store.database import Store
from studio.store.errors import StoreError
from tasks.hub import HubUnavailableError

LONGEST_WAIT_SECONDS = 120.0
POLL_SECONDS = 5.0


def source_of(store: Store) -> Source:
    """The two logs of a store, as HubCopy reads them."""

    def rows(log: LogName, after: int) -> Iterator[dict[str, Any]]:
        return logs.rows(store, log, after)

    return rows


def keep(store: Store, repo_id: str, api: Any, clock: Callable[[], datetime], **options: Any) -> HubCopy:
    """A copy of this store's logs, not yet running."""
    return HubCopy(source_of(store), repo_id, api, clock, read_errors=(StoreError, OSError), **options)


def restore_into(
    store: Store,
    repo_id: str,
    api: Any,
    clock: Callable[[], datetime],
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Fill an empty database from its copy; how many events came back, 0 where it is not empty or there is no copy.

    Raises:
        HubError: the Hub cannot be read; nobody may be let in, because what was judged may be there.
        CopyError: the copy is damaged, or another process is still writing to it.
    """
    with store.read() as connection:
        if not logs.is_empty(connection):
            return 0
    found = _settled(repo_id, api, clock, pause)
    return 0 if found is None else logs.fill(store, found.events, found.notes)


def _settled(repo_id: str, api: Any, clock: Callable[[], datetime], pause: Callable[[float], None]) -> Restored | None:
    """The copy once nobody writes to it: a machine that is being replaced flushes and releases its lease."""
    waited = 0.0
    while True:
        found = restore(repo_id, api, pause=pause)
        if found is None or not found.held_at(clock()):
            return found
        if waited >= LONGEST_WAIT_SECONDS:
            raise CopyError(
                f"data set {repo_id}: another studio has been writing to it for {waited:.0f} s; stop that one first, "
                "or two databases would go on from the same point"
            )
        pause(POLL_SECONDS)
        waited += POLL_SECONDS


def begin(copy: HubCopy) -> str:
    """Copy once, then go on in the background; what is wrong for now, '' where nothing is.

    Raises:
        CopyError: the database is no continuation of the copy.
        HubError: the data set is public or this token may not write; an outage is told instead, and tried again.
    """
    try:
        copy.push()
    except HubUnavailableError as error:
        copy.start()
        return str(error)
    copy.start()
    return ""
