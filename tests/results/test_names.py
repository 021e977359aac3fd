"""Names travel with ratings: relabelling, dropping and unbalancing raters never puts a figure under another's name."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.report.build import build, write
from results.statistics.preference import outcome
from results.statistics.ratings import Pair, ratings
from results.statistics.resample import Resampling
from results.study.agreement import agreement_of
from results.study.judged import Judged, judged, preference_ratings, signed
from results.tables.agreement import pairs_of_raters
from tests import judged as simulated

pytestmark = pytest.mark.slow

POINT = Resampling(resamples=2)
SYSTEMS = ("base", "full", "high", "low")
RATERS = ("R001", "R002", "R003", "R004", "R005")


@cache
def _export() -> Export:
    return simulated.export(24, len(RATERS), systems=SYSTEMS, missing=0.1)


def _preferences(data: Judged) -> list[JudgmentRow]:
    return [row for row in data.of("preference") if row.strength is not None]


def _by_item(rows: Iterable[JudgmentRow], pair: Pair) -> dict[str, dict[str, int]]:
    """Signed strengths by item and rater, read from the rows alone."""
    votes: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        if {row.first_system, row.second_system} == set(pair):
            votes[row.item_id][row.rater] = signed(row, pair) or 0
    return votes


def _mean_margin(votes: Mapping[str, Mapping[str, int]], raters: Iterable[str]) -> float | None:
    kept = [[v for rater, v in item.items() if rater in set(raters)] for item in votes.values()]
    margins = [mean(values) for values in kept if values]
    return mean(margins) if margins else None


# What is left of each rater's work, and the name each rater goes by.
LEFT_OUT = st.sets(st.tuples(st.sampled_from(RATERS), st.sampled_from([f"i{n:04d}" for n in range(24)])), max_size=90)
NAMES = st.permutations(["Z9", "b", "A", "R003", "R001"])


@settings(max_examples=8, deadline=None)
@given(LEFT_OUT, NAMES)
def test_margins_and_agreement_stand_under_the_rater_who_gave_them(
    left_out: set[tuple[str, str]], names: list[str]
) -> None:
    name = dict(zip(RATERS, names, strict=True))
    rows = tuple(
        row.model_copy(update={"rater": name[row.rater]})
        for row in _export().judgments
        if (row.rater, row.item_id) not in left_out
    )
    data = judged(replace(_export(), judgments=rows))
    given_rows = _preferences(data)
    criterion = data.study.criterion("preference")
    for pair in data.pairs():
        votes = _by_item(given_rows, pair)
        result = outcome(preference_ratings(data.of("preference"), criterion, [pair]), pair, POINT)
        raters = {rater for item in votes.values() for rater in item}
        assert set(result.raters) == set(result.without) == raters
        for rater in raters:
            assert result.raters[rater].value == pytest.approx(_mean_margin(votes, [rater]))
            assert result.without[rater].value == pytest.approx(_mean_margin(votes, raters - {rater}))
        assert {item.item: item.margin for item in result.items} == pytest.approx(
            {item: mean(values.values()) for item, values in votes.items()}
        )
    agreement = agreement_of(data, criterion, POINT)
    assert agreement is not None
    for first, second in combinations(sorted({row.rater for row in data.of("preference")}), 2):
        assert agreement.pairwise[first, second] == pytest.approx(_same_choice(data, given_rows, first, second))
        assert (first, second) in agreement.kappas


def _same_choice(data: Judged, rows: list[JudgmentRow], first: str, second: str) -> tuple[float | None, int]:
    same = []
    for pair in data.pairs():
        for votes in _by_item(rows, pair).values():
            if first in votes and second in votes:
                one, two = votes[first], votes[second]
                same.append((one > 0) - (one < 0) == (two > 0) - (two < 0))
    return (mean(same) if same else None), len(same)


def test_the_report_prints_each_rater_s_own_margin(tmp_path: Path) -> None:
    rows = tuple(
        row
        for row in _export().judgments
        if row.rater != "R001" or {row.first_system, row.second_system} != set(SYSTEMS[:2])
    )
    export = replace(_export(), judgments=rows)
    report = json.loads((write(build(export, 100), tmp_path / "out") / "report.json").read_text(encoding="utf-8"))
    given_rows = _preferences(judged(export))
    for entry in report["preference"]["pairs"]:
        votes = _by_item(given_rows, tuple(entry["systems"]))
        expected = {rater: _mean_margin(votes, [rater]) for item in votes.values() for rater in item}
        assert {line["rater"]: line["value"] for line in entry["by_rater"]} == pytest.approx(expected)


@given(st.permutations(["Z", "a", "10", "9"]))
def test_kappas_of_the_command_name_the_two_raters(names: list[str]) -> None:
    # The first two agree throughout, the third says the opposite; the fourth rated nothing.
    columns = [
        (f"u{unit}", names[rater], value if rater < 3 else None)
        for unit in range(8)
        for rater, value in enumerate((unit % 2, unit % 2, 1 - unit % 2, 0))
    ]
    units, raters, values = zip(*columns, strict=True)
    listed = pairs_of_raters(ratings(units, raters, values, domain=(0, 1)), "nominal", POINT)
    kappas = {frozenset(entry.raters): entry.cohen_kappa.value for entry in listed}
    assert kappas == {
        frozenset(names[:2]): 1.0,
        frozenset((names[0], names[2])): -1.0,
        frozenset((names[1], names[2])): -1.0,
    }
