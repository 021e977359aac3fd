"""Cohen's kappa of two raters, with any table of disagreement weights, and its interval over dialogues.

    kappa_w = 1 - sum_ij w_ij o_ij / sum_ij w_ij e_ij,  o = observed shares, e = product of the two raters' margins

Sources: Cohen (1960), Educ. Psychol. Meas. 20, 37-46; Cohen (1968), Psychol. Bull. 70, 213-220.
"""

from __future__ import annotations

import numpy as np

from results.statistics.agreement.chance import Weights, weight_table
from results.statistics.agreement.jackknife import disagreeing_figure
from results.statistics.figure import Figure, Sizes
from results.statistics.ratings import Indices, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue, point_figure


def cohen_kappa(
    ratings: Ratings, first: int, second: int, weights: Weights | Array, resampling: Resampling | None
) -> Figure:
    """Kappa of raters `first` and `second` (indices) over the units that both rated.

    `weights` names a table of agreement (`identity`, `linear`, `quadratic`, `ordinal`) or is a table of disagreement,
    shape (V, V), zero on its diagonal. Without `resampling` there is no interval: with many raters the intervals of
    all pairs would cost more than all else, and the reason is `many_pairs`.
    """
    disagreement = 1 - weight_table(weights, ratings.domain) if isinstance(weights, str) else weights
    shared, dialogue = _shared(ratings, first, second)
    size = len(ratings.domain)
    cell = shared[:, 0] * size + shared[:, 1]

    def statistic(sums: Array) -> Array:
        table = sums.reshape(*sums.shape[:-1], size, size)
        n = table.sum(axis=(-2, -1))
        observed = (table * disagreement).sum(axis=(-2, -1))
        expected = ((table.sum(axis=-1) @ disagreement) * table.sum(axis=-2)).sum(axis=-1)
        value: Array = np.where(expected > 0, 1 - n * observed / expected, np.nan)
        return value

    name = f"Cohen's kappa, {weights if isinstance(weights, str) else 'given'} weights"
    sizes = Sizes(len(np.unique(dialogue)), 2, 2 * len(shared))
    if resampling is None:
        counts = np.bincount(cell, minlength=size * size).astype(np.float64)
        return point_figure(counts[None, :], statistic, name, sizes, Reason.NO_SHARED_UNITS, Reason.MANY_PAIRS)
    cells = np.zeros((len(shared), size * size))
    cells[np.arange(len(shared)), cell] = 1.0
    # Every dialogue has a row, shared or not, so that all pairs of raters meet the same resamples.
    features = by_dialogue(cells, dialogue, ratings.dialogues)
    apart = len(np.unique(dialogue[shared[:, 0] != shared[:, 1]]))
    return disagreeing_figure(features, statistic, name, sizes, resampling, Reason.NO_SHARED_UNITS, apart, kappa=True)


def _shared(ratings: Ratings, first: int, second: int) -> tuple[Indices, Indices]:
    """The two raters' values of the units both rated, shape (S, 2), and the units' dialogues."""
    grid = ratings.grid[:, [first, second]]
    both = (grid >= 0).all(axis=1)
    return grid[both], ratings.dialogue[both]
