"""99 raters who open their links at once, beyond the planned Seats, while one rater saves.

    python benchmarks/joins.py --joins 99

The real server process; the plan has Seats for five. The same number of joins within the plan stands beside it.
Limit: all have joined within 3 s, and no save of the rater who was there before takes longer than 0.5 s.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio_load import STUDY, Server, free_port, prepare, raters  # noqa: E402
from studio.service import Service  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402
from studio.store.database import Store  # noqa: E402

LIMIT_JOINS_SECONDS, LIMIT_SAVE_SECONDS = 3.0, 0.5
PAUSE_SECONDS = 0.1
"""Between two saves of the rater who was there before."""


def measure(folder: Path, joins: int, planned: int) -> dict[str, Any]:
    """Seconds until all have joined, and the slowest save meanwhile, of a study with `planned` Seats."""
    url = sqlite_url(folder / "studio.sqlite")
    token = prepare(url, items=30, seats=planned)[0] if planned < joins else _first_of(url, planned)
    store = Store(url)
    begin = time.perf_counter()
    links = Service(store).invite(STUDY, joins)
    invited = time.perf_counter() - begin
    store.close()
    server = Server(url, free_port(), folder)
    try:
        server.start()
        (rater,) = raters(url, [token], server.port, seed=1)
        stop = threading.Event()

        def work() -> None:
            while not stop.wait(PAUSE_SECONDS):
                rater.save()

        saving = threading.Thread(target=work)
        saving.start()
        begin = time.perf_counter()
        with ThreadPoolExecutor(joins) as pool:
            statuses = list(pool.map(server.get, [f"/e/{link}" for link in links]))
        seconds = time.perf_counter() - begin
        stop.set()
        saving.join()
    finally:
        server.close()
    return {
        "planned": planned,
        "joins": joins,
        "invite_s": round(invited, 2),
        "joins_s": round(seconds, 2),
        "failed": sum(status != 303 for status in statuses),
        "saves": len(rater.seconds),
        "slowest_save_s": round(max(rater.seconds, default=0.0), 3),
    }


def _first_of(url: str, planned: int) -> str:
    """One rater of a study whose other Seats are free."""
    from benchmarks.studio_load import made_plan, made_study

    service = Service(Store(url))
    study = made_study(30)
    service.create_study(study, made_plan(study, planned))
    token = service.join(service.invite(STUDY)[0])[0]
    service.store.close()
    return token


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--joins", type=int, default=99)
    options = parser.parse_args()
    rows = []
    for planned in (options.joins + 1, 5):
        with tempfile.TemporaryDirectory() as name:
            rows.append(measure(Path(name), options.joins, planned))
    ratio = rows[1]["joins_s"] / rows[0]["joins_s"]
    print(json.dumps({"rows": rows, "beyond_to_within": round(ratio, 2)}, indent=1))
    beyond = rows[1]
    ok = beyond["failed"] == 0 and beyond["joins_s"] <= LIMIT_JOINS_SECONDS
    ok = ok and beyond["slowest_save_s"] <= LIMIT_SAVE_SECONDS
    print(f"limit: {LIMIT_JOINS_SECONDS:g} s, saves {LIMIT_SAVE_SECONDS:g} s: {'kept' if ok else 'MISSED'}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
