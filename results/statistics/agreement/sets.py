"""Krippendorff's alpha of ratings that are sets of labels, by the MASI or the Jaccard distance.

    alpha = 1 - D_o / D_e, as in alpha.py, with the distance of two sets A, B in place of a squared difference:
    Jaccard   1 - |A and B| / |A or B|                                        Jaccard (1901)
    MASI      1 - M |A and B| / |A or B|,  M = 1 where A = B, 2/3 where one holds the other, 1/3 where they overlap
              otherwise, 0 where they share nothing; Passonneau (2006), Measuring Agreement on Set-valued Items (MASI)
              for Semantic and Pragmatic Annotation, Proc. LREC, 831-836

Two empty sets are alike, an empty and another one are not (distance 1). nltk rounds M to .67 and .33. Undefined (null)
as in alpha.py: no unit with two ratings, or all sets alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import numpy as np

from results.statistics.agreement.alpha import dialogues_apart, undefined_because
from results.statistics.agreement.jackknife import disagreeing_figure
from results.statistics.figure import Figure
from results.statistics.ratings import Ratings
from results.statistics.resample import Array, Resampling, Statistic
from tasks.errors import InputError

Distance = Literal["masi", "jaccard"]
Labels = frozenset[str]
MOST_SETS = 2_000
"""Different sets of which every two are compared."""


def distance(one: Labels, other: Labels, kind: Distance) -> float:
    """The distance of two sets, 0 (alike) to 1 (nothing shared)."""
    if one == other:
        return 0.0
    overlap = len(one & other) / len(one | other)
    if kind == "jaccard":
        return 1 - overlap
    monotony = 2 / 3 if one < other or other < one else 1 / 3
    return 1 - monotony * overlap


def distances(sets: Sequence[Labels], kind: Distance) -> Array:
    """Distances of every two sets, shape (V, V). Raises InputError above 2,000 sets."""
    if len(sets) > MOST_SETS:
        raise InputError(f"{len(sets)} different sets of labels; allowed: {MOST_SETS:,}")
    table = np.zeros((len(sets), len(sets)))
    for (i, one), (k, other) in combinations(enumerate(sets), 2):
        table[i, k] = table[k, i] = distance(one, other, kind)
    return table


def sets_alpha(ratings: Ratings, sets: Sequence[Labels], kind: Distance, resampling: Resampling) -> Figure:
    """Alpha of sets with its interval over dialogues, as `alpha` gives it.

    Args:
        ratings: values are the places of `sets`.
    """
    name = f"alpha of sets, {'MASI' if kind == 'masi' else 'Jaccard'} distance"
    features, statistic = _parts(ratings, distances(sets, kind))
    sums, sizes = ratings.by_dialogue(features), ratings.sizes()
    because, apart = undefined_because(ratings), dialogues_apart(ratings)
    return disagreeing_figure(sums, statistic, name, sizes, resampling, because, apart)


def _parts(ratings: Ratings, table: Array) -> tuple[Array, Statistic]:
    """Counts of each unit's sets and its disagreement, shape (U, V + 1), and alpha from their sums."""
    counts = ratings.counts().astype(np.float64)
    rated = counts.sum(axis=1)
    pairable = np.where(rated[:, None] >= 2, counts, 0.0)
    unlike = np.einsum("uc,uc->u", pairable @ _fitting(table, counts), pairable)
    observed = np.divide(unlike, rated - 1, out=np.zeros(len(rated)), where=rated >= 2)
    known = _fitting(table, counts)

    def statistic(sums: Array) -> Array:
        marginals = sums[..., :-1]
        expected = np.einsum("...c,...c->...", marginals @ known, marginals)
        total = marginals.sum(axis=-1)
        value: Array = np.where(expected > 1e-12, 1 - (total - 1) * sums[..., -1] / expected, np.nan)
        return value

    return np.column_stack([pairable, observed]), statistic


def _fitting(table: Array, counts: Array) -> Array:
    """The distances, of one column at least, as a count table has."""
    return table if len(table) else np.zeros((counts.shape[1], counts.shape[1]))
