"""Intraclass correlations, six forms, of units that all raters rated.

With n units, k raters, and mean squares between units (R), between raters (C), residual (E) and within units (W):

    ICC(1,1) = (R - W) / (R + (k-1) W)                            ICC(1,k) = (R - W) / R
    ICC(2,1) = (R - E) / (R + (k-1) E + k (C - E) / n)            ICC(2,k) = (R - E) / (R + (C - E) / n)
    ICC(3,1) = (R - E) / (R + (k-1) E)                            ICC(3,k) = (R - E) / R

ICC(1, .) holds where every unit has its own raters, (2, .) where the same raters stand for others (absolute agreement),
(3, .) where only these raters count (consistency); k = the mean of the k raters is used.
Source: Shrout and Fleiss (1979), Psychol. Bull. 86, 420-428. Every mean square is a function of sums over units, so
the intervals resample dialogues as everywhere else.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from results.statistics.figure import Figure, undefined
from results.statistics.ratings import Indices, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue, figure

FORMS = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)")


def icc(ratings: Ratings, resampling: Resampling) -> dict[str, Figure]:
    """The six forms by name. Units that not all raters rated are left out; where no two are left but every unit has
    equally many ratings, the one-way forms are given on those."""
    grid, dialogue = complete_grid(ratings)
    if len(grid) >= 2:
        return {form: _form(grid, dialogue, form, resampling, ratings, "units rated by all raters") for form in FORMS}
    grid, dialogue = _equal_grid(ratings)
    if len(grid) < 2:
        return {form: undefined(Reason.NO_COMPLETE_UNITS, form, ratings.sizes()) for form in FORMS}
    return {
        form: _form(grid, dialogue, form, resampling, ratings, "units with equally many ratings")
        if form.startswith("ICC(1")
        else undefined(Reason.DIFFERENT_RATERS, form, ratings.sizes())
        for form in FORMS
    }


def complete_grid(ratings: Ratings) -> tuple[Array, Indices]:
    """Units x raters of the units that all raters rated (raters without a rating aside), and their dialogues."""
    raters = np.unique(ratings.rater)
    grid = np.full((ratings.units, len(raters)), np.nan)
    grid[ratings.unit, np.searchsorted(raters, ratings.rater)] = ratings.numbers
    complete = np.isfinite(grid).all(axis=1) if len(raters) >= 2 else np.zeros(ratings.units, dtype=bool)
    return grid[complete], ratings.dialogue[complete]


def _equal_grid(ratings: Ratings) -> tuple[Array, Indices]:
    """Units x ratings where every rated unit has the same number of ratings, two or more; else nothing."""
    rated = np.bincount(ratings.unit, minlength=ratings.units)
    numbers = np.unique(rated[rated > 0])
    if len(numbers) != 1 or numbers[0] < 2:
        return np.empty((0, 0)), ratings.dialogue[:0]
    order = np.argsort(ratings.unit, kind="stable")
    return ratings.numbers[order].reshape(-1, int(numbers[0])), ratings.dialogue[rated > 0]


def _form(grid: Array, dialogue: Indices, form: str, resampling: Resampling, ratings: Ratings, which: str) -> Figure:
    _, places = np.unique(dialogue, return_inverse=True)
    features = by_dialogue(_features(grid), places, int(places.max()) + 1)
    sizes = replace(ratings.sizes(), judgments=grid.size)
    name = f"{form}, {which}"
    return figure(features, lambda sums: mean_squares(sums)[form], name, sizes, resampling, Reason.NO_VARIANCE)


def _features(grid: Array) -> Array:
    """Columns: 1, each rater's value, sum of squares, square of the sum; values taken from their grand mean."""
    centred = grid - grid.mean()
    return np.column_stack([np.ones(len(grid)), centred, (centred**2).sum(axis=1), centred.sum(axis=1) ** 2])


def mean_squares(sums: Array) -> dict[str, Array]:
    """The six forms from sums of `_features`, shape (..., k + 3); NaN where the denominator is not positive."""
    n, columns, squares, row_squares = sums[..., 0], sums[..., 1:-2], sums[..., -2], sums[..., -1]
    k = columns.shape[-1]
    correction = columns.sum(axis=-1) ** 2 / (n * k)
    between = row_squares / k - correction
    raters = (columns**2).sum(axis=-1) / n - correction
    total = squares - correction
    r, c = between / (n - 1), raters / (k - 1)
    e, w = (total - between - raters) / ((n - 1) * (k - 1)), (total - between) / (n * (k - 1))
    return {
        "ICC(1,1)": _ratio(r - w, r + (k - 1) * w),
        "ICC(2,1)": _ratio(r - e, r + (k - 1) * e + k * (c - e) / n),
        "ICC(3,1)": _ratio(r - e, r + (k - 1) * e),
        "ICC(1,k)": _ratio(r - w, r),
        "ICC(2,k)": _ratio(r - e, r + (c - e) / n),
        "ICC(3,k)": _ratio(r - e, r),
    }


def _ratio(top: Array, bottom: Array) -> Array:
    return np.where(bottom > 1e-12, top / np.where(bottom > 1e-12, bottom, 1.0), np.nan)
