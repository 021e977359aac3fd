"""Judgments as columns: every name as a code once, so that figures are made of arrays and not of rows one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from results.export.rows import JudgmentRow
from tasks.schema import PAIR

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Coded:
    """N names as codes, shape (N,): places in `names`, which are sorted; -1 = None."""

    codes: Indices
    names: tuple[str, ...]

    @classmethod
    def of(cls, column: Sequence[str | None], names: Iterable[str] | None = None) -> Coded:
        """The column's own names, or the sorted `names` that it is taken from."""
        found = dict.fromkeys(column) if names is None else names
        listed = tuple(sorted(name for name in found if name is not None))
        place: dict[str | None, int] = {None: -1, **{name: number for number, name in enumerate(listed)}}
        return cls(np.fromiter(map(place.__getitem__, column), dtype=np.int64, count=len(column)), listed)

    def at(self, chosen: Mask | Indices) -> Coded:
        """The rows chosen, among the same names."""
        return Coded(self.codes[chosen], self.names)

    def number(self) -> int:
        """How many different names there are among the rows."""
        return len(np.unique(self.codes))

    def is_one(self, *names: str) -> Mask:
        """Which rows have one of the names, shape (N,)."""
        return np.isin(self.codes, [place for place, name in enumerate(self.names) if name in names])


@dataclass(frozen=True)
class Columns:
    """N judgments, an entry each; `value` and `strength` are NaN where they are missing or no number."""

    criterion: Coded
    rater: Coded
    position: Indices
    item: Coded
    dialogue: Coded
    unit: Coded
    """What was judged: the target, and for a target `pair` which two systems."""
    first: Coded
    second: Coded
    chosen: Coded
    given: Mask
    """Where there is a value, a number or not."""
    value: Array
    strength: Array

    @classmethod
    def of(cls, rows: Sequence[JudgmentRow]) -> Columns:
        """The columns of the rows, in their order."""
        criterion, rater, position, item, dialogue, target, first, second, chosen, value, strength = _taken(rows)
        systems = {*first, *second, *chosen} - {None}
        left, right = Coded.of(first, systems), Coded.of(second, systems)
        return cls(
            Coded.of(criterion),
            Coded.of(rater),
            np.array(position, dtype=np.int64),
            Coded.of(item),
            Coded.of(dialogue),
            _units(Coded.of(target), left, right),
            left,
            right,
            Coded.of(chosen, systems),
            np.array([v is not None for v in value], dtype=np.bool_),
            np.array([v if isinstance(v, (int, float)) else np.nan for v in value], dtype=np.float64),
            np.array(strength, dtype=np.float64),
        )

    def at(self, chosen: Mask | Indices) -> Columns:
        """The rows chosen."""
        parts: dict[str, Any] = {
            name: part.at(chosen) if isinstance(part, Coded) else part[chosen] for name, part in vars(self).items()
        }
        return Columns(**parts)

    def between(self, pair: tuple[str, str]) -> Mask:
        """Where the two systems stood beside each other, whichever side each was on, shape (N,)."""
        return (self.first.is_one(pair[0]) & self.second.is_one(pair[1])) | (
            self.first.is_one(pair[1]) & self.second.is_one(pair[0])
        )

    def share_an_item(self, pair: tuple[str, str]) -> bool:
        """Whether any item was judged of both systems, beside each other or not."""
        one, other = (self.item.codes[self.first.is_one(name) | self.second.is_one(name)] for name in pair)
        return bool(np.isin(one, other).any())

    def signed(self, pair: tuple[str, str]) -> Array:
        """The strength of each preference, positive for the first system of `pair`, shape (N,)."""
        sign = np.where(self.chosen.codes < 0, 0.0, np.where(self.chosen.is_one(pair[0]), 1.0, -1.0))
        return self.strength * sign

    def first_given(self) -> Columns:
        """One row for each unit, item and rater: the first value given, in the order in which they were met."""
        key = self._keys()
        met, chosen = np.unique(key, return_index=True)
        given = np.flatnonzero(np.isfinite(self.value))
        keys, places = np.unique(key[given], return_index=True)
        order = np.argsort(chosen)
        chosen[np.searchsorted(met, keys)] = given[places]
        return self.at(chosen[order])

    def last_given(self) -> Columns:
        """One row for each unit, item and rater: the last preference given."""
        given = self.at(np.isfinite(self.strength))
        _, last = np.unique(given._keys()[::-1], return_index=True)
        return given.at(len(given.value) - 1 - last)

    def _keys(self) -> Indices:
        """A number for each unit, item and rater."""
        return (self.unit.codes * len(self.item.names) + self.item.codes) * len(self.rater.names) + self.rater.codes


_FIELDS = (
    "criterion", "rater", "position", "item_id", "dialogue", "target", "first_system", "second_system", "chosen_system",
    "value", "strength",
)  # fmt: skip


def _taken(rows: Sequence[JudgmentRow]) -> list[list[Any]]:
    """The fields of the rows, a list each; no tuple of a row is kept, for so many set the collector to work."""
    flat = list(chain.from_iterable(map(attrgetter(*_FIELDS), rows)))
    return [flat[place :: len(_FIELDS)] for place in range(len(_FIELDS))]


class Rows(tuple[JudgmentRow, ...]):
    """Judgments in order, and the same as columns."""

    @cached_property
    def columns(self) -> Columns:
        """The columns, made once."""
        return Columns.of(self)

    @cached_property
    def first_given(self) -> Columns:
        """Of what a rater met again, the first value given."""
        return self.columns.first_given()

    def where(self, chosen: Mask) -> Rows:
        """The rows for which `chosen`, shape (N,), is true."""
        return self._with(Rows(compress(self, chosen.tolist())), chosen)

    def at(self, order: Indices) -> Rows:
        """The rows at these places, in this order."""
        return self._with(Rows(map(self.__getitem__, order.tolist())), order)

    def _with(self, rows: Rows, chosen: Mask | Indices) -> Rows:
        rows.__dict__["columns"] = self.columns.at(chosen)
        return rows


def _units(target: Coded, first: Coded, second: Coded) -> Coded:
    """What was judged, each named once; `first` and `second` are places among the same systems."""
    systems = len(first.names) + 1
    keys, place = np.unique(
        (target.codes * systems + first.codes + 1) * systems + second.codes + 1, return_inverse=True
    )
    shown = (None, *first.names)
    named = [
        _unit(target.names[key // systems**2], shown[key // systems % systems], shown[key % systems])
        for key in keys.tolist()
    ]
    of_keys = Coded.of(named)
    return of_keys.at(place.ravel())


def _unit(target: str, first: str | None, second: str | None) -> str:
    return target if target != PAIR else "pair:" + "|".join(sorted((first or "", second or "")))
