"""Of many systems a report ranks first and lists no pair unasked; of many raters it compares no two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from results.__main__ import main
from results.export.folder import Export, write
from results.record.report import ReportRecord
from results.report.build import build
from results.report.pages import lay_out
from results.study.agreement import MOST_RATERS
from results.study.judged import MOST_SYSTEMS
from tests import judged

pytestmark = pytest.mark.slow

SYSTEMS = tuple(f"m{number:02d}" for number in range(MOST_SYSTEMS + 1))
PAIRS = len(SYSTEMS) * (len(SYSTEMS) - 1) // 2


@pytest.fixture(scope="module")
def export() -> Export:
    """13 systems: two raters see each of the 78 pairs once."""
    return judged.export(items=PAIRS, raters=2, systems=SYSTEMS, missing=0)


@pytest.fixture(scope="module")
def record(export: Export) -> ReportRecord:
    return build(export, 100).record


def test_the_order_stands_first_and_no_pair_is_listed(record: ReportRecord) -> None:
    found = record.preference
    assert (found.pairs, found.pairs_left_out, found.rankings) == ((), PAIRS, ())
    assert found.strengths is not None
    assert set(found.strengths.systems) == set(SYSTEMS)
    assert all(not rating.pairs for rating in record.ratings)
    assert record.leaks == ()
    page = lay_out(record, "en").markdown()
    strongest = max(found.strengths.systems.items(), key=lambda entry: entry[1].value or 0)[0]
    assert f"1. {strongest.title()}" in page
    assert f"{len(SYSTEMS)} systems were compared in pairs, {PAIRS} of which are not listed" in page
    assert any(strongest.title() in sentence for sentence in record.answer["en"])


def test_a_pair_that_the_study_named_is_listed(export: Export) -> None:
    primary = export.study.primary.model_copy(update={"systems": ("m03", "m01")})
    found = build(replace(export, study=export.study.model_copy(update={"primary": primary})), 100).record.preference
    assert [(pair.systems, pair.role) for pair in found.pairs] == [(("m03", "m01"), "primary")]
    assert found.pairs_left_out == PAIRS - 1


def test_the_others_are_listed_on_request(export: Export, tmp_path: Path) -> None:
    few = judged.export(items=20, raters=2, systems=SYSTEMS, missing=0)
    write(few, tmp_path / "export")
    arguments = ["report", str(tmp_path / "export"), "--out", str(tmp_path / "out"), "--resamples", "100"]
    assert main([*arguments, "--pairs"]) == 0
    found = ReportRecord.model_validate_json((tmp_path / "out/report.json").read_bytes()).preference
    compared = {frozenset((row.first_system, row.second_system)) for row in few.assignments}
    assert {frozenset(pair.systems) for pair in found.pairs} == compared
    assert found.pairs_left_out == 0


def test_twelve_systems_are_compared_two_by_two() -> None:
    few = judged.export(items=12, raters=2, systems=SYSTEMS[:MOST_SYSTEMS], missing=0)
    assert build(few, 2).record.preference.pairs_left_out == 0


def test_of_many_raters_no_two_are_compared() -> None:
    many = build(judged.export(items=2, raters=MOST_RATERS + 1), 2).record
    assert all(entry.pairs_of_raters == () for entry in many.agreement)
    assert "Of more than 50 raters, agreement is not given for every two." in lay_out(many, "en").markdown()
