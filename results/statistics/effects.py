"""How far two systems differ in one fact of their responses, as effect sizes with intervals over dialogues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from results.statistics.estimates import Estimate, group_places, missing, to_figure
from results.statistics.figure import Figure, Sizes
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, totals


class Effects:
    """Compares two systems' values on the same items, the same resamples of dialogues for every comparison.

    `dialogues` names each item's dialogue. Holds a table of resamples x dialogues.
    """

    def __init__(self, dialogues: Sequence[str], resampling: Resampling) -> None:
        self.resampling = resampling
        self.places = np.array(group_places(dialogues))
        self.sizes = Sizes(items=int(self.places.max()) + 1)

    @cached_property
    def weights(self) -> Array:
        """How often each item counts in each resample, (B, n): items of one dialogue alike."""
        drawn = totals(np.eye(self.sizes.items), self.resampling)
        weights: Array = drawn[:, self.places]
        return weights

    def between(self, more: Sequence[float], less: Sequence[float]) -> dict[str, Figure]:
        """Effects of the first values over the second (both (n,), by item); positive where the first are larger.

        cohens_d: difference of means by the root of the mean of both variances (n - 1); undefined without variance.
        cliffs_delta: P(x > y) - P(x < y) over all n x n pairs, -1..1 (Cliff 1993).
        dominance: share of items with x > y, those with x = y counting half, 0..1; 0.5 = nothing to tell.
        """
        x, y = np.array(more, dtype=np.float64), np.array(less, dtype=np.float64)
        signs = np.sign(x[:, None] - y[None, :])
        paired = (1 + np.sign(x - y)) / 2
        return {
            "cohens_d": self._figure(lambda w: _cohens_d(w, x, y), Reason.CONSTANT_SYSTEMS),
            "cliffs_delta": self._figure(lambda w: ((w @ signs) * w).sum(axis=-1) / w.sum(axis=-1) ** 2),
            "dominance": self._figure(lambda w: w @ paired / w.sum(axis=-1)),
        }

    def _figure(self, statistic: Callable[[Array], Array], reason: Reason = Reason.NOT_BOTH_RATED) -> Figure:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(statistic(np.ones(len(self.places))))
            estimate = Estimate(value, statistic(self.weights)) if np.isfinite(value) else missing(reason)
        return to_figure(estimate, self.resampling, self.sizes)


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
