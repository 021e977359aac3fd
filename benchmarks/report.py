"""How long a full report takes: 1,000 items, 10 raters, 8 criteria, 10,000 resamples; and `import results`.

python benchmarks/report.py [--items 1000] [--raters 10]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from results.export.folder import read, write  # noqa: E402
from results.report.build import build  # noqa: E402
from results.report.build import write as write_report  # noqa: E402
from tests.judged import export  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000)
    parser.add_argument("--raters", type=int, default=10)
    options = parser.parse_args()
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import results"], check=True, cwd=ROOT)
    print(f"import results, a fresh process: {time.perf_counter() - start:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        written = write(export(options.items, options.raters, name="full"), Path(folder) / "export")
        clock = [time.perf_counter()]
        made = read(written)
        clock.append(time.perf_counter())
        report = build(made)
        clock.append(time.perf_counter())
        write_report(report, Path(folder) / "report", "en")
        clock.append(time.perf_counter())
    parts = ", ".join(
        f"{name} {end - begin:.1f} s"
        for name, begin, end in zip(("read", "compute", "write"), clock, clock[1:], strict=False)
    )
    criteria = len(report.record.agreement)
    print(
        f"{options.items} items x {options.raters} raters x {criteria} criteria, {len(made.judgments):,} judgments: "
        f"{clock[-1] - clock[0]:.1f} s ({parts})"
    )


if __name__ == "__main__":
    main()
