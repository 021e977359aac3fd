"""How often a study of two equal systems claims something: declared families beside readers who pick what stands out.

    python benchmarks/families.py [--runs 1000]

One primary preference and seven secondary differences, in which neither system is better. Every rater leans a little in
each figure, half of it in all of them alike. A family claims where any of its tests does. `picked`: any of the eight
tests for these raters, uncorrected; `these`: Holm within each family, for these raters; `large`: the same at large,
which new studies declare. A share above .05 and its error is marked *.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.coverage import CUTS, DESIGNS, LIKENESS, Design, cells, table
from results.statistics.at_large import margin_at_large
from results.statistics.preference import dialogue_sums, holm, item_margins
from results.statistics.ratings import Ratings
from results.statistics.resample import Array
from results.statistics.signflip import Test, sign_flip

SECONDARY, LEVEL = 7, 0.05
LEANS = (0.0, 0.02, 0.1)


def study(design: Design, lean: float, random: np.random.Generator) -> list[Ratings]:
    """The signed values of the primary comparison and of each secondary one."""
    dialogue, rater = cells(design, random)
    shared = random.normal(size=design.raters)
    rest = np.sqrt(1 - LIKENESS - lean)
    made = []
    for _ in range(1 + SECONDARY):
        taste = np.sqrt(lean / 2) * (shared + random.normal(size=design.raters))
        z = np.sqrt(LIKENESS) * random.normal(size=design.dialogues)[dialogue] + taste[rater]
        votes: Array = np.digitize(z + rest * random.normal(size=len(dialogue)), CUTS) - 2.0
        made.append(table(dialogue, rater, votes, np.arange(-2.0, 3.0), design))
    return made


def claims(tests: list[Test]) -> tuple[bool, bool]:
    """Whether the primary family and the secondary one claim anything."""
    families = holm(tests[:1]), holm(tests[1:])
    primary, secondary = (any(p is not None and p < LEVEL for p in family) for family in families)
    return primary, secondary


def measure(design: Design, lean: float, runs: int) -> dict[str, float]:
    """Shares of studies that claim, by way of testing."""
    random = np.random.default_rng([design.dialogues, design.raters, round(100 * lean)])
    counts = dict.fromkeys(("picked", "these: primary", "these: secondary", "large: primary", "large: secondary"), 0)
    for _ in range(runs):
        tables = study(design, lean, random)
        these = [sign_flip(dialogue_sums(*item_margins(one), one)) for one in tables]
        large = [margin_at_large(one).test for one in tables]
        counts["picked"] += any(test.p_value is not None and test.p_value < LEVEL for test in these)
        for name, tests in (("these", these), ("large", large)):
            primary, secondary = claims(tests)
            counts[f"{name}: primary"] += primary
            counts[f"{name}: secondary"] += secondary
    return {name: count / runs for name, count in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1_000)
    runs = parser.parse_args().runs
    error = 1.96 * np.sqrt(LEVEL * (1 - LEVEL) / runs)
    designs = [design for design in DESIGNS if design.raters > 2]
    print(f"{'claims by':20}{'lean':>6}" + "".join(f"{design!s:>9}" for design in designs))
    for lean in LEANS:
        found = [measure(design, lean, runs) for design in designs]
        for name in found[0]:
            marks = [f"{one[name]:.3f}{'*' if one[name] > LEVEL + error else ''}" for one in found]
            print(f"{name:20}{lean:>6.0%}" + "".join(f"{mark:>9}" for mark in marks), flush=True)


if __name__ == "__main__":
    main()
