"""How often the interval of a pilot's leaning holds the truth, and how wide it is, by simulation.

    python benchmarks/pilot.py [--pilots 600] [--seed 1]

Votes on five points by the planner's own model (docs/power.md), every rater judging every dialogue; the truth is the
share of a vote's variance that is the raters' own. Ends: the middle of the intervals' ends.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.planning.mean_squares import variances
from results.planning.vote_model import Assumptions, as_ratings, leaning, model
from results.statistics.agreement.icc import lean
from results.statistics.resample import Resampling

PILOTS = ((30, 5), (30, 10), (60, 7))
"""Dialogues and raters."""
LEANS = (0.02, 0.1, 0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pilots", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("| dialogues x raters | truth | held | ends |\n|---|---|---|---|")
    how = Resampling(1_000, options.seed)
    for items, raters in PILOTS:
        for share in LEANS:
            made = leaning(model(Assumptions()), share)
            truth = variances(made).lean
            votes = made.draw(options.pilots, items, raters, np.random.default_rng(options.seed))
            found = [lean(as_ratings(one), how) for one in votes]
            ends = np.array([(one.low, one.high) for one in found if one.low is not None], dtype=np.float64)
            held = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
            low, high = np.median(ends, axis=0)
            print(f"| {items} x {raters} | {truth:.1%} | {held:.3f} | {low:.1%} to {high:.1%} |", flush=True)


if __name__ == "__main__":
    main()
