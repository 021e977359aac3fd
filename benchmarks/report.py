"""How long a full report takes beside reading its export: 1,000 items, 10 raters, 8 criteria, 10,000 resamples.

Also `import results` in a fresh process, and the mean for raters at large from 500 votes.

python benchmarks/report.py [--items 1000] [--raters 10]
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from results.export.folder import read, write  # noqa: E402
from results.planning.vote_model import Assumptions, as_ratings, model  # noqa: E402
from results.report.build import build  # noqa: E402
from results.report.build import write as write_report  # noqa: E402
from results.statistics.at_large import margin_at_large  # noqa: E402
from tests.judged import export  # noqa: E402

MOST = 2.5
"""Times reading that a whole report may take, reading among it."""
RUNS = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000)
    parser.add_argument("--raters", type=int, default=10)
    options = parser.parse_args()
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import results"], check=True, cwd=ROOT)
    print(f"import results, a fresh process: {time.perf_counter() - start:.2f} s")
    print(f"raters at large, 500 votes: {1000 * at_large():.1f} ms, the median of {RUNS} runs")
    with tempfile.TemporaryDirectory() as folder:
        written = write(export(options.items, options.raters, name="full"), Path(folder) / "export")
        clock, cpu = [time.perf_counter()], [time.process_time()]
        made = read(written)
        note(clock, cpu)
        gc.freeze()  # as the command does
        report = build(made)
        note(clock, cpu)
        write_report(report, Path(folder) / "report", "en")
        note(clock, cpu)
    parts = ", ".join(
        f"{name} {end - begin:.1f} s"
        for name, begin, end in zip(("read", "compute", "write"), clock, clock[1:], strict=False)
    )
    criteria = len(report.record.agreement)
    print(
        f"{options.items} items x {options.raters} raters x {criteria} criteria, {len(made.judgments):,} judgments: "
        f"{clock[-1] - clock[0]:.1f} s ({parts})"
    )
    ratio, of_cpu = ((times[-1] - times[0]) / (times[1] - times[0]) for times in (clock, cpu))
    held = "" if ratio <= MOST else ": NOT HELD"
    print(f"the whole against reading alone: {ratio:.2f} times, {MOST} at most{held} ({of_cpu:.2f} in processor time)")


def note(clock: list[float], cpu: list[float]) -> None:
    """The time by the wall, and that of this process on all cores."""
    clock.append(time.perf_counter())
    cpu.append(time.process_time())


def at_large() -> float:
    """Seconds that the mean for raters at large takes from 100 items of 5 raters."""
    table = as_ratings(model(Assumptions()).draw(1, 100, 5, np.random.default_rng(0))[0])
    margin_at_large(table)  # loads what it imports
    clock = [time.perf_counter()]
    for _ in range(RUNS):
        margin_at_large(table)
        clock.append(time.perf_counter())
    return statistics.median(end - begin for begin, end in pairwise(clock))


if __name__ == "__main__":
    main()
