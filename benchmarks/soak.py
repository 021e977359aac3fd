"""A long day in a short time: does the studio grow, leak files, slow down or lose anything?

    python benchmarks/soak.py                                  8 hours of 20 raters, 48 times as fast: 10 minutes
    python benchmarks/soak.py --hours 1 --compress 60          one minute

Raters save once a minute of their own day, open the page anew every tenth save and leave every thirtieth, coming back
by their link. Every compressed hour: resident memory, open files, threads, median and p95 of a save, the database's
size. Afterwards `verify` replays the whole log. Growth: the least-squares slope of memory after the first hour.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio_load import STUDY, Rater, Server, free_port, prepare, raters  # noqa: E402
from studio.service import Service  # noqa: E402
from studio.settings import RATER_COOKIE, sqlite_url  # noqa: E402
from studio.store.database import Store  # noqa: E402

PAGE_EVERY, DROP_EVERY = 10, 30


def open_page(port: int, token: str) -> int:
    """Load the rating page as a browser would; its size in bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", f"/s/{STUDY}", headers={"Cookie": f"{RATER_COOKIE}={token}"})
        return len(connection.getresponse().read())
    finally:
        connection.close()


def sample(server: Server, folder: Path, people: list[Rater], hour: int) -> dict[str, Any]:
    """One line of the table; the raters' times since the last line are taken and forgotten."""
    took: list[float] = []
    for rater in people:
        took += rater.seconds
        rater.seconds.clear()
    cuts = statistics.quantiles([1000 * one for one in took], n=100) if len(took) > 1 else [0.0] * 99
    status = Path(f"/proc/{server.pid}/status").read_text().splitlines()
    return {
        "hour": hour,
        "saves": len(took),
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "memory_mb": round(server.megabytes(), 1),
        "files": len(os.listdir(f"/proc/{server.pid}/fd")),
        "threads": int(next(line.split()[1] for line in status if line.startswith("Threads:"))),
        "database_mb": round(sum(path.stat().st_size for path in folder.glob("studio.sqlite*")) / 1e6, 1),
    }


def slope(rows: list[dict[str, Any]]) -> float:
    """MB of memory an hour, by least squares."""
    hours, values = [row["hour"] for row in rows], [row["memory_mb"] for row in rows]
    middle = statistics.mean(hours)
    return float(
        sum((h - middle) * v for h, v in zip(hours, values, strict=True)) / sum((h - middle) ** 2 for h in hours)
    )


def soak(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Serve, let everybody work through the day, and look afterwards."""
    url, pace = sqlite_url(folder / "studio.sqlite"), 60 / options.compress
    tokens = prepare(url, options.hours * 60 + 60, options.raters)
    port = free_port()
    server = Server(url, port, folder)
    people = raters(url, tokens, port, seed=1)
    stop = threading.Event()

    def work(rater: Rater, token: str, first: float) -> None:
        number, moment = 0, time.monotonic() + first
        while not stop.wait(max(0.0, moment - time.monotonic())):
            rater.save()
            number, moment = number + 1, moment + pace
            if number % PAGE_EVERY == 0:
                open_page(port, token)
            if number % DROP_EVERY == 0:
                rater.drop()

    rows = []
    try:
        server.start()
        threads = [
            threading.Thread(target=work, args=(rater, token, pace * n / len(people)))
            for n, (rater, token) in enumerate(zip(people, tokens, strict=True))
        ]
        for thread in threads:
            thread.start()
        for hour in range(1, options.hours + 1):
            time.sleep(3600 / options.compress)
            rows.append(sample(server, folder, people, hour))
            print(json.dumps(rows[-1]), flush=True)
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
    finally:
        for rater in people:
            rater.drop()
        server.close()
    events, differences = Service(Store(url)).verify()
    saved = sum(row["saves"] for row in rows)
    return {
        "raters": options.raters, "hours": options.hours, "compressed": options.compress, "saves": saved,
        "mb_an_hour": round(slope(rows[1:]), 3) if len(rows) > 2 else None,
        "refused": sum(len(rater.wrong) for rater in people), "events": events, "differences": len(differences),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=8)
    parser.add_argument("--compress", type=float, default=48.0, help="how much faster than life (48)")
    parser.add_argument("--raters", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studio-soak-") as name:
        found = soak(Path(name), options)
    print(json.dumps(found, indent=1))
    return int(bool(found["refused"] or found["differences"]))


if __name__ == "__main__":
    sys.exit(main())
