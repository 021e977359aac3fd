"""From the rows of an export to the ratings that main figures rest on: main judgments, sides already undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.statistics.ratings import Pair, Ratings, ratings
from tasks.schema import PAIR, Criterion, Study, Target
from tasks.study.consistency import CHECK_SYSTEMS, PRACTICE_SYSTEMS

MOST_RATED = 12
"""Systems of an import, rated one at a time, of which every pair is compared."""
UNSCORED = (*PRACTICE_SYSTEMS, *CHECK_SYSTEMS)
"""Systems of practice pairs and checks, which are compared with nothing."""


@dataclass(frozen=True)
class Judged:
    """The main judgments of an export, of raters who did not withdraw; practice, pilot, check, repeat, blinding
    and adjudication are left out."""

    export: Export
    rows: tuple[JudgmentRow, ...]

    @property
    def study(self) -> Study:
        """The study, without texts."""
        return self.export.study

    def of(self, criterion: str) -> tuple[JudgmentRow, ...]:
        """The main judgments of one criterion, missing ones included, in the order in which each rater gave them."""
        return self._by_criterion.get(criterion, ())

    @cached_property
    def _by_criterion(self) -> dict[str, tuple[JudgmentRow, ...]]:
        by_criterion: dict[str, list[JudgmentRow]] = {}
        for row in self.rows:
            by_criterion.setdefault(row.criterion, []).append(row)
        return {criterion: tuple(rows) for criterion, rows in by_criterion.items()}

    def systems(self) -> tuple[str, ...]:
        """The systems compared: the primary pair first, then those of the study in its order."""
        listed = [system.system_id for system in self.study.systems if system.system_id not in UNSCORED]
        primary = self.study.primary.systems or ()
        return tuple(dict.fromkeys([*(s for s in primary if s in listed), *listed]))

    def pairs(self) -> tuple[Pair, ...]:
        """The pairs of systems that were compared, each turned as `systems` lists them."""
        return self._pairs

    @cached_property
    def _pairs(self) -> tuple[Pair, ...]:
        if self.study.imported is not None and len(self.systems()) <= MOST_RATED:
            return self._pairs_rated()
        shown = {frozenset((row.first_system or "", row.second_system or "")) for row in self.rows}
        return tuple(pair for pair in combinations(self.systems(), 2) if frozenset(pair) in shown)

    def _pairs_rated(self) -> tuple[Pair, ...]:
        """The pairs of systems that stood beside each other, or were rated on the same item, one after the other."""
        met: dict[str, set[str]] = {}
        for row in self.rows:
            met.setdefault(row.item_id, set()).update(filter(None, (row.first_system, row.second_system)))
        shown = {frozenset(pair) for systems in met.values() for pair in combinations(sorted(systems), 2)}
        if any(row.criterion_kind == "preference" for row in self.rows):
            shown = {frozenset((row.first_system or "", row.second_system or "")) for row in self.rows}
        return tuple(pair for pair in combinations(self.systems(), 2) if frozenset(pair) in shown)


def judged(export: Export) -> Judged:
    """The main judgments of an export."""
    withdrawn = {rater.rater for rater in export.raters if rater.withdrawn}
    rows = [row for row in export.judgments if row.kind == "main" and row.rater not in withdrawn]
    return Judged(export, tuple(sorted(rows, key=lambda row: (row.rater, row.position, row.criterion, row.target))))


def signed(row: JudgmentRow, pair: Pair) -> int | None:
    """The strength of a preference, positive for the first system of `pair`; None where it is missing."""
    if row.strength is None:
        return None
    if row.chosen_system is None or row.strength == 0:
        return 0
    return row.strength if row.chosen_system == pair[0] else -row.strength


def compared(rows: Iterable[JudgmentRow], pair: Pair) -> tuple[JudgmentRow, ...]:
    """The rows in which the two systems stood beside each other, whichever side each was on."""
    return tuple(row for row in rows if {row.first_system, row.second_system} == set(pair))


def preference_ratings(rows: Sequence[JudgmentRow], criterion: Criterion, pairs: Sequence[Pair]) -> Ratings:
    """Preferences as signed strengths, unit (item, pair of systems)."""
    columns = [
        ((row.item_id, str(pair)), row.rater, signed(row, pair), row.dialogue)
        for pair in pairs
        for row in compared(rows, pair)
    ]
    return _ratings(columns, sorted(criterion.values()))


def target_ratings(rows: Sequence[JudgmentRow], criterion: Criterion, systems: Sequence[str] = ()) -> Ratings:
    """Values as given, unit (item, target); only targets `system:X` of `systems` where those are named.

    A response that a rater met again counts once, the first time a value was given.
    """
    met = _met(rows)
    units = [str(Target.of_system(system)) for system in systems] or list(met)
    columns = [((item, unit), rater, value, own) for unit in units for item, rater, value, own in met.get(unit, ())]
    return _ratings(columns, sorted(criterion.values()))


def item_ratings(rows: Sequence[JudgmentRow], criterion: Criterion, pair: Pair, system: str) -> Ratings:
    """One system's values by item, over all items and raters of the pair, so that two tables can be subtracted."""
    met, target = _met(rows), Target.of_system(system)
    columns = [
        ((item, "item"), rater, value if unit == target else None, own)
        for unit in map(Target.of_system, pair)
        for item, rater, value, own in met.get(unit, ())
    ]
    return _ratings(columns, sorted(criterion.values()))


def _unit(row: JudgmentRow) -> str:
    """What was judged: the target, and for a target `pair` which two systems."""
    if row.target != PAIR:
        return row.target
    return "pair:" + "|".join(sorted((row.first_system or "", row.second_system or "")))


def _number(row: JudgmentRow) -> float | None:
    return row.value if isinstance(row.value, (int, float)) else None


class _Same:
    """Rows that a cache tells apart by what they are, not by what they hold, which takes long to compare."""

    __slots__ = ("rows",)

    def __init__(self, rows: Sequence[JudgmentRow]) -> None:
        self.rows = rows

    def __hash__(self) -> int:
        return id(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.rows is other.rows


_Answer = tuple[str, str, float | None, str]
"""Item, rater, value (None where all are missing) and dialogue."""


def _met(rows: Sequence[JudgmentRow]) -> dict[str, list[_Answer]]:
    """By unit: the first value that each rater gave it. Kept for a tuple, which nobody can change."""
    return _first_met(_Same(rows)) if isinstance(rows, tuple) else _first_met.__wrapped__(_Same(rows))


@lru_cache(maxsize=16)
def _first_met(same: _Same) -> dict[str, list[_Answer]]:
    """By unit: the first value that each rater gave it, item by item."""
    met: dict[tuple[str, str, str], tuple[float | None, str]] = {}
    for row in same.rows:
        key = (_unit(row), row.item_id, row.rater)
        if met.get(key, (None,))[0] is None:
            met[key] = (_number(row), row.dialogue)
    by_unit: dict[str, list[_Answer]] = {}
    for (unit, item, rater), (value, own) in met.items():
        by_unit.setdefault(unit, []).append((item, rater, value, own))
    return by_unit


def _ratings(columns: Sequence[tuple[tuple[str, str], str, float | None, str]], domain: Sequence[float]) -> Ratings:
    return ratings(
        unit=[column[0] for column in columns],
        rater=[column[1] for column in columns],
        value=[column[2] for column in columns],
        dialogue=[column[3] for column in columns],
        domain=list(domain),
    )
