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
from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue, figure, totals
from tasks.data.feedback import HIGHEST

SIZE = HIGHEST + 1
CELLS = SIZE * SIZE
GAP = np.arange(SIZE)[:, None] - np.arange(SIZE)[None, :]


def tables(given: Ints, true: Ints) -> Array:
    """One table for each rating, flattened: (N, 20) and (N, 20) -> (N, 20, 36); all 0 where a rating is missing."""
    cells = np.zeros((*given.shape, CELLS))
    there = given != MISSING
    rows, columns = np.nonzero(there)
    cells[rows, columns, given[there] * SIZE + true[there]] = 1.0
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


MEASURES: Mapping[str, Callable[[Array], Array]] = {
    "exact": partial(_shares, np.eye(SIZE)),
    "within_one": partial(_shares, (np.abs(GAP) <= 1).astype(np.float64)),
    "mae": partial(_shares, np.abs(GAP).astype(np.float64)),
    "bias": partial(_shares, GAP.astype(np.float64)),
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
    flat = _by_client(cells.reshape(len(cells), -1), clients)
    sizes = _sizes(cells, clients)
    if not sizes.judgments:
        return {name: undefined(Reason.NO_RATING, sizes=sizes) for name in names}
    pick = overall if cells.ndim == 3 else MEASURES.__getitem__
    return {name: figure(flat, pick(name), resampling, Reason.CONSTANT_SIDE).of(sizes) for name in names}


def difference(one: Array, two: Array, clients: Sequence[Hashable], name: str, resampling: Resampling) -> Figure:
    """Measure of `one` minus that of `two`, both (N, 20, 36), over the same resamples of clients."""
    width = one[0].size
    flat = _by_client(np.concatenate([one.reshape(len(one), -1), two.reshape(len(two), -1)], axis=1), clients)
    pick = overall(name)
    made = figure(flat, lambda s: pick(s[..., :width]) - pick(s[..., width:]), resampling, Reason.CONSTANT_SIDE)
    return made.of(_sizes(one, clients))


def between(
    cells: Array, group: npt.NDArray[np.bool_], clients: Sequence[Hashable], name: str, resampling: Resampling
) -> Figure:
    """Measure of the dialogues in `group` minus that of the others, `cells` (N, 20, 36)."""
    return difference(cells * group[:, None, None], cells * ~group[:, None, None], clients, name, resampling)


def total_figures(given: Array, true: Array, clients: Sequence[Hashable], resampling: Resampling) -> dict[str, Figure]:
    """MAE, bias, Pearson and Spearman of totals, (N,) each; NaN in `given` = no total."""
    there = np.isfinite(given)
    x, y, people = given[there], true[there], [c for c, kept in zip(clients, there, strict=True) if kept]
    if len(x) == 0:
        return dict.fromkeys(("mae", "bias", "pearson", "spearman"), undefined(Reason.NO_RATING))
    sizes = Sizes(len(set(people)), 2, len(x))
    columns = np.column_stack([np.ones(len(x)), np.abs(x - y), x - y, x, y, x * x, y * y, x * y])
    flat = _by_client(columns, people)
    made = {
        "mae": figure(flat, lambda s: s[..., 1] / s[..., 0], resampling, Reason.NO_RATING),
        "bias": figure(flat, lambda s: s[..., 2] / s[..., 0], resampling, Reason.NO_RATING),
        "pearson": figure(flat, _pearson_of_sums, resampling, Reason.CONSTANT_SIDE),
        "spearman": _spearman(x, y, people, resampling),
    }
    return {name: one.of(sizes) for name, one in made.items()}


def _pearson_of_sums(s: Array) -> Array:
    n = s[..., 0]
    xx, yy = s[..., 5] - s[..., 3] ** 2 / n, s[..., 6] - s[..., 4] ** 2 / n
    spread = np.where((xx > 1e-6) & (yy > 1e-6), xx * yy, np.nan)
    value: Array = (s[..., 7] - s[..., 3] * s[..., 4] / n) / np.sqrt(spread)
    return value


def _spearman(x: Array, y: Array, clients: Sequence[Hashable], resampling: Resampling) -> Figure:
    """Spearman of totals; ranks are of the whole sample of each resample, so each is computed from its weights."""
    value = _weighted_spearman(np.ones(len(x)), x, y)
    if not np.isfinite(value):
        return undefined(Reason.CONSTANT_SIDE)
    places = np.array(group_places(clients))
    members = np.eye(int(places.max()) + 1)
    if len(members) < 2:
        return Figure(value, reason=Reason.FEW_DIALOGUES)
    drawn = totals(members, resampling)
    draws = np.array([_weighted_spearman(weights[places], x, y) for weights in drawn])
    draws = draws[np.isfinite(draws)]
    low, high = np.quantile(draws, [(1 - resampling.level) / 2, (1 + resampling.level) / 2])
    return Figure(value, float(low), float(high), resampling.method, seed=resampling.seed)


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
