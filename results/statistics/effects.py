"""How far two systems differ in one fact of their responses, as effect sizes with intervals over dialogues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from results.statistics.estimates import Estimate, group_places, missing, to_figure
from results.statistics.figure import Figure, Sizes
from results.statistics.ratings import Indices
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, weights_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_MOST_NUMBERS = 4_000_000
"""Numbers of a table held at once: 32 MB."""
_FEWEST_RESAMPLES = 200


class Effects:
    """Compares two systems' values on the same items, the same resamples of dialogues for every comparison.

    `dialogues` names each item's dialogue. Above 2,000 dialogues fewer resamples are drawn, never under 200: a table of
    resamples x items is held.
    """

    def __init__(self, dialogues: Sequence[str], resampling: Resampling) -> None:
        self.places = np.array(group_places(dialogues))
        self.sizes = Sizes(items=int(self.places.max()) + 1)
        most = max(_FEWEST_RESAMPLES, _MOST_NUMBERS // self.sizes.items)
        self.resampling = replace(resampling, resamples=min(resampling.resamples, most))

    @cached_property
    def weights(self) -> Array:
        """How often each item counts in each resample, (B, n): items of one dialogue alike."""
        drawn = np.concatenate([part for _, part in weights_of(self.sizes.items, self.resampling)])
        weights: Array = drawn[:, self.places].astype(np.float64)
        return weights

    def between(self, more: Sequence[float], less: Sequence[float]) -> dict[str, Figure]:
        """Effects of the first values over the second (both (n,), by item); positive where the first are larger.

        cohens_d: difference of means by the root of the mean of both variances (n - 1); undefined without variance.
        cliffs_delta: P(x > y) - P(x < y) over all n x n pairs, -1..1 (Cliff 1993).
        dominance: share of items with x > y, those with x = y counting half, 0..1; 0.5 = nothing to tell.
        """
        x, y = np.array(more, dtype=np.float64), np.array(less, dtype=np.float64)
        paired = (1 + np.sign(x - y)) / 2
        return {
            "cohens_d": self._figure(lambda w: _cohens_d(w, x, y), Reason.CONSTANT_SYSTEMS),
            "cliffs_delta": self._figure(lambda w: _cliffs_delta(w, x, y)),
            "dominance": self._figure(lambda w: w @ paired / w.sum(axis=-1)),
        }

    def _figure(self, statistic: Callable[[Array], Array], reason: Reason = Reason.NOT_BOTH_RATED) -> Figure:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(statistic(np.ones(len(self.places))))
            estimate = Estimate(value, statistic(self.weights)) if np.isfinite(value) else missing(reason)
        return to_figure(estimate, self.resampling, self.sizes)


def _cliffs_delta(weights: Array, x: Array, y: Array) -> Array:
    """P(x > y) - P(x < y) over all pairs, each item weighed; from counts of each value, so that n items cost n."""
    rows = np.atleast_2d(weights)
    values, place = np.unique(np.concatenate([x, y]), return_inverse=True)
    of_x, of_y = (_one_hot(part, len(values)) for part in np.split(place, 2))
    step = max(1, _MOST_NUMBERS // len(values))
    parts = [_delta(rows[start : start + step], of_x, of_y) for start in range(0, len(rows), step)]
    return np.concatenate(parts).reshape(weights.shape[:-1])


def _one_hot(place: Indices, values: int) -> csr_array:
    """Items x values, 1 where an item has the value."""
    from scipy.sparse import csr_array

    size = len(place)
    return csr_array((np.ones(size), (np.arange(size), place)), shape=(size, values))


def _delta(rows: Array, of_x: csr_array, of_y: csr_array) -> Array:
    first: Array = np.asarray(rows @ of_x, dtype=np.float64)
    second: Array = np.asarray(rows @ of_y, dtype=np.float64)
    up_to = np.cumsum(second, axis=1)
    whole = up_to[:, -1:]
    delta: Array = (first * (up_to - second - (whole - up_to))).sum(axis=1) / whole[:, 0] ** 2
    return delta


def _cohens_d(weights: Array, x: Array, y: Array) -> Array:
    n = weights.sum(axis=-1)
    spread: Array = np.sqrt((_variance(weights, x, n) + _variance(weights, y, n)) / 2)
    gap: Array = weights @ (x - y) / n
    return np.where(spread > 1e-9, gap / spread, np.nan)


def _variance(weights: Array, values: Array, n: Array) -> Array:
    """Weighted variance with n - 1; values are centred first so that large ones keep their digits."""
    centred = values - values.mean()
    variance: Array = (weights @ centred**2 - (weights @ centred) ** 2 / n) / (n - 1)
    return np.maximum(variance, 0)
