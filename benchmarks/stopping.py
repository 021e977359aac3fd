"""What looks before the end cost and save: how often equal systems are told apart, and how many items are judged.

    python benchmarks/stopping.py [--runs 20000]

Each item's margin is drawn from what five raters say who choose on five points (thresholds of benchmarks/coverage.py,
likeness .3), about a taste for the first system. The fixed study judges all items and takes Student's t. The one that
may stop takes three looks by O'Brien-Fleming spending. `peeking` looks as often and stops at any p < .05. The effect is
that for which the fixed study has power .80, and 1.5 and 2 times as much; every run has the same items in all three.
The repeated interval's coverage is of the true margin, wherever the study ended; `if early` is what studies say on
average that ended early, over the truth; `judged` the items on average, of those planned.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.coverage import CUTS, LIKENESS
from results.statistics.resample import Array
from results.statistics.sequential.look import standard_error
from results.statistics.sequential.spending import levels

RATERS, LOOKS, LEVEL, POWER = 5, 3, 0.05, 0.80
ITEMS = (18, 36, 100)
EFFECTS = (0.0, 1.0, 1.5, 2.0)
SURE = 200_000
"""Items drawn to know the true margin of a taste and its spread."""


@dataclass
class Tally:
    """Of one design and effect, summed over runs."""

    fixed: int = 0
    looks: int = 0
    peeking: int = 0
    held: int = 0
    items: int = 0
    early: int = 0
    margins: float = 0.0


def margins(items: int, taste: float, random: np.random.Generator) -> Array:
    """Mean signed strength of each item over the raters, shape (items,)."""
    z = taste + np.sqrt(LIKENESS) * random.normal(size=(items, 1))
    votes = np.digitize(z + np.sqrt(1 - LIKENESS) * random.normal(size=(items, RATERS)), CUTS) - 2.0
    means: Array = votes.mean(axis=1)
    return means


@cache
def planned_taste(items: int) -> float:
    """The taste for which a study of so many items has power .80: the margin is (t.975 + t.80) standard errors."""
    from scipy.special import stdtrit

    wanted = stdtrit(items - 1, 1 - LEVEL / 2) + stdtrit(items - 1, POWER)
    low, high = 0.0, 3.0
    for _ in range(30):
        middle = (low + high) / 2
        drawn = margins(SURE, middle, np.random.default_rng(1))
        reached = drawn.mean() / drawn.std(ddof=1) * np.sqrt(items) >= wanted
        low, high = (low, middle) if reached else (middle, high)
    return high


def measure(items: int, effect: float, runs: int) -> tuple[Tally, float]:
    """The sums over runs, and the true margin."""
    from scipy.special import stdtr, stdtrit

    random = np.random.default_rng([items, round(10 * effect)])
    taste = effect * planned_taste(items)
    truth = float(margins(SURE, taste, np.random.default_rng(1)).mean()) if effect else 0.0
    ends = [items * (one + 1) // LOOKS for one in range(LOOKS)]
    bounds = levels([end / items for end in ends])
    tally = Tally()
    for _ in range(runs):
        drawn = margins(items, taste, random)
        nominal, means, errors = [], [], []
        for end in ends:
            rows = np.column_stack([drawn[:end], np.ones(end)])
            mean = float(drawn[:end].mean())
            error = max(standard_error(rows, mean), 1e-9)
            nominal.append(float(2 * stdtr(end - 1, -abs(mean / error))))
            means.append(mean)
            errors.append(error)
        crossed = [p < bound for p, bound in zip(nominal, bounds, strict=True)]
        at = crossed.index(True) if any(crossed) else LOOKS - 1
        reach = -float(stdtrit(ends[at] - 1, bounds[at] / 2)) * errors[at]
        tally.fixed += nominal[-1] < LEVEL
        tally.looks += any(crossed)
        tally.peeking += min(nominal) < LEVEL
        tally.held += abs(means[at] - truth) <= reach
        tally.items += ends[at]
        if at < LOOKS - 1:
            tally.early += 1
            tally.margins += means[at]
    return tally, truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20_000)
    runs = parser.parse_args().runs
    print(f"error at .05: {1.96 * np.sqrt(LEVEL * (1 - LEVEL) / runs):.3f}, at .80: {1.96 * 0.4 / np.sqrt(runs):.3f}")
    header = ("items", "effect", "margin", "fixed", "peeking", "looks", "covered", "early", "judged", "if early")
    print("| " + " | ".join(header) + " |\n" + "|---" * len(header) + "|")
    for items in ITEMS:
        for effect in EFFECTS:
            found, truth = measure(items, effect, runs)
            shares = [f"{count / runs:.3f}" for count in (found.fixed, found.peeking, found.looks, found.held)]
            told = f"{found.margins / found.early / truth:.2f} x" if truth and found.early else "–"
            rest = (f"{found.early / runs:.0%}", f"{found.items / runs / items:.0%}", told)
            print("| " + " | ".join([str(items), f"{effect:g}", f"{truth:.2f}", *shares, *rest]) + " |", flush=True)


if __name__ == "__main__":
    main()
