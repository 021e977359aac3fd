"""Short messages between the processes of one studio: PostgreSQL carries them; with SQLite there is one process alone.

A signal says that something is to be read, never what: who missed one reads the same later. So nothing is lost where a
connection breaks, and after each break everybody is told to read (the signal '').
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable

from sqlalchemy import text

from studio.store.database import Store
from studio.store.errors import StoreError

CHANNEL = "studio_rooms"
LOOK_SECONDS = 1.0
"""How soon the listening thread sees that it is to end."""
AGAIN_SECONDS = 2.0
log = logging.getLogger(__name__)


class Signals:
    """Sends to, and hears from, the other processes of a studio.

    Args:
        store: the database that all of them share.
        heard: called in a thread with each signal of another process.
    """

    def __init__(self, store: Store, heard: Callable[[str], None]) -> None:
        self._store = store
        self._heard = heard
        self._own = secrets.token_hex(4)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        if not store.is_sqlite:
            self._thread = threading.Thread(target=self._listen, name="signals", daemon=True)
            self._thread.start()

    def send(self, signal: str) -> None:
        """Tell the other processes; nothing where there can be none. At most 7,900 bytes."""
        if self._thread is None:
            return
        with self._store.engine.connect() as connection, connection.begin():
            connection.execute(text("SELECT pg_notify(:channel, :signal)"), _named(f"{self._own} {signal}"))

    def close(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=5 * LOOK_SECONDS)

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                self._until_it_breaks()
            except Exception as error:  # noqa: BLE001 - whatever the driver says of a broken connection
                log.warning("signals: %s; again in %g s", type(error).__name__, AGAIN_SECONDS)
                self._ended.wait(AGAIN_SECONDS)

    def _until_it_breaks(self) -> None:
        raw = self._store.engine.raw_connection()
        try:
            connection = raw.driver_connection
            if connection is None:
                raise StoreError("no connection to hear signals by")
            connection.autocommit = True
            connection.execute(f"LISTEN {CHANNEL}")
            self._heard("")
            while not self._ended.is_set():
                for told in connection.notifies(timeout=LOOK_SECONDS):
                    sender, _, signal = told.payload.partition(" ")
                    if sender != self._own:
                        self._heard(signal)
        finally:
            raw.invalidate()


def _named(signal: str) -> dict[str, str]:
    return {"channel": CHANNEL, "signal": signal}
