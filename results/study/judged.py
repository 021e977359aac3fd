"""From the rows of an export to the ratings that main figures rest on: main judgments, sides already undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from results.export.columns import Columns, Rows
from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.statistics.ratings import Indices, Pair, Ratings, coded_ratings
from results.statistics.resample import Array
from tasks.schema import Criterion, Study, Target
from tasks.study.consistency import CHECK_SYSTEMS, PRACTICE_SYSTEMS

MOST_SYSTEMS = 12
"""Systems of which every two are compared without being asked: 66 pairs."""
UNSCORED = (*PRACTICE_SYSTEMS, *CHECK_SYSTEMS)
"""Systems of practice pairs and checks, which are compared with nothing."""


@dataclass(frozen=True)
class Judged:
    """The main judgments of an export, of raters who did not withdraw; practice, pilot, check, repeat, blinding
    and adjudication are left out."""

    export: Export
    rows: Rows
    every_pair: bool = False
    """Whether every two systems are to be compared, however many there are."""

    @property
    def study(self) -> Study:
        """The study, without texts."""
        return self.export.study

    def of(self, criterion: str) -> Rows:
        """The main judgments of one criterion, missing ones included, in the order in which each rater gave them."""
        return self._by_criterion.get(criterion, Rows())

    @cached_property
    def _by_criterion(self) -> dict[str, Rows]:
        criterion = self.rows.columns.criterion
        return {name: self.rows.where(criterion.codes == place) for place, name in enumerate(criterion.names)}

    @cached_property
    def preferences(self) -> Rows:
        """The main judgments of every preference."""
        named = [c.criterion_id for c in self.study.criteria if c.kind == "preference"]
        return self.rows.where(self.rows.columns.criterion.is_one(*named))

    def systems(self) -> tuple[str, ...]:
        """The systems compared: the primary pair first, then those of the study in its order."""
        listed = [system.system_id for system in self.study.systems if system.system_id not in UNSCORED]
        primary = self.study.primary.systems or ()
        return tuple(dict.fromkeys([*(s for s in primary if s in listed), *listed]))

    def pairs(self) -> tuple[Pair, ...]:
        """The pairs of systems that were compared, each turned as `systems` lists them.

        They stood beside each other, or, where an import has ratings alone, were rated on the same item.
        """
        return self._pairs

    def listed(self) -> tuple[Pair, ...]:
        """Those of the pairs of which a report has figures: all, or of many systems those that the study named."""
        if self.every_pair or len(self.systems()) <= MOST_SYSTEMS:
            return self.pairs()
        declared = (self.study.primary.systems, *(one.systems for one in self.study.hypotheses))
        named = [set(pair) for pair in declared if pair]
        return tuple(pair for pair in self.pairs() if set(pair) in named)

    @cached_property
    def _pairs(self) -> tuple[Pair, ...]:
        columns, pairs = self.rows.columns, combinations(self.systems(), 2)
        rated = self.study.imported is not None and len(self.systems()) <= MOST_SYSTEMS and not self.preferences
        return tuple(pair for pair in pairs if (columns.share_an_item(pair) if rated else columns.between(pair).any()))


def judged(export: Export, *, every_pair: bool = False) -> Judged:
    """The main judgments of an export; `every_pair`: see `Judged`."""
    withdrawn = {rater.rater for rater in export.raters if rater.withdrawn}
    rows = [row for row in export.judgments if row.kind == "main" and row.rater not in withdrawn]
    main = Rows(rows)
    by = main.columns
    order = np.lexsort((by.unit.codes, by.criterion.codes, by.position, by.rater.codes))
    return Judged(export, main.at(order), every_pair)


def preference_of(data: Judged) -> Criterion | None:
    """The preference criterion that the study is about; None where none was asked."""
    preferences = [criterion for criterion in data.study.criteria if criterion.kind == "preference"]
    named = [criterion for criterion in preferences if criterion.criterion_id == data.study.primary.criterion]
    return next(iter([*named, *preferences]), None)


def signed(row: JudgmentRow, pair: Pair) -> int | None:
    """The strength of a preference, positive for the first system of `pair`; None where it is missing."""
    if row.strength is None:
        return None
    if row.chosen_system is None or row.strength == 0:
        return 0
    return row.strength if row.chosen_system == pair[0] else -row.strength


def compared(rows: Sequence[JudgmentRow], pair: Pair) -> Rows:
    """The rows in which the two systems stood beside each other, whichever side each was on."""
    held = _held(rows)
    return held.where(held.columns.between(pair))


def preference_ratings(rows: Sequence[JudgmentRow], criterion: Criterion, pairs: Sequence[Pair]) -> Ratings:
    """Preferences as signed strengths, unit (item, pair of systems)."""
    columns, named = _held(rows).columns, sorted(map(str, pairs))
    masks = [columns.between(pair) for pair in pairs]
    kinds = [np.full(np.count_nonzero(mask), named.index(str(pair))) for mask, pair in zip(masks, pairs, strict=True)]
    values = [columns.signed(pair)[mask] for mask, pair in zip(masks, pairs, strict=True)]
    chosen = columns.at(np.concatenate([_NOWHERE, *map(np.flatnonzero, masks)]))
    return _ratings(chosen, (np.concatenate([_NOWHERE, *kinds]), named), np.concatenate([_NOWHERE, *values]), criterion)


def target_ratings(rows: Sequence[JudgmentRow], criterion: Criterion, systems: Sequence[str] = ()) -> Ratings:
    """Values as given, unit (item, target); only targets `system:X` of `systems` where those are named.

    A response that a rater met again counts once, the first time a value was given.
    """
    met = _held(rows).first_given
    if systems:
        met = met.at(met.unit.is_one(*map(Target.of_system, systems)))
    return _ratings(met, (met.unit.codes, met.unit.names), met.value, criterion)


def item_ratings(rows: Sequence[JudgmentRow], criterion: Criterion, pair: Pair, system: str) -> Ratings:
    """One system's values by item, over all items and raters of the pair, so that two tables can be subtracted."""
    met = _held(rows).first_given
    both = met.at(met.unit.is_one(*map(Target.of_system, pair)))
    own = np.where(both.unit.is_one(Target.of_system(system)), both.value, np.nan)
    return _ratings(both, (np.zeros_like(both.item.codes), ["item"]), own, criterion)


_NOWHERE = np.zeros(0, dtype=np.int64)


def _held(rows: Sequence[JudgmentRow]) -> Rows:
    return rows if isinstance(rows, Rows) else Rows(rows)


def _ratings(columns: Columns, kind: tuple[Indices, Sequence[str]], values: Array, criterion: Criterion) -> Ratings:
    """Ratings of units (item, kind); `kind` holds each row's code among sorted names."""
    codes, kinds = kind
    names = columns.item.names
    return coded_ratings(
        unit=columns.item.codes * len(kinds) + codes,
        rater=columns.rater.codes,
        value=values,
        dialogue=columns.dialogue.codes,
        domain=sorted(criterion.values()),
        unit_name=lambda unit: (names[unit // len(kinds)], kinds[unit % len(kinds)]),
        rater_name=lambda rater: columns.rater.names[rater],
    )
