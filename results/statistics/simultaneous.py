"""Several means at once: intervals that hold all together, for these raters and for raters at large (max-T).

At large, each mean has the two standard errors of results/statistics/at_large.py. Both are taken times the 95 %
quantile of the largest of K absolute t-values, with the correlations of the means and the fewest of their degrees of
freedom; the wider half counts. Correlations come from the sums of each dialogue's, rater's and cell's contributions,
C = C_dialogue + C_rater - C_cell. For these raters the dialogues' signs are flipped for all means at once; single
intervals have the largest level that the smallest p-value over the means reaches in 5 % of the flips at most, so that
95 % leave all means inside (Westfall and Young 1993, Resampling-Based Multiple Testing, chapter 2). Source of max-T
intervals: Hothorn, Bretz and Westfall (2008), Biometrical J. 50, 346-363.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from results.statistics.at_large import margin_at_large, standard_errors, votes_of
from results.statistics.figure import Figure
from results.statistics.means import MOST_ENUMERATED, subset_interval
from results.statistics.preference import item_margins, mean_margin
from results.statistics.ratings import Indices, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling

_DRAWS = 40_000
_FLIPS = 20_000
_CHUNK = 20_000_000
"""Signs held at once."""
_LEAST = 1e-9
"""Share of the largest eigenvalue that every other one has at least."""


def these_raters(ratings: Ratings, group: Indices, resampling: Resampling) -> tuple[Figure, ...]:
    """The mean margin of each group of units, with intervals that hold together for these raters.

    Args:
        ratings: signed strengths of all comparisons, in one table so that dialogues are the same.
        group: the comparison of each unit, 0..K-1, shape (U,).
    """
    tables = _tables(ratings, group)
    alone = [mean_margin(table, resampling) for table in tables]
    sums = [_sums(table) for table in tables]
    if any(figure.low is None for figure in alone):
        return tuple(alone)
    level = 1 - joint_tail(np.stack([_errors(one) for one in sums], axis=1), resampling)
    at = replace(resampling, level=level)
    return tuple(_widened(figure, one, at) for figure, one in zip(alone, sums, strict=True))


def raters_at_large(ratings: Ratings, group: Indices, level: float = 0.95, seed: int = 0) -> tuple[Figure, ...]:
    """The same for raters at large; a mean without an interval of its own has none here."""
    tables = _tables(ratings, group)
    alone = [margin_at_large(table, level=level).figure for table in tables]
    known = [place for place, figure in enumerate(alone) if figure.low is not None]
    if not known:
        return tuple(alone)
    votes = [votes_of(tables[place]) for place in known]
    errors = [standard_errors(one) for one in votes]
    halves = _halves(errors, correlations([tables[place] for place in known]), level, seed)
    wide = list(alone)
    for place, half in zip(known, halves, strict=True):
        wide[place] = _around(alone[place], half, ratings.domain)
    return tuple(wide)


def _tables(ratings: Ratings, group: Indices) -> list[Ratings]:
    return [ratings.only(group[ratings.unit] == one) for one in range(int(group.max()) + 1)]


# --- these raters -------------------------------------------------------------------------------------------------


def _sums(table: Ratings) -> Array:
    """Sum of margins and judged units of each dialogue, shape (D, 2)."""
    margins, votes = item_margins(table)
    return table.by_dialogue(np.column_stack([margins, votes > 0]).astype(np.float64))


def _errors(sums: Array) -> Array:
    """What each dialogue adds to the error of the mean, shape (D,)."""
    errors: Array = sums[:, 0] - sums[:, 1] * sums[:, 0].sum() / sums[:, 1].sum()
    return errors


def joint_tail(errors: Array, resampling: Resampling) -> float:
    """The largest level at which the single tests of all means together err as seldom as one test should.

    `errors` is (D, K). 0 where no level is small enough, in few dialogues.
    """
    flipped = np.concatenate(list(_flips(errors, resampling.seed)))
    ranks = np.empty_like(flipped)
    for column, values in enumerate(flipped.T):
        order = np.argsort(values)
        ordered = values[order]
        ranks[order, column] = (len(values) - np.searchsorted(ordered, ordered - 1e-9, side="left")) / len(values)
    smallest, times = np.unique(ranks.min(axis=1), return_counts=True)
    allowed = smallest[np.cumsum(times) <= (1 - resampling.level) * len(ranks)]
    return float(allowed[-1]) if len(allowed) else 0.0


def _flips(errors: Array, seed: int) -> list[Array]:
    """Absolute sums of the errors under random signs, the same for all means."""
    random, step = np.random.default_rng(seed), max(1, _CHUNK // len(errors))
    sizes = [min(step, _FLIPS - start) for start in range(0, _FLIPS, step)]
    eights, whole = -(-len(errors) // 8), errors.sum(axis=0)

    def flipped(size: int) -> Array:
        drawn = random.integers(0, 256, size=(size, eights), dtype=np.uint8)
        kept = np.unpackbits(drawn, axis=1, count=len(errors)).astype(np.float64)
        return np.asarray(np.abs(2 * (kept @ errors) - whole))

    return [flipped(size) for size in sizes]


def _widened(figure: Figure, sums: Array, resampling: Resampling) -> Figure:
    judged = sums[sums[:, 1] > 0]
    method = f"{figure.method}; simultaneous, all comparisons together"
    fewest = 2 ** min(len(judged), MOST_ENUMERATED)
    if (1 - resampling.level) / 2 * fewest < 1:
        return replace(figure, low=None, high=None, method=method, reason=Reason.FEW_DIALOGUES)
    low, high = subset_interval(judged, resampling)
    return replace(figure, low=low, high=high, method=method)


# --- raters at large ----------------------------------------------------------------------------------------------


def correlations(tables: Sequence[Ratings]) -> Array:
    """Correlations of the means of K tables, from the contributions of dialogues, raters and cells, shape (K, K)."""
    dialogues, raters = max(table.dialogues for table in tables), tables[0].raters
    parts = []
    for table in tables:
        votes = votes_of(table)
        pull = votes.weight * (votes.value - votes.mean())
        dialogue = table.dialogue[table.unit]
        cell = np.bincount(dialogue * raters + table.rater, pull, dialogues * raters)
        parts.append((np.bincount(dialogue, pull, dialogues), np.bincount(table.rater, pull, raters), cell))
    by_dialogue, by_rater, by_cell = (np.stack(columns, axis=1) for columns in zip(*parts, strict=True))
    covariance = by_dialogue.T @ by_dialogue + by_rater.T @ by_rater - by_cell.T @ by_cell
    values, vectors = np.linalg.eigh(covariance)
    covariance = (vectors * np.maximum(values, _LEAST * values.max())) @ vectors.T
    scale = np.sqrt(np.diag(covariance))
    related: Array = covariance / np.outer(scale, scale)
    return related


def largest_t(related: Array, df: float, level: float, seed: int = 0) -> float:
    """The quantile of the largest of K absolute t-values with these correlations, by 40,000 draws."""
    return _quantile(_largest_normal(related, seed), df, level, seed)


def _largest_normal(related: Array, seed: int) -> Array:
    """Draws of the largest of K absolute normal values, shape (40,000,)."""
    random = np.random.default_rng([seed, 1])
    normal = np.linalg.cholesky(related) @ random.standard_normal((len(related), _DRAWS))
    return np.asarray(np.abs(normal).max(axis=0))


def _quantile(largest: Array, df: float, level: float, seed: int) -> float:
    spread = np.sqrt(np.random.default_rng([seed, 2]).chisquare(df, _DRAWS) / df)
    return float(np.quantile(largest / spread, level))


def _halves(errors: Sequence[Sequence[tuple[float, float]]], related: Array, level: float, seed: int) -> list[float]:
    """The half-width of each mean: every kind of error times its joint quantile, the larger one.

    Kinds are counted from behind: all means have the raters' own spread, and not all have components.
    """
    halves, largest = [0.0] * len(errors), _largest_normal(related, seed)
    for kind in range(1, max(map(len, errors)) + 1):
        having = [place for place, one in enumerate(errors) if len(one) >= kind]
        quantile = _quantile(largest, min(errors[place][-kind][1] for place in having), level, seed)
        for place in having:
            halves[place] = max(halves[place], quantile * errors[place][-kind][0])
    return halves


def _around(figure: Figure, half: float, domain: Array) -> Figure:
    value = figure.value or 0.0
    low, high = max(value - half, float(domain.min())), min(value + half, float(domain.max()))
    return replace(figure, low=low, high=high, method=f"{figure.method}; simultaneous, all comparisons together")
