"""Facts of presentation order: whether the first side is chosen more often. The only figures that see sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from results.export.rows import JudgmentRow
from results.statistics.figure import Figure, Sizes
from results.statistics.reasons import Reason
from results.statistics.resample import Resampling, by_dialogue
from results.statistics.shares import share_figure
from tasks.schema import Study


@dataclass(frozen=True)
class Order:
    """`first_share` is the share of decisive votes for the side shown first; 0.5 = no effect of position."""

    first_share: Figure
    raters: Mapping[str, tuple[int, int]]
    """By rater: votes for the first side, decisive votes."""
    shares: Mapping[str, Figure]
    """By rater: the share of the own decisive votes for the first side."""
    shown_first: Mapping[str, tuple[int, int]]
    """By system: times shown first, times shown."""


def order(rows: Sequence[JudgmentRow], resampling: Resampling) -> Order:
    """From the main preference judgments, missing ones included."""
    decisive = [row for row in rows if row.chosen_system is not None]
    by_rater: dict[str, list[JudgmentRow]] = {}
    for row in decisive:
        by_rater.setdefault(row.rater, []).append(row)
    return Order(
        first_share=_first_share(decisive, resampling),
        raters=_by_rater(decisive),
        shares={rater: _first_share(own, resampling) for rater, own in sorted(by_rater.items())},
        shown_first=_shown_first(rows),
    )


def sides_known(study: Study) -> bool:
    """False of imports that list two responses without saying where each stood."""
    return study.imported is None or study.imported.order == "shown"


def _first_share(decisive: Sequence[JudgmentRow], resampling: Resampling) -> Figure:
    names = {name: place for place, name in enumerate(sorted({row.dialogue for row in decisive}))}
    place = np.array([names[row.dialogue] for row in decisive], dtype=np.int64)
    first = np.array([row.chosen_system == row.first_system for row in decisive], dtype=np.float64)
    rows = np.column_stack([first, np.ones(len(first))])
    sizes = Sizes(len(names), len({row.rater for row in decisive}), len(decisive))
    name = "share of decisive votes for the first side"
    by_name = by_dialogue(rows, place, len(names))
    return share_figure(by_name, name, sizes, resampling, Reason.NO_DECISIVE_VOTE)


def _by_rater(decisive: Sequence[JudgmentRow]) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for row in sorted(decisive, key=lambda row: row.rater):
        first, votes = counts.get(row.rater, (0, 0))
        counts[row.rater] = (first + (row.chosen_system == row.first_system), votes + 1)
    return counts


def _shown_first(rows: Sequence[JudgmentRow]) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        for system in (row.first_system, row.second_system):
            if system is not None:
                first, shown = counts.get(system, (0, 0))
                counts[system] = (first + (system == row.first_system), shown + 1)
    return dict(sorted(counts.items()))
