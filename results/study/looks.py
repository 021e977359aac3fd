"""Looks of a study that may stop: whether one can be taken, what it answers, and what the whole comes to at the end.

A look has the items of the blocks up to it, judged by every Seat that counts, and answers `enough` or `go on` by the
bounds of results/statistics/stopping.py. At the end all that was judged counts. After `enough` the share of items that
were judged is the information at the end; otherwise the end is the last look, which has all that is left to spend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from results.export.folder import Export
from results.export.rows import LookRow
from results.statistics.preference import item_margins
from results.statistics.ratings import Ratings
from results.statistics.reasons import Reason
from results.statistics.stopping import Look, look
from results.study.exclusions import governed
from results.study.judged import Judged, judged, preference_of, preference_ratings
from tasks.design.blocks import dealt
from tasks.schema import Criterion

WAITING = ("planned", "shown")
"""Of an assignment that may still be judged."""
NAME = "mean margin per item"
Departure = Literal["went_on", "ended_early"]
"""What was done against the rule's last answer: a further block was judged after `enough`, or not all of them after
`go on`."""


@dataclass(frozen=True)
class Ending:
    """How a study that may stop ended.

    Attributes:
        look: the comparison over all that was judged, against the bound at the end.
        stopped_at: the look that answered `enough`; None where none did.
        items: items judged, of `planned`; `at_look` of them when it answered.
    """

    look: Look
    stopped_at: int | None
    items: int
    at_look: int
    planned: int
    departure: Departure | None


def blocks(export: Export) -> dict[str, int]:
    """The block of each item by its id, from 1."""
    design, places = export.study.design, [(row.dialogue, row.stratum) for row in export.items]
    found = dealt(places, design.looks, design.seed)
    return {row.item_id: int(block) + 1 for row, block in zip(export.items, found, strict=True)}


def missing(export: Export, up_to: int, after: int = 0) -> int:
    """Main assignments of blocks after..up_to that count and are not judged yet."""
    block = blocks(export)
    main = (row for row in export.assignments if row.kind == "main" and row.status in WAITING)
    return sum(after < block[row.item_id] <= up_to for row in main)


def take(export: Export, number: int) -> LookRow:
    """The look after block `number`, 1..looks-1, taken now."""
    block, of = blocks(export), export.study.design.looks
    seen = replace(export, judgments=tuple(row for row in export.judgments if block.get(row.item_id, of) <= number))
    data = governed(judged(seen))
    table = _table(data, data.study.criterion(data.study.primary.criterion))
    items = judged_items(table)
    found = _look(table, [*_shares(export.looks), _share(items, len(export.items), export.looks)])
    return LookRow(
        at=export.exported_at,
        look=number,
        of=of,
        items=items,
        planned=len(export.items),
        level=found.level,
        enough=found.enough,
    )


def ending(data: Judged) -> Ending | None:
    """How the study ended, from what the figures rest on; None where it declared no looks before its end."""
    export, criterion = data.export, preference_of(data)
    if data.study.design.looks == 1 or criterion is None or not data.pairs():
        return None
    table, looks, planned = _table(data, criterion), export.looks, len(export.items)
    items, last = judged_items(table), export.looks[-1] if export.looks else None
    enough = last is not None and last.enough
    shares = [*_shares(looks), _share(items, planned, looks) if enough else 1.0]
    return Ending(
        look=_look(table, shares),
        stopped_at=last.look if last is not None and enough else None,
        items=items,
        at_look=last.items if last is not None else 0,
        planned=planned,
        departure=_departure(export, last),
    )


def _departure(export: Export, last: LookRow | None) -> Departure | None:
    if last is None:
        return None
    if last.enough:
        return "went_on" if missing(export, last.look + 1, last.look) == 0 else None
    return "ended_early" if missing(export, last.of) else None


def _table(data: Judged, criterion: Criterion) -> Ratings:
    return preference_ratings(data.of(criterion.criterion_id), criterion, data.pairs()[:1])


def judged_items(table: Ratings) -> int:
    """Items with a vote."""
    return int(np.count_nonzero(np.bincount(table.unit, minlength=table.units)))


def _shares(looks: Sequence[LookRow]) -> list[float]:
    return [one.items / one.planned for one in looks]


def _share(items: int, planned: int, before: Sequence[LookRow]) -> float:
    """Of the information, which is never less than it was."""
    return max([items / planned, *_shares(before)])


def _look(table: Ratings, shares: Sequence[float]) -> Look:
    margins, votes = item_margins(table)
    rows = table.by_dialogue(np.column_stack([margins, votes > 0]))
    return look(rows, shares, NAME, table.sizes(), Reason.NO_VOTES)
