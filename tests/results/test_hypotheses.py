"""Declared tests: their families, claims, margins and estimands, and that a null study claims nothing too often."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from results.export.folder import Export
from results.report.build import build
from results.report.pages import lay_out
from results.statistics.preference import holm, mean_margin
from results.statistics.resample import Resampling
from results.study import measures
from results.study.hypotheses import HypothesisResult, hypothesis_results
from results.study.judged import judged, preference_ratings
from tasks.schema import Hypothesis, Primary
from tasks.study import hypotheses as declared
from tests.judged import export

HOW = Resampling(resamples=400, seed=1)
PAIR = ("tuned", "base")


def hypothesis(**fields: Any) -> Hypothesis:
    return Hypothesis(**({"systems": PAIR} | fields))


def study_with(made: Export, *declared: Hypothesis, **fields: Any) -> Export:
    return replace(made, study=made.study.model_copy(update={"hypotheses": declared, **fields}))


def results(made: Export, *declared: Hypothesis) -> tuple[HypothesisResult, ...]:
    return hypothesis_results(judged(study_with(made, *declared)), HOW)


@pytest.mark.parametrize("estimand", ["these_raters", "raters_at_large"])
def test_the_difference_is_the_mean_margin_for_whom_it_names(estimand: Any) -> None:
    made = export(items=20, raters=4, effect=0.8)
    (one,) = results(made, hypothesis(estimand=estimand))
    data = judged(made)
    table = preference_ratings(data.of("preference"), made.study.criterion("preference"), [PAIR])
    assert one.figure.value == pytest.approx(mean_margin(table, HOW).value)
    assert ("raters random" in one.figure.method) == (estimand == "raters_at_large")
    assert one.p_holm == one.test.p_value


@pytest.mark.parametrize("estimand", ["these_raters", "raters_at_large"])
def test_claims_follow_from_one_another(estimand: Any) -> None:
    """One-sided is half of two-sided, either way; a margin moves the claim; equivalence needs both sides."""
    made = export(items=20, raters=4, effect=0.4)
    kinds = (
        hypothesis(claim="differs", estimand=estimand),
        hypothesis(claim="better", estimand=estimand),
        hypothesis(claim="better", systems=PAIR[::-1], estimand=estimand),
        hypothesis(claim="not_worse", margin=0.5, estimand=estimand),
        hypothesis(claim="not_worse", margin=0.5, systems=PAIR[::-1], estimand=estimand),
        hypothesis(claim="equivalent", margin=0.5, estimand=estimand),
    )
    differs, better, worse, not_worse, turned, equivalent = (one.test.p_value or 0 for one in results(made, *kinds))
    assert min(better, worse) == pytest.approx(differs / 2)
    assert better + worse == pytest.approx(1)
    assert not_worse <= better
    assert equivalent == pytest.approx(max(not_worse, turned))


def test_families_are_corrected_apart() -> None:
    made = export(items=20, raters=4, effect=0.5)
    kinds = [
        hypothesis(),
        hypothesis(criterion="empathy"),
        hypothesis(family="secondary", claim="better"),
        hypothesis(family="secondary", criterion="question_amount", measure="share_above"),
    ]
    found = results(made, *kinds)
    for family in ("primary", "secondary"):
        tests = [one for one in found if one.hypothesis.family == family]
        assert [one.p_holm for one in tests] == list(holm([one.test for one in tests]))
    assert [one.measure for one in found] == [None, "mean", None, "share_above"]


def test_few_raters_or_dialogues_show_nothing_at_large() -> None:
    for made, reason in ((export(items=20, raters=2), "few_raters"), (export(items=5, raters=4), "few_dialogues")):
        for claim, margin in (("differs", None), ("not_worse", 0.5), ("equivalent", 0.5)):
            (one,) = results(made, hypothesis(claim=claim, margin=margin))
            assert (one.test.p_value, one.test.reason, one.holds) == (None, reason, False)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_turning_the_pair_turns_the_figure_alone(seed: int) -> None:
    made = export(items=12, raters=3, effect=0.3, seed=seed)
    one, two = results(made, hypothesis(), hypothesis(systems=PAIR[::-1]))
    assert one.figure.value == pytest.approx(-(two.figure.value or 0))
    assert one.test.p_value == pytest.approx(two.test.p_value)


def test_measures_are_those_of_the_report() -> None:
    for criterion in export(items=2, raters=1).study.criteria:
        assert list(declared.measures(criterion)) == list(measures.measures_of(criterion))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"systems": ("tuned", "other")}, "found other; allowed: "),
        ({"systems": ("tuned", "tuned")}, "found tuned twice"),
        ({"criterion": "comment"}, "found 'comment'; allowed: preference, "),
        ({"criterion": "question_amount"}, "found none; allowed for a scale with its best point in the middle"),
        ({"criterion": "empathy", "measure": "share_yes"}, "found share_yes; allowed: mean"),
        ({"measure": "mean"}, "found mean; allowed: none"),
        ({"family": "secondary"}, "found no test of the family primary"),
    ],
)
def test_a_test_that_does_not_fit_is_refused(fields: dict[str, Any], said: str) -> None:
    made = study_with(export(items=2, raters=1), hypothesis(**fields))
    assert any(said in text for _, text in declared.problems(made.study)), list(declared.problems(made.study))


def test_a_margin_is_asked_for_where_the_claim_has_one() -> None:
    for fields in ({"claim": "equivalent"}, {"claim": "differs", "margin": 0.3}, {"claim": "not_worse", "margin": 0}):
        with pytest.raises(ValidationError, match="margin"):
            hypothesis(**fields)


def test_the_headline_is_a_test_of_the_primary_family() -> None:
    made = export(items=2, raters=1, systems=("base", "tuned", "third"))
    other = study_with(made, hypothesis(), primary=Primary(systems=("base", "third")))
    assert any("a comparison of the family primary" in text for _, text in declared.problems(other.study))


# --- in the report ----------------------------------------------------------------------------------------------


def test_the_report_lists_declared_tests_and_the_headline_speaks_for_whom_they_name() -> None:
    made = export(items=20, raters=4, effect=0.8)
    kinds = (hypothesis(), hypothesis(family="secondary", criterion="empathy", claim="not_worse", margin=0.5))
    report = build(study_with(made, *kinds), resamples=200)
    assert [one.family for one in report.record.hypotheses] == ["primary", "secondary"]
    (pair,) = report.record.preference.pairs
    assert pair.verdict is not None
    assert pair.verdict.estimand == "raters_at_large"
    assert pair.verdict.p_value == report.record.hypotheses[0].p_holm
    text = lay_out(report.record, "en").markdown()
    assert "## Declared tests" in text
    assert "not lower than" in text
    assert "aters at large" in report.record.answer["en"][0]
    assert "## Declared tests" not in lay_out(build(made, resamples=200).record, "en").markdown()


def test_a_pair_outside_the_primary_family_is_exploratory() -> None:
    made = export(items=20, raters=3, systems=("base", "tuned", "third"))
    report = build(study_with(made, hypothesis()), resamples=200)
    roles = {frozenset(pair.systems): pair.role for pair in report.record.preference.pairs}
    assert roles.pop(frozenset(PAIR)) == "primary"
    assert set(roles.values()) == {"exploratory"}


@pytest.mark.parametrize("estimand", ["these_raters", "raters_at_large"])
def test_both_estimands_are_said(estimand: Any) -> None:
    made = export(items=20, raters=4, effect=0.5)
    study = made.study.model_copy(update={"primary": made.study.primary.model_copy(update={"estimand": estimand})})
    record = build(replace(made, study=study), resamples=200).record
    (pair,) = record.preference.pairs
    assert pair.verdict is not None
    assert pair.beside is not None
    assert {pair.verdict.estimand, pair.beside.estimand} == {"these_raters", "raters_at_large"}
    assert pair.verdict.estimand == estimand
    first, _, beside, _, _ = record.answer["en"]
    assert ("at large" in first) == (estimand == "raters_at_large")
    assert ("at large" in beside) == (estimand == "these_raters")
