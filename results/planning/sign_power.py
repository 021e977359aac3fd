"""Power of the exact sign test: the floor of every plan, for no study judges its items without error."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

LARGEST = 5_000
"""Decisive pairs up to which a need is searched for."""


def sign_test_power(pairs: int, win: float, level: float = 0.05) -> float:
    """Power of the exact two-sided sign test of `pairs` decisive pairs at a true win share; 0 where none can reject."""
    return float(_powers(np.array([pairs]), win, level)[0])


def critical_losses(pairs: int, level: float = 0.05) -> int:
    """The most losses with which the sign test rejects, -1 where it never does: P(losses <= c) <= level / 2."""
    return int(_critical(np.array([pairs]), level)[0])


def _critical(pairs: Whole, level: float) -> Whole:
    from scipy.stats import binom

    near = np.asarray(binom.ppf(level / 2, pairs, 0.5), dtype=np.int64)
    critical: Whole = np.where(binom.cdf(near, pairs, 0.5) <= level / 2, near, near - 1)
    return critical


def _powers(pairs: Whole, win: float, level: float) -> Array:
    from scipy.stats import binom

    critical = _critical(pairs, level)
    return np.asarray(binom.cdf(critical, pairs, win) + binom.cdf(critical, pairs, 1 - win), dtype=np.float64)


def decisive_pairs(win: float, power: float = 0.8, level: float = 0.05) -> int | None:
    """Decisive pairs from which on the sign test always has this power (it saws as pairs are added).

    None where that is more than LARGEST, as with a win share near 0.5.
    """
    gap = abs(win - 0.5)
    if gap == 0 or _normal_pairs(gap, power, level) > LARGEST:
        return None
    pairs = np.arange(1, 3 * math.ceil(_normal_pairs(gap, power, level)) + 50)
    return int(pairs[_powers(pairs, win, level) < power].max()) + 1


def _normal_pairs(gap: float, power: float, level: float) -> float:
    """The normal approximation, to know how far to look."""
    law = NormalDist()
    reach = law.inv_cdf(1 - level / 2) * 0.5 + law.inv_cdf(power) * math.sqrt(0.25 - min(gap, 0.499) ** 2)
    return float((reach / gap) ** 2)
