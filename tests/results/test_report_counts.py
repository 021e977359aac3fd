"""One count of judgments whose parts add up, and the workbook beside the CSV files."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from results.export.folder import Export
from results.record.report import ReportRecord
from results.report.build import build, write
from results.report.csv_tables import csv_tables, tables, workbook_of
from results.report.planned import parts_record
from results.study.judged import judged as main_judgments
from results.study.judged import preference_of
from tests import judged

MADE = judged.export(items=8, raters=3, missing=0.2)
STATES = ("submitted", "cannot_judge", "skipped", "planned", "shown", "reclaimed")


def in_state(export: Export, states: list[str]) -> Export:
    """The export with its assignments in these states; what was left or not answered has no value."""
    rows, judgments = [], []
    for row, state in zip(export.assignments, states, strict=True):
        left = state if state in ("cannot_judge", "skipped") else None
        rows.append(row.model_copy(update={"status": "left" if left else state, "left": left}))
    answered = {row.assignment_id for row in rows if row.status == "submitted"}
    for judgment in export.judgments:
        if judgment.assignment_id in answered:
            judgments.append(judgment)
    return replace(export, assignments=tuple(rows), judgments=tuple(judgments))


@given(st.lists(st.sampled_from(STATES), min_size=24, max_size=24))
@settings(max_examples=50, deadline=None)
def test_every_assignment_is_in_one_part_and_the_parts_add_up(states: list[str]) -> None:
    export = in_state(MADE, states)
    data = main_judgments(export)
    parts = parts_record(data, preference_of(data)).model_dump()
    count = Counter(states)
    assert parts["planned"] == 24 == sum(value for name, value in parts.items() if name != "planned")
    assert (parts["cannot_judge"], parts["skipped"]) == (count["cannot_judge"], count["skipped"])
    assert parts["not_answered"] == count["planned"] + count["shown"] + count["reclaimed"]
    strengths = [row.strength for row in data.of("preference") if row.strength is not None]
    assert parts["about_the_same"] == strengths.count(0)
    assert parts["preferred"] == len(strengths) - strengths.count(0)
    assert parts["judged"] == count["submitted"] - len(strengths)


def test_without_a_preference_the_judged_are_one_part() -> None:
    parts = parts_record(main_judgments(MADE), None)
    assert (parts.preferred, parts.about_the_same) == (0, 0)
    assert parts.judged == sum(row.status == "submitted" for row in MADE.assignments)


@pytest.fixture(scope="module")
def record() -> ReportRecord:
    return build(judged.export(items=8, raters=3), 100).record


def test_the_workbook_has_the_tables_of_the_csv_files(record: ReportRecord) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook_of(record)))
    files = csv_tables(record)
    assert book.sheet_names == list(files) == list(tables(record))
    for name, content in files.items():
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        own_header, *own = book.get_sheet_by_name(name).to_python()
        assert own_header == (["simulated", *header] if rows else header), name
        assert [list(map(same, row[1:])) for row in own] == [list(map(same, row)) for row in rows], name
        assert all(row[0] is True for row in own)


def same(cell: Any) -> Any:
    """A cell of either kind of file as a number where it is one."""
    if isinstance(cell, bool):
        return str(cell).lower()
    try:
        return round(float(cell), 9)
    except ValueError:
        return cell


def test_the_report_folder_holds_it_and_the_count(record: ReportRecord, tmp_path: Path) -> None:
    made = build(judged.export(items=8, raters=3), 100)
    folder = write(made, tmp_path / "report", "en")
    assert (folder / "tables.xlsx").read_bytes() == workbook_of(record)
    text = (folder / "report.md").read_text(encoding="utf-8")
    parts = record.data.parts
    assert f"{record.data.n_assignments_judged} pairs judged" in text
    for words, count in {"One response preferred": parts.preferred, "About the same": parts.about_the_same,
                         "Not answered": 0, "All planned": 24}.items():  # fmt: skip
        assert f"| {words} | {count} |" in text
