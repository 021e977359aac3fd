"""Two systems on the same items, rater by rater: the signed values that tests and figures at large are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from results.export.rows import JudgmentRow
from results.statistics.ratings import Pair, Ratings
from results.statistics.resample import Array
from results.study.judged import item_ratings
from results.study.measures import Measure
from tasks.schema import Criterion


def paired(rows: Sequence[JudgmentRow], criterion: Criterion, pair: Pair) -> tuple[Ratings, Ratings]:
    """Each system's ratings over all items of `rows`, so that unit u is the same item in both."""
    first, second = (item_ratings(rows, criterion, pair, system) for system in pair)
    return first, second


def paired_differences(first: Ratings, second: Ratings, measure: Measure) -> Ratings:
    """The measure of the first system's response minus that of the second's, of every rater who rated both of an item.

    Args:
        first: with `second`, as `paired` gives them: one unit per item, the same in both.

    Returns:
        Ratings that are differences, so that the domain has the differences found, in order.
    """
    gap = _measured(first, measure) - _measured(second, measure)
    unit, rater = np.nonzero(np.isfinite(gap))
    domain, value = np.unique(gap[unit, rater], return_inverse=True)
    return replace(
        first, unit=unit.astype(np.int64), rater=rater.astype(np.int64), value=value.astype(np.int64), domain=domain
    )


def reach(criterion: Criterion, measure: Measure) -> float:
    """The largest difference of a measure that two responses can have."""
    values = np.asarray(measure(np.array(criterion.values(), dtype=np.float64)), dtype=np.float64)
    return float(np.nanmax(values) - np.nanmin(values))


def _measured(ratings: Ratings, measure: Measure) -> Array:
    """Units x raters, NaN where missing or where the measure leaves the answer out."""
    grid = np.full((ratings.units, max(ratings.raters, 1)), np.nan)
    grid[ratings.unit, ratings.rater] = np.asarray(measure(ratings.numbers), dtype=np.float64)
    return grid
