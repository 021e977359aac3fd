"""How much one Rater may store, so that nobody fills the disk: facts of the device, revisions, and acts that repeat.

New answers need no bound: the plan is one. Whatever can be done again and again has a number, and a pace.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from studio.service.refusals import Refusal
from studio.store import acts
from studio.store.database import Connection
from studio.store.rows import AssignmentRow, Person

CLIENT_FACTS = ("active_seconds", "viewport", "layout", "language", "changes", "history", "seen", "order")
"""What is kept of a device's facts, the shortest first."""
MOST_CLIENT_BYTES = 4096
MOST_REVISIONS = 100
"""Of one assignment."""
MOST_ACTS = {"consented": 1000, "profiled": 100, "invited": 50}
"""Events by kind; `invited` are links to another device."""
MOST_NOTES = {"feedback": 20, "language": 100}
BURST, PER_SECOND = 120, 20.0
MOST_RATERS = 10_000


def client_facts(given: Mapping[str, Any]) -> dict[str, Any]:
    """The known facts, as many as fit into `MOST_CLIENT_BYTES` of JSON; what else was sent is left out.

    They are beside the judgment: nothing about them ever refuses it.
    """
    facts: dict[str, Any] = {}
    for name in CLIENT_FACTS:
        if name in given and _size(facts | {name: given[name]}) <= MOST_CLIENT_BYTES:
            facts[name] = given[name]
    return facts


def _size(facts: Mapping[str, Any]) -> int:
    return len(json.dumps(facts, ensure_ascii=False).encode())


class Pace:
    """How fast each Rater may repeat acts that store something: many at once, then a few a second.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        """By study and Rater: acts left, and as of when."""

    def take(self, person: Person) -> None:
        """Count one act. Refusal `busy` for one that comes too soon: the device sends it again."""
        key, now = (person.study_id, person.rater), self._clock()
        with self._lock:
            left, since = self._left.pop(key, (float(BURST), now))
            left = min(BURST, left + (now - since) * PER_SECOND)
            self._left[key] = (max(left - 1, 0.0), now) if left >= 1 else (left, now)
            while len(self._left) > MOST_RATERS:
                self._left.popitem(last=False)
        if left < 1:
            raise Refusal("busy")


def check_revision(pace: Pace, person: Person, row: AssignmentRow) -> None:
    """Refusal `too_many` for a revision too many, `busy` for one too soon; a first answer always passes."""
    if row.submission_id is None:
        return
    if row.revision >= MOST_REVISIONS:
        raise Refusal("too_many")
    pace.take(person)


def check_act(pace: Pace, connection: Connection, person: Person, kind: str) -> None:
    """Refusal `too_many` or `busy` for an act of this kind (a key of MOST_ACTS or MOST_NOTES) that is one too many."""
    most = MOST_ACTS.get(kind) or MOST_NOTES[kind]
    if acts.acts_of(connection, person.study_id, person.rater, kind, kind in MOST_NOTES) >= most:
        raise Refusal("too_many")
    pace.take(person)
