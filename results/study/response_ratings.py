"""Ratings of responses by system: distributions, measures with paired differences, and who is rated higher.

Everything is computed per response first (the mean over its raters), then over items, so that an item with more
raters does not weigh more; intervals resample dialogues. Scales are never summed, and a scale with its best point in
the middle has shares above and below, never a mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from results.export.rows import JudgmentRow
from results.statistics.at_large import at_large, votes_of
from results.statistics.figure import Figure, Sizes
from results.statistics.means import mean_figure
from results.statistics.ratings import Pair, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.statistics.shares import share_difference_figure, share_figure
from results.study.judged import target_ratings
from results.study.measures import Measure, is_share, measures_of
from results.study.paired import paired, paired_differences, reach
from tasks.schema import Criterion

HARM = "harm"
"""The criterion of safety: its shares always have exact bounds."""


@dataclass(frozen=True)
class RatingOutcome:
    """One response criterion, by system."""

    criterion: Criterion
    distribution: Mapping[str, tuple[int, ...]]
    """Ratings at each value of `values`, by system."""
    values: tuple[int, ...]
    measures: Mapping[str, Mapping[str, Figure]]
    """By measure (`mean`, `share_above` …) and system."""
    differences: Mapping[str, Mapping[Pair, Figure]]
    """By measure and pair: first system minus second, paired by item."""
    at_large: Mapping[str, Mapping[Pair, Figure]]
    """The same differences for raters at large, of raters who rated both responses of an item."""
    higher: Mapping[Pair, Figure]
    """Probability that a rater puts the first system higher; ties count half. Not for yes/no."""


def outcome(
    rows: Sequence[JudgmentRow],
    criterion: Criterion,
    systems: Sequence[str],
    pairs: Sequence[Pair],
    resampling: Resampling,
) -> RatingOutcome:
    """All figures of one criterion of kind `scale`, `count` or `yes_no_unsure`, of responses."""
    by_system = {system: target_ratings(rows, criterion, [system]) for system in systems}
    both = {pair: _Paired(*paired(rows, criterion, pair)) for pair in pairs}
    measures = measures_of(criterion)
    values = tuple(sorted(criterion.values()))
    return RatingOutcome(
        criterion=criterion,
        values=values,
        distribution={s: _distribution(r) for s, r in by_system.items()},
        measures={
            m: {s: level(r, m, f, criterion, resampling) for s, r in by_system.items()} for m, f in measures.items()
        },
        differences={
            m: {p: _difference(tables, m, f, resampling) for p, tables in both.items()} for m, f in measures.items()
        },
        at_large={
            m: {p: _at_large(paired_differences(t.first, t.second, f), reach(criterion, f)) for p, t in both.items()}
            for m, f in measures.items()
        },
        higher={}
        if criterion.kind == "yes_no_unsure"
        else {p: _higher(tables, resampling) for p, tables in both.items()},
    )


def _distribution(ratings: Ratings) -> tuple[int, ...]:
    return tuple(int(n) for n in np.bincount(ratings.value, minlength=len(ratings.domain)))


def level(ratings: Ratings, name: str, measure: Measure, criterion: Criterion, resampling: Resampling) -> Figure:
    """Mean over responses of the measure's mean over raters; shares get bounds of shares, those of harm exact ones."""
    rows = ratings.by_dialogue(np.column_stack(_unit_means(ratings, measure)))
    words, sizes = "mean over responses", ratings.sizes()
    if not is_share(name):
        return mean_figure(rows, words, sizes, resampling, Reason.NOT_RATED)
    exact = criterion.criterion_id == HARM
    return share_figure(rows, words, sizes, resampling, Reason.NOT_RATED, exact=exact)


def _unit_means(ratings: Ratings, measure: Measure) -> tuple[Array, Array]:
    """The measure's mean over each unit's raters (0 where it has none) and whether it has any, shapes (U,)."""
    measured = np.asarray(measure(ratings.numbers), dtype=np.float64)
    counted = np.isfinite(measured)
    number = np.bincount(ratings.unit[counted], minlength=ratings.units).astype(np.float64)
    total = np.bincount(ratings.unit[counted], weights=measured[counted], minlength=ratings.units)
    return np.divide(total, number, out=np.zeros(ratings.units), where=number > 0), (number > 0).astype(np.float64)


# --- two systems on the same items ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Paired:
    """The two systems' ratings with one unit per item, in the same order of items."""

    first: Ratings
    second: Ratings

    def sizes(self) -> Sizes:
        """Dialogues and raters of the first system's ratings, and the ratings of both."""
        sizes = self.first.sizes()
        return replace(sizes, judgments=sizes.judgments + self.second.sizes().judgments)


def _difference(paired: _Paired, name: str, measure: Measure, resampling: Resampling) -> Figure:
    """Mean over items of (first system's mean rating - second's), items where both were rated."""
    first, rated_first = _unit_means(paired.first, measure)
    second, rated_second = _unit_means(paired.second, measure)
    both = rated_first * rated_second
    words = "mean paired difference by item"
    if is_share(name):
        rows = paired.first.by_dialogue(np.column_stack([first * both, both, second * both, both]))
        return share_difference_figure(rows, words, paired.sizes(), resampling, Reason.NOT_BOTH_RATED)
    rows = paired.first.by_dialogue(np.column_stack([(first - second) * both, both]))
    return mean_figure(rows, words, paired.sizes(), resampling, Reason.NOT_BOTH_RATED)


def _at_large(differences: Ratings, most: float) -> Figure:
    """Mean over items of the raters' own differences, for raters at large."""
    name = "mean paired difference by item"
    return at_large(votes_of(differences), name, differences.sizes(), (-most, most)).figure


def _higher(paired: _Paired, resampling: Resampling) -> Figure:
    """Mean over items of the share of raters who put the first system higher, ties half."""
    gap = _grid(paired.first) - _grid(paired.second)
    known = np.isfinite(gap).astype(np.float64)
    points = np.where(known > 0, (np.sign(np.nan_to_num(gap)) + 1) / 2, 0.0).sum(axis=1)
    number = known.sum(axis=1)
    share = np.divide(points, number, out=np.zeros_like(points), where=number > 0)
    rows = paired.first.by_dialogue(np.column_stack([share, number > 0]))
    name = "share of raters who rate it higher, ties half"
    return share_figure(rows, name, paired.sizes(), resampling, Reason.NOT_BOTH_RATED)


def _grid(ratings: Ratings) -> Array:
    """Units x raters, NaN where missing."""
    grid = np.full((ratings.units, max(ratings.raters, 1)), np.nan)
    grid[ratings.unit, ratings.rater] = ratings.numbers
    return grid


def pair_outcome(rows: Sequence[JudgmentRow], criterion: Criterion, resampling: Resampling) -> RatingOutcome:
    """The figures of a criterion of the whole pair (`both_unacceptable`), under the one name `pair`."""
    table = target_ratings(rows, criterion)
    return RatingOutcome(
        criterion=criterion,
        values=tuple(sorted(criterion.values())),
        distribution={"pair": _distribution(table)},
        measures={
            name: {"pair": level(table, name, f, criterion, resampling)} for name, f in measures_of(criterion).items()
        },
        differences={},
        at_large={},
        higher={},
    )
