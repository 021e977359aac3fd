"""kill -9 under load: is anything that was acknowledged missing afterwards, or there twice?

    python benchmarks/crash.py --kills 200 --raters 6

The real server is killed at a random moment while raters save as fast as they can; after each start they send the form
whose answer never came again, as the page does. Between kills the process is also frozen at random instants and its
database with the WAL copied as it lies: every copy must open, check, and hold all that was acknowledged by then.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select, text  # noqa: E402

from benchmarks.studio_load import Rater, Server, free_port, prepare, raters  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402
from studio.store.database import Store  # noqa: E402
from studio.store.tables import submissions  # noqa: E402
from studio.store.upkeep.verify import differences  # noqa: E402


@dataclass
class Result:
    """What was counted. `missing`, `doubled`, `changed`, `refused` and `differences` must be 0."""

    kills: int = 0
    copies: int = 0
    acknowledged: int = 0
    resent: int = 0
    busy: int = 0
    missing: int = 0
    doubled: int = 0
    changed: int = 0
    refused: int = 0
    differences: int = 0
    missing_in_copies: int = 0
    seconds: float = 0.0

    @property
    def faults(self) -> int:
        """0 if nothing was lost, doubled or changed."""
        wrong = self.missing + self.doubled + self.changed + self.refused + self.differences
        return wrong + self.missing_in_copies


def crash(folder: Path, kills: int, count: int, copies: int, seed: int = 1, after_ack: bool = False) -> Result:
    """Kill the server `kills` times under `count` raters; `after_ack`: right after an answer, else at random."""
    begin, draw, result = time.monotonic(), random.Random(seed), Result()
    url, port = sqlite_url(folder / "studio.sqlite"), free_port()
    tokens = prepare(url, items=400, seats=count)
    people = raters(url, tokens, port, seed)
    server = Server(url, port, folder)
    try:
        for number in range(kills):
            server.start()
            result.resent += sum(rater.waiting is not None for rater in people)
            _under_load(server, people, draw, result, folder if number < copies else None, after_ack)
            result.kills += 1
        server.start()
        for rater in people:  # whoever still waits sends once more, as the page would
            if rater.waiting is not None and not rater.save():
                result.refused += 1
            rater.drop()
    finally:
        server.close()
    count_up(url, people, result)
    result.seconds = round(time.monotonic() - begin, 1)
    return result


def _under_load(
    server: Server, people: list[Rater], draw: random.Random, result: Result, copy_to: Path | None, after_ack: bool
) -> None:
    stop, first = threading.Event(), threading.Event()

    def work(rater: Rater) -> None:
        while not stop.is_set():
            if rater.save():
                first.set()
            else:
                time.sleep(0.005)

    threads = [threading.Thread(target=work, args=(rater,)) for rater in people]
    for thread in threads:
        thread.start()
    first.wait(timeout=30)
    if not after_ack:
        time.sleep(draw.uniform(0.0, 0.4))
    if copy_to is not None:
        _check_copy(server, people, copy_to, result)
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()


def _check_copy(server: Server, people: list[Rater], folder: Path, result: Result) -> None:
    """Freeze the server between two of its steps, copy its files as they lie, and look into the copy."""
    copy = folder / "frozen.sqlite"
    server.signal(signal.SIGSTOP)
    known = {one for rater in people for one in list(rater.acknowledged)}
    for end in ("", "-wal"):
        shutil.copyfile(f"{folder / 'studio.sqlite'}{end}", f"{copy}{end}")
    server.signal(signal.SIGCONT)
    store = Store(sqlite_url(copy))
    with store.read() as connection:
        if connection.execute(text("PRAGMA integrity_check")).scalar_one() != "ok":
            result.missing_in_copies += 1
        stored = set(connection.execute(select(submissions.c.submission_id)).scalars())
    store.close()
    result.copies += 1
    result.missing_in_copies += len(known - stored)
    for path in folder.glob("frozen.sqlite*"):
        path.unlink()


def numbered(rows: Sequence[Any]) -> dict[str, int]:
    """The number each submission's receipt has: how many of its Rater's are stored up to it.

    Args:
        rows: submission_id and rater of every submission, in the order of the log.
    """
    counts: Counter[str] = Counter()
    numbers = {}
    for row in rows:
        counts[row.rater] += 1
        numbers[row.submission_id] = counts[row.rater]
    return numbers


def count_up(url: str, people: list[Rater], result: Result) -> None:
    """Compare what raters were told with what is there."""
    store = Store(url)
    with store.read() as connection:
        query = select(submissions.c.submission_id, submissions.c.rater).order_by(submissions.c.seq)
        rows = connection.execute(query).all()
        first = select(submissions.c.assignment_id).where(submissions.c.supersedes.is_(None))
        twice = first.group_by("assignment_id").having(func.count() > 1)
        result.doubled = len(connection.execute(twice).all()) + len(rows) - len({row.submission_id for row in rows})
    stored = numbered(rows)
    for rater in people:
        result.acknowledged += len(rater.acknowledged)
        result.missing += len(set(rater.acknowledged) - set(stored))
        result.changed += sum(stored.get(one, seq) != seq for one, seq in rater.acknowledged.items())
        result.refused += len(rater.wrong)
        result.busy += rater.busy
    result.differences = len(differences(store)[1])
    store.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--raters", type=int, default=6)
    parser.add_argument("--copies", type=int, default=40, help="how many of the runs also copy the frozen database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--after-ack", action="store_true", help="kill right after an acknowledged save")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studio-crash-") as folder:
        result = crash(
            Path(folder), options.kills, options.raters, options.copies, options.seed, after_ack=options.after_ack
        )
    print(json.dumps(asdict(result), indent=1))
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
