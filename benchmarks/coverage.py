"""How often the 95 % interval of alpha holds the true value: simulated raters, nominal and ordinal, sizes, prevalences.

    python benchmarks/coverage.py [--runs 2000] [--resamples 1000]

Binary: each unit has a chance of 'yes' from a beta law with mean = prevalence; ordinal: a latent normal value cut into
five points. The truth is alpha of one very large study of the same law. The error of a coverage is 0.5 points at 2,000.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.statistics.agreement.alpha import Level, alpha, value
from results.statistics.ratings import Ratings
from results.statistics.resample import Resampling

DESIGNS: tuple[tuple[int, int], ...] = ((100, 5), (50, 5), (30, 3))
PREVALENCES = (0.05, 0.2, 0.5, 0.8)
TRUTH = 200_000


def draw(level: Level, prevalence: float, units: int, raters: int, random: np.random.Generator) -> Ratings:
    if level == "nominal":
        chance = random.beta(2 * prevalence, 2 * (1 - prevalence), (units, 1))
        grid = (random.random((units, raters)) < chance).astype(np.int64)
    else:
        latent = random.normal(0, 1, (units, 1)) + random.normal(0, 1, (units, raters))
        grid = np.digitize(latent, np.quantile([-3.0, 3.0], [0.2, 0.4, 0.6, 0.8])).astype(np.int64)
    places = np.arange(units)
    domain = np.arange(2.0 if level == "nominal" else 5.0)
    return Ratings(
        np.repeat(places, raters), np.tile(np.arange(raters), units), grid.ravel(), domain, places,
        tuple(range(raters)), tuple(range(units)),
    )  # fmt: skip


def coverage(
    level: Level, prevalence: float, units: int, raters: int, runs: int, resamples: int
) -> tuple[float, float, float]:
    """The true alpha, and the shares of runs whose percentile and BCa intervals hold it."""
    random = np.random.default_rng([units, raters, round(100 * prevalence)])
    truth = value(draw(level, prevalence, TRUTH, raters, random), level)
    held = np.zeros((runs, 2))
    for run in range(runs):
        found = alpha(draw(level, prevalence, units, raters, random), level, Resampling(resamples, seed=run))
        if found.low is not None and found.high is not None and found.bca is not None:
            held[run] = (found.low <= truth <= found.high, found.bca[0] <= truth <= found.bca[1])
    return truth, *held.mean(axis=0).tolist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--resamples", type=int, default=1_000)
    options = parser.parse_args()
    cases: list[tuple[Level, float]] = [*(("nominal", p) for p in PREVALENCES), ("ordinal", 0.5)]
    print("level    prevalence  units x raters  true alpha  percentile   BCa")
    for units, raters in DESIGNS:
        for level, prevalence in cases:
            truth, plain, bca = coverage(level, prevalence, units, raters, options.runs, options.resamples)
            shown = f"{prevalence:.2f}" if level == "nominal" else "–"
            print(f"{level:8} {shown:>9}  {units:>6} x {raters:<5}  {truth:9.3f}  {plain:9.1%}  {bca:6.1%}", flush=True)


if __name__ == "__main__":
    main()
