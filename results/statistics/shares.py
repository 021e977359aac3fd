"""Shares of dialogues' responses, and differences of two shares: score and exact bounds on an effective sample size.

    p = sum h_d / M,  M = sum m_d,  v = D / (D - 1) sum (h_d - m_d p)^2 / M^2,  n = p (1 - p) / v

with h_d the hits and m_d the size of dialogue d. n lies between M^2 / sum m_d^2 (responses of a dialogue all alike)
and the number of judgments; it is the lower end where fewer than five dialogues differ from the unanimous answer, for
then v says little. Wilson's interval (1927) with Student's t of D - 1 degrees of freedom in place of z; the exact one
of Clopper and Pearson (1934) where p n or (1 - p) n is below 5: 0 of 14 gives 0 to 23 %, never 0 to 0.
Differences: Newcombe (1998), Stat. Med. 17, 2635-2650, method 10 (MOVER) on the two Wilson intervals.
"""

from __future__ import annotations

import math

import numpy as np

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling

FEWEST_APART = 5
"""Dialogues apart from the unanimous answer from which their spread is believed."""
FEWEST_EXPECTED = 5.0
"""Expected hits, and misses, below which the exact bounds are taken."""
_NONE = 1e-9
_WILSON = "Wilson interval, effective size over"
_EXACT = "Clopper-Pearson interval, effective size over"

Bounds = tuple[float, float]


def share_figure(
    rows: Array,
    name: str,
    sizes: Sizes,
    resampling: Resampling,
    undefined_because: Reason,
    *,
    exact: bool = False,
    most: float | None = None,
) -> Figure:
    """Hits over sizes, 0..1; `rows` has a row (hits, size) for each dialogue, shape (D, 2), 0 <= hits <= size.

    `exact` asks for Clopper-Pearson throughout, as for safety. `most` bounds the effective size; by default it is the
    number of judgments. Dialogues of size 0 take no part; below six dialogues there is no interval.
    """
    judged = rows[rows[:, 1] > 0]
    if not len(judged):
        return undefined(undefined_because, name, sizes)
    value = float(judged[:, 0].sum() / judged[:, 1].sum())
    if len(judged) < FEWEST_DIALOGUES:
        return Figure(value, method=name, reason=Reason.FEW_DIALOGUES, sizes=sizes)
    n = effective_size(judged, sizes.judgments if most is None else most)
    if exact or min(value, 1 - value) * n < FEWEST_EXPECTED:
        low, high = clopper_pearson(value, n, resampling.level)
        return Figure(value, low, high, f"{name}; {_EXACT} {resampling.unit}", None, sizes)
    low, high = wilson(value, n, len(judged), resampling.level)
    return Figure(value, low, high, f"{name}; {_WILSON} {resampling.unit}", None, sizes)


def effective_size(rows: Array, most: float) -> float:
    """How many independent answers the dialogues are worth, from (hits, size) of two or more dialogues."""
    hits, size = rows[:, 0], rows[:, 1]
    total, dialogues = float(size.sum()), len(rows)
    share = float(hits.sum()) / total
    least = total**2 / float((size**2).sum())
    variance = float(((hits - size * share) ** 2).sum()) / total**2 * dialogues / (dialogues - 1)
    apart = min(np.count_nonzero(hits > _NONE), np.count_nonzero(hits < size - _NONE))
    if apart < FEWEST_APART or variance <= 0:
        return least
    return min(max(share * (1 - share) / variance, least), max(most, least))


def wilson(share: float, n: float, dialogues: int, level: float) -> Bounds:
    """Wilson's bounds with Student's t of `dialogues` - 1 degrees of freedom, within 0..1."""
    from scipy.special import stdtrit

    z = float(stdtrit(dialogues - 1, (1 + level) / 2))
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - reach), min(1.0, centre + reach)


def clopper_pearson(share: float, n: float, level: float) -> Bounds:
    """The exact bounds of `share` * `n` hits in `n` trials, which need not be whole numbers."""
    from scipy.special import betaincinv

    tail, hits = (1 - level) / 2, share * n
    low = 0.0 if hits < _NONE else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if n - hits < _NONE else float(betaincinv(hits + 1, n - hits, 1 - tail))
    return low, high


def share_difference_figure(
    rows: Array, name: str, sizes: Sizes, resampling: Resampling, undefined_because: Reason
) -> Figure:
    """First share minus second, -1..1; `rows` is (hits, size) of the first and of the second by dialogue, (D, 4)."""
    judged = rows[(rows[:, 1] > 0) | (rows[:, 3] > 0)]
    first, second = (side[side[:, 1] > 0] for side in (judged[:, :2], judged[:, 2:]))
    if not len(first) or not len(second):
        return undefined(undefined_because, name, sizes)
    shares = [float(side[:, 0].sum() / side[:, 1].sum()) for side in (first, second)]
    value = shares[0] - shares[1]
    if min(len(first), len(second)) < FEWEST_DIALOGUES:
        return Figure(value, method=name, reason=Reason.FEW_DIALOGUES, sizes=sizes)
    bounds = [
        wilson(share, effective_size(side, sizes.judgments), len(side), resampling.level)
        for share, side in zip(shares, (first, second), strict=True)
    ]
    low, high = _mover(shares, bounds, _correlation(judged))
    return Figure(value, low, high, f"{name}; Newcombe interval, effective size over {resampling.unit}", None, sizes)


def _mover(shares: list[float], bounds: list[Bounds], correlation: float) -> Bounds:
    (p, q), ((p_low, p_high), (q_low, q_high)) = shares, bounds

    def reach(x: float, y: float) -> float:
        return math.sqrt(max(x * x - 2 * correlation * x * y + y * y, 0.0))

    return p - q - reach(p - p_low, q_high - q), p - q + reach(p_high - p, q - q_low)


def _correlation(rows: Array) -> float:
    """Pearson's r of the dialogues' two shares; 0 where one does not vary."""
    both = rows[(rows[:, 1] > 0) & (rows[:, 3] > 0)]
    if len(both) < 2:
        return 0.0
    x, y = both[:, 0] / both[:, 1], both[:, 2] / both[:, 3]
    x, y = x - x.mean(), y - y.mean()
    spread = float((x @ x) * (y @ y))
    return float(x @ y) / math.sqrt(spread) if spread > 1e-24 else 0.0
