"""How well ratings meet other ratings: every statistic is a function of one 6 x 6 table, given (row) by true (column).

    exact = sum_i n_ii / n        within one = sum_{|i-j|<=1} n_ij / n        MAE = sum |i-j| n_ij / n
    bias = sum (i - j) n_ij / n   Pearson and Spearman (mid-ranks of the margins) from the table's moments
    quadratic kappa = 1 - n sum (i-j)^2 n_ij / sum (i-j)^2 n_i. n_.j         Cohen (1968), Psychol. Bull. 70, 213-220

Tables add up, so a resample of clients is a weighting of their tables: intervals are `results.statistics.resample`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from results.scores.pairing import MISSING, Ints
from results.statistics.estimates import group_places
from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.means import mean_figure
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue, drawn_figure, figure, totals
from results.statistics.shares import share_figure
from tasks.data.feedback import HIGHEST

SIZE = HIGHEST + 1
CELLS = SIZE * SIZE
GAP = np.arange(SIZE)[:, None] - np.arange(SIZE)[None, :]


def tables(ratings: Ints, true: Ints) -> Array:
    """One table for each rating, flattened: (N, 20) and (N, 20) -> (N, 20, 36); all 0 where a rating is missing."""
    cells = np.zeros((*ratings.shape, CELLS))
    there = ratings != MISSING
    rows, columns = np.nonzero(there)
    cells[rows, columns, ratings[there] * SIZE + true[there]] = 1.0
    return cells


def _shares(weights: npt.NDArray[np.float64], sums: Array) -> Array:
    value: Array = (sums * weights.ravel()).sum(axis=-1) / sums.sum(axis=-1)
    return value


def _correlation(sums: Array, places: Callable[[Array], Array]) -> Array:
    """Pearson of the table's places, which may depend on the margins; NaN where one side does not vary."""
    table = sums.reshape(*sums.shape[:-1], SIZE, SIZE)
    n = table.sum(axis=(-2, -1))
    rows, columns = table.sum(axis=-1), table.sum(axis=-2)
    x, y = places(rows), places(columns)
    x = x - ((x * rows).sum(axis=-1) / n)[..., None]
    y = y - ((y * columns).sum(axis=-1) / n)[..., None]
    covariance = np.einsum("...i,...ij,...j->...", x, table, y, optimize=True)
    spread = (x**2 * rows).sum(axis=-1) * (y**2 * columns).sum(axis=-1)
    value: Array = np.where(spread > 1e-9, covariance / np.sqrt(np.maximum(spread, 1e-30)), np.nan)
    return value


def _values(margin: Array) -> Array:
    return np.broadcast_to(np.arange(SIZE, dtype=np.float64), margin.shape)


def _midranks(margin: Array) -> Array:
    ranks: Array = margin.cumsum(axis=-1) - margin / 2
    return ranks


def quadratic_kappa(sums: Array) -> Array:
    """Cohen's kappa with quadratic weights; NaN where nothing could disagree."""
    table = sums.reshape(*sums.shape[:-1], SIZE, SIZE)
    n, square = table.sum(axis=(-2, -1)), (GAP**2).astype(np.float64)
    expected = np.einsum("...i,ij,...j->...", table.sum(axis=-1), square, table.sum(axis=-2), optimize=True)
    value: Array = np.where(
        expected > 0, 1 - n * (table * square).sum(axis=(-2, -1)) / np.maximum(expected, 1e-30), np.nan
    )
    return value


WEIGHTS: Mapping[str, Array] = {
    "exact": np.eye(SIZE),
    "within_one": (np.abs(GAP) <= 1).astype(np.float64),
    "mae": np.abs(GAP).astype(np.float64),
    "bias": GAP.astype(np.float64),
}
"""Measures that are means over ratings: the weight of each cell, (6, 6)."""
SHARES = ("exact", "within_one")
MEASURES: Mapping[str, Callable[[Array], Array]] = {
    **{name: partial(_shares, weights) for name, weights in WEIGHTS.items()},
    "pearson": partial(_correlation, places=_values),
    "spearman": partial(_correlation, places=_midranks),
    "kappa": quadratic_kappa,
}
"""By name: from tables (..., 36) to values (...)."""
PER_ITEM = ("pearson", "spearman", "kappa")
"""Measures that are averaged over items: pooling items would count differences between items as agreement."""


def overall(name: str) -> Callable[[Array], Array]:
    """A measure of all 20 items, from (..., 720): pooled, or the mean over the items where it is defined."""

    def value(sums: Array) -> Array:
        by_item = sums.reshape(*sums.shape[:-1], -1, CELLS)
        if name not in PER_ITEM:
            return MEASURES[name](by_item.sum(axis=-2))
        each = MEASURES[name](by_item)
        there = np.isfinite(each)
        mean: Array = np.where(there, each, 0).sum(axis=-1) / np.where(there.any(axis=-1), there.sum(axis=-1), np.nan)
        return mean

    return value


def measured(
    cells: Array, clients: Sequence[Hashable], names: Sequence[str], resampling: Resampling
) -> dict[str, Figure]:
    """Measures with intervals over clients: `cells` (N, 20, 36) for all items, (N, 36) for one."""
    sizes = _sizes(cells, clients)
    if not sizes.judgments:
        return {name: undefined(Reason.NO_RATING, sizes=sizes) for name in names}
    flat = _by_client(cells.reshape(len(cells), -1), clients)
    return {name: _measure(flat, name, cells.ndim == 3, sizes, resampling) for name in names}


def _measure(flat: Array, name: str, all_items: bool, sizes: Sizes, resampling: Resampling) -> Figure:
    """One measure of the tables of each client, flat: (clients, 36) or (clients, 720)."""
    if name not in WEIGHTS:
        pick = overall(name) if all_items else MEASURES[name]
        return figure(flat, pick, name, sizes, resampling, Reason.CONSTANT_SIDE)
    pooled = flat.reshape(len(flat), -1, CELLS).sum(axis=1)
    rows = np.column_stack([pooled @ WEIGHTS[name].ravel(), pooled.sum(axis=1)])
    figure_of = share_figure if name in SHARES else mean_figure
    return figure_of(rows, name, sizes, resampling, Reason.NO_RATING)


def difference(first: Array, second: Array, clients: Sequence[Hashable], name: str, resampling: Resampling) -> Figure:
    """Measure of `one` minus that of `two`, both (N, 20, 36), over the same resamples of clients."""
    width = first[0].size
    flat = _by_client(np.concatenate([first.reshape(len(first), -1), second.reshape(len(second), -1)], axis=1), clients)
    pick = overall(name)

    def gap(sums: Array) -> Array:
        return pick(sums[..., :width]) - pick(sums[..., width:])

    return figure(flat, gap, f"difference in {name}", _sizes(first, clients), resampling, Reason.CONSTANT_SIDE)


def between(
    cells: Array, group: npt.NDArray[np.bool_], clients: Sequence[Hashable], name: str, resampling: Resampling
) -> Figure:
    """Measure of the dialogues in `group` minus that of the others, `cells` (N, 20, 36)."""
    return difference(cells * group[:, None, None], cells * ~group[:, None, None], clients, name, resampling)


def total_figures(totals: Array, true: Array, clients: Sequence[Hashable], resampling: Resampling) -> dict[str, Figure]:
    """MAE, bias, Pearson and Spearman of totals, (N,) each; NaN in `given` = no total."""
    there = np.isfinite(totals)
    x, y, people = totals[there], true[there], [c for c, has_total in zip(clients, there, strict=True) if has_total]
    if len(x) == 0:
        return dict.fromkeys(("mae", "bias", "pearson", "spearman"), undefined(Reason.NO_RATING))
    sizes = Sizes(len(set(people)), 2, len(x))
    ones = np.ones(len(x))
    sums = _by_client(np.column_stack([ones, np.abs(x - y), x - y, x, y, x * x, y * y, x * y]), people)
    return {
        "mae": mean_figure(sums[:, [1, 0]], "mae", sizes, resampling, Reason.NO_RATING),
        "bias": mean_figure(sums[:, [2, 0]], "bias", sizes, resampling, Reason.NO_RATING),
        "pearson": figure(sums, _pearson_of_sums, "pearson", sizes, resampling, Reason.CONSTANT_SIDE),
        "spearman": _spearman(x, y, people, sizes, resampling),
    }


def _pearson_of_sums(s: Array) -> Array:
    n = s[..., 0]
    xx, yy = s[..., 5] - s[..., 3] ** 2 / n, s[..., 6] - s[..., 4] ** 2 / n
    spread = np.where((xx > 1e-6) & (yy > 1e-6), xx * yy, np.nan)
    value: Array = (s[..., 7] - s[..., 3] * s[..., 4] / n) / np.sqrt(spread)
    return value


def _spearman(x: Array, y: Array, clients: Sequence[Hashable], sizes: Sizes, resampling: Resampling) -> Figure:
    """Spearman of totals; ranks are of the whole sample of each resample, so each is computed from its weights."""
    value = _weighted_spearman(np.ones(len(x)), x, y)
    if not np.isfinite(value):
        return undefined(Reason.CONSTANT_SIDE, "spearman", sizes)
    if sizes.items < FEWEST_DIALOGUES:
        return Figure(value, method="spearman", reason=Reason.FEW_DIALOGUES, sizes=sizes)
    places = np.array(group_places(clients))
    drawn = totals(np.eye(sizes.items), resampling)
    draws = np.array([_weighted_spearman(weights[places], x, y) for weights in drawn])
    return drawn_figure(value, draws, f"spearman; {resampling.method}", sizes, resampling)


def _weighted_spearman(weights: Array, x: Array, y: Array) -> float:
    """Pearson of weighted mid-ranks; equals Spearman of the sample in which row i occurs weights[i] times."""
    ranks = [_weighted_ranks(weights, column) for column in (x, y)]
    centred = [rank - np.average(rank, weights=weights) for rank in ranks]
    spread = float(np.prod([np.sum(weights * rank**2) for rank in centred]))
    return float(np.sum(weights * centred[0] * centred[1]) / np.sqrt(spread)) if spread > 1e-9 else float("nan")


def _weighted_ranks(weights: Array, column: Array) -> Array:
    _, places = np.unique(column, return_inverse=True)
    mass = np.bincount(places, weights=weights)
    ranks: Array = (np.cumsum(mass) - mass / 2)[places]
    return ranks


def _by_client(rows: Array, clients: Sequence[Hashable]) -> Array:
    places = group_places(clients)
    return by_dialogue(rows, np.array(places, dtype=np.int64), max(places) + 1)


def _sizes(cells: Array, clients: Sequence[Hashable]) -> Sizes:
    return Sizes(len(set(clients)), 2, int(cells.sum()))
