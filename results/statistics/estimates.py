"""Estimates of text measures that can be subtracted: dialogues resampled together, or left out one at a time.

Two methods, because resampling repeats dialogues. A mean does not mind; a count of *distinct* words does: a resample
holds about 63 % of the dialogues, so its count lies below the true one and the percentile interval misses it.
Such measures take the delete-one jackknife (Efron and Stein 1981: its variance errs, on average, upwards).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, Statistic, alike, by_dialogue, drawn_figure, totals


@dataclass(frozen=True)
class Estimate:
    """A value and the values it takes when dialogues are drawn again (B,) or left out one at a time (D,).

    NaN means undefined; `reason` says why. Two estimates of one run have the same draws, so they can be subtracted.
    """

    value: float
    replicates: Array
    kind: Literal["percentile", "jackknife"] = "percentile"
    reason: Reason | None = None

    def __sub__(self, other: Estimate) -> Estimate:
        reason = self.reason or other.reason
        if reason:
            return missing(reason)
        return Estimate(self.value - other.value, self.replicates - other.replicates, self.kind)


def missing(reason: Reason) -> Estimate:
    """An undefined estimate, with its reason."""
    return Estimate(math.nan, np.full(0, np.nan), reason=reason)


def group_sums(statistics: Array, dialogues: Sequence[Hashable]) -> Array:
    """Statistics (n, K) of n texts summed within their dialogue -> (D, K), dialogues by first appearance."""
    places = group_places(dialogues)
    return by_dialogue(statistics, np.array(places, dtype=np.int64), max(places) + 1)


def group_places(dialogues: Sequence[Hashable]) -> list[int]:
    """For each text, the place 0..D-1 of its dialogue, by first appearance."""
    place = {dialogue: index for index, dialogue in enumerate(dict.fromkeys(dialogues))}
    return [place[dialogue] for dialogue in dialogues]


@dataclass(frozen=True)
class Draws:
    """Sums of one table of statistics: as observed (K,), and in each resample of the dialogues (B, K)."""

    observed: Array
    resampled: Array


def draw(tables: Mapping[str, Array], resampling: Resampling) -> dict[str, Draws]:
    """Sums of several tables (D, K) over the same resamples of the D dialogues, so that estimates stay paired."""
    together = np.concatenate(list(tables.values()), axis=1)
    sums = totals(together, resampling)
    draws, start = {}, 0
    for name, table in tables.items():
        end = start + table.shape[1]
        draws[name] = Draws(table.sum(axis=0), sums[:, start:end])
        start = end
    return draws


def estimate(draws: Draws, statistic: Statistic, reason: Reason) -> Estimate:
    """The estimate of a function of sums; `reason` says why where it is undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(draws.observed))
        return Estimate(value, statistic(draws.resampled)) if math.isfinite(value) else missing(reason)


def to_figure(estimate: Estimate, resampling: Resampling, sizes: Sizes) -> Figure:
    """The value with its interval; `sizes.items` are the dialogues. No interval from fewer than six of them."""
    if not math.isfinite(estimate.value):
        return undefined(estimate.reason or Reason.UNSTABLE, sizes=sizes)
    if sizes.items < FEWEST_DIALOGUES:
        return Figure(estimate.value, reason=Reason.FEW_DIALOGUES, sizes=sizes)
    if estimate.kind == "jackknife":
        return _jackknife(estimate, resampling, sizes)
    return drawn_figure(estimate.value, estimate.replicates, resampling.method, sizes, resampling)


def _jackknife(estimate: Estimate, resampling: Resampling, sizes: Sizes) -> Figure:
    """Value +- t * sqrt((D - 1) / D * sum((theta_(d) - mean)^2)), with t of D - 1 degrees of freedom."""
    from scipy.special import stdtrit

    method, left_out = f"delete-one jackknife over {resampling.unit}, Student's t", estimate.replicates
    if not np.isfinite(left_out).all():
        return Figure(estimate.value, method=method, reason=Reason.UNSTABLE, sizes=sizes)
    dialogues = len(left_out)
    error = math.sqrt((dialogues - 1) / dialogues * float(np.sum((left_out - left_out.mean()) ** 2)))
    reach = float(stdtrit(dialogues - 1, resampling.tails[1])) * error
    low, high = estimate.value - reach, estimate.value + reach
    if alike(low, high):
        return Figure(estimate.value, method=method, reason=Reason.NO_VARIATION, sizes=sizes)
    return Figure(estimate.value, low, high, method, sizes=sizes)
