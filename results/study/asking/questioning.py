"""How often systems ask and how often they answer minimally, by the rules of the responses' language (`tasks.asking`).

By system, paired by item, and how the two move together. A question is never a minimal response, so the correlations
lean towards -1 by themselves; what they tell is how much room other responses leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from results.export.folder import Export
from results.export.rows import ResponseRow
from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.means import mean_figure
from results.statistics.ratings import Indices, Pair
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue, figure
from results.statistics.shares import share_difference_figure, share_figure
from results.study.asking.correlation import over_items, over_systems
from tasks.asking.detectors import Basis, basis


@dataclass(frozen=True)
class Questioning:
    """By measure: each system's rate, and for each pair the first system's rate minus the second's.

    `together` correlates the share that asks with the share that is minimal, `over_systems` and `over_items`.
    `languages` are those in which the responses are written; `basis` is what questions are found by in all of them.
    """

    systems: Mapping[str, Mapping[str, Figure]]
    differences: Mapping[str, Mapping[Pair, Figure]]
    together: Mapping[str, Figure]
    languages: tuple[str, ...]
    basis: Basis


MEASURES = ("share_asking", "share_minimal", "questions", "questions_per_100_characters", "characters")
_FEATURES = ("responses", "asking", "questions", "characters", "minimal", "counted", "told")
_COLUMNS: Mapping[str, tuple[str, str]] = {
    "share_asking": ("asking", "counted"),
    "share_minimal": ("minimal", "told"),
    "questions": ("questions", "counted"),
    "questions_per_100_characters": ("questions", "characters"),
    "characters": ("characters", "responses"),
}
"""Of which sums a measure is the ratio."""
WEAKEST: tuple[Basis, ...] = ("none", "marks", "rules")
_SHARES = ("share_asking", "share_minimal")


def questioning(
    export: Export, systems: tuple[str, ...], pairs: tuple[Pair, ...], resampling: Resampling
) -> Questioning:
    """Rates over all responses of the study's items, judged or not. Questions per 100 characters is a ratio of sums."""
    dialogue = {item.item_id: item.dialogue for item in export.items}
    rows = {(row.item_id, row.system_id): row for row in export.responses if row.item_id in dialogue}
    items = sorted(dialogue, key=lambda item: (dialogue[item], item))
    names = {name: place for place, name in enumerate(dict.fromkeys(dialogue[item] for item in items))}
    place = np.array([names[dialogue[item]] for item in items], dtype=np.int64)
    features = {s: _features(items, rows, s) for s in systems}
    sums = {s: by_dialogue(features[s], place, len(names)) for s in systems}
    rates = _Rates(*_language(tuple(rows.values())), resampling)
    return Questioning(
        systems={m: {s: rates.level(sums[s], m) for s in systems} for m in MEASURES},
        differences={m: {pair: rates.difference(sums, pair, m) for pair in pairs} for m in MEASURES},
        together=rates.together(list(features.values()), list(sums.values()), place),
        languages=rates.languages,
        basis=rates.basis,
    )


def _language(rows: Sequence[ResponseRow]) -> tuple[tuple[str, ...], Basis]:
    """The languages of the responses, and what questions are found by in all of them: marks where one has no more."""
    languages = tuple(sorted({row.language for row in rows}))
    bases = set(map(basis, languages))
    return languages, next((weakest for weakest in WEAKEST if weakest in bases), "none")


def _features(items: list[str], rows: Mapping[tuple[str, str], ResponseRow], system: str) -> Array:
    """Columns of `_FEATURES`, shape (items, 7); a row of zeros where there is no response."""
    responses = [rows.get((item, system)) for item in items]
    return np.array([_facts(row) for row in responses], dtype=np.float64).reshape(-1, len(_FEATURES))


def _facts(row: ResponseRow | None) -> tuple[int, ...]:
    if row is None:
        return (0,) * len(_FEATURES)
    questions, minimal = row.questions or 0, bool(row.minimal)
    return 1, questions > 0, questions, row.characters, minimal, row.questions is not None, row.minimal is not None


def _column(table: Array, name: str) -> Array:
    column: Array = table[:, _FEATURES.index(name)]
    return column


def _rows(sums: Array, measure: str) -> Array:
    """Numerator and denominator of a measure by dialogue, shape (D, 2)."""
    top, bottom = (_column(sums, name) for name in _COLUMNS[measure])
    return np.column_stack([100 * top if measure == "questions_per_100_characters" else top, bottom])


@dataclass(frozen=True)
class _Rates:
    """Figures of the sums, with what they are counted by."""

    languages: tuple[str, ...]
    basis: Basis
    resampling: Resampling

    def level(self, sums: Array, measure: str) -> Figure:
        sizes = _sizes(sums)
        if (reason := self._obstacle(measure, sums)) is not None:
            return undefined(reason, self._method(measure), sizes)
        figure_of = share_figure if measure in _SHARES else mean_figure
        return figure_of(_rows(sums, measure), self._method(measure), sizes, self.resampling, Reason.NO_RESPONSES)

    def difference(self, by_system: Mapping[str, Array], pair: Pair, measure: str) -> Figure:
        first, second = by_system[pair[0]], by_system[pair[1]]
        sizes = Sizes(
            items=int(((first[:, 0] > 0) & (second[:, 0] > 0)).sum()),
            judgments=int(first[:, 0].sum() + second[:, 0].sum()),
        )
        name = f"paired difference; {self._method(measure)}"
        if (reason := self._obstacle(measure, first, second)) is not None:
            return undefined(reason, name, sizes)
        rows = np.hstack([_rows(first, measure), _rows(second, measure)])
        if measure in _SHARES:
            return share_difference_figure(rows, name, sizes, self.resampling, Reason.NO_RESPONSES)
        return figure(rows, _gap, name, sizes, self.resampling, Reason.NO_RESPONSES)

    def together(self, features: list[Array], sums: list[Array], place: Indices) -> dict[str, Figure]:
        """Correlations of the share that asks with the share that is minimal; undefined with the reason."""
        if not sums:
            return dict.fromkeys(
                ("over_systems", "over_items"), undefined(Reason.NO_RESPONSES, "Pearson's r", Sizes(0, 0, 0))
            )
        sizes = Sizes(
            items=int(np.any([table[:, 0] > 0 for table in sums], axis=0).sum()),
            judgments=int(sum(table[:, 0].sum() for table in sums)),
        )
        reason = self._obstacle("share_asking", *sums) or self._obstacle("share_minimal", *sums)
        if reason is not None:
            return {name: undefined(reason, "Pearson's r", sizes) for name in ("over_systems", "over_items")}
        shares = [np.hstack([_rows(table, measure) for measure in _SHARES]) for table in sums]
        return {
            "over_systems": over_systems(shares, sizes, self.resampling),
            "over_items": over_items(_by_item(features), place, sizes, self.resampling),
        }

    def _obstacle(self, measure: str, *tables: Array) -> Reason | None:
        """Why a measure cannot be had of responses that are there; None where it can, or where there are none."""
        if not any(table[:, 0].any() for table in tables):
            return None
        known = "told" if measure == "share_minimal" else "counted"
        if measure == "characters" or all(np.array_equal(table[:, 0], _column(table, known)) for table in tables):
            return None
        return Reason.NO_MINIMAL_RULE if measure == "share_minimal" else Reason.NO_DETECTOR

    def _method(self, measure: str) -> str:
        if measure == "characters":
            return "length"
        counted = "minimal responses" if measure == "share_minimal" else f"questions by {self.basis}"
        return f"{counted} ({', '.join(self.languages)})"


def _sizes(sums: Array) -> Sizes:
    return Sizes(items=int((sums[:, 0] > 0).sum()), judgments=int(sums[:, 0].sum()))


def _by_item(features: list[Array]) -> Array:
    """Of each item with a response: share of its responses that ask, and share that are minimal; NaN without one."""
    count = np.sum([table[:, 0] for table in features], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [np.sum([_column(t, name) for t in features], axis=0) / count for name in ("asking", "minimal")]
    return np.column_stack(shares)


def _gap(sums: Array) -> Array:
    """Difference of two ratios of sums."""
    gap: Array = sums[..., 0] / sums[..., 1] - sums[..., 2] / sums[..., 3]
    return gap
