"""Delete-one-dialogue jackknife of a coefficient between -1 and 1, on Fisher's z.

With z_d = atanh of the value without dialogue d, the interval is tanh(z +- t sqrt((D - 1) / D sum (z_d - mean z)^2)),
t of D - 1 degrees of freedom. Source: Efron and Stein (1981), Ann. Statist. 9, 586-596. Near 1 a bootstrap's draws pile
up at the bound and its interval is too short; z keeps its shape there.
"""

from __future__ import annotations

import math

import numpy as np

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, Statistic, alike

_EDGE = 1 - 1e-12
"""Values are held this far inside -1..1, where z is finite."""


def coefficient_figure(
    features: Array,
    statistic: Statistic,
    name: str,
    sizes: Sizes,
    resampling: Resampling,
    undefined_because: Reason,
    value: float | None = None,
) -> Figure:
    """The statistic of sums over dialogues with its jackknife interval.

    `features` has a row for each dialogue, shape (D, K); rows of zeros take no part. `value` stands for the statistic's
    own where another program gives it. No interval below six dialogues, where leaving one out makes the value undefined
    (`unstable`), nor where no dialogue changes it (`no_variation`).
    """
    method = f"{name}; delete-one jackknife of Fisher's z over {resampling.unit}, Student's t"
    with np.errstate(divide="ignore", invalid="ignore"):
        own = float(statistic(features.sum(axis=0)))
        if not math.isfinite(own):
            return undefined(undefined_because, method, sizes)
        taking_part = features[features.any(axis=1)]
        left_out = np.asarray(statistic(taking_part.sum(axis=0) - taking_part), dtype=np.float64)
    shown = own if value is None else value
    if len(taking_part) < FEWEST_DIALOGUES:
        return Figure(shown, method=method, reason=Reason.FEW_DIALOGUES, sizes=sizes)
    if not np.isfinite(left_out).all():
        return Figure(shown, method=method, reason=Reason.UNSTABLE, sizes=sizes)
    low, high = _bounds(shown, left_out, resampling.tails[1])
    if alike(low, high):
        return Figure(shown, method=method, reason=Reason.NO_VARIATION, sizes=sizes)
    return Figure(shown, low, high, method, None, sizes)


def _bounds(value: float, left_out: Array, tail: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    dialogues = len(left_out)
    z = np.arctanh(np.clip(left_out, -_EDGE, _EDGE))
    error = math.sqrt((dialogues - 1) / dialogues * float(((z - z.mean()) ** 2).sum()))
    middle, reach = math.atanh(min(max(value, -_EDGE), _EDGE)), float(stdtrit(dialogues - 1, tail)) * error
    return math.tanh(middle - reach), math.tanh(middle + reach)
