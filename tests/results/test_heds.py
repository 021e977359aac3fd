"""The HEDS sheet: every question once, filled from the study and the report alone, open where only people know."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from results.export.folder import Export
from results.report.build import build
from results.report.heds import Entry, datasheet, form_file, markdown
from tasks.schema import Design, Exclusion
from tests import judged

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
def facts(export: Export) -> dict[str, Any]:
    return build(export, 100, 0).facts


def answers(entries: tuple[Entry, ...], criterion: str = "") -> dict[str, str | None]:
    return {entry.number: entry.answer for entry in entries if entry.criterion == criterion}


def test_every_question_is_there_once_and_in_order(export: Export, facts: dict[str, Any]) -> None:
    entries = datasheet(export, facts)
    criteria = [c.criterion_id for c in export.study.criteria if c.kind != "text"]
    expected = [*NUMBERS, *CRITERION * len(criteria), "5.1", "5.2", "5.3", "5.4"]
    assert [entry.number for entry in entries] == expected
    assert list(dict.fromkeys(entry.criterion for entry in entries if entry.criterion)) == criteria


def test_counts_and_agreement_are_those_of_the_report(export: Export, facts: dict[str, Any]) -> None:
    entries = datasheet(export, facts)
    assert answers(entries)["3.2.1"] == "3"
    assert answers(entries)["3.1.1"] == "16 (8 items)"
    alpha = facts["agreement"][0]["figures"]["alpha"]
    value = answers(entries, "preference")["4.3.11.2"]
    assert value is not None
    assert value.startswith(f"{alpha['value']:.2f} (95 % interval {alpha['low']:.2f}")
    assert answers(entries, "preference")["4.2.2"] == "relative"
    assert answers(entries, "empathy")["4.2.2"] == "absolute"
    scale = answers(entries, "empathy")["4.3.4"]
    assert scale is not None
    assert "3 = Deep (とても深い)" in scale


def test_what_only_people_know_stays_open(export: Export, facts: dict[str, Any]) -> None:
    found = answers(datasheet(export, facts))
    for number in ("1.1.1", "3.1.2", "3.2.2.1", "3.2.2.2", "3.2.3", "3.3.1", "5.1", "5.3", "5.4"):
        assert found[number] is None
    assert markdown(datasheet(export, facts), facts).count("*to be filled in*") >= 20


def test_quality_assurance_and_repeats_follow_the_design(export: Export, facts: dict[str, Any]) -> None:
    plain = datasheet(export, facts)
    assert answers(plain)["3.3.3.1"] == "none"
    assert answers(plain, "empathy")["4.3.12.2"] == "not assessed"
    design, rules = Design(repeats=4), (Exclusion(rule="min_seconds", threshold=10),)
    richer = replace(export, study=export.study.model_copy(update={"design": design, "exclusions": rules}))
    assured = answers(datasheet(richer, facts))["3.3.3.2"]
    assert assured is not None
    assert "4 pairs shown again" in assured
    assert "min_seconds" in assured
    assert answers(datasheet(richer, facts), "empathy")["4.3.12.1"] == "4 pairs shown again"


def test_a_simulated_study_says_so(export: Export, facts: dict[str, Any]) -> None:
    assert "simulated by a program" in markdown(datasheet(export, facts), facts)


def test_form_file_has_the_forms_shape(export: Export, facts: dict[str, Any]) -> None:
    form = json.loads(form_file(datasheet(export, facts)))
    assert form["heds-sample_evaluators_design-evaluators-number_of_evaluators"] == {"data": {"": "3"}, "control": {}}
    shown = form["heds-criteria-criterion"]["control"]
    assert list(shown.values()).count(True) == 1
    scores = form["heds-criteria-criterion-response_elicitation-inter_annotator-agreement_score"]["data"]
    assert set(scores) == set(shown)
    assert "heds-sample_evaluators_design-evaluators-recruitment_method" not in form


def test_undefined_agreement_is_said_in_words(export: Export, facts: dict[str, Any]) -> None:
    entry = {**facts["agreement"][0]}
    name = entry["headline"]
    bare = {**entry["figures"][name], "value": None, "low": None, "high": None, "reason": "no_two_ratings"}
    changed = {**facts, "agreement": [{**entry, "figures": {**entry["figures"], name: bare}}]}
    found = datasheet(export, changed)
    assert answers(found, "preference")["4.3.11.2"] == "undefined: no unit has two ratings"
    assert answers(found, "empathy")["4.3.11.2"] == "not assessed"
