"""What a report says of machine judges and of raters of unequal care, and that no other figure knows of them."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from results.document.words import LANGUAGES, word
from results.export.folder import Export
from results.planning.simulated_export import simulated_export
from results.record.report import ReportRecord
from results.report.build import Report, build, write
from results.report.pages import lay_out
from results.report.sections.beside.judges import judges
from results.report.sections.beside.unequal import unequal
from results.report.sections.reader import Reader
from results.statistics.agreement.dawid_skene import dawid_skene
from results.study.beside.unequal import unequal as models
from results.study.judged import judged
from tests.judged import export
from tests.judging import liking, study, verdicts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made() -> Export:
    plain = study(items=110, alone=40, raters=5)
    asked = verdicts(plain, liking(plain, 0.4))
    asked = (asked[0].model_copy(update={"prompt_tokens": 900, "completion_tokens": 30, "seconds": 90.0}), *asked[1:])
    return replace(plain, verdicts=(*asked, *verdicts(plain, lambda i, f, s: -1, "judge-2")))


@pytest.fixture(scope="module")
def report(made: Export) -> Report:
    return build(made, resamples=200)


def test_judges_change_no_other_figure(made: Export, report: Report) -> None:
    without = build(replace(made, verdicts=()), resamples=200).record
    assert without.judges == ()
    assert report.record.model_copy(update={"judges": ()}) == without


def test_the_record_of_a_report_holds_the_judges(report: Report) -> None:
    again = ReportRecord.read(report.record.json_text())
    assert again == report.record
    assert [(one.judge, one.passes) for one in again.judges] == [("judge-1", True), ("judge-2", False)]
    assert (again.judges[0].prompt_tokens, again.judges[0].seconds) == (900, 90)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_section_says_first_what_a_judge_cannot_do(report: Report, language: str) -> None:
    section = judges(Reader(report.record, language))
    texts = [block.text for block in section.blocks if hasattr(block, "text") and isinstance(block.text, str)]
    assert texts[0] == word("judges_limits", language)
    assert "judge-1 (made-up)" in texts
    tables = [block for block in section.blocks if hasattr(block, "rows")]
    assert [len(table.rows) for table in tables] == [8, 1, 5, 1] * 2
    page = lay_out(report.record, language).markdown()
    assert word("judge_alone", language) in page


def test_the_section_in_english(report: Report) -> None:
    page = lay_out(report.record, "en").markdown()
    assert "it stands as near to the others as 5 of 5 raters do (epsilon 0.1)" in page
    assert "Tokens read and written: 930; minutes: 1.5." in page
    assert "always Tuned" in page


def test_without_judges_there_is_no_section(made: Export) -> None:
    record = build(replace(made, verdicts=()), resamples=200).record
    assert not judges(Reader(record, "en")).blocks
    assert 'id="judges"' not in lay_out(record, "en").html()


def test_all_files_are_written_with_judges(report: Report, tmp_path: Path) -> None:
    folder = write(report, tmp_path / "report", "ja", "en")
    assert word("judges", "ja") in (folder / "report.html").read_text(encoding="utf-8")
    assert word("judges", "en") in (folder / "report.en.md").read_text(encoding="utf-8")
    rows = list(csv.DictReader((folder / "tables/judges.csv").read_text(encoding="utf-8-sig").splitlines()))
    for judge in report.record.judges:
        own = {
            (row["about"], row["system"], row["minus"], row["measure"]): row
            for row in rows
            if row["judge"] == judge.judge
        }
        of_judge = [row for row in rows if row["judge"] == judge.judge]
        own = {(row["about"], row["system"], row["minus"], row["measure"]): row for row in of_judge}
        assert len(own) == len(of_judge), "no row twice"
        first = judge.contenders[0]
        assert float(own["judge", "", "", "winning_rate"]["value"]) == first.winning_rate
        for margin in judge.margins:
            row = own["margin", *margin.systems, "joined"]
            assert (float(row["low"]), float(row["high"])) == (margin.joined.low, margin.joined.high)


# --- raters of unequal care ---------------------------------------------------------------------------------------


def test_plain_shares_stand_beside_those_of_the_model(made: Export) -> None:
    found = {one.criterion: one for one in models(judged(made))}
    preference = found["preference"]
    rows = [row for row in made.judgments if row.criterion == "preference"]
    share = sum(row.chosen_system == "base" for row in rows) / len(rows)
    assert preference.plain["base"] == pytest.approx(share)
    assert list(preference.plain) == ["tuned", "tie", "base"]
    assert sum(preference.fitted.values()) == pytest.approx(1)
    assert (preference.units, preference.raters, preference.judgments) == (110, 5, 550)
    assert "harm" not in found  # too rare to be told from slips
    unsure = found["both_unacceptable"]
    assert (unsure.systems, list(unsure.plain)) == (None, ["0", "1"])


def test_the_model_is_that_of_the_ratings(made: Export) -> None:
    """Fitted again from the rows, classes in the order of the record."""
    found = next(models(judged(made)))
    items: dict[str, int] = {}
    raters: dict[str, int] = {}
    rows = [row for row in made.judgments if row.criterion == "preference"]
    place = {"tuned": 0, None: 1, "base": 2}
    unit = np.array([items.setdefault(row.item_id, len(items)) for row in rows])
    rater = np.array([raters.setdefault(row.rater, len(raters)) for row in rows])
    fit = dawid_skene(unit, rater, np.array([place[row.chosen_system] for row in rows]), 3)
    assert list(found.fitted.values()) == pytest.approx(fit.shares, abs=1e-4)
    assert [found.accuracy[name] for name in raters] == pytest.approx(fit.accuracy, abs=1e-3)


def test_few_raters_have_no_model() -> None:
    assert not list(models(judged(export(items=60, raters=4))))
    assert not list(models(judged(export(items=9, raters=6))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_section_of_unequal_raters(report: Report, language: str) -> None:
    section = unequal(Reader(report.record, language))
    assert section.title == word("exploratory", language, label=word("unequal", language))
    assert len(section.blocks) == len(report.record.unequal) + 2


def test_a_simulated_demo_has_no_judges() -> None:
    from results.commands.example import DEMO
    from tasks.study.load import load_study

    assert simulated_export(load_study(DEMO)).verdicts == ()
