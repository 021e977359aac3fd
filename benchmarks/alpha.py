"""Krippendorff's alpha with its interval, against a loop over the krippendorff package and against bare numpy.

    python benchmarks/alpha.py

Every line is measured in one run, best of three; a loop over the package is timed on few resamples and multiplied.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.statistics import resample
from results.statistics.agreement.alpha import alpha, value
from results.statistics.ratings import Ratings
from results.statistics.resample import Resampling
from tasks.schema import Level

RESAMPLES = 10_000


def table(units: int, raters: int, values: int, missing: float, seed: int = 1) -> Ratings:
    """Ratings about a latent value of each unit; a share `missing` is not given."""
    random = np.random.default_rng(seed)
    latent = random.normal(0, 1, (units, 1)) + random.normal(0, 0.8, (units, raters))
    grid = np.clip(((latent + 2) / 4 * values).astype(int), 0, values - 1)
    unit, rater = np.nonzero(random.random((units, raters)) >= missing)
    rated = grid[unit, rater].astype(np.int64)
    names = tuple(range(raters)), tuple(range(units))
    return Ratings(unit, rater, rated, np.arange(float(values)), np.arange(units), *names)


def best(run: Callable[[], object], times: int = 3) -> float:
    found = []
    for _ in range(times):
        resample._cached_weights.cache_clear()
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def package_loop(ratings: Ratings, resamples: int) -> float:
    """Seconds of one resample and one call of krippendorff.alpha on its counts, times RESAMPLES."""
    import krippendorff

    random, counts = np.random.default_rng(0), ratings.counts()

    def run() -> None:
        for _ in range(resamples):
            drawn = counts[random.integers(0, len(counts), len(counts))]
            krippendorff.alpha(value_counts=drawn, level_of_measurement="nominal", value_domain=ratings.domain)

    return best(run, 1) / resamples * RESAMPLES


def bare_numpy(ratings: Ratings) -> float:
    """The limit: distinct count patterns, multinomial weights, one matrix product, alpha of every resample."""

    def run() -> object:
        counts = ratings.counts()
        width = counts.max() + 1
        keys = counts @ width ** np.arange(counts.shape[1])
        _, first, times = np.unique(keys, return_index=True, return_counts=True)
        patterns = counts[first].astype(float)
        rated = patterns.sum(axis=1)
        observed = (rated**2 - (patterns**2).sum(axis=1)) / np.maximum(rated - 1, 1)
        pairable = np.where(rated[:, None] > 1, patterns, 0.0)
        random = np.random.default_rng(0)
        weights = random.multinomial(len(counts), times / len(counts), size=RESAMPLES).astype(float)
        sums = weights @ np.column_stack([pairable, np.where(rated > 1, observed, 0.0)])
        n = sums[:, :-1].sum(axis=1)
        alphas = 1 - (n - 1) * sums[:, -1] / (n**2 - (sums[:, :-1] ** 2).sum(axis=1))
        return np.quantile(alphas, [0.025, 0.975])

    return best(run)


def million() -> None:
    """One nominal alpha of 1,000,000 units x 20 raters, three ratings a unit: seconds and memory above the imports."""
    random = np.random.default_rng(2)
    units = 1_000_000
    unit = np.repeat(np.arange(units), 3)
    truth = random.integers(0, 5, units)[unit]
    given = np.where(random.random(len(unit)) < 0.7, truth, random.integers(0, 5, len(unit)))
    rater = (random.integers(0, 20, units)[:, None] + np.arange(3) * 6).ravel() % 20
    ratings = Ratings(unit, rater, given, np.arange(5.0), np.arange(units), tuple(range(20)), tuple(range(units)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    found = value(ratings, "nominal")
    seconds = time.perf_counter() - start
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e6
    data = sum(array.nbytes for array in (unit, rater, given)) / 1e9
    print(f"1,000,000 x 20 sparse, nominal, no bootstrap: {seconds:.2f} s; alpha {found:.3f}")
    print(f"  peak {peak:.2f} GB above the data ({data:.2f} GB)")


def main() -> None:
    if "--million" in sys.argv:
        million()
        return
    resampling = Resampling(RESAMPLES, interval="percentile")
    small, large = table(100, 5, 5, 0.1), table(10_000, 10, 3, 0.1)
    levels: tuple[Level, ...] = ("nominal", "ordinal", "interval")
    for level in levels:
        print(f"100 x 5, {RESAMPLES} resamples, {level}: {best(partial(alpha, small, level, resampling)):.3f} s")
    ours = best(lambda: alpha(small, "nominal", resampling))
    print(f"  loop over krippendorff: {package_loop(small, 100) / ours:.0f} x that")
    ours, limit = best(lambda: alpha(large, "nominal", resampling)), bare_numpy(large)
    print(f"10,000 x 10, 3 values, {RESAMPLES} resamples, nominal: {ours:.2f} s")
    print(f"  {ours / limit:.2f} x bare numpy ({limit:.2f} s)")
    print(f"  loop over krippendorff: {package_loop(large, 10) / ours:.0f} x that")
    subprocess.run([sys.executable, __file__, "--million"], check=True)


if __name__ == "__main__":
    main()
