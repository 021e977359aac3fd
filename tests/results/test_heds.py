"""The HEDS sheet: every question once, filled from the study and the report alone, open where only people know."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from results.document.methods import PIECES, WORDED, in_words
from results.export.folder import Export
from results.record.report import ReportRecord
from results.report.build import build
from results.report.heds import LANGUAGES, Entry, datasheet, form_file, markdown, say
from results.statistics.reasons import Reason
from tasks.languages import catalogue
from tasks.schema import Design, Exclusion
from tests import judged
from tests.tree import ROOT

NUMBERS = [
    "1.1.1", "1.1.2", "1.2", "1.3.1.1", "1.3.1.2", "1.3.1.3", "1.3.2.1", "1.3.2.2", "1.3.2.3", "2.1", "2.2", "2.3",
    "2.4", "2.5", "3.1.1", "3.1.2", "3.1.3.1", "3.1.3.2", "3.1.3.3", "3.2.1", "3.2.2.1", "3.2.2.2", "3.2.2.3",
    "3.2.2.4", "3.2.3", "3.2.4", "3.2.5", "3.3.1", "3.3.2", "3.3.3.1", "3.3.3.2", "3.3.4.1", "3.3.4.2", "3.3.5",
    "3.3.6", "3.3.7", "3.3.8",
]  # fmt: skip
CRITERION = [
    "4.1.1", "4.1.2", "4.1.3", "4.2.1", "4.2.2", "4.2.3", "4.3.1", "4.3.2", "4.3.3", "4.3.4", "4.3.5", "4.3.6",
    "4.3.7", "4.3.8", "4.3.9", "4.3.10", "4.3.11.1", "4.3.11.2", "4.3.12.1", "4.3.12.2",
]  # fmt: skip


@pytest.fixture(scope="module")
def export() -> Export:
    return judged.export(8, 3)


@pytest.fixture(scope="module")
def record(export: Export) -> ReportRecord:
    return build(export, 100, 0).record


def answers(entries: tuple[Entry, ...], criterion: str = "") -> dict[str, str | None]:
    return {entry.number: entry.answer for entry in entries if entry.criterion == criterion}


def test_every_question_is_there_once_and_in_order(export: Export, record: ReportRecord) -> None:
    entries = datasheet(export, record)
    criteria = [c.criterion_id for c in export.study.criteria if c.kind != "text"]
    expected = [*NUMBERS, *CRITERION * len(criteria), "5.1", "5.2", "5.3", "5.4"]
    assert [entry.number for entry in entries] == expected
    assert list(dict.fromkeys(entry.criterion for entry in entries if entry.criterion)) == criteria


def test_counts_and_agreement_are_those_of_the_report(export: Export, record: ReportRecord) -> None:
    entries = datasheet(export, record)
    assert answers(entries)["3.2.1"] == "3"
    assert answers(entries)["3.1.1"] == "16 (8 items)"
    alpha = record.agreement[0].main
    value = answers(entries, "preference")["4.3.11.2"]
    assert value is not None
    assert value.startswith(f"{alpha.value:.2f} (95 % interval [{alpha.low:.2f},")
    assert answers(entries, "preference")["4.2.2"] == "relative"
    assert answers(entries, "empathy")["4.2.2"] == "absolute"
    scale = answers(entries, "empathy")["4.3.4"]
    assert scale is not None
    assert "3 = Deep (とても深い)" in scale


def test_what_only_people_know_stays_open(export: Export, record: ReportRecord) -> None:
    found = answers(datasheet(export, record))
    for number in ("1.1.1", "3.1.2", "3.2.2.1", "3.2.2.2", "3.2.3", "3.3.1", "5.1", "5.3", "5.4"):
        assert found[number] is None
    assert markdown(datasheet(export, record), record).count("*to be filled in*") >= 20


def test_quality_assurance_and_repeats_follow_the_design(export: Export, record: ReportRecord) -> None:
    plain = datasheet(export, record)
    assert answers(plain)["3.3.3.1"] == "none"
    assert answers(plain, "empathy")["4.3.12.2"] == "not assessed"
    design, rules = Design(repeats=4), (Exclusion(rule="min_seconds", threshold=10),)
    richer = replace(export, study=export.study.model_copy(update={"design": design, "exclusions": rules}))
    assured = answers(datasheet(richer, record))["3.3.3.2"]
    assert assured is not None
    assert "4 pairs shown again" in assured
    assert "min_seconds" in assured
    assert answers(datasheet(richer, record), "empathy")["4.3.12.1"] == "4 pairs shown again"


def test_a_simulated_study_says_so(export: Export, record: ReportRecord) -> None:
    assert "simulated by a program" in markdown(datasheet(export, record), record)


def test_form_file_has_the_forms_shape(export: Export, record: ReportRecord) -> None:
    form = json.loads(form_file(datasheet(export, record)))
    assert form["heds-sample_evaluators_design-evaluators-number_of_evaluators"] == {"data": {"": "3"}, "control": {}}
    shown = form["heds-criteria-criterion"]["control"]
    assert list(shown.values()).count(True) == 1
    scores = form["heds-criteria-criterion-response_elicitation-inter_annotator-agreement_score"]["data"]
    assert set(scores) == set(shown)
    assert "heds-sample_evaluators_design-evaluators-recruitment_method" not in form


def test_undefined_agreement_is_said_in_words(export: Export, record: ReportRecord) -> None:
    entry = record.agreement[0]
    bare = entry.main.model_copy(update={"value": None, "low": None, "high": None, "reason": Reason.NO_TWO_RATINGS})
    undefined = entry.model_copy(update={"figures": {**entry.figures, entry.headline: bare}})
    changed = record.model_copy(update={"agreement": (undefined,)})
    found = datasheet(export, changed)
    assert answers(found, "preference")["4.3.11.2"] == "undefined: no unit has two ratings"
    assert answers(found, "empathy")["4.3.11.2"] == "not assessed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_asks_and_answers_the_same_in_every_language(
    export: Export, record: ReportRecord, language: str
) -> None:
    english, sheet = datasheet(export, record), datasheet(export, record, language)
    shape = [(entry.number, entry.field, entry.criterion, entry.answer is None) for entry in sheet]
    assert shape == [(entry.number, entry.field, entry.criterion, entry.answer is None) for entry in english]
    said = markdown(sheet, record, language)
    assert said.count(say("open", language)) == sum(entry.answer is None for entry in sheet)
    assert not re.search(r"\{\w+\}", said)
    assert language == "en" or not {entry.label for entry in sheet} & {entry.label for entry in english}


def test_only_what_raters_read_is_quoted(export: Export, record: ReportRecord) -> None:
    """A template has its words in ja and en, whatever the languages of the study are."""
    japanese = replace(export, study=export.study.model_copy(update={"languages": ("ja",)}))
    names = [entry.answer for entry in datasheet(japanese, record) if entry.number == "4.3.1"]
    assert names == [c.label.text("ja") for c in export.study.criteria if c.kind != "text"]


@pytest.mark.parametrize("language", [tag for tag in catalogue.languages("heds") if tag != "en"])
def test_methods_of_agreement_are_said_in_the_language(export: Export, record: ReportRecord, language: str) -> None:
    figures = [figure for entry in record.agreement for figure in entry.figures.values() if figure.method]
    methods = {piece for figure in figures for piece in figure.method.split("; ")}
    assert len(methods) > 3
    kept = {piece for piece in methods if in_words(piece, language) == piece}
    assert all(piece.startswith(("Gwet", "Fleiss", "Cohen")) for piece in kept), "names of people stay"
    assert in_words("alpha ordinal; something new", "de") == "Alpha (ordinal skaliert); something new"
    assert all(in_words(piece, "en") == piece for piece in methods), "English is what report.json says"


def test_all_words_of_the_sheet_are_used() -> None:
    code = (ROOT / "results" / "report" / "heds.py").read_text(encoding="utf-8")
    built = {f"label.{number}" for number in (*NUMBERS, *CRITERION, "5.1", "5.2", "5.3", "5.4")}
    built |= {f"{part}.{kind}" for part in ("processed", "effect") for kind in ("preference", "ratings")}
    built |= {f"method.{name}" for name in (*PIECES, *WORDED)}
    keys = set(catalogue.words("heds", "en"))
    assert built <= keys
    assert {key for key in keys - built if not re.search(rf"""["']{re.escape(key)}["']""", code)} == set()
