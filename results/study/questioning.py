"""How often systems ask: rates of questions, by the detector of `tasks.data.questions`, by system, paired by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from results.export.folder import Export
from results.export.rows import ResponseRow
from results.statistics.figure import Figure, Sizes
from results.statistics.means import mean_figure
from results.statistics.ratings import Pair
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue, figure
from results.statistics.shares import share_difference_figure, share_figure


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
    responses = [rows.get((item, system)) for item in items]
    table = [(1, row.questions > 0, row.questions, row.characters) if row else (0, 0, 0, 0) for row in responses]
    return np.array(table, dtype=np.float64).reshape(-1, 4)


_COLUMNS: Mapping[str, tuple[int, int]] = {
    "share_asking": (1, 0),
    "questions": (2, 0),
    "questions_per_100_characters": (2, 3),
    "characters": (3, 0),
}
"""Of which sums a measure is the ratio."""


def _rows(sums: Array, measure: str) -> Array:
    """Numerator and denominator of a measure by dialogue, shape (D, 2)."""
    top, bottom = _COLUMNS[measure]
    scale = 100 if measure == "questions_per_100_characters" else 1
    return np.column_stack([scale * sums[:, top], sums[:, bottom]])


def _level(sums: Array, measure: str, resampling: Resampling) -> Figure:
    sizes = Sizes(items=int((sums[:, 0] > 0).sum()), judgments=int(sums[:, 0].sum()))
    figure_of = share_figure if measure == "share_asking" else mean_figure
    return figure_of(_rows(sums, measure), "detector of questions", sizes, resampling, Reason.NO_RESPONSES)


def _difference(by_system: Mapping[str, Array], pair: Pair, measure: str, resampling: Resampling) -> Figure:
    first, second = by_system[pair[0]], by_system[pair[1]]
    sizes = Sizes(
        items=int(((first[:, 0] > 0) & (second[:, 0] > 0)).sum()),
        judgments=int(first[:, 0].sum() + second[:, 0].sum()),
    )
    rows = np.hstack([_rows(first, measure), _rows(second, measure)])
    name = "paired difference"
    if measure == "share_asking":
        return share_difference_figure(rows, name, sizes, resampling, Reason.NO_RESPONSES)
    return figure(rows, _gap, name, sizes, resampling, Reason.NO_RESPONSES)


def _gap(sums: Array) -> Array:
    """Difference of two ratios of sums."""
    gap: Array = sums[..., 0] / sums[..., 1] - sums[..., 2] / sums[..., 3]
    return gap
