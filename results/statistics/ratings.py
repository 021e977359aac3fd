"""Ratings in long form, and the count table (units x values) that every agreement statistic starts from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from results.statistics.figure import Sizes
from results.statistics.resample import by_dialogue
from tasks.errors import InputError

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Pair = tuple[str, str]
"""The ids of two systems that are compared."""


@dataclass(frozen=True)
class Ratings:
    """N ratings of U units by R raters; missing ratings are simply not there.

    unit, rater, value: shape (N,), indices into `unit_names`, `rater_names` and `domain`.
    domain: shape (V,), the values in ascending order (their ranks 0..V-1 where they are words).
    dialogue: shape (U,), index of the dialogue that a unit belongs to; D dialogues are resampled.
    rater_names, unit_names: R names and U names, so that no index is ever looked up in another table's list.
    """

    unit: Indices
    rater: Indices
    value: Indices
    domain: Array
    dialogue: Indices
    rater_names: tuple[Hashable, ...]
    unit_names: tuple[Hashable, ...]

    @property
    def units(self) -> int:
        """U, units with no rating included."""
        return len(self.dialogue)

    @property
    def raters(self) -> int:
        """R, raters without a rating included."""
        return len(self.rater_names)

    @property
    def dialogues(self) -> int:
        """D."""
        return int(self.dialogue.max()) + 1 if len(self.dialogue) else 0

    @property
    def numbers(self) -> Array:
        """The ratings as numbers, shape (N,)."""
        numbers: Array = self.domain[self.value]
        return numbers

    @cached_property
    def grid(self) -> Indices:
        """Index in `domain` of each rater's rating of each unit, shape (U, R); -1 where it is missing."""
        grid = np.full((self.units, max(self.raters, 1)), -1, dtype=np.int64)
        grid[self.unit, self.rater] = self.value
        return grid

    def counts(self) -> Indices:
        """How often each value was given to each unit, shape (U, V)."""
        width = max(len(self.domain), 1)
        flat = np.bincount(self.unit * width + self.value, minlength=self.units * width)
        return flat.reshape(self.units, width).astype(np.int64)

    def agreeing_pairs(self) -> tuple[Array, Array]:
        """Pairs of equal ratings, and all pairs of ratings, of each unit, shapes (U,)."""
        width = max(len(self.domain), 1)
        cells, times = np.unique(self.unit * width + self.value, return_counts=True)
        equal = np.bincount(cells // width, weights=times * (times - 1) / 2, minlength=self.units)
        rated = np.bincount(self.unit, minlength=self.units).astype(np.float64)
        return equal.astype(np.float64), rated * (rated - 1) / 2

    def by_dialogue(self, rows: Array) -> Array:
        """Rows of units, shape (U, K), summed into rows of dialogues, shape (D, K)."""
        return by_dialogue(rows, self.dialogue, self.dialogues)

    def sizes(self) -> Sizes:
        """Dialogues, raters and ratings that take part: those of units with a rating."""
        dialogues, raters = (int(np.count_nonzero(np.bincount(c))) for c in (self.dialogue[self.unit], self.rater))
        return Sizes(items=dialogues, raters=raters, judgments=len(self.unit))

    def by_rater(self) -> dict[Hashable, Ratings]:
        """Each rater's own ratings of the same units, by name; raters without a rating are left out."""
        return {self.rater_names[rater]: self.only(self.rater == rater) for rater in np.unique(self.rater)}

    def without_each_rater(self) -> dict[Hashable, Ratings]:
        """By the name of each rater with a rating: the ratings of all others."""
        return {self.rater_names[rater]: self.only(self.rater != rater) for rater in np.unique(self.rater)}

    def only(self, chosen: npt.NDArray[np.bool_]) -> Ratings:
        """The ratings for which `kept`, shape (N,), is true."""
        return replace(self, unit=self.unit[chosen], rater=self.rater[chosen], value=self.value[chosen])


def ratings(
    unit: Sequence[Hashable],
    rater: Sequence[Hashable],
    value: Sequence[float | str | None],
    dialogue: Sequence[Hashable] | None = None,
    domain: Sequence[float | str] | None = None,
) -> Ratings:
    """Ratings from columns of equal length. None and NaN are missing.

    `dialogue` names the resampling unit of each row (the unit itself where it is None). `domain` lists the values a
    rater can give, in order; without it the values found, sorted. Words are replaced by their rank 0..V-1.
    Raises ValueError on a value outside `domain`, and on a rater's second rating of a unit.
    """
    units, unit_codes = _coded(unit)
    raters, rater_codes = _coded(rater)
    cluster_codes = unit_codes if dialogue is None else _coded(dialogue)[1]
    given = [None if one is None or one != one else one for one in value]  # NaN alone differs from itself
    values = list(dict.fromkeys(domain)) if domain is not None else sorted({v for v in given if v is not None})
    place = {name: float(number) for number, name in enumerate(values)}
    unknown = next((one for one in given if one is not None and one not in place), None)
    if unknown is not None:
        raise InputError(f"value '{unknown}' is none of {values}")
    made = coded_ratings(
        unit_codes,
        rater_codes,
        np.array([np.nan if one is None else place[one] for one in given], dtype=np.float64),
        cluster_codes,
        range(len(values)),
        units.__getitem__,
        raters.__getitem__,
    )
    return replace(made, domain=_as_numbers(values))


def _coded(column: Sequence[Hashable]) -> tuple[list[Any], Indices]:
    """The distinct names in order, and the place of each entry among them."""
    names = _in_order(set(column))
    place = {name: number for number, name in enumerate(names)}
    return names, np.array([place[name] for name in column], dtype=np.int64)


def _in_order(names: set[Any]) -> list[Any]:
    """Sorted; where names of several kinds cannot be compared, kind by kind."""
    try:
        return sorted(names)
    except TypeError:
        return sorted(names, key=lambda name: (type(name).__name__, name))


def coded_ratings(
    unit: Indices,
    rater: Indices,
    value: Array,
    dialogue: Indices,
    domain: Sequence[float],
    unit_name: Callable[[int], Hashable],
    rater_name: Callable[[int], Hashable],
) -> Ratings:
    """As `ratings`, from columns of codes in the order of their names; `domain` is ascending and NaN is missing.

    Units and raters are those that stand in a row. Raises `InputError` as `ratings` does.
    """
    units, first, unit_places = np.unique(unit, return_index=True, return_inverse=True)
    raters, rater_places = np.unique(rater, return_inverse=True)
    order = np.lexsort((units, dialogue[first]))
    unit_places = np.argsort(order)[unit_places]
    rater_names = tuple(map(rater_name, raters.tolist()))
    unit_names = tuple(map(unit_name, units[order].tolist()))
    given = np.flatnonzero(np.isfinite(value))
    unit_places, rater_places = unit_places[given], rater_places[given]
    cells, counts = np.unique(unit_places * max(len(raters), 1) + rater_places, return_counts=True)
    if len(cells) and counts.max() > 1:
        u, r = divmod(int(cells[np.argmax(counts > 1)]), len(raters))
        raise InputError(f"rater '{rater_names[r]}' rated unit '{unit_names[u]}' more than once")
    points = np.array(domain, dtype=np.float64)
    value_places = _points(value[given], points)
    by_value = np.lexsort((value_places, unit_places))
    return Ratings(
        unit=unit_places[by_value],
        rater=rater_places[by_value],
        value=value_places[by_value],
        domain=points,
        dialogue=np.unique(dialogue[first][order], return_inverse=True)[1].astype(np.int64),
        rater_names=rater_names,
        unit_names=unit_names,
    )


def _points(value: Array, domain: Array) -> Indices:
    """Index in the ascending `domain` of each value. Raises `InputError` for a value that is not there."""
    places = np.searchsorted(domain, value)
    known = np.isin(value, domain)
    if not known.all():
        unknown = value[np.argmin(known)]
        raise InputError(f"value '{unknown:g}' is none of {domain.tolist()}")
    return places.astype(np.int64)


def _as_numbers(values: Sequence[Any]) -> Array:
    if all(isinstance(value, (int, float, np.integer, np.floating)) for value in values):
        return np.array(values, dtype=np.float64)
    return np.arange(len(values), dtype=np.float64)
