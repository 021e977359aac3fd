"""Davidson strengths with item-bootstrap intervals, against `evalica.bootstrap` on the raw votes.

    python benchmarks/strength.py [--items 10000]

1,000,000 votes of 20 systems, 1,000 resamples of items. evalica's bootstrap is timed on a few resamples and multiplied.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.statistics.resample import Resampling
from results.statistics.strength import Votes, strengths

VOTES, SYSTEMS, RESAMPLES = 1_000_000, 20, 1_000


def votes(items: int, seed: int = 1) -> Votes:
    random = np.random.default_rng(seed)
    worth = np.linspace(-1, 1, SYSTEMS)
    first = random.integers(0, SYSTEMS - 1, VOTES)
    second = random.integers(first + 1, SYSTEMS)
    gap = worth[first] - worth[second] + random.logistic(0, 1, VOTES)
    outcome = np.where(np.abs(gap) < 0.5, 0, np.sign(gap)).astype(np.int64)
    names = tuple(f"system {number:02d}" for number in range(SYSTEMS))
    item = random.integers(0, items, VOTES)
    turned = random.integers(0, 2, VOTES)
    return Votes(names, items, item, first, second, outcome, turned, np.arange(items))


def peer(made: Votes, resamples: int) -> float:
    """Seconds of one resample of evalica.bootstrap, Davidson model, on the raw votes, times RESAMPLES."""
    import evalica

    names = np.array(made.systems)
    kinds = {1: evalica.Winner.X, -1: evalica.Winner.Y, 0: evalica.Winner.Draw}
    winners = [kinds[int(outcome)] for outcome in made.outcome]
    left, right = names[made.first].tolist(), names[made.second].tolist()
    start = time.perf_counter()
    evalica.bootstrap(
        evalica.newman, left, right, winners, tie_weight=1.0, n_resamples=resamples, bootstrap_method="percentile"
    )
    return (time.perf_counter() - start) / resamples * RESAMPLES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10_000)
    options = parser.parse_args()
    made, resampling, found = votes(options.items), Resampling(RESAMPLES), []
    strengths(votes(100), Resampling(100))  # imports
    for _ in range(3):
        start = time.perf_counter()
        strengths(made, resampling)
        found.append(time.perf_counter() - start)
    ours = min(found)
    print(f"{VOTES:,} votes on {options.items:,} items, {RESAMPLES} item-bootstraps: {ours:.2f} s")
    print(f"  evalica.bootstrap on raw votes: {peer(made, 3) / ours:.0f} x that")


if __name__ == "__main__":
    main()
