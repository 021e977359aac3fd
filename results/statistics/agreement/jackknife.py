"""Delete-one-dialogue jackknife of a coefficient between -1 and 1, on Fisher's z.

With z_d = atanh of the value without dialogue d, the interval is tanh(z +- t sqrt((D - 1) / D sum (z_d - mean z)^2)),
t of D - 1 degrees of freedom. Source: Efron and Stein (1981), Ann. Statist. 9, 586-596. Near 1 a bootstrap's draws pile
up at the bound and its interval is too short; z keeps its shape there.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, Statistic, alike, figure
from results.statistics.shares import FEWEST_APART

FEWEST_FOR_KAPPA = 10
"""Dialogues below which a kappa has no interval: with eight it covered .86 to .92 (benchmarks/coverage.py)."""
_EDGE = 1 - 1e-12
"""Values are held this far inside -1..1, where z is finite."""


def disagreeing_figure(
    features: Array,
    statistic: Statistic,
    name: str,
    sizes: Sizes,
    resampling: Resampling,
    undefined_because: Reason,
    apart: int,
    value: float | None = None,
    *,
    kappa: bool = False,
) -> Figure:
    """A coefficient of agreement with its jackknife interval, or the bootstrap that `resampling` asks for.

    `apart` counts the dialogues that hold any disagreement. Below five there is no interval (`few_disagreements`):
    percent agreement then says more. A `kappa` lies too low in few dialogues: its interval also reaches as far as that
    around the value less its jackknife bias (Quenouille 1956, Biometrika 43, 353-360), and there is none below ten
    dialogues (`few_for_kappa`). The rest as in `coefficient_figure`.
    """
    if resampling.interval != "recommended":
        return figure(features, statistic, name, sizes, resampling, undefined_because, value=value)
    made = coefficient_figure(features, statistic, name, sizes, resampling, undefined_because, value, corrected=kappa)
    if made.low is None:
        return made
    if kappa and np.count_nonzero(features.any(axis=1)) < FEWEST_FOR_KAPPA:
        return replace(made, low=None, high=None, reason=Reason.FEW_FOR_KAPPA)
    if apart < FEWEST_APART:
        return replace(made, low=None, high=None, reason=Reason.FEW_DISAGREEMENTS)
    return made


def coefficient_figure(
    features: Array,
    statistic: Statistic,
    name: str,
    sizes: Sizes,
    resampling: Resampling,
    undefined_because: Reason,
    value: float | None = None,
    *,
    corrected: bool = False,
) -> Figure:
    """The statistic of sums over dialogues with its jackknife interval.

    `corrected` widens it to the one around the value less its jackknife bias. `features` has a row for each dialogue,
    shape (D, K); rows of zeros take no part. `value` stands for the statistic's own where another program gives it. No
    interval below six dialogues, where leaving one out makes the value undefined (`unstable`), nor where no dialogue
    changes it (`no_variation`).
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
    low, high = _bounds(shown, left_out, resampling.tails[1], corrected)
    if alike(low, high):
        return Figure(shown, method=method, reason=Reason.NO_VARIATION, sizes=sizes)
    return Figure(shown, low, high, method, None, sizes)


def _bounds(value: float, left_out: Array, tail: float, corrected: bool) -> tuple[float, float]:
    from scipy.special import stdtrit

    dialogues = len(left_out)
    z = np.arctanh(np.clip(left_out, -_EDGE, _EDGE))
    error = math.sqrt((dialogues - 1) / dialogues * float(((z - z.mean()) ** 2).sum()))
    middle, reach = math.atanh(min(max(value, -_EDGE), _EDGE)), float(stdtrit(dialogues - 1, tail)) * error
    middles = (middle, dialogues * middle - (dialogues - 1) * float(z.mean())) if corrected else (middle,)
    return math.tanh(min(middles) - reach), math.tanh(max(middles) + reach)
