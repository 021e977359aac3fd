"""One line of the event log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """One line of the log. `at` is the server's clock (UTC ISO-8601); `seq` is its order and 0 before it is stored."""

    uuid: str
    study: str
    at: str
    actor: str
    kind: str
    payload: dict[str, Any]
    seq: int = 0
