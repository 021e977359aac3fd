"""How often somebody may guess: failures counted per address, in memory, for minutes, and never written down."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from studio.web.address import network

MOST_FAILURES = 50
"""Wrong links or passwords from one address within the window; a university behind one address makes fewer slips."""
WINDOW_SECONDS = 600.0
MOST_ADDRESSES = 20_000


class GuessLimit:
    """Counts failures by address. The addresses are kept as salted hashes, and forgotten with the window.

    Args:
        clock: seconds that never go back.
        most: failures after which an address has to wait.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_FAILURES) -> None:
        self._clock, self._most = clock, most
        self._salt = secrets.token_bytes(16)
        self._failures: OrderedDict[bytes, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_seconds(self, address: str) -> int:
        """0 where another guess may be made from here, else the seconds to wait."""
        with self._lock:
            began, count = self._failures.get(self._key(address), (0.0, 0))
            left = began + WINDOW_SECONDS - self._clock()
        return int(left) + 1 if count >= self._most and left > 0 else 0

    def failed(self, address: str) -> None:
        """Count one wrong guess."""
        key, now = self._key(address), self._clock()
        with self._lock:
            began, count = self._failures.pop(key, (now, 0))
            if now - began > WINDOW_SECONDS:
                began, count = now, 0
            self._failures[key] = (began, count + 1)
            while len(self._failures) > MOST_ADDRESSES:
                self._failures.popitem(last=False)

    def _key(self, address: str) -> bytes:
        return hashlib.sha256(self._salt + network(address).encode()).digest()[:16]
