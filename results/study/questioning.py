"""How often systems ask: rates of questions, by the detector of `tasks.data.questions`, by system, paired by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from results.export.folder import Export
from results.export.rows import ResponseRow
from results.statistics.figure import Figure, Sizes
from results.statistics.ratings import Pair
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, Statistic, by_dialogue, figure, mean_statistic


@dataclass(frozen=True)
class Questioning:
    """By measure: each system's rate, and for each pair the first system's rate minus the second's."""

    systems: Mapping[str, Mapping[str, Figure]]
    differences: Mapping[str, Mapping[Pair, Figure]]


MEASURES = ("share_asking", "questions", "questions_per_100_characters", "characters")


def questioning(
    export: Export, systems: tuple[str, ...], pairs: tuple[Pair, ...], resampling: Resampling
) -> Questioning:
    """Rates over all responses of the study's items, judged or not. Questions per 100 characters is a ratio of sums."""
    dialogue = {item.item_id: item.dialogue for item in export.items}
    rows = {(row.item_id, row.system_id): row for row in export.responses if row.item_id in dialogue}
    items = sorted(dialogue, key=lambda item: (dialogue[item], item))
    names = {name: place for place, name in enumerate(dict.fromkeys(dialogue[item] for item in items))}
    place = np.array([names[dialogue[item]] for item in items], dtype=np.int64)
    sums = {s: by_dialogue(_features(items, rows, s), place, len(names)) for s in systems}
    return Questioning(
        systems={m: {s: _level(sums[s], m, resampling) for s in systems} for m in MEASURES},
        differences={m: {pair: _difference(sums, pair, m, resampling) for pair in pairs} for m in MEASURES},
    )


def _features(items: list[str], rows: Mapping[tuple[str, str], ResponseRow], system: str) -> Array:
    """Columns responses, responses with a question, questions, characters; a row of zeros where there is none."""
    found = [rows.get((item, system)) for item in items]
    table = [(1, row.questions > 0, row.questions, row.characters) if row else (0, 0, 0, 0) for row in found]
    return np.array(table, dtype=np.float64).reshape(-1, 4)


def _statistic(measure: str) -> Statistic:
    column = {"share_asking": 1, "questions": 2, "characters": 3}
    if measure in column:
        return lambda sums: mean_statistic(sums[..., [column[measure], 0]])
    return lambda sums: 100 * sums[..., 2] / sums[..., 3]


def _level(sums: Array, measure: str, resampling: Resampling) -> Figure:
    made = figure(sums, _statistic(measure), resampling, Reason.NO_RESPONSES)
    sizes = Sizes(items=int((sums[:, 0] > 0).sum()), judgments=int(sums[:, 0].sum()))
    return replace(made, method=f"detector of questions; {resampling.method}").of(sizes)


def _difference(by_system: Mapping[str, Array], pair: Pair, measure: str, resampling: Resampling) -> Figure:
    one, two = by_system[pair[0]], by_system[pair[1]]
    statistic = _statistic(measure)
    made = figure(
        np.hstack([one, two]),
        lambda sums: statistic(sums[..., :4]) - statistic(sums[..., 4:]),
        resampling,
        Reason.NO_RESPONSES,
    )
    sizes = Sizes(
        items=int(((one[:, 0] > 0) & (two[:, 0] > 0)).sum()), judgments=int(one[:, 0].sum() + two[:, 0].sum())
    )
    return replace(made, method=f"paired difference; {resampling.method}").of(sizes)
