"""The sign-flip permutation test of a mean, exact wherever its distribution can be counted.

If neither system is better, each dialogue's margin is as likely to have come out with the other sign. The p-value is
the share of the 2^D sign patterns whose absolute sum is at least the one observed. Margins are means of whole numbers,
so on a common denominator the sums are integers and their distribution is a convolution (no random numbers needed).
Source: Fisher (1935), The Design of Experiments, section 21.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt

from results.statistics.figure import significant
from results.statistics.means import MOST_ENUMERATED, subset_sums
from results.statistics.reasons import Reason

Array = npt.NDArray[np.float64]

_LARGEST_DENOMINATOR = 5_040
_MOST_STEPS = 400_000_000
"""Dialogues x reachable sums up to which the distribution is counted; beyond, signs are drawn."""
_DRAWS = 100_000
EXACT = "exact sign-flip permutation over dialogues"


@dataclass(frozen=True)
class Test:
    """A p-value with its method, or the reason why there is none."""

    __test__ = False  # not a test case for pytest

    p_value: float | None
    method: str
    reason: Reason | None = None

    def as_dict(self) -> dict[str, Any]:
        """`p_value`, `method`, `reason`."""
        return {"p_value": significant(self.p_value), "method": self.method, "reason": self.reason}


def sign_flip(margins: Array, seed: int = 0) -> Test:
    """Two-sided test that the mean of `margins`, shape (D,), is zero. Null where every margin is zero."""
    moved = margins[np.abs(margins) > 1e-9]
    if not len(moved):
        return Test(None, "sign-flip permutation", Reason.NO_MARGIN)
    steps = _as_integers(moved)
    if steps is None:
        return _drawn(margins, seed)
    return Test(_exact(steps), EXACT)


def _as_integers(margins: Array) -> npt.NDArray[np.int64] | None:
    """The absolute margins on a common denominator; None where that makes the distribution too long to count."""
    shares = [Fraction(abs(float(margin))).limit_denominator(_LARGEST_DENOMINATOR) for margin in margins]
    common = lcm(*(share.denominator for share in shares))
    total = sum(shares) * common
    if total * len(shares) > _MOST_STEPS or any(
        abs(float(share) - abs(margin)) > 1e-9 for share, margin in zip(shares, margins, strict=True)
    ):
        return None
    signs = np.sign(margins).astype(np.int64)
    return signs * np.array([int(share * common) for share in shares], dtype=np.int64)


def _exact(steps: npt.NDArray[np.int64]) -> float:
    """Share of sign patterns with |sum| >= |observed sum|: T = sum of steps taken positive, sum = 2 T - total."""
    sizes = np.abs(steps)
    total, observed = int(sizes.sum()), abs(int(steps.sum()))
    chance = np.zeros(total + 1)
    chance[0] = 1.0
    for size in sizes:
        moved = np.zeros_like(chance)
        moved[size:] = chance[:-size]
        chance = (chance + moved) / 2
    extreme = np.abs(2 * np.arange(total + 1) - total) >= observed
    return float(min(1.0, chance[extreme].sum()))


def _drawn(margins: Array, seed: int) -> Test:
    """By the sums over subsets on which intervals rest: a subset keeps its dialogues' signs and turns the others'."""
    total = float(margins.sum())
    sums = subset_sums(margins, _DRAWS, seed)
    hits = int((np.abs(2 * sums - total) >= abs(total) - 1e-9).sum())
    if len(margins) <= MOST_ENUMERATED:
        return Test(hits / len(sums), EXACT)
    return Test((hits + 1) / (_DRAWS + 1), f"sign-flip permutation over dialogues, {_DRAWS} draws")
