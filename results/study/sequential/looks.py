"""Looks of a study that may stop: whether one can be taken, and what it answers.

A look has the items of the blocks up to it, judged by every Seat that counts, and answers `enough` or `go on` by the
bounds of results/statistics/sequential/spending.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from results.export.folder import Export
from results.export.rows import LookRow
from results.statistics.preference import item_margins
from results.statistics.ratings import Ratings
from results.statistics.reasons import Reason
from results.statistics.sequential.look import Look, look
from results.study.exclusions import governed
from results.study.judged import Judged, judged, preference_ratings
from tasks.design.blocks import dealt
from tasks.schema import Criterion

WAITING = ("planned", "shown")
"""Of an assignment that may still be judged."""
NAME = "mean margin per item"


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
    table = votes_table(data, data.study.criterion(data.study.primary.criterion))
    items = judged_items(table)
    found = comparison(table, [*shares_of(export.looks), share(items, len(export.items), export.looks)])
    return LookRow(
        at=export.exported_at,
        look=number,
        of=of,
        items=items,
        planned=len(export.items),
        level=found.level,
        enough=found.enough,
    )


def votes_table(data: Judged, criterion: Criterion) -> Ratings:
    """Signed strengths of the one pair that such a study compares, by item; empty where nothing was judged."""
    return preference_ratings(data.of(criterion.criterion_id), criterion, data.pairs()[:1])


def judged_items(table: Ratings) -> int:
    """Items with a vote."""
    return int(np.count_nonzero(np.bincount(table.unit, minlength=table.units)))


def shares_of(looks: Sequence[LookRow]) -> list[float]:
    """Of the information at each look."""
    return [one.items / one.planned for one in looks]


def share(part: int, planned: int, before: Sequence[LookRow]) -> float:
    """Of the information, which is never less than it was."""
    return max([part / planned, *shares_of(before)])


def comparison(table: Ratings, shares: Sequence[float]) -> Look:
    """The comparison after looks at these shares of the information."""
    margins, votes = item_margins(table)
    rows = table.by_dialogue(np.column_stack([margins, votes > 0]))
    return look(rows, shares, NAME, table.sizes(), Reason.NO_VOTES)
