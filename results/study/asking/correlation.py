"""Pearson's correlation of two shares, over systems and over items, with intervals over dialogues."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.ratings import Indices
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue, figure

FEWEST_SYSTEMS = 3
"""Two points always lie on a line: their correlation is 1 or -1 and says nothing."""
_NONE = 1e-12


def over_systems(shares: Sequence[Array], sizes: Sizes, resampling: Resampling) -> Figure:
    """Correlation of two shares of each system, -1..1.

    Args:
        shares: by system, hits and sizes of both shares by dialogue, shape (D, 4).

    Undefined where there are fewer than three systems, or one of the shares is the same for all.
    """
    name = f"Pearson's r over {len(shares)} systems"
    if len(shares) < FEWEST_SYSTEMS:
        return undefined(Reason.FEW_SYSTEMS, name, sizes)

    def statistic(sums: Array) -> Array:
        table = sums.reshape(*sums.shape[:-1], len(shares), 4)
        return _pearson(table[..., 0] / table[..., 1], table[..., 2] / table[..., 3])

    return figure(np.hstack(shares), statistic, name, sizes, resampling, Reason.CONSTANT_SIDE)


def over_items(values: Array, dialogues: Indices, sizes: Sizes, resampling: Resampling) -> Figure:
    """Correlation of two values of each item, -1..1, items of one dialogue resampled together.

    Args:
        values: the two values by item, shape (N, 2); rows with NaN take no part.
        dialogues: each item's dialogue, 0..D-1, shape (N,).

    Undefined where one of the two does not vary.
    """
    known = np.isfinite(values).all(axis=1)
    x, y = values[known].T
    moments = np.column_stack([np.ones(len(x)), x, y, x * x, y * y, x * y])
    sums = by_dialogue(moments, dialogues[known], int(dialogues.max()) + 1)
    return figure(sums, _from_moments, "Pearson's r over items", sizes, resampling, Reason.CONSTANT_SIDE)


def _from_moments(sums: Array) -> Array:
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    return _ratio(xy / n - x * y / n**2, xx / n - (x / n) ** 2, yy / n - (y / n) ** 2)


def _pearson(x: Array, y: Array) -> Array:
    """Along the last axis."""
    x, y = x - x.mean(axis=-1, keepdims=True), y - y.mean(axis=-1, keepdims=True)
    return _ratio((x * y).mean(axis=-1), (x * x).mean(axis=-1), (y * y).mean(axis=-1))


def _ratio(covariance: Array, first: Array, second: Array) -> Array:
    """NaN where a variance is nil but for rounding."""
    alive = (first > _NONE) & (second > _NONE)
    ratio: Array = np.where(alive, covariance / np.sqrt(np.where(alive, first * second, 1.0)), np.nan)
    return np.clip(ratio, -1, 1)
