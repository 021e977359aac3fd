"""What is said before a result is believed, the habits that are unusual, and the items to read beside the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from results.document.words import LANGUAGES
from results.export.folder import Export
from results.export.rows import ActRow, JudgmentRow
from results.record.report import ReportRecord
from results.report.build import build
from results.report.sections.doubts import Doubt, doubts
from results.report.sections.reader import Reader
from results.study.beside.examples import MOST, examples
from results.study.beside.habits import LEAST, one_sided, unusual
from results.study.judged import judged
from results.study.raters import rater_records
from tasks.schema import Exclusion
from tests.judged import export, flipped, with_judgments


def told(made: Export, language: str = "en") -> Mapping[str, Doubt]:
    found = doubts(Reader(build(made, resamples=200).record, language))
    return {one.title: one for one in found}


def preferring(made: Export, choose: Mapping[str, str | None]) -> Export:
    """Every rater prefers the system named for them, strongly; None = about the same."""
    rows = [
        row.model_copy(update=_choice(row, choose[row.rater]))
        if row.criterion_kind == "preference" and row.rater in choose
        else row
        for row in made.judgments
    ]
    return with_judgments(made, rows)


def _choice(row: JudgmentRow, system: str | None) -> dict[str, object]:
    if system == "first":
        system = row.first_system
    return {"value": 2 if system else 0, "strength": 2 if system else 0, "chosen_system": system, "reason": ""}


@pytest.fixture(scope="module")
def made() -> Export:
    return export(items=24, raters=4, missing=0)


def test_a_rater_who_always_takes_the_first_side_is_named_with_the_numbers(made: Export) -> None:
    side = told(preferring(made, {"R001": "first"}))["Side."]
    assert side.kind == "warn"
    assert side.sentences[-1] == "Further from half than chance explains: R001 (24 / 24)."
    assert "R001" not in "".join(told(made)["Side."].sentences)


def test_longer_responses_are_told_with_what_is_left_at_equal_length(made: Export) -> None:
    longer = [
        row.model_copy(update={"characters": (row.characters or 0) + (6 if row.system_id == "tuned" else 0)})
        for row in made.responses
    ]
    length = told(replace(made, responses=tuple(longer)))["Length."]
    assert length.kind == "warn"
    assert "the response of Tuned is longer than that of Base" in length.sentences[0]
    assert length.sentences[1].startswith("Held equal (")
    apart = [row.model_copy(update={"characters": 500 if row.system_id == "tuned" else 9}) for row in made.responses]
    length = told(replace(made, responses=tuple(apart)))["Length."]
    assert length.sentences[0].startswith("In 100\xa0% of the items")
    assert length.sentences[1].startswith("The lengths overlap too little")
    alike = [row.model_copy(update={"characters": 40}) for row in made.responses]
    assert told(replace(made, responses=tuple(alike)))["Length."].kind == "good"


def test_few_raters_changes_and_questions_that_were_not_asked_are_told(made: Export) -> None:
    found = told(replace(export(items=12, raters=2), acts=(ActRow(at="2030-01-01", kind="looked", what="why"),)))
    assert found["Few raters."].kind == "warn"
    assert found["Few raters."].sentences[0].startswith("2 people judged")
    assert found["Since launch."].sentences[0].startswith("results looked at before the end (1)")
    assert found["Blinding."].sentences[0].startswith("Raters were not asked to guess")
    assert "Few raters." not in told(export(items=8, raters=6))
    assert told(made)["Few raters."].kind == "info"


def test_agreement_by_chance_is_a_warning_and_the_grave_ones_come_first() -> None:
    found = told(export(items=12, raters=4, noise=8, effect=0, seed=3))
    assert found["Agreement."].kind == "warn"
    assert "cannot be told from chance" in found["Agreement."].sentences[0]
    kinds = [one.kind for one in found.values()]
    assert kinds == sorted(kinds, key=("warn", "info", "good").index)


def test_rules_that_leave_something_out_say_what_the_margin_is_then(made: Export) -> None:
    rules = (Exclusion(rule="min_seconds", threshold=62),)
    study = made.study.model_copy(
        update={
            "exclusions": rules,
            "primary": made.study.primary.model_copy(update={"systems": ("base", "tuned")}),
        }
    )
    found = told(replace(made, study=study))["The rules named beforehand."]
    assert "this would leave out 8 pairs judged" in found.sentences[0]


def test_nothing_compared_leaves_nothing_to_doubt(made: Export) -> None:
    assert told(with_judgments(made, [])) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_doubts_are_the_same_whoever_stood_first_in_every_language(made: Export, language: str) -> None:
    record, other = build(made, resamples=200).record, build(flipped(made), resamples=200).record
    sides = {"Side.", Reader(record, language).word("doubt_side_title")}

    def shown(of: ReportRecord) -> list[Doubt]:
        return [one for one in doubts(Reader(of, language)) if one.title not in sides]

    assert shown(record) == shown(other)


def test_a_lean_to_a_side_is_told_only_beyond_chance_of_all_raters() -> None:
    assert one_sided({"R001": (10, 10), "R002": (5, 10)}) == ("R001",)
    assert one_sided({"R001": (0, 10)}) == ("R001",)
    # 9 of 10: p = 22 / 1024 = .0215, times three raters .064
    assert one_sided({"R001": (9, 10), "R002": (5, 10)}) == ("R001",)
    assert one_sided({"R001": (9, 10), "R002": (5, 10), "R003": (5, 10)}) == ()
    assert one_sided({"R001": (LEAST - 1, LEAST - 1)}) == ()


def test_what_is_unusual_is_told_by_the_studys_own_limits(made: Export) -> None:
    fast = [row.model_copy(update={"active_seconds": 3.0}) if row.rater == "R002" else row for row in made.assignments]
    odd = replace(preferring(made, {"R001": None, "R003": "tuned"}), assignments=tuple(fast))
    found = unusual(made.study, rater_records(judged(odd)), {})
    kinds = {(one.rater, one.kind) for one in found}
    assert {("R001", "ties"), ("R001", "run"), ("R002", "fast"), ("R003", "run")} <= kinds
    assert all(rater != "R004" for rater, _ in kinds)
    slower = made.study.model_copy(update={"exclusions": (Exclusion(rule="min_seconds", threshold=2),)})
    assert "fast" not in {one.kind for one in unusual(slower, rater_records(judged(odd)), {})}


def test_examples_are_of_those_who_agree_and_of_those_who_split(made: Export) -> None:
    data = judged(made)
    found = examples(data, made.study.criterion("preference"), data.pairs())
    assert 0 < len(found.together) <= MOST
    assert all(one.votes == 4 and one.together and not one.fewer for one in found.together)
    assert all(one.fewer for one in found.split)
    assert [one.fewer for one in found.split] == sorted((one.fewer for one in found.split), reverse=True)
    data = judged(preferring(made, dict.fromkeys(("R001", "R002", "R003", "R004"))))
    nothing = examples(data, made.study.criterion("preference"), data.pairs())
    assert (nothing.together, nothing.split) == ((), ())
