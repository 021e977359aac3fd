"""The store alone: submissions a second, beside raw sqlite3 running the very same statements in FULL transactions.

    python benchmarks/store.py --saves 1000

Every statement of every save is recorded from one run and run again by the sqlite3 module on a copy of the database.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
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
from studio.store import backup  # noqa: E402
from studio.store.database import PRAGMAS, Store  # noqa: E402

Statement = tuple[str, Any, bool]
"""SQL, parameters, whether they are many."""


def saves(url: str, tokens: list[str], count: int, recorded: list[list[Statement]] | None = None) -> float:
    """Submissions a second through the service, by one thread; their statements go to `recorded`."""
    service, draw = Service(Store(url)), random.Random(1)
    waiting = {token: service.dispatch(token, {"do": "state"})["pairs"] for token in tokens}
    if recorded is not None:
        _record(service.store, recorded)
    begin = time.perf_counter()
    for number in range(count):
        token = tokens[number % len(tokens)]
        form = made_form(waiting[token][0]["assignment_id"], draw)
        answer = service.dispatch(token, {"do": "submit", "submission": form})
        waiting[token] = answer["state"]["pairs"]
    rate = count / (time.perf_counter() - begin)
    service.store.close()
    return rate


def _record(store: Store, recorded: list[list[Statement]]) -> None:
    def began(connection: Any) -> None:
        recorded.append([])

    def ran(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        if not sql.startswith("BEGIN"):
            recorded[-1].append((sql, parameters, many))

    event.listen(store.engine, "begin", began)
    event.listen(store.engine, "before_cursor_execute", ran)


def raw(path: Path, recorded: list[list[Statement]]) -> float:
    """The same transactions a second by sqlite3 alone."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        begin = time.perf_counter()
        for transaction in recorded:
            connection.execute("BEGIN IMMEDIATE")
            for sql, parameters, many in transaction:
                cursor = (connection.executemany if many else connection.execute)(sql, parameters)
                cursor.fetchall()
            connection.execute("COMMIT")
        return len(recorded) / (time.perf_counter() - begin)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=1000)
    parser.add_argument("--raters", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studio-store-") as name:
        folder = Path(name)
        url = sqlite_url(folder / "first.sqlite")
        tokens = prepare(url, options.saves // options.raters + 5, options.raters)
        backup.backup(url, folder / "second.sqlite")
        shutil.copyfile(folder / "second.sqlite", folder / "raw.sqlite")
        recorded: list[list[Statement]] = []
        rate = saves(url, tokens, options.saves)
        saves(sqlite_url(folder / "second.sqlite"), tokens, options.saves, recorded)
        plain = raw(folder / "raw.sqlite", recorded)
    found = {"saves": options.saves, "store_per_second": round(rate, 1), "raw_sqlite3_per_second": round(plain, 1)}
    print(json.dumps(found | {"ratio": round(rate / plain, 3)}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
