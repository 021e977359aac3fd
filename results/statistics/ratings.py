"""Ratings in long form, and the count table (units x values) that every agreement statistic starts from."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from results.statistics.figure import Sizes
from results.statistics.resample import by_dialogue
from tasks.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

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
        rated = np.unique(self.dialogue[self.unit]) if len(self.unit) else self.unit
        return Sizes(items=len(rated), raters=len(np.unique(self.rater)), judgments=len(self.unit))

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
    import pandas as pd

    cluster = unit if dialogue is None else dialogue
    frame = pd.DataFrame({"unit": list(unit), "rater": list(rater), "dialogue": list(cluster)})
    frame["value"] = pd.Series(list(value), dtype=object)
    units = frame.drop_duplicates("unit").sort_values(["dialogue", "unit"], kind="stable")
    rated = frame[frame["value"].notna()]
    _refuse_second_ratings(rated)
    values = list(dict.fromkeys(domain)) if domain is not None else sorted(set(rated["value"]))
    names = sorted(set(frame["rater"]))
    unit_places, value_places = _places(rated["unit"], units["unit"]), _places(rated["value"], values)
    # A rater's name must not change the last digit of a sum, so ratings stand by unit, then by value.
    order = np.lexsort((value_places, unit_places))
    return Ratings(
        unit=unit_places[order],
        rater=_places(rated["rater"], names)[order],
        value=value_places[order],
        domain=_as_numbers(values),
        dialogue=pd.factorize(units["dialogue"])[0].astype(np.int64),
        rater_names=tuple(names),
        unit_names=tuple(units["unit"]),
    )


def _places(column: pd.Series[Any], names: Iterable[Any]) -> Indices:
    """Index in `names` of each entry. Raises ValueError for an entry that is not there."""
    import pandas as pd

    index = pd.Index(list(names), dtype=object, tupleize_cols=False)
    places = index.get_indexer(pd.Index(column, dtype=object, tupleize_cols=False))
    if len(places) and places.min() < 0:
        unknown = column.iloc[int(np.argmin(places))]
        raise InputError(f"value '{unknown}' is none of {list(index)}")
    return places.astype(np.int64)


def _refuse_second_ratings(frame: pd.DataFrame) -> None:
    twice = frame[frame.duplicated(["unit", "rater"])]
    if len(twice):
        unit, rater = twice["unit"].iloc[0], twice["rater"].iloc[0]
        raise InputError(f"rater '{rater}' rated unit '{unit}' more than once")


def _as_numbers(values: Sequence[Any]) -> Array:
    if all(isinstance(value, (int, float, np.integer, np.floating)) for value in values):
        return np.array(values, dtype=np.float64)
    return np.arange(len(values), dtype=np.float64)
