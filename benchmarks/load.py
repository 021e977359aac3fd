"""Save and next pair at the real server, beside what the disk alone can do with the same statements' bytes.

    python benchmarks/load.py --raters 1 10 50 --seconds 6

Raters save through `/api/vote` as fast as they can (a closed loop); each answer holds the next pairs. The reference in
the same run is raw sqlite3 (WAL, synchronous=FULL) with one commit for as many rows as one save writes. The generator
runs on the same cores as the server, so rates are lower bounds.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio_load import Rater, Server, free_port, prepare, raters  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402

ROWS_PER_SAVE = 13
"""Event, submission, 8 judgments, device facts; two rows more are updated."""


def disk(folder: Path, seconds: float) -> float:
    """Commits a second of raw sqlite3 with the rows of one save in each."""
    with closing(sqlite3.connect(folder / "raw.sqlite", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE rows (n INTEGER PRIMARY KEY, payload TEXT)")
        begin, count = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            connection.execute("BEGIN IMMEDIATE")
            for _ in range(ROWS_PER_SAVE):
                connection.execute("INSERT INTO rows (payload) VALUES (?)", ("x" * 200,))
            connection.execute("COMMIT")
            count += 1
        return count / (time.perf_counter() - begin)


def load(people: list[Rater], seconds: float) -> dict[str, Any]:
    """Rate and latencies (ms) of a closed loop."""
    for rater in people:
        rater.seconds.clear()
    until = time.perf_counter() + seconds

    def work(rater: Rater) -> None:
        while time.perf_counter() < until:
            rater.save()

    threads = [threading.Thread(target=work, args=(rater,)) for rater in people]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = [1000 * one for rater in people for one in rater.seconds]
    cuts = statistics.quantiles(took, n=20)
    return {
        "raters": len(people),
        "saves_per_second": round(len(took) / (time.perf_counter() - begin), 1),
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(cuts[-1], 1),
        "refused": sum(len(rater.wrong) for rater in people),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raters", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--seconds", type=float, default=6.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studio-load-") as name:
        folder, port = Path(name), free_port()
        url = sqlite_url(folder / "studio.sqlite")
        people = raters(url, prepare(url, items=300, seats=max(options.raters)), port, seed=1)
        server = Server(url, port, folder)
        try:
            server.start()
            load(people[:1], 1.0)  # the study is parsed at the first request
            cells = [load(people[:count], options.seconds) for count in options.raters]
        finally:
            for rater in people:
                rater.drop()
            server.close()
        raw = disk(folder, options.seconds / 2)
    best = max(cell["saves_per_second"] for cell in cells)
    print(
        json.dumps({"raw_commits_per_second": round(raw, 1), "ratio": round(best / raw, 3), "cells": cells}, indent=1)
    )
    return int(any(cell["refused"] for cell in cells))


if __name__ == "__main__":
    sys.exit(main())
