"""Power of the exact sign test: the floor of every plan, for no study judges its items without error."""

from __future__ import annotations

import math
from statistics import NormalDist

LARGEST = 5_000
"""Decisive pairs up to which a need is searched for."""


def sign_test_power(pairs: int, win: float, level: float = 0.05) -> float:
    """Power of the exact two-sided sign test of `pairs` decisive pairs at a true win share; 0 where none can reject."""
    from scipy.stats import binom

    critical = critical_losses(pairs, level)
    return float(binom.cdf(critical, pairs, win) + binom.cdf(critical, pairs, 1 - win)) if critical >= 0 else 0.0


def critical_losses(pairs: int, level: float = 0.05) -> int:
    """The most losses with which the sign test rejects, -1 where it never does: P(losses <= c) <= level / 2."""
    from scipy.stats import binom

    near = int(binom.ppf(level / 2, pairs, 0.5))
    return near if binom.cdf(near, pairs, 0.5) <= level / 2 else near - 1


def decisive_pairs(win: float, power: float = 0.8, level: float = 0.05) -> int | None:
    """Decisive pairs from which on the sign test always has this power (it saws as pairs are added).

    None where that is more than LARGEST, as with a win share near 0.5.
    """
    gap = abs(win - 0.5)
    if gap == 0 or _normal_pairs(gap, power, level) > LARGEST:
        return None
    top = 3 * math.ceil(_normal_pairs(gap, power, level)) + 50
    return 1 + max(pairs for pairs in range(top) if sign_test_power(pairs, win, level) < power)


def _normal_pairs(gap: float, power: float, level: float) -> float:
    """The normal approximation, to know how far to look."""
    law = NormalDist()
    reach = law.inv_cdf(1 - level / 2) * 0.5 + law.inv_cdf(power) * math.sqrt(0.25 - min(gap, 0.499) ** 2)
    return float((reach / gap) ** 2)
