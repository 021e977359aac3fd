"""Faults other than a killed studio: is anything acknowledged missing afterwards, or there twice?

    python benchmarks/faults.py disk --rounds 30        no file of the server may grow any more (a full disk)
    python benchmarks/faults.py postgres --rounds 20    PostgreSQL crashes and recovers under the studio
    python benchmarks/faults.py failover --rounds 30    two studios behind one address, one of them killed

Raters save as fast as they can all the while; like the page, they keep a form until it is acknowledged.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import resource
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.crash import Result, count_up  # noqa: E402
from benchmarks.postgres import Postgres  # noqa: E402
from benchmarks.studio_load import Rater, Server, free_port, prepare, raters  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402

ITEMS = 300
Fault = Callable[[Path, int, int, random.Random], Result]
"""Folder, rounds, raters, source of randomness -> what was counted."""


@contextlib.contextmanager
def judging(people: list[Rater]) -> Iterator[None]:
    """Everybody saves until the block is left, then once more whoever still waits."""
    stop = threading.Event()

    def work(rater: Rater) -> None:
        while not stop.is_set() or rater.waiting is not None:
            if not rater.save():
                time.sleep(0.02)

    threads = [threading.Thread(target=work, args=(rater,), daemon=True) for rater in people]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
    for rater in people:
        rater.drop()


def disk(folder: Path, rounds: int, count: int, draw: random.Random) -> Result:
    """The database's files may not grow at random moments: the kernel refuses the write, as on a full disk."""
    url, port, result = sqlite_url(folder / "studio.sqlite"), free_port(), Result()
    people = raters(url, prepare(url, ITEMS, count), port, seed=1)
    server = Server(url, port, folder)
    try:
        server.start()
        with judging(people):
            for _ in range(rounds):
                time.sleep(draw.uniform(0.05, 0.4))
                resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
                time.sleep(draw.uniform(0.05, 0.4))
                free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                resource.prlimit(server.pid, resource.RLIMIT_FSIZE, free)
                result.kills += 1
    finally:
        server.close()
    count_up(url, people, result)
    return result


def postgres(folder: Path, rounds: int, count: int, draw: random.Random) -> Result:
    """The database server crashes at random moments; the studio stays up and finds it again."""
    database, port, result = Postgres(), free_port(), Result()
    try:
        people = raters(database.url, prepare(database.url, ITEMS, count), port, seed=1)
        server = Server(database.url, port, folder)
        try:
            server.start()
            with judging(people):
                for _ in range(rounds):
                    time.sleep(draw.uniform(0.1, 0.5))
                    database.crash()
                    database.start()
                    result.kills += 1
        finally:
            server.close()
        count_up(database.url, people, result)
    finally:
        database.close()
    return result


def failover(folder: Path, rounds: int, count: int, draw: random.Random) -> Result:
    """Two studios share one PostgreSQL behind one address; one is killed and comes back, then the other."""
    database, result = Postgres(), Result()
    try:
        tokens = prepare(database.url, ITEMS, count)
        balancer = Balancer([free_port(), free_port()])
        people = raters(database.url, tokens, balancer.port, seed=1)
        servers = [Server(database.url, port, folder) for port in balancer.backends]
        try:
            for server in servers:
                server.start()
            with judging(people):
                for number in range(rounds):
                    time.sleep(draw.uniform(0.1, 0.5))
                    servers[number % 2].kill()
                    result.kills += 1
                    time.sleep(draw.uniform(0.0, 0.3))
                    servers[number % 2].start()
        finally:
            for server in servers:
                server.close()
            balancer.close()
        count_up(database.url, people, result)
    finally:
        database.close()
    return result


class Balancer:
    """One address for several servers: each connection goes to one that answers."""

    def __init__(self, backends: list[int]) -> None:
        self.backends = backends
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        turn = 0
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            turn += 1
            threading.Thread(target=self._join, args=(client, turn), daemon=True).start()

    def _join(self, client: socket.socket, turn: int) -> None:
        order = self.backends[turn % len(self.backends) :] + self.backends[: turn % len(self.backends)]
        for port in order:
            with contextlib.suppress(OSError):
                server = socket.create_connection(("127.0.0.1", port), timeout=5)
                server.settimeout(None)
                threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()
                _pass_on(client, server)
                return
        client.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Bytes from one to the other until either ends, then neither goes on."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


FAULTS: dict[str, Fault] = {"disk": disk, "postgres": postgres, "failover": failover}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fault", choices=FAULTS)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--raters", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="studio-faults-") as folder:
        fault = FAULTS[options.fault]
        result = fault(Path(folder), options.rounds, options.raters, random.Random(options.seed))
    result.seconds = round(time.monotonic() - begin, 1)
    print(json.dumps({"fault": options.fault} | asdict(result), indent=1))
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
