"""One step of copying: read where the data set stands, decide whose turn it is, commit what is missing there.

A commit holds rows and, in the same commit, the state that counts them, on top of the version that was read: a commit
whose answer was lost, a second uploader, or a crash between any two steps can neither double a row nor leave one out.
The lease only saves needless conflicts: where clocks differ two uploaders may try at once, and the Hub refuses one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from studio.hub.client import Head, Repo
from studio.hub.mirror.segments import LOGS, STATE_FILE, CopyError, CopyState, LogName, Segment, extended, read_state
from tasks.hub import HubConflictError, HubRefusedError, HubUnavailableError

LEASE_SECONDS = 60.0
BATCH_ROWS = 5000
MOST_CONFLICTS = 5
ERASING: Mapping[str, tuple[LogName, ...]] = {
    "withdrawn": ("notes",), "purged": ("notes",), "erased": ("notes",), "deleted": ("events", "notes"),
}  # fmt: skip
"""Events after which content is gone from the store, and from which logs; it must go from the copy, its older versions
included."""
CARD = b"""---
pretty_name: Hub mirror of a study
---
This private data set is a running copy of a rating studio's logs. The studio alone writes here. It is made to be
restored, not read. Keep it private: it holds the key to which system made which response.
"""

Rows = dict[LogName, list[Mapping[str, Any]]]


class Source(Protocol):
    """Gives the rows of a log with `seq` above `after`, in order, as mappings with the fields of segments.FIELDS."""

    def __call__(self, log: LogName, after: int) -> Iterable[Mapping[str, Any]]:
        """Rows, lazily."""


class Uploader:
    """Copies two logs to one private data set. Not for several threads at once (studio.hub.mirror.keeper)."""

    def __init__(self, source: Source, repo: Repo, clock: Callable[[], datetime], process: str) -> None:
        self.source, self.repo, self.process = source, repo, process
        self.state = CopyState()
        """What is known to be in the data set."""
        self.standby = False
        """True where another process held the lease when this one last looked."""
        self._clock = clock
        self._head: str | None = None
        self._open: dict[LogName, Segment] = {}

    def push(self, insist: bool = False) -> bool:
        """Copy all that is missing; True once it is done, False where another process holds the lease.

        Args:
            insist: copy although another holds it, because this process ends and its disk may go with it.

        Raises:
            HubError: the Hub did not take it (HubUnavailableError: may be tried again).
            CopyError: this database is no continuation of the copy, or the copy is damaged.
        """
        for _ in range(MOST_CONFLICTS):
            try:
                return self._push(insist)
            except HubConflictError:
                self._head = None
        raise HubUnavailableError(f"data set {self.repo.repo_id}: others keep writing to it; trying again later")

    def give_back(self) -> bool:
        """End this process's lease, so that the next one need not wait for it."""
        self._look()
        if self.state.holder == self.process and self.now() < self.state.until:
            self._commit_state("lease released", replace(self.state, until=self.now()))
        return True

    def now(self, plus: float = 0.0) -> str:
        """The time, `plus` seconds on, as the logs write it."""
        moment = (self._clock() + timedelta(seconds=plus)).astimezone(UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _push(self, insist: bool) -> bool:
        self._look()
        self.standby = not insist and self.state.holder not in ("", self.process) and self.now() < self.state.until
        if self.standby:
            return False
        while self._send_batch():
            pass
        if self.state.squash_due:
            self._squash()
        return True

    # --- where the data set stands ---

    def _look(self) -> None:
        """Read the state the data set is in, unless it is as this process left it."""
        head = self._private_head()
        if head.oid == self._head:
            return
        self.state = self._state_at(head)
        self._head, self._open = head.oid, {}
        self._check_same_history()

    def _private_head(self) -> Head:
        head = self.repo.head()
        if head is None:
            self.repo.create(private=True)
            head = self.repo.head()
        if head is None:
            raise HubRefusedError(f"data set {self.repo.repo_id} was made but this token may not read it")
        if not head.private:
            raise HubRefusedError(
                f"data set {self.repo.repo_id} is public: nothing is copied there. Make it private, or name another one"
            )
        return head

    def _state_at(self, head: Head) -> CopyState:
        if STATE_FILE not in self.repo.files(head.oid):
            return CopyState()
        with tempfile.TemporaryDirectory() as folder:
            self.repo.download(Path(folder), [STATE_FILE], head.oid)
            return read_state(Path(folder, STATE_FILE).read_bytes())

    def _check_same_history(self) -> None:
        last = self.state.copied["events"]
        if last == 0:
            return
        here = next(iter(self.source("events", last - 1)), None)
        if here is None or here["seq"] != last or here["uuid"] != self.state.last_event:
            raise CopyError(
                f"data set {self.repo.repo_id} holds {self.state.rows['events']} events, up to number {last}, which "
                "this database does not continue: restore from it first, or name another data set"
            )

    # --- what is missing there ---

    def _send_batch(self) -> bool:
        """Commit up to BATCH_ROWS of each log; False if there was nothing to send."""
        rows: Rows = {log: list(islice(self.source(log, self.state.copied[log]), BATCH_ROWS)) for log in LOGS}
        if not any(rows.values()):
            return False
        erased = {log for row in rows["events"] for log in ERASING.get(row["kind"], ())}
        if erased:
            self._rewrite(rows, tuple(log for log in LOGS if log in erased))
        else:
            self._commit(rows, self._counted(rows), ())
        return True

    def _rewrite(self, rows: Rows, logs: tuple[LogName, ...]) -> None:
        """The same, but these logs anew from what the store still has, and older versions marked to be forgotten."""
        old = tuple(path for path in self.repo.files(self._head) if path.startswith(tuple(f"{log}/" for log in logs)))
        for log in logs:
            self._open.pop(log, None)
            rows[log] = list(self.source(log, 0))
        state = self._counted(rows)
        counts = {**state.rows, **{log: len(rows[log]) for log in logs}}
        self._commit(rows, replace(state, rows=counts, squash_due=True), old)

    def _counted(self, rows: Rows) -> CopyState:
        before, last = self.state, rows["events"][-1]["uuid"] if rows["events"] else self.state.last_event
        copied = {log: max(before.copied[log], rows[log][-1]["seq"] if rows[log] else 0) for log in LOGS}
        counts = {log: before.rows[log] + len(rows[log]) for log in LOGS}
        return CopyState(copied, counts, last, self.process, self.now(LEASE_SECONDS), before.squash_due)

    def _commit(self, rows: Rows, state: CopyState, delete: tuple[str, ...]) -> None:
        segments = {log: extended(self._open.get(log), log, rows[log], self.process) for log in LOGS}
        add = {one.name: one.data for log in LOGS for one in segments[log]} | {STATE_FILE: state.to_bytes()}
        if self.state.holder == "":
            add["README.md"] = CARD
        title = f"{len(rows['events'])} events, {len(rows['notes'])} notes"
        self._head = self.repo.commit(title, add, [path for path in delete if path not in add], self._head)
        self.state = state
        self._open |= {log: segments[log][-1] for log in LOGS if segments[log]}

    def _commit_state(self, title: str, state: CopyState) -> None:
        self._head = self.repo.commit(title, {STATE_FILE: state.to_bytes()}, (), self._head)
        self.state = state

    def _squash(self) -> None:
        """Forget the older versions. The state says it is due until that is known, so that a crash cannot skip it."""
        self.repo.squash()
        self._head = self._private_head().oid
        self._commit_state("older versions forgotten", replace(self.state, squash_due=False))
