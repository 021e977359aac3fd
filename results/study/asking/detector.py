"""The detector of questions against the raters: its counts beside theirs, and how the amount was judged by count.

Counts: of each response, the median of the raters' counts (top-coded as asked). Asking at all is scored as a search for
responses with a question: precision = share of detected that raters see too, recall = share of theirs that it detects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np

from results.record.figure import FigureRecord
from results.record.ratings import AgainstCounts, AmountRow, DetectorRecord, RoomRow
from results.statistics.agreement.alpha import alpha
from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.ratings import ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue
from results.statistics.shares import share_figure
from results.study.judged import Judged
from results.study.measures import two_ended
from tasks.schema import Criterion, Target

TOP = 3
"""Detected counts of 3 and more are shown together."""


def detector(data: Judged, resampling: Resampling) -> DetectorRecord:
    """`against_counts`: None where no criterion counts questions; the others: None where none judges amount or room."""
    counts = next((c for c in data.study.criteria if c.kind == "count" and c.of == "response"), None)
    amount, room = (_two_ended(data, criterion) for criterion in ("question_amount", "floor"))
    return DetectorRecord(
        against_counts=_against(data, counts, resampling) if counts else None,
        amount_by_count=_amounts(data, amount) if amount else None,
        room_by_minimal=_rooms(data, room) if room else None,
    )


def _two_ended(data: Judged, criterion: str) -> Criterion | None:
    return next((c for c in data.study.criteria if c.criterion_id == criterion and two_ended(c)), None)


def _detected(data: Judged) -> dict[tuple[str, Target], int]:
    rows = data.export.responses
    return {(row.item_id, Target.of_system(row.system_id)): row.questions for row in rows if row.questions is not None}


def _against(data: Judged, criterion: Criterion, resampling: Resampling) -> AgainstCounts:
    detected, top = _detected(data), max(criterion.values())
    counted: dict[tuple[str, Target], list[float]] = {}
    dialogue: dict[str, str] = {}
    for row in data.of(criterion.criterion_id):
        if isinstance(row.value, (int, float)) and (row.item_id, row.target) in detected:
            counted.setdefault((row.item_id, row.target), []).append(row.value)
            dialogue[row.item_id] = row.dialogue
    keys = sorted(counted, key=lambda key: (dialogue[key[0]], key))
    pairs = [(min(detected[key], top), median(counted[key])) for key in keys]
    clusters = [dialogue[item] for item, _ in keys]
    both = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    detects, seen = both[:, 0] > 0, both[:, 1] > 0
    shares = {
        "precision": _share(detects & seen, detects, clusters, resampling),
        "recall": _share(detects & seen, seen, clusters, resampling),
        "same_count": _share(both[:, 0] == both[:, 1], np.ones(len(both), dtype=bool), clusters, resampling),
    }
    return AgainstCounts(
        criterion=criterion.criterion_id,
        responses=len(keys),
        **{name: FigureRecord.of(share) for name, share in shares.items()},
        alpha=FigureRecord.of(_alpha(both, keys, clusters, resampling)),
    )


def _share(hits: Any, of: Any, clusters: Sequence[str], resampling: Resampling) -> Figure:
    names = {name: place for place, name in enumerate(dict.fromkeys(clusters))}
    place = np.array([names[name] for name in clusters], dtype=np.int64)
    rows: Array = np.column_stack([hits & of, of]).astype(np.float64)
    if not of.any():
        return undefined(Reason.NO_SUCH_RESPONSE if len(of) else Reason.NO_COUNTS, "share of responses")
    sizes = Sizes(len(set(place[of])), 0, int(of.sum()))
    by_name = by_dialogue(rows, place, len(names))
    return share_figure(by_name, "share of responses", sizes, resampling, Reason.NO_SUCH_RESPONSE)


def _alpha(counts: Array, keys: Sequence[tuple[str, str]], clusters: Sequence[str], resampling: Resampling) -> Figure:
    """Interval alpha of detector and raters' median as two raters of each response."""
    units = [f"{item} {target}" for item, target in keys]
    values = [float(value) for value in counts.T.ravel()]
    who = ["detector"] * len(keys) + ["raters"] * len(keys)
    return alpha(ratings(units * 2, who, values, [*clusters, *clusters]), "interval", resampling)


def _amounts(data: Judged, criterion: Criterion) -> tuple[AmountRow, ...]:
    """By detected number of questions (3 = 3 and more): ratings at each point of the amount scale."""
    counts = {place: min(count, TOP) for place, count in _detected(data).items()}
    rows = _ratings_by(data, criterion, counts)
    return tuple(AmountRow(detected=count, ratings=cells) for count, cells in rows.items())


def _rooms(data: Judged, criterion: Criterion) -> tuple[RoomRow, ...]:
    """Of minimal responses and of the others: ratings at each point of the scale of room to go on."""
    minimal = {
        (row.item_id, Target.of_system(row.system_id)): int(row.minimal)
        for row in data.export.responses
        if row.minimal is not None
    }
    rows = _ratings_by(data, criterion, minimal)
    return tuple(RoomRow(minimal=bool(kind), ratings=cells) for kind, cells in rows.items())


def _ratings_by(
    data: Judged, criterion: Criterion, group: Mapping[tuple[str, Target], int]
) -> dict[int, dict[str, int]]:
    """Ratings at each point of a scale (as text), by the group of the response, groups ascending."""
    rated = Counter(
        (found, row.value)
        for row in data.of(criterion.criterion_id)
        if isinstance(row.value, int) and (found := group.get((row.item_id, row.target))) is not None
    )
    groups, points = sorted({found for found, _ in rated}), sorted(criterion.values())
    return {found: {str(point): rated[found, point] for point in points} for found in groups}
