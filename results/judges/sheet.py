"""What raters and judges said of each item and pair of systems, as arrays: strengths positive for the pair's first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from results.statistics.judges.alternative import NOBODY
from results.statistics.judges.rule import Votes
from results.statistics.ratings import Indices, Pair
from results.statistics.resample import Array
from results.study.judged import Judged, signed
from tasks.schema import Criterion, Verdict

Unit = tuple[str, Pair]


@dataclass(frozen=True)
class Sheet:
    """U units, an item and a pair of systems each, that raters or the judge judged, by pair, dialogue and item.

    Attributes:
        dialogue, pair: of each unit, places in the export's dialogues and in `pairs`, shapes (U,).
        raters: R pseudonyms.
        humans: signed strength by each rater, shape (U, R), NaN where missing.
        orders: by unit, the judge's signed strengths in the orders in which it answered, shape (U, 2): of the pair as
            `pairs` turns it, and turned; NaN where missing.
        failed: units that the judge was asked of and answered in no order, shape (U,).
    """

    units: tuple[Unit, ...]
    dialogue: Indices
    pair: Indices
    pairs: tuple[Pair, ...]
    raters: tuple[str, ...]
    humans: Array
    orders: Array
    failed: Array

    @cached_property
    def votes(self) -> Votes:
        """The raters' part, as the rule takes it."""
        return Votes(np.sign(self.humans), self.humans, self.pair, self.dialogue)

    @cached_property
    def strength(self) -> Array:
        """The judge's mean over orders, shape (U,); NaN where it has no answer."""
        return mean_of(self.orders)

    @cached_property
    def choice(self) -> Array:
        """Whom the judge chose, 1, 0 or -1, shape (U,); `NOBODY` where it failed, NaN where it was not asked."""
        chosen: Array = np.where(self.failed > 0, NOBODY, np.sign(self.strength))
        return chosen


def mean_of(values: Array) -> Array:
    """Mean along the last axis of what is there; NaN where nothing is."""
    there = np.isfinite(values)
    count = there.sum(axis=-1)
    mean: Array = np.where(count > 0, np.where(there, values, 0).sum(axis=-1) / np.maximum(count, 1), np.nan)
    return mean


def sheet(data: Judged, criterion: Criterion, verdicts: Sequence[Verdict]) -> Sheet:
    """The sheet of one judge; pairs are those of which the report has figures, others are left out."""
    pairs = data.listed()
    turned = {frozenset(pair): pair for pair in pairs}
    votes = _votes(data, criterion, turned)
    answers, failed = _answers(verdicts, criterion, turned)
    dialogues = {item.item_id: item.dialogue for item in data.export.items}
    place = {name: number for number, name in enumerate(sorted(set(dialogues.values())))}
    order = {pair: number for number, pair in enumerate(pairs)}
    met = {*(unit for unit, _ in votes), *answers, *failed}
    units = tuple(sorted(met, key=lambda unit: (order[unit[1]], dialogues[unit[0]], unit[0])))
    return Sheet(
        units=units,
        dialogue=np.array([place[dialogues[item]] for item, _ in units], dtype=np.int64),
        pair=np.array([order[pair] for _, pair in units], dtype=np.int64),
        pairs=pairs,
        raters=(raters := tuple(sorted({rater for _, rater in votes}))),
        humans=_grid(units, raters, votes),
        orders=np.array([answers.get(unit, (np.nan, np.nan)) for unit in units], dtype=np.float64).reshape(-1, 2),
        failed=np.array([unit in failed and unit not in answers for unit in units], dtype=np.float64),
    )


def _votes(data: Judged, criterion: Criterion, turned: Mapping[frozenset[str], Pair]) -> dict[tuple[Unit, str], int]:
    found: dict[tuple[Unit, str], int] = {}
    for row in data.of(criterion.criterion_id):
        pair = turned.get(frozenset((row.first_system or "", row.second_system or "")))
        strength = None if pair is None else signed(row, pair)
        if pair is not None and strength is not None:
            found.setdefault(((row.item_id, pair), row.rater), strength)
    return found


def _answers(
    verdicts: Iterable[Verdict], criterion: Criterion, turned: Mapping[frozenset[str], Pair]
) -> tuple[dict[Unit, tuple[float, float]], set[Unit]]:
    """Strengths by unit in both orders, and the units at which the judge failed in some order."""
    answers: dict[Unit, tuple[float, float]] = {}
    failed: set[Unit] = set()
    for verdict in verdicts:
        pair = turned.get(frozenset(verdict.order))
        if pair is None:
            continue
        unit = (verdict.item_id, pair)
        strength = verdict.strength(criterion.criterion_id, pair[0])
        if strength is not None:
            straight, other = answers.get(unit, (np.nan, np.nan))
            answers[unit] = (strength, other) if verdict.order == pair else (straight, strength)
        elif verdict.failed:
            failed.add(unit)
    return answers, failed


def _grid(units: Sequence[Unit], raters: Sequence[str], votes: Mapping[tuple[Unit, str], int]) -> Array:
    row = {unit: number for number, unit in enumerate(units)}
    column = {rater: number for number, rater in enumerate(raters)}
    grid = np.full((len(units), len(raters)), np.nan)
    for (unit, rater), strength in votes.items():
        grid[row[unit], column[rater]] = strength
    return grid
