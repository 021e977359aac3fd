"""HubCopy: keeps a private Hub data set a copy of the two logs while the studio runs, and tells how far it is."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from studio.hub.client import Repo
from studio.hub.mirror.restoring import backoff
from studio.hub.mirror.segments import LOGS, CopyError
from studio.hub.mirror.uploader import Source, Uploader
from tasks.hub import HubError, HubUnavailableError

INTERVAL_SECONDS = 45.0
"""Between two commits: a row waits at most this long and its sending, and a Hub repository bears about 128 an hour."""

State = Literal["starting", "copied", "behind", "standby", "stopped", "failing"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CopyStatus:
    """What the organiser sees of the copy."""

    url: str
    state: State
    """`standby`: another process holds the lease and copies. `failing`: see `problem`."""
    last_success_at: str | None
    """When this process last knew every row to be in the copy (UTC ISO-8601)."""
    pending: int
    """Rows stored here that are not known to be in the copy."""
    gap_seconds: float
    """Age of the oldest of them, what a disk that dies now would take along; 0 where there is none."""
    problem: str = ""


class HubCopy:
    """Keeps one private data set a copy of two logs.

    Args:
        source: gives rows of a log since a seq.
        repo_id: `owner/name` of the data set; made, private, where it does not exist.
        api: `studio.hub.client.connect`'s client.
        clock: the time; decides how long a lease lasts and how old a row is, never the order of anything.
        interval: seconds between two commits.
        read_errors: exceptions of `source` after which trying again makes sense.
        pause: waits that many seconds between two attempts of `flush`.
    """

    def __init__(
        self,
        source: Source,
        repo_id: str,
        api: Any,
        clock: Callable[[], datetime],
        *,
        interval: float = INTERVAL_SECONDS,
        read_errors: tuple[type[Exception], ...] = (OSError,),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.uploader = Uploader(source, Repo(api, repo_id), clock, uuid.uuid4().hex[:12])
        self._clock, self._interval, self._pause = clock, interval, pause
        self._errors: tuple[type[Exception], ...] = (HubError, CopyError, *read_errors)
        self._success: str | None = None
        self._problem = ""
        self._not_before = 0.0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Copy in the background, now and every `interval` seconds, until `stop`. Calling twice is harmless."""
        if self._thread is None or not self._thread.is_alive():
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="Hub mirror", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 20.0) -> bool:
        """Copy what is left, release the lease, end; True if nothing is left behind. Call it at shutdown (SIGTERM).

        Copies even where another process holds the lease: this one's disk may end with it.
        """
        ends = time.monotonic() + timeout
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)
        done = self.flush(max(0.0, ends - time.monotonic()), insist=True)
        return done and self._attempt(self.uploader.give_back)

    def flush(self, timeout: float = 20.0, insist: bool = False) -> bool:
        """Copy now, trying again for about `timeout` seconds at most; True once every row is in the copy."""
        ends, failures = time.monotonic() + timeout, 0
        while not self._attempt(lambda: self.push(insist)):
            failures += 1
            wait = max(backoff(failures) / 2, self._not_before - time.monotonic())
            if self.uploader.standby or time.monotonic() + wait > ends:
                return False
            self._pause(wait)
        return True

    def push(self, insist: bool = False) -> bool:
        """One attempt, with its errors (see Uploader.push)."""
        with self._lock:
            done = self.uploader.push(insist)
            self._success = self.uploader.now() if done else self._success
            return done

    def status(self) -> CopyStatus:
        """How far the copy is; reads the rows pending, and asks nothing of the Hub."""
        state = self.uploader.state
        pending = [row["at"] for name in LOGS for row in self.uploader.source(name, state.copied[name])]
        gap = (self._clock() - datetime.fromisoformat(min(pending))).total_seconds() if pending else 0.0
        problem = self._told_problem()
        word = self._word(bool(pending), problem)
        return CopyStatus(self.uploader.repo.url, word, self._success, len(pending), max(0.0, gap), problem)

    def _run(self) -> None:
        failures = 0
        while True:
            fine = self._attempt(self.push) or self.uploader.standby
            failures = 0 if fine else failures + 1
            wait = self._interval if fine else max(backoff(failures), self._not_before - time.monotonic())
            if self._stopping.wait(wait):
                return

    def _attempt(self, step: Callable[[], bool]) -> bool:
        try:
            done = step()
        except self._errors as error:
            if isinstance(error, HubUnavailableError):
                self._not_before = time.monotonic() + error.retry_after
            if str(error) != self._problem:
                log.warning("Hub mirror: %s", error)
            self._problem = str(error) or type(error).__name__
            return False
        self._problem = ""
        return done

    def _word(self, pending: bool, problem: str) -> State:
        if problem:
            return "failing"
        if self._stopping.is_set():
            return "stopped"
        if self.uploader.standby:
            return "standby"
        if self._success is None:
            return "starting"
        return "behind" if pending else "copied"

    def _told_problem(self) -> str:
        dead = self._thread is not None and not self._thread.is_alive() and not self._stopping.is_set()
        return self._problem or ("the copying thread has ended; see the server's log" if dead else "")
