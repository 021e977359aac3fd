"""What `doctor` finds of the running studio: looked for in a thread of its own, and kept for a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from threading import Lock
from time import monotonic

from studio.health.finding import Finding

Findings = tuple[Finding, ...]
FRESH_SECONDS = 60.0
PATIENCE_SECONDS = 0.5
"""How long a page waits before it says that the studio is being looked at."""


class Watch:
    """Looks once at a time, however many ask.

    Args:
        look: everything that is looked at, which takes from half a second to half a minute.
    """

    def __init__(self, look: Callable[[], Iterable[Finding]]) -> None:
        self._look = look
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="doctor")
        self._coming: Future[Findings] | None = None
        self._since = 0.0
        self._lock = Lock()

    def findings(self, patience: float = PATIENCE_SECONDS, anew: bool = False) -> Findings | None:
        """What was found within the last minute (`anew`: from now on); None while it is still being looked at.

        Whatever `look` raises is raised here, and looked for again the next time.
        """
        with self._lock:
            done = self._coming is not None and self._coming.done()
            if self._coming is None or (done and (anew or monotonic() - self._since > FRESH_SECONDS)):
                self._coming, self._since = self._thread.submit(lambda: tuple(self._look())), monotonic()
            coming = self._coming
        try:
            return coming.result(timeout=patience)
        except NotYetError:
            return None
        except BaseException:
            with self._lock:
                self._coming = None
            raise
