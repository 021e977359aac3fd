"""The primary comparison within topics and depths of the dialogue: exploratory, never tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from results.export.rows import ItemRow
from results.statistics.figure import Figure
from results.statistics.preference import mean_margin
from results.statistics.ratings import Pair
from results.statistics.resample import Resampling
from results.study.judged import Judged, preference_ratings
from tasks.schema import Criterion

By = Literal["topic", "depth"]

BANDS = ("early", "middle", "late")
"""Depth of the dialogue in thirds."""
FEWEST = 3
"""Items that a part must have to be shown."""


@dataclass(frozen=True)
class Stratum:
    """Items of one topic, or of one third of the dialogue; `margin` is null where none was judged."""

    by: By
    name: str
    margin: Figure


def strata(data: Judged, criterion: Criterion, pair: Pair, resampling: Resampling) -> tuple[Stratum, ...]:
    """Margins by `topic` and `depth`; parts of few items, and divisions into one part, are left out."""
    rows = data.of(criterion.criterion_id)
    parts: dict[By, Callable[[ItemRow], str]] = {"topic": lambda item: item.topic, "depth": _band}
    listed: list[Stratum] = []
    for by, name_of in parts.items():
        names = {item.item_id: name_of(item) for item in data.export.items}
        sizes = Counter(name for name in names.values() if name)
        met = sorted((name for name, items in sizes.items() if items >= FEWEST), key=_rank)
        if len(met) < 2:
            continue
        for name in met:
            own = rows.where(rows.columns.item.is_one(*(item for item, of in names.items() if of == name)))
            ratings = preference_ratings(own, criterion, [pair])
            listed.append(Stratum(by, name, mean_margin(ratings, resampling)))
    return tuple(listed)


def _rank(name: str) -> tuple[int, str]:
    return (BANDS.index(name), "") if name in BANDS else (len(BANDS), name)


def _band(item: ItemRow) -> str:
    return "" if item.depth is None else BANDS[int(np.clip(item.depth * 3, 0, 2))]
