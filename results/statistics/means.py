"""The mean over dialogues with its interval for these raters: means of subsets of the dialogues (typical values).

Each dialogue is in a subset with probability 1/2. The mean of a random subset lies below the true mean as often as
above it wherever dialogues err symmetrically, so that the order statistics of all subset means bound it exactly.
The interval is the inverse of the sign-flip test: it holds every value that the test of results/statistics/signflip.py
does not reject. Source: Hartigan (1969), Using Subsample Values as Typical Values, J. Am. Stat. Assoc. 64, 1303-1317.
"""

from __future__ import annotations

import math

import numpy as np

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, alike

MOST_ENUMERATED = 16
"""Dialogues up to which all subsets are taken (65,535); beyond, ten random ones for each resample asked for."""
_DRAWS_PER_RESAMPLE = 10
_CHUNK = 32_000_000
"""Bytes of memberships held at once, eight to a byte."""


def mean_figure(rows: Array, name: str, sizes: Sizes, resampling: Resampling, undefined_because: Reason) -> Figure:
    """Sum of the first column over that of the second; `rows` has a row for each dialogue, shape (D, 2).

    Dialogues of size 0 take no part. No interval below six dialogues, nor where every dialogue has the same mean.
    """
    judged = rows[rows[:, 1] > 0]
    if not len(judged):
        return undefined(undefined_because, name, sizes)
    value = float(judged[:, 0].sum() / judged[:, 1].sum())
    if len(judged) < FEWEST_DIALOGUES:
        return Figure(value, method=name, reason=Reason.FEW_DIALOGUES, sizes=sizes)
    method = f"{name}; means of {_which(len(judged), resampling)} subsets of {resampling.unit}"
    seed = None if len(judged) <= MOST_ENUMERATED else resampling.seed
    low, high = subset_interval(judged, resampling)
    if alike(low, high):
        return Figure(value, method=method, reason=Reason.NO_VARIATION, sizes=sizes, seed=seed)
    return Figure(value, low, high, method, None, sizes, seed)


def _which(dialogues: int, resampling: Resampling) -> str:
    return "all" if dialogues <= MOST_ENUMERATED else f"{_DRAWS_PER_RESAMPLE * resampling.resamples} random"


def subset_interval(rows: Array, resampling: Resampling) -> tuple[float, float]:
    """The bounds, from sums and sizes of six or more dialogues: closed, the empty subset counted on both sides."""
    means = _subset_means(rows, resampling)
    rank = math.floor((1 - resampling.level) / 2 * (len(means) + 1))
    means.sort()
    return float(means[max(rank, 1) - 1]), float(means[-max(rank, 1)])


def _subset_means(rows: Array, resampling: Resampling) -> Array:
    dialogues = len(rows)
    if dialogues <= MOST_ENUMERATED:
        numbers = np.arange(1, 2**dialogues, dtype=np.int64)
        inside = (numbers[:, None] >> np.arange(dialogues)) & 1
        return _means(inside @ rows)
    random, draws = np.random.default_rng(resampling.seed), _DRAWS_PER_RESAMPLE * resampling.resamples
    step = max(1, 8 * _CHUNK // dialogues)
    parts = [_random_sums(rows, min(step, draws - start), random) for start in range(0, draws, step)]
    return _means(np.concatenate(parts))


def _random_sums(rows: Array, subsets: int, random: np.random.Generator) -> Array:
    """Sums of each subset, shape (subsets, 2): eight dialogues at a time, whose 256 sums are made beforehand."""
    groups = -(-len(rows) // 8)
    eights = np.zeros((groups * 8, 2))
    eights[: len(rows)] = rows
    members = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
    sums_of = np.ascontiguousarray((members @ eights.reshape(groups, 8, 2)).transpose(2, 0, 1))
    drawn = np.ascontiguousarray(random.integers(0, 256, size=(subsets, groups), dtype=np.uint8).T)
    sums = np.zeros((2, subsets))
    for group, members_of in enumerate(drawn):
        sums[0] += sums_of[0, group].take(members_of)
        sums[1] += sums_of[1, group].take(members_of)
    return sums.T


def _means(sums: Array) -> Array:
    filled = sums[:, 1] > 0
    means: Array = sums[filled, 0] / sums[filled, 1]
    return means
