"""Sessions in the export and the report: what is written is read, effects that were planted are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from results.export import folder, sessions
from results.export.folder import Export
from results.report.build import Report, build, write
from results.report.pages import lay_out
from results.statistics.reasons import Reason
from tasks.data.kokorochat import load
from tasks.errors import InputError
from tasks.languages import catalogue
from tests import held

RESAMPLES = 200


@pytest.fixture(scope="module")
def made() -> Export:
    return held.export(people=12, meetings=6)


@pytest.fixture(scope="module")
def report(made: Export) -> Report:
    return build(made, RESAMPLES)


def changed(made: Export, place: int, **fields: object) -> Export:
    rows = list(made.sessions)
    rows[place] = rows[place].model_copy(update=fields)
    return replace(made, sessions=tuple(rows))


# --- the export ---------------------------------------------------------------------------------------------------


def test_an_export_gives_its_sessions_back(made: Export, tmp_path: Path) -> None:
    assert folder.read(folder.write(made, tmp_path / "export")) == made


def test_kokorochat_holds_every_whole_session(made: Export, tmp_path: Path) -> None:
    written = folder.write(made, tmp_path / "export")
    dialogues = load(written / "kokorochat")
    assert len(dialogues) == len(made.sessions) == 72
    assert {len(dialogue.utterances) for dialogue in dialogues} == {31}  # one of 32 is an aside
    people = {dialogue.client_id for dialogue in dialogues}
    assert people == {dialogue.counselor_id for dialogue in dialogues} == set(map(str, range(1, 13)))
    assert "messages outside the roles, left out: 72" in (written / "kokorochat" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("fields", [{"why": "no_show"}, {"why": "void"}, {"rated_at": None}, {"state": "live"}])
def test_what_is_not_whole_is_not_in_kokorochat(made: Export, fields: dict[str, object]) -> None:
    assert len(tuple(sessions.whole(changed(made, 0, **fields).sessions, made.judgments))) == 71


def test_words_can_stay_out(made: Export, report: Report, tmp_path: Path) -> None:
    bare = replace(made, sessions=tuple(map(sessions.without_words, made.sessions)))
    written = folder.write(bare, tmp_path / "export")
    assert not (written / "kokorochat").exists()
    assert not any(text in (written / "sessions.jsonl").read_text("utf-8") for text in held.TALKING)
    assert build(folder.read(written), RESAMPLES).record == report.record


def test_a_faulty_line_is_named(made: Export, tmp_path: Path) -> None:
    path = tmp_path / "sessions.jsonl"
    path.write_text('{"session_id": "a", "number": "one"}\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        sessions.read(path)
    assert any("line 1" in line and "number" in line for line in caught.value.errors)


def test_turns_are_runs_without_asides() -> None:
    row = held.session(0, 0, 1, np.random.default_rng(1))
    assert sum(turn.messages for turn in row.turns) == len(row.said) == 31
    assert all(one.role != two.role for one, two in zip(row.turns, row.turns[1:], strict=False))
    assert all((turn.minimal is None) == (turn.role == "client") for turn in row.turns)
    assert sessions.turns(sessions.without_words(row).messages, "ja") == ()


# --- the report ---------------------------------------------------------------------------------------------------


def test_effects_that_were_planted_are_found(report: Report) -> None:
    found = report.record.sessions
    assert found is not None
    assert found.score is not None
    assert 0.5 < (found.score.client.value or 0) < 0.95  # 1.00 of 1.32, and the items' own noise
    assert (found.score.counselor.value or 0) < 0.35  # 0.16 of 1.32
    assert len(found.items) == 20
    assert found.score.mean.n_items == 12
    assert "clients" in found.score.mean.method


def test_the_course_and_what_was_marked(report: Report) -> None:
    found = report.record.sessions
    assert found is not None
    assert [quarter.share_asking.value for quarter in found.course] == [1, 1, 0, 0]
    assert found.course[0].share_minimal.value == 0
    assert sum(quarter.flagged for quarter in found.course) == found.flagged == 15
    assert (found.held.minutes.value, found.held.gap.value, found.asides) == (40, 35, 72)


def test_no_agreement_is_told(report: Report) -> None:
    assert report.record.agreement == ()
    for language in catalogue.languages("report"):
        pages = lay_out(report.record, language)
        assert [section.key for section in pages.sections] == ["sessions", "course", "held", "methods", "data"]
        assert "α" not in pages.markdown()


def test_effects_that_cannot_be_told_apart_are_not_told() -> None:
    once = build(held.export(people=8, meetings=1), RESAMPLES).record.sessions
    assert once is not None
    assert once.score is not None
    assert once.score.client.value is None
    assert once.score.client.reason == Reason.EFFECTS_JOINED


def test_drop_out_is_counted(made: Export) -> None:
    one = changed(made, 0, why="no_show", begun_at=None, messages=(), turns=())
    two = changed(one, 1, why="stopped", ended_by="counselor")
    found = build(changed(two, 2, state="planned", why=None), RESAMPLES).record.sessions
    assert found is not None
    assert found.drop_out.ended == {"ended": 69, "no_show": 1, "stopped": 1}
    assert (found.drop_out.open, found.drop_out.held, found.drop_out.stopped_by) == (1, 70, {"counselor": 1})


def test_a_report_is_written(report: Report, tmp_path: Path) -> None:
    written = write(report, tmp_path / "report", "en", "ar")
    assert "between clients" in (written / "report.html").read_text("utf-8")
    assert "Henderson" in (written / "tables" / "sessions.csv").read_text("utf-8")
