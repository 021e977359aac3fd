"""The mean over dialogues with its interval for these raters: means of subsets of the dialogues (typical values).

Each dialogue is in a subset with probability 1/2. The mean of a random subset lies below the true mean as often as
above it wherever dialogues err symmetrically, so that the order statistics of all subset means bound it exactly.
The interval is the inverse of the sign-flip test: it holds every value that the test of results/statistics/signflip.py
does not reject. Source: Hartigan (1969), Using Subsample Values as Typical Values, J. Am. Stat. Assoc. 64, 1303-1317.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, alike

MOST_ENUMERATED = 16
"""Dialogues up to which all subsets are taken (65,535); beyond, ten random ones for each resample asked for."""
_DRAWS_PER_RESAMPLE = 10
_CHUNK = 32_000_000
"""Bytes of memberships held at once, eight to a byte."""
_ROWS = 256
Members = npt.NDArray[np.uint8]


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
    rank = max(math.floor((1 - resampling.level) / 2 * (len(means) + 1)), 1)
    ordered = np.partition(means, (rank - 1, len(means) - rank))
    return float(ordered[rank - 1]), float(ordered[-rank])


def _subset_means(rows: Array, resampling: Resampling) -> Array:
    dialogues = len(rows)
    if dialogues <= MOST_ENUMERATED:
        return _means(*(_all_subsets(dialogues) @ rows).T)
    subsets = _subsets_of(dialogues, _DRAWS_PER_RESAMPLE * resampling.resamples, resampling.seed)
    return np.concatenate([_means(part.sums(rows[:, 0]), part.sizes(rows[:, 1])) for part in subsets])


def _all_subsets(dialogues: int) -> npt.NDArray[np.int64]:
    """Whether each dialogue is in each subset, as 1 and 0, shape (2^D, D); the first subset is empty."""
    members: npt.NDArray[np.int64] = (np.arange(2**dialogues)[:, None] >> np.arange(dialogues)) & 1
    return members


def subset_sums(column: Array, draws: int, seed: int) -> Array:
    """Sums of a number of each dialogue over all subsets of up to 16 dialogues, else over random ones, shape (draws,).

    The random ones are those on which intervals rest, for the same seed and number of draws.
    """
    if len(column) <= MOST_ENUMERATED:
        return np.asarray(_all_subsets(len(column)) @ column)
    return np.concatenate([part.sums(column) for part in _subsets_of(len(column), draws, seed)])


def _means(sums: Array, sizes: Array) -> Array:
    filled = sizes > 0
    means: Array = sums[filled] / sizes[filled]
    return means


# --- random subsets -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Subsets:
    """Random subsets of dialogues, by eights: `members[g, s]` has a bit for each of dialogues 8 g to 8 g + 7."""

    members: Members

    def sums(self, column: Array) -> Array:
        """Sums of one number a dialogue over each subset, shape (S,), from the 256 sums of each eight."""
        groups, subsets = self.members.shape
        eights = np.zeros(groups * 8)
        eights[: len(column)] = column
        sums_of = eights.reshape(groups, 8) @ _BYTES.T.astype(np.float64)
        sums, found = np.zeros(subsets), np.empty(subsets)
        for of_eight, members in zip(sums_of, self.members, strict=True):
            # A byte is always a place among 256; "clip" spares the check that it is.
            np.take(of_eight, members, out=found, mode="clip")
            sums += found
        return sums

    def sizes(self, column: Array) -> Array:
        """As `sums`, quick where all dialogues are alike."""
        return column[0] * self._number(len(column)) if bool(np.all(column == column[0])) else self.sums(column)

    def _number(self, dialogues: int) -> Array:
        """How many of the dialogues each subset has; bits beyond the last one count for none."""
        last = np.uint8(256 - 2 ** (8 * len(self.members) - dialogues))
        number: Array = self._in_whole_eights + np.bitwise_count(self.members[-1] & last)
        return number

    @cached_property
    def _in_whole_eights(self) -> Array:
        number: Array = np.bitwise_count(self.members[:-1]).sum(axis=0, dtype=np.float64)
        return number


_BYTES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
"""The bits of every byte, shape (256, 8)."""


def _subsets_of(dialogues: int, draws: int, seed: int) -> Iterable[_Subsets]:
    """The same subsets for the same seed, in parts that fit into memory; kept where one part holds them all."""
    eights = -(-dialogues // 8)
    if draws <= _step(eights):
        return _kept(eights, draws, seed)
    return _drawn(eights, draws, seed)


@lru_cache(maxsize=4)
def _kept(eights: int, draws: int, seed: int) -> tuple[_Subsets, ...]:
    """One set of draws serves all figures of a report that rest on about as many dialogues."""
    return tuple(_drawn(eights, draws, seed))


def _drawn(eights: int, draws: int, seed: int) -> Iterator[_Subsets]:
    random, step = np.random.default_rng(seed), _step(eights)
    for start in range(0, draws, step):
        size = (min(step, draws - start), eights)
        yield _Subsets(_turned(random.integers(0, 256, size=size, dtype=np.uint8)))


def _turned(table: Members) -> Members:
    """Rows as columns, some at a time: in one step each number would come from another line of memory."""
    turned = np.empty(table.shape[::-1], dtype=np.uint8)
    for start in range(0, len(table), _ROWS):
        turned[:, start : start + _ROWS] = table[start : start + _ROWS].T
    return turned


def _step(eights: int) -> int:
    return max(1, _CHUNK // eights)
