"""Sockets that a stranger holds open, against one rater who wants to come in.

    python benchmarks/sockets.py --sockets 1010 --files 1024

The real server process gets the file limit of a plain shell. A stranger opens more sockets than that and sends nothing,
half a head, half a body, asks for an endless stream, or greets once and keeps the connection; a dropped socket is
opened again. Meanwhile `/healthz` and a personal link are asked for. Limit: every request answered, each within
1 s, and less than 100 kB of log. `--again 50` opens 500 sockets a second, as a class behind one address does that
reloads its pages; with `--origin 127.0.0.1` the rater is one of them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio_load import STUDY, Server, free_port, prepare  # noqa: E402
from studio.service import Service  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402
from studio.store.database import Store  # noqa: E402

HELD = {
    "nothing": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: here\r\nX-More: ",
    "half a body": b"POST /api/vote HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n{",
    "an endless stream": b"GET /gradio_api/heartbeat/x HTTP/1.1\r\nHost: here\r\n\r\n",
    "a connection kept": b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n",
}
AT_ONCE, PAUSE_SECONDS = 50, 0.1
"""So many sockets are opened together; those that were closed are opened again `--again` at a time."""
LIMIT_SECONDS, LIMIT_LOG_BYTES = 1.0, 100_000


class Stranger:
    """Holds sockets open, and opens those anew that are closed."""

    def __init__(self, port: int, count: int, sent: bytes, again: int) -> None:
        self._port, self._count, self._sent, self._again = port, count, sent, again
        self._sockets: list[socket.socket] = []
        self._stop = threading.Event()
        self.opened = 0
        self._thread = threading.Thread(target=self._hold)

    def __enter__(self) -> Stranger:
        self._thread.start()
        while self.opened < self._count and not self._stop.wait(0.05):
            continue
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        for one in self._sockets:
            one.close()

    def _hold(self) -> None:
        while not self._stop.is_set():
            self._sockets = [one for one in self._sockets if not self._is_closed(one)]
            together = AT_ONCE if self.opened < self._count else self._again
            for _ in range(min(together, self._count - len(self._sockets))):
                try:
                    one = socket.create_connection(("127.0.0.1", self._port), timeout=2)
                    one.sendall(self._sent)
                    one.setblocking(False)
                    self._sockets.append(one)
                except OSError:
                    pass
                self.opened += 1
            time.sleep(PAUSE_SECONDS)

    @staticmethod
    def _is_closed(one: socket.socket) -> bool:
        try:
            gone = not one.recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            gone = True
        if gone:
            one.close()
        return gone


def status(port: int, path: str, origin: str) -> int:
    """The status of a GET from the address `origin`; the stranger's is 127.0.0.1."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(origin, 0))
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def measure(server: Server, held: str, links: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """Answers and waits of a rater while a stranger holds sockets."""
    seconds, failed = [], 0
    with Stranger(server.port, options.sockets, HELD[held], options.again) as stranger:
        for number in range(options.requests):
            path, expected = ("/healthz", 200) if number % 2 else (f"/e/{links[number // 2 % len(links)]}", 303)
            begin = time.perf_counter()
            try:
                failed += status(server.port, path, options.origin) != expected
            except OSError:
                failed += 1
            seconds.append(time.perf_counter() - begin)
            time.sleep(0.05)
        opened = stranger.opened
    counted = {"requests": options.requests, "failed": failed, "slowest_s": round(max(seconds), 3)}
    return {"held": held, "opened": opened, **counted}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=1010)
    parser.add_argument("--files", type=int, default=1024, help="the server's limit of open files, soft and hard")
    parser.add_argument("--requests", type=int, default=40, help="of the rater, for each way of holding")
    parser.add_argument("--again", type=int, default=5, help="sockets opened anew each tenth of a second")
    parser.add_argument("--origin", default="127.0.0.2", help="the rater's address; 127.0.0.1 is the stranger's")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = sqlite_url(folder / "studio.sqlite")
        prepare(url, items=20, seats=30)
        store = Store(url)
        links = Service(store).invite(STUDY, 20)
        store.close()
        server = Server(url, free_port(), folder, files=options.files)
        try:
            server.start()
            rows = [measure(server, held, links, options) for held in HELD]
            log = (folder / "server.log").stat().st_size
        finally:
            server.close()
    print(json.dumps({"rows": rows, "log_bytes": log, "files": options.files}, indent=1))
    ok = all(row["failed"] == 0 and row["slowest_s"] <= LIMIT_SECONDS for row in rows) and log < LIMIT_LOG_BYTES
    print(f"limit: nothing failed, {LIMIT_SECONDS:g} s, {LIMIT_LOG_BYTES} bytes of log: {'kept' if ok else 'MISSED'}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
