"""The store alone: submissions a second, beside raw sqlite3 running the very same statements in FULL transactions.

    python benchmarks/store.py

Every statement of every save is recorded from one run and run again by the sqlite3 module on a copy of the database, in
turns with the store, so that a slow minute is slow for both. The ratio is the median over the rounds.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import event  # noqa: E402

from benchmarks.studio_load import made_form, prepare  # noqa: E402
from studio.service import Service  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402
from studio.store.database import PRAGMAS, Store  # noqa: E402
from studio.store.upkeep import backup  # noqa: E402

Statement = tuple[str, Any, bool]
"""SQL, parameters, whether they are many."""


class Saves:
    """Raters who save through the whole service, by one thread, as fast as it goes."""

    def __init__(self, url: str, tokens: list[str]) -> None:
        self._service, self._draw, self._tokens = Service(Store(url)), random.Random(1), tokens
        self._waiting = {token: self._service.dispatch(token, {"do": "state"})["pairs"] for token in tokens}
        self._number = 0

    def run(self, count: int) -> float:
        """Submissions a second over `count` of them."""
        begin = time.perf_counter()
        for _ in range(count):
            token = self._tokens[self._number % len(self._tokens)]
            form = made_form(self._waiting[token][0]["assignment_id"], self._draw)
            answer = self._service.dispatch(token, {"do": "submit", "submission": form})
            self._waiting[token] = answer["state"]["pairs"]
            self._number += 1
        return count / (time.perf_counter() - begin)

    def recorded(self, count: int) -> list[list[Statement]]:
        """The statements of `count` saves, by transaction."""
        found: list[list[Statement]] = []
        _record(self._service.store, found)
        self.run(count)
        return found

    def close(self) -> None:
        """Give the database back."""
        self._service.store.close()


def _record(store: Store, recorded: list[list[Statement]]) -> None:
    def began(connection: Any) -> None:
        recorded.append([])

    def ran(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        recorded[-1].append((sql, parameters, many))

    event.listen(store.engine, "begin", began)
    event.listen(store.engine, "before_cursor_execute", ran)


def raw(connection: sqlite3.Connection, recorded: list[list[Statement]]) -> float:
    """The same transactions a second by sqlite3 alone."""
    begin = time.perf_counter()
    for transaction in recorded:
        connection.execute("BEGIN IMMEDIATE")
        for sql, parameters, many in transaction:
            cursor = (connection.executemany if many else connection.execute)(sql, parameters)
            cursor.fetchall()
        connection.execute("COMMIT")
    return len(recorded) / (time.perf_counter() - begin)


def in_turns(folder: Path, options: argparse.Namespace) -> list[tuple[float, float]]:
    """(store, raw) submissions a second of each round, one after the other on copies of the same database."""
    first, second, third = (sqlite_url(folder / f"{name}.sqlite") for name in ("first", "second", "raw"))
    each = options.saves // options.rounds
    tokens = prepare(first, options.saves // options.raters + 5, options.raters)
    for copy in (second, third):
        backup.backup(first, Path(copy.removeprefix("sqlite:///")))
    other = Saves(second, tokens)
    recorded = other.recorded(each * options.rounds)
    other.close()
    store, rounds = Saves(first, tokens), []
    with closing(sqlite3.connect(third.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        for number in range(options.rounds):
            part = recorded[number * each : (number + 1) * each]
            rounds.append((store.run(each), raw(connection, part)))
    store.close()
    return rounds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=2000)
    parser.add_argument("--raters", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studio-store-") as name:
        rounds = in_turns(Path(name), options)
    store, plain = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratios = sorted(one / other for one, other in rounds)
    found = {"saves": options.saves, "store_per_second": round(store, 1), "raw_sqlite3_per_second": round(plain, 1)}
    ratio = {"ratio": round(statistics.median(ratios), 3), "least": round(ratios[0], 3), "most": round(ratios[-1], 3)}
    print(json.dumps(found | ratio, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
