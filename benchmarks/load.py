"""Save and next pair at the real server, beside the plain route, beside the disk, and beside Potato where it is given.

    python benchmarks/load.py --raters 1 10 50
    python benchmarks/load.py --potato /path/to/venv/bin/potato       (pip install potato-annotation==2.12.1 there)

Raters save as fast as they can (a closed loop); each answer holds the next pair. `page` goes through the page's own
server function, `vote` through `/api/vote`, `potato` is Potato's save and next item on the same items. They take turns,
a few seconds each, in several rounds; ratios are taken inside a round. Beside them raw sqlite3 (WAL, synchronous=FULL)
with one commit for as many rows as one save writes. The generator runs on the same cores, so rates are lower bounds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import potato  # noqa: E402
from benchmarks.studio_load import Rater, Server, free_port, prepare, raters  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402

ROWS_PER_SAVE = 13
"""Event, submission, 8 judgments, device facts; two rows more are updated."""
ITEMS = 300
MOST_SAVES = 800
"""A second: so many Seats stand by that nobody runs out of pairs, since a revision is less work than a new pair."""
MEASURED = ("saves_per_second", "p50_ms", "p95_ms")


class Saver(Protocol):
    """Whoever saves: a rater of the studio, or of a peer."""

    seconds: list[float]
    wrong: list[str]

    def save(self) -> bool:
        """Save one form and get the next item."""


def disk(folder: Path, seconds: float) -> float:
    """Commits a second of raw sqlite3 with the rows of one save in each."""
    with contextlib.closing(sqlite3.connect(folder / "raw.sqlite", isolation_level=None)) as connection:
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


@contextlib.contextmanager
def studio(folder: Path, counts: list[int], saves: float) -> Iterator[tuple[Server, list[Rater]]]:
    """The real server on a study of ITEMS pairs a Seat, and raters who take a new Seat when they are through."""
    url, port, most = sqlite_url(folder / "studio.sqlite"), free_port(), max(counts)
    people = raters(url, prepare(url, ITEMS, most + int(saves / ITEMS) + 1), port, seed=1)
    for rater in people[:most]:
        rater.spare = people[most:]
    server = Server(url, port, folder)
    try:
        server.start()
        time.sleep(2)
        yield server, people[:most]
    finally:
        for rater in people:
            rater.drop()
        server.close()


def through(component: int | None, people: list[Rater]) -> list[Rater]:
    """The same raters, saving through the page's component, or through the plain route (None)."""
    for rater in people:
        rater.component = component
    return people


def rounds(
    options: argparse.Namespace, component: int, people: list[Rater], annotators: list[potato.Annotator]
) -> list[dict[str, Any]]:
    """Cells by count of raters and round, each route after the other, so that a slow minute is slow for all."""
    cells = []
    for count in options.raters:
        for number in range(options.rounds):
            for name, place in (("vote", None), ("page", component)):
                cells.append(load(name, through(place, people[:count]), options.seconds) | {"round": number})
            if annotators:
                first = number * count % (len(annotators) - count + 1)  # an annotator has ITEMS items and no more
                peers = annotators[first : first + count]
                cells.append(load("potato", peers, options.seconds) | {"round": number})
        if people[0].spare == []:
            raise RuntimeError("the Seats that stood by are used up: raise MOST_SAVES")
    return cells


def medians(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line for each route and count of raters: the median over the rounds; `refused` is their sum."""
    lines = []
    for route, count in dict.fromkeys((cell["route"], cell["raters"]) for cell in cells):
        here = [cell for cell in cells if (cell["route"], cell["raters"]) == (route, count)]
        line = {name: round(statistics.median(cell[name] for cell in here), 1) for name in MEASURED}
        refused = sum(cell["refused"] for cell in here)
        lines.append({"route": route, "raters": count} | line | {"refused": refused})
    return lines


def ratios(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By count of raters: the page's rate over the plain route's and over Potato's, and the ms it takes longer.

    Each is taken inside a round; told are the median, and in brackets the least and the most.
    """
    rows = []
    for count in dict.fromkeys(cell["raters"] for cell in cells):
        here = {(cell["route"], cell["round"]): cell for cell in cells if cell["raters"] == count}
        numbers = range(max(number for _, number in here) + 1)

        def over(peer: str, of: str = "saves_per_second", here: Any = here, numbers: Any = numbers) -> str:
            return spread([here["page", n][of] / here[peer, n][of] for n in numbers])

        longer = [here["page", n]["p50_ms"] - here["vote", n]["p50_ms"] for n in numbers]
        row = {"raters": count, "page_over_vote": over("vote"), "page_minus_vote_p50_ms": spread(longer)}
        rows.append(row | ({"page_over_potato": over("potato")} if ("potato", 0) in here else {}))
    return rows


def spread(values: list[float]) -> str:
    """`median (least to most)`."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raters", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--seconds", type=float, default=4.0, help="of one cell")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--potato", type=Path, help="the `potato` program of an environment of its own")
    options = parser.parse_args()
    saves = 2 * len(options.raters) * options.rounds * options.seconds * MOST_SAVES
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="studio-load-")))
        server, people = stack.enter_context(studio(folder, options.raters, saves))
        idle, component = server.megabytes(), server.component()
        load("warm", people[:1], 1.0)  # the study is parsed at the first request
        annotators = []
        if options.potato:
            annotators = stack.enter_context(potato.serving(options.potato, folder, max(options.raters)))
        cells = rounds(options, component, people, annotators)
        memory = {"idle_mb": round(idle, 1), "after_mb": round(server.megabytes(), 1)}
        raw = disk(folder, options.seconds)
    found = {"raw_commits_per_second": round(raw, 1), **memory, "ratios": ratios(cells), "cells": medians(cells)}
    print(json.dumps(found, indent=1))
    return int(any(cell["refused"] for cell in cells))


if __name__ == "__main__":
    sys.exit(main())
