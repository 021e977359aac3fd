"""Many raters at human pace: each saves once every few seconds; how long does a save with the next pair take?

    python benchmarks/pace.py --raters 200                              SQLite, synchronous=FULL, one process
    python benchmarks/pace.py --raters 1000 --postgres --processes 2    PostgreSQL, two processes behind one address

An open loop: a rater's moments are fixed beforehand, so that a slow answer is not excused by fewer requests. Memory is
read before the raters come and at the end; `late` counts saves that began more than a second after their moment.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.faults import Balancer  # noqa: E402
from benchmarks.postgres import Postgres  # noqa: E402
from benchmarks.studio_load import Rater, Server, free_port, prepare, raters  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402


def pace(people: list[Rater], every: float, seconds: float, seed: int) -> dict[str, Any]:
    """Everybody saves every `every` seconds for `seconds`, from a moment of their own on."""
    draw, begin, late = random.Random(seed), time.perf_counter() + 1.0, [0]

    def work(rater: Rater, first: float) -> None:
        for moment in range(int(seconds / every)):
            wait = begin + first + moment * every - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            late[0] += wait < -1.0
            rater.save()

    threads = [threading.Thread(target=work, args=(rater, draw.uniform(0, every))) for rater in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = sorted(1000 * one for rater in people for one in rater.seconds)
    cuts = statistics.quantiles(took, n=100)
    return {
        "raters": len(people),
        "saves": len(took),
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
        "most_ms": round(took[-1], 1),
        "late": late[0],
        "refused": sum(len(rater.wrong) for rater in people),
        "unanswered": sum(rater.waiting is not None for rater in people),
    }


def run(url: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Prepare, serve with as many processes as asked for, and pace."""
    tokens = prepare(url, max(10, int(options.seconds / options.every) + 5), options.raters)
    balancer = Balancer([free_port() for _ in range(options.processes)]) if options.processes > 1 else None
    ports = balancer.backends if balancer else [free_port()]
    people = raters(url, tokens, balancer.port if balancer else ports[0], seed=1)
    servers = [Server(url, port, folder) for port in ports]
    try:
        for server in servers:
            server.start()
        time.sleep(2)
        idle = sum(server.megabytes() for server in servers)
        found = pace(people, options.every, options.seconds, seed=1)
        grown = sum(server.megabytes() for server in servers) - idle
    finally:
        for rater in people:
            rater.drop()
        for server in servers:
            server.close()
        if balancer:
            balancer.close()
    memory = {"idle_mb": round(idle, 1), "mb_per_rater": round(grown / options.raters, 3)}
    return found | {"processes": options.processes} | memory


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raters", type=int, default=200)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two saves of one rater")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studio-pace-") as name:
        folder = Path(name)
        database = Postgres() if options.postgres else None
        try:
            url = database.url if database else sqlite_url(folder / "studio.sqlite")
            found = run(url, folder, options)
        finally:
            if database:
                database.close()
    print(json.dumps({"database": "postgresql" if options.postgres else "sqlite"} | found, indent=1))
    return int(bool(found["refused"] or found["unanswered"]))


if __name__ == "__main__":
    sys.exit(main())
