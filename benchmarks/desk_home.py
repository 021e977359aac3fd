"""The desk's list of studies: seconds of the server for the whole page, against a limit of 0.3 s.

    python benchmarks/desk_home.py                 50 studies of 40 items and 10 Seats each, six of them taken
    python benchmarks/desk_home.py --studies 10

Median of `--rounds` after one that is not counted; the page is asked for inside this process, so that no network and no
browser is in the figure. Ratio: the limit over the median, 1 or more where the page keeps within it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio_load import made_plan, made_study  # noqa: E402
from studio.service import Service  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402
from studio.store.database import Store  # noqa: E402
from tests.studio.whole_studio import desk_of  # noqa: E402

LIMIT = 0.3
SEATS, TAKEN, ITEMS = 10, 6, 40


def filled(folder: Path, studies: int) -> Service:
    """A service with so many studies, each with links that were opened and links that were not."""
    service = Service(Store(sqlite_url(folder / "studio.sqlite")))
    study = made_study(ITEMS)
    for number in range(studies):
        one = study.model_copy(update={"study_id": f"study-{number}"})
        service.create_study(one, made_plan(one, SEATS))
        for link in service.invite(one.study_id, SEATS)[:TAKEN]:
            service.join(link)
    return service


def main() -> int:
    """Print the median and the ratio."""
    parser = argparse.ArgumentParser(description="Seconds of the server for the desk's list of studies.")
    parser.add_argument("--studies", type=int, default=50, help="how many (50)")
    parser.add_argument("--rounds", type=int, default=9, help="how often the page is asked for (9)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, desk_of(filled(Path(folder), options.studies)) as desk:
        taken = []
        for _ in range(options.rounds + 1):
            begun = time.perf_counter()
            size = len(desk.page("/admin/").encode())
            taken.append(time.perf_counter() - begun)
    median = statistics.median(taken[1:])
    found = f"{median:.3f} s, {size / 1024:.0f} KiB"
    print(f"{options.studies} studies: {found}; limit {LIMIT} s; ratio {LIMIT / median:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
