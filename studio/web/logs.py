"""The server's log: one line a message, and one message of a kind a minute, however often it happens."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

SECONDS = 60.0
MOST_KINDS = 1000
FRAMES = 4
"""Places of the program told of an error, innermost last."""


class OncePerMinute(logging.Filter):
    """Lets one record of a kind through a minute; the next one says how many were left out.

    A kind is the logger, the message before its values are filled in, and the error's type and place.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[tuple[str, str, str], tuple[float, int]] = {}
        """Kind -> (when it was last let through, how many have been left out since)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """False for a kind that was told of less than a minute ago."""
        kind = (record.name, str(record.msg), error_of(record))
        with self._lock:
            told, missed = self._kinds.get(kind, (float("-inf"), 0))
            now = self._clock()
            if now - told < SECONDS:
                self._kinds[kind] = told, missed + 1
                return False
            if len(self._kinds) >= MOST_KINDS:
                self._kinds.clear()
            self._kinds[kind] = now, 0
        record.missed = missed
        return True


class OneLine(logging.Formatter):
    """A record as one line; of an error its type and where it arose, never its text, which may hold what was sent."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without a line break."""
        parts = [self.formatTime(record), record.levelname, record.getMessage(), error_of(record)]
        if missed := getattr(record, "missed", 0):
            parts.append(f"({missed} more of this kind were not logged)")
        return " ".join(" ".join(parts).split())


def error_of(record: logging.LogRecord) -> str:
    """Type and innermost places of a record's error, '' where it has none."""
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    error = record.exc_info[1]
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return f"{type(error).__name__} at " + " > ".join(f"{Path(f.filename).name}:{f.lineno}" for f in frames)


def configure() -> None:
    """Send warnings and errors of every library to stderr by these rules."""
    handler = logging.StreamHandler()
    handler.addFilter(OncePerMinute())
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
