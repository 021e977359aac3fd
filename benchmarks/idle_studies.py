"""Many idle studies in one database: how long a server starts, and how much memory it takes, beside an empty one.

    python benchmarks/idle_studies.py                 50 studies of 40 items and 10 Seats each, six of them taken
    python benchmarks/idle_studies.py --studies 10

The real `studio serve` is started on each database in turn, `--rounds` times. Start: seconds until the health check
answers. Memory: resident, once the desk's list of studies was asked for. Ratio: with the studies over without.
"""

from __future__ import annotations

import argparse
import http.client
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.desk_home import filled  # noqa: E402
from studio.settings import ORGANISER_COOKIE  # noqa: E402

WAIT_SECONDS = 120.0


class Figures(NamedTuple):
    """Seconds until it answers, and MiB that are resident."""

    start: float
    memory: float


def served(database: Path) -> Figures:
    """One start of the real server on a database."""
    begun = time.perf_counter()
    words = [sys.executable, "-m", "studio", "serve", "--new", "--db", str(database), "--port", "0"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = None
            while found is None:
                line = process.stdout.readline()
                assert line, "the studio ended"
                found = re.search(r":(\d+)(/o/\S+)", line)
            connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=WAIT_SECONDS)
            _ask(connection, "/healthz")
            taken = time.perf_counter() - begun
            session = _ask(connection, found[2])
            _ask(connection, "/admin/", {"cookie": f"{ORGANISER_COOKIE}={session}"})
            connection.close()
            status = Path(f"/proc/{process.pid}/status").read_text()
        finally:
            process.terminate()
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert resident
    return Figures(taken, int(resident[1]) / 1024)


def _ask(connection: http.client.HTTPConnection, path: str, headers: dict[str, str] | None = None) -> str:
    """Ask for a page; the session it gave, if any."""
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    answer.read()
    assert answer.status in (200, 303), (path, answer.status)
    found = re.search(rf"{ORGANISER_COOKIE}=([^;]+)", answer.headers.get("set-cookie", ""))
    return found[1] if found else ""


def main() -> int:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser(description="Start time and memory of a server with many idle studies.")
    parser.add_argument("--studies", type=int, default=50, help="how many (50)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each server is started (3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        databases = []
        for count in (0, options.studies):
            (Path(folder) / str(count)).mkdir()
            filled(Path(folder) / str(count), count).store.close()
            databases.append(Path(folder) / str(count) / "studio.sqlite")
        rounds = [[served(database) for database in databases] for _ in range(options.rounds)]
    for name, place, unit in (("start", 0, "s"), ("memory", 1, "MiB")):
        empty, full = (statistics.median(one[which][place] for one in rounds) for which in (0, 1))
        print(f"{name}: {empty:.1f} {unit} empty, {full:.1f} {unit} with {options.studies}; ratio {full / empty:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
