"""Save and next pair at the real server, beside the plain route, beside the disk, and beside Potato where it is given.

    python benchmarks/load.py --raters 1 10 50 --seconds 6
    python benchmarks/load.py --potato /path/to/venv/bin/potato       (pip install potato-annotation==2.12.1 there)

Raters save as fast as they can (a closed loop); each answer holds the next pairs. `page` goes through the page's own
server function, `vote` through `/api/vote`. References in the same run: raw sqlite3 (WAL, synchronous=FULL) with one
commit for as many rows as one save writes; Potato's save and next item on the same items. The generator runs on the
same cores as the server, so rates are lower bounds.
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
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import potato  # noqa: E402
from benchmarks.studio_load import Server, free_port, prepare, raters  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402

ROWS_PER_SAVE = 13
"""Event, submission, 8 judgments, device facts; two rows more are updated."""
ITEMS = 300
MOST_SAVES = 1000
"""A second: so many Seats stand by that nobody runs out of pairs, since a revision is less work than a new pair."""


class Saver(Protocol):
    """Whoever saves: a rater of the studio, or of a peer."""

    seconds: list[float]
    wrong: list[str]

    def save(self) -> bool:
        """Save one form and get the next item."""


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


def load(name: str, people: Sequence[Saver], seconds: float) -> dict[str, Any]:
    """Rate and latencies (ms) of a closed loop."""
    for rater in people:
        rater.seconds.clear()
    until = time.perf_counter() + seconds

    def work(rater: Saver) -> None:
        while time.perf_counter() < until:
            rater.save()

    threads = [threading.Thread(target=work, args=(rater,)) for rater in people]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = [1000 * one for rater in people for one in rater.seconds]
    if len(took) < 2:
        raise RuntimeError(f"{name}: {len(took)} saves by {len(people)} raters in {seconds:g} s: is this machine busy?")
    cuts = statistics.quantiles(took, n=20)
    return {
        "route": name,
        "raters": len(people),
        "saves_per_second": round(len(took) / (time.perf_counter() - begin), 1),
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(cuts[-1], 1),
        "refused": sum(len(rater.wrong) for rater in people),
    }


def studio(folder: Path, counts: list[int], seconds: float) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Both routes at every count of raters; memory idle and after."""
    url, port = sqlite_url(folder / "studio.sqlite"), free_port()
    seats = max(counts) + int(2 * len(counts) * seconds * MOST_SAVES / ITEMS) + 1
    people = raters(url, prepare(url, ITEMS, seats), port, seed=1)
    spare = people[max(counts) :]
    for rater in people[: max(counts)]:
        rater.spare = spare
    server = Server(url, port, folder)
    try:
        server.start()
        time.sleep(2)
        idle = server.megabytes()
        component = server.component()
        load("warm", people[:1], 1.0)  # the study is parsed at the first request
        cells = []
        for count in counts:
            for name, number in (("vote", None), ("page", component)):
                for rater in people:
                    rater.component = number
                cells.append(load(name, people[:count], seconds))
        if not spare:
            raise RuntimeError("the Seats that stood by are used up: raise MOST_SAVES")
        return cells, {"idle_mb": round(idle, 1), "after_mb": round(server.megabytes(), 1)}
    finally:
        for rater in people:
            rater.drop()
        server.close()


def ratios(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By count of raters: the page's rate over the plain route's, over Potato's, and the ms it takes longer."""
    by_place = {(cell["route"], cell["raters"]): cell for cell in cells}
    rows = []
    for count in sorted({cell["raters"] for cell in cells}):
        page, vote = by_place["page", count], by_place["vote", count]
        row = {"raters": count, "page_over_vote": round(page["saves_per_second"] / vote["saves_per_second"], 2)}
        row["page_minus_vote_p50_ms"] = round(page["p50_ms"] - vote["p50_ms"], 1)
        if ("potato", count) in by_place:
            peer = by_place["potato", count]["saves_per_second"]
            row["page_over_potato"] = round(page["saves_per_second"] / peer, 1)
        rows.append(row)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raters", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--potato", type=Path, help="the `potato` program of an environment of its own")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studio-load-") as name:
        folder = Path(name)
        cells, memory = studio(folder, options.raters, options.seconds)
        raw = disk(folder, options.seconds / 2)
        if options.potato:
            with potato.serving(options.potato, folder, max(options.raters)) as people:
                cells += [load("potato", people[:count], options.seconds) for count in options.raters]
    found = {"raw_commits_per_second": round(raw, 1), **memory, "ratios": ratios(cells), "cells": cells}
    print(json.dumps(found, indent=1))
    return int(any(cell["refused"] for cell in cells))


if __name__ == "__main__":
    sys.exit(main())
