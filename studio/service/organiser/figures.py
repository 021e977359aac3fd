"""Figures that take seconds: one thread computes them behind the pages, and they are kept until the study changes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from studio.service.desk import Desk
from studio.store import queries
from studio.store.acts import last_change
from studio.store.database import Connection

T = TypeVar("T")
Key = tuple[str, ...]
"""What is computed, and of which study."""
PATIENCE = 0.5
"""Seconds that a page waits before it says that the figures are being computed."""
FRESH = 60.0
"""Seconds for which figures stand although raters save more meanwhile."""


@dataclass(frozen=True)
class State:
    """What figures rest on: two equal states give equal figures."""

    withdrawn: int
    closed_at: str | None
    change: int
    """The number of the study's last event."""

    def alike(self, other: State) -> bool:
        """Whether nothing but more work lies between them: nobody withdrew, and the study is as open as it was."""
        return (self.withdrawn, self.closed_at) == (other.withdrawn, other.closed_at)


def state(desk: Desk, connection: Connection, study_id: str) -> State:
    """The state of a study now. StudioError if there is none of that id."""
    desk.view(connection, study_id)
    gone = sum(row.withdrawn for row in queries.rater_rows(connection, study_id))
    return State(gone, queries.closed_at(connection, study_id), last_change(connection, study_id))


@dataclass
class _Held:
    """Of one key: the figures of a state and since when they are there, and those that are being computed."""

    state: State | None = None
    value: Any = None
    since: float = 0.0
    coming: tuple[State, Future[Any]] | None = None


class Figures:
    """Computes one thing at a time, so that raters' saves are never slowed by more than one thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="figures")
        self._held: dict[Key, _Held] = {}
        self._lock = Lock()

    def get(self, key: Key, now: State, compute: Callable[[], T], patience: float = PATIENCE) -> T | None:
        """The figures of a state, or younger than a minute of one that is alike; None while they are being computed.

        Whatever `compute` raises is raised here, once.
        """
        with self._lock:
            held = self._held.setdefault(key, _Held())
            self._take(held)
            there = held.state is not None and held.state.alike(now)
            if there and (held.state == now or monotonic() - held.since < FRESH):
                return held.value  # type: ignore[no-any-return]
            if held.coming is None:
                held.coming = now, self._thread.submit(compute)
            coming = held.coming[1]
            if there:
                return held.value  # type: ignore[no-any-return]
        try:
            coming.exception(timeout=patience)
        except NotYetError:
            return None
        with self._lock:
            self._take(held)
            return held.value if held.state is not None and held.state.alike(now) else None

    @staticmethod
    def _take(held: _Held) -> None:
        """What was computed meanwhile, taken over."""
        if held.coming is not None and held.coming[1].done():
            state, future = held.coming
            held.coming = None
            held.state, held.value, held.since = state, future.result(), monotonic()
