"""No figure claims certainty because nothing varied, and none speaks of others from fewer than six dialogues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.report.build import build, write
from results.scores import metrics
from results.statistics.agreement.alpha import Level
from results.statistics.at_large import margin_at_large
from results.statistics.effects import Effects
from results.statistics.figure import Figure
from results.statistics.preference import outcome
from results.statistics.ratings import ratings
from results.statistics.resample import Resampling
from results.tables.agreement import agreement
from results.tables.preference import preference
from results.tables.ratings import Reading
from results.tables.votes import Cast
from tests import judged as simulated

HOW = Resampling(resamples=100, seed=1)
FIVE = {"value", "low", "high", "method", "reason"}


def figures_in(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every figure of a JSON document, with where it stands."""
    if isinstance(value, dict):
        if set(value) >= FIVE:
            yield place, value
        for key, child in value.items():
            yield from figures_in(child, f"{place}.{key}")
    if isinstance(value, list):
        for number, child in enumerate(value):
            yield from figures_in(child, f"{place}[{number}]")


def assert_honest(document: Any) -> int:
    """Asserts it of every figure, and counts them."""
    listed = list(figures_in(json.loads(json.dumps(document))))
    for place, figure in listed:
        low, high = figure["low"], figure["high"]
        assert (low is None) == (high is None), place
        assert low is None or low < high, (place, figure)
        assert low is not None or figure["reason"], (place, figure)
    return len(listed)


def nearly_constant(items: int, apart: int) -> Export:
    """Three systems; everybody says the same of everything, but for the first `apart` items."""
    export = simulated.export(items, 3, systems=("base", "mid", "tuned"), missing=0.0)

    def same(row: JudgmentRow) -> JudgmentRow:
        if int(row.item_id[1:]) < apart:
            return row
        if row.criterion_kind == "preference":
            chosen = max(row.first_system or "", row.second_system or "")
            return row.model_copy(update={"value": 2, "strength": 2, "chosen_system": chosen})
        return row.model_copy(update={"value": 0})

    responses = tuple(row.model_copy(update={"questions": 0, "characters": 40}) for row in export.responses)
    return replace(export, judgments=tuple(same(row) for row in export.judgments), responses=responses)


@pytest.mark.parametrize(("items", "apart"), [(4, 0), (5, 2), (6, 0), (14, 0), (14, 1), (14, 2)])
def test_no_figure_of_a_report_has_no_width(items: int, apart: int, tmp_path: Path) -> None:
    report = write(build(nearly_constant(items, apart), 100), tmp_path / "out") / "report.json"
    document = json.loads(report.read_text(encoding="utf-8"))
    assert assert_honest(document) > 100
    if items < 6:
        assert [place for place, figure in figures_in(document) if figure["low"] is not None] == []


def test_a_rare_harm_is_bounded_from_above(tmp_path: Path) -> None:
    report = write(build(nearly_constant(14, 0), 100), tmp_path / "out") / "report.json"
    harm = next(r for r in json.loads(report.read_text(encoding="utf-8"))["ratings"] if r["criterion"] == "harm")
    share = harm["systems"]["base"]["share_yes"]
    assert (share["value"], share["low"]) == (0, 0)
    assert 0.15 < share["high"] < 0.4
    assert "Clopper-Pearson" in share["method"]


# A table of mostly one value: units, raters, and which cells differ.
tables = st.tuples(st.integers(1, 9), st.integers(1, 4), st.sampled_from([-1, 0, 1]), st.integers(0, 2))


def constant_table(table: tuple[int, int, int, int]) -> tuple[list[int], list[int], list[float]]:
    units, raters, value, apart = table
    cells = [(unit, rater, float(value)) for unit in range(units) for rater in range(raters)]
    changed = [(u, r, -v + 1 if place < apart else v) for place, (u, r, v) in enumerate(cells)]
    return [c[0] for c in changed], [c[1] for c in changed], [min(2.0, c[2]) for c in changed]


@settings(max_examples=30, deadline=None)
@given(tables, st.sampled_from(["nominal", "ordinal", "interval"]), st.sampled_from(["percentile", "bca"]))
def test_no_figure_of_the_agreement_command_has_no_width(
    table: tuple[int, int, int, int], level: Level, interval: Any
) -> None:
    values = ratings(*constant_table(table), domain=[-2, -1, 0, 1, 2])
    how = replace(HOW, interval=interval, unit="units")
    reading = Reading(values, numeric=level != "nominal", sets=(), notes=())
    found = agreement(reading, level, None, how, pairs=True).model_dump(mode="json")
    assert assert_honest(found) >= 11
    if table[0] < 6:
        assert all(figure["low"] is None for _, figure in figures_in(found))


@settings(max_examples=30, deadline=None)
@given(tables)
def test_no_figure_of_a_comparison_has_no_width(table: tuple[int, int, int, int]) -> None:
    values = ratings(*constant_table(table), domain=[-2, -1, 0, 1, 2])
    result = outcome(values, ("a", "b"), HOW)
    listed = [result.margin, result.win_share, result.vote_share, margin_at_large(values).figure]
    assert_honest([figure.five() for figure in (*listed, *result.raters.values(), *result.without.values())])
    if table[0] < 6:
        assert result.sign_test.p_value is None
        assert (result.margin_test.p_value or 1) > 0.05


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([1, 1, 1, 1, 0, -1]), min_size=1, max_size=12))
def test_no_strength_has_no_width(outcomes: list[int]) -> None:
    items = [str(number) for number in range(len(outcomes))]
    raters = [str(number % 3) for number in range(len(outcomes))]
    cast = Cast(items, raters, ["x"] * len(items), ["y"] * len(items), outcomes, items, [abs(o) for o in outcomes])
    found = preference(cast, replace(HOW, unit="items")).model_dump(mode="json")
    for entry in (*found["systems"].values(), *found["pairs"]):
        assert entry["low"] is None or entry["low"] < entry["high"]
        assert entry["low"] is not None or entry["reason"]
    assert_honest(found)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 8), st.integers(0, 2))
def test_no_score_or_effect_has_no_width(dialogues: int, apart: int) -> None:
    true = np.full((dialogues, 20), 3)
    given_values = true.copy()
    given_values[:apart] += 1
    clients = [str(number) for number in range(dialogues)]
    cells = metrics.tables(given_values, true)
    figures: list[Figure] = list(metrics.measured(cells, clients, tuple(metrics.MEASURES), HOW).values())
    figures += [metrics.difference(cells, cells, clients, name, HOW) for name in ("exact", "mae")]
    totals = given_values.sum(axis=1).astype(float)
    figures += metrics.total_figures(totals, true.sum(axis=1).astype(float), clients, HOW).values()
    figures += Effects(clients, HOW).between(totals.tolist(), true.sum(axis=1).tolist()).values()
    assert_honest([figure.five() for figure in figures])
    if dialogues < 6:
        assert all(figure.low is None for figure in figures)
