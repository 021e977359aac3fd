"""What else could stand in a rater's place: constants, counts of the text, and the raters themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from results.export.folder import Export
from results.judges.sheet import Sheet
from results.record.judges import Contender, Kind
from results.statistics.figure import finite
from results.statistics.judges.rule import Worth, peers, worth
from results.statistics.resample import Array

MOST_SYSTEMS = 4
"""Systems up to which "always this one" stands in the table for each."""
MOST_PEERS = 15
"""Raters who stand as contenders: those with most items."""


class Gaps(NamedTuple):
    """The pair's first response minus its second, by unit, shapes (U,); NaN where that is not known."""

    characters: Array
    questions: Array
    minimal: Array


def gaps(export: Export, sheet: Sheet) -> Gaps:
    """What can be counted of the responses of each unit."""
    facts = {
        (row.item_id, row.system_id): [float("nan") if v is None else float(v) for v in
                                       (row.characters, row.questions, row.minimal)]
        for row in export.responses
    }  # fmt: skip
    unknown = [float("nan")] * 3
    rows = [
        np.subtract(facts.get((item, pair[0]), unknown), facts.get((item, pair[1]), unknown))
        for item, pair in sheet.units
    ]
    return Gaps(*np.array(rows, dtype=np.float64).reshape(-1, 3).T)


def contenders(export: Export, sheet: Sheet, judge: Worth, seed: int) -> tuple[Contender, ...]:
    """The judge, then everything else on the units that the judge was asked of."""
    asked = np.isfinite(sheet.choice)
    rows = [_row("judge", [judge])]
    for kind, system, choice in _without_model(export, sheet):
        own = np.where(asked, choice, np.nan)
        rows.append(_row(kind, [worth(sheet.votes, own, own, seed)], system))
    most = np.argsort(-np.isfinite(sheet.humans).sum(axis=0), kind="stable")
    if len(sheet.raters) > 2:
        rows.append(_row("rater", peers(sheet.votes, most[:MOST_PEERS].tolist(), seed)))
    return tuple(rows)


def _without_model(export: Export, sheet: Sheet) -> Iterator[tuple[Kind, str | None, Array]]:
    """(kind, system, choice by unit) of whatever needs no model."""
    yield "same", None, np.zeros(len(sheet.units))
    systems = tuple(dict.fromkeys(name for pair in sheet.pairs for name in pair))
    if len(systems) <= MOST_SYSTEMS:
        for system in systems:
            chosen = [(pair[0] == system) - (pair[1] == system) for _, pair in sheet.units]
            yield "system", system, np.array(chosen, dtype=np.float64)
    yield "majority", None, _majority(sheet)
    counted = gaps(export, sheet)
    yield "longer", None, np.sign(counted.characters)
    yield "fewer_questions", None, -np.sign(counted.questions)


def _majority(sheet: Sheet) -> Array:
    """The system that more of the raters' votes name, in each pair."""
    choice = np.nansum(np.sign(sheet.humans), axis=1)
    total = np.bincount(sheet.pair, weights=choice, minlength=len(sheet.pairs))
    majority: Array = np.sign(total)[sheet.pair]
    return majority


def _row(kind: Kind, found: list[Worth] | tuple[Worth, ...], system: str | None = None) -> Contender:
    told = [one for one in found if one.passes is not None]
    return Contender(
        kind=kind,
        system=system,
        items=max((one.units for one in found), default=0),
        winning_rate=_mean([one.winning_rate for one in found]),
        advantage=_mean([one.advantage for one in found]),
        correlation=_mean([one.guard.correlation for one in found]),
        guard_p=max((one.guard.p_value for one in found), default=None),
        passed=sum(bool(one.passes) for one in told),
        of=len(told),
    )


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return finite(sum(known) / len(known)) if known else None
