from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from results.export.folder import Export
from results.report.build import build
from results.report.pages import lay_out
from results.statistics.preference import outcome
from results.statistics.resample import Resampling
from results.study.exclusions import exclusions
from results.study.judged import judged, preference_ratings
from tasks.schema import Check, Exclusion, Item, Response, Turn
from tasks.study.hypotheses import problems
from tests.judged import export, with_judgments

HOW = Resampling(resamples=100)
PAIR = ("base", "tuned")


def ruled(made: Export, *rules: Exclusion, **primary: Any) -> Export:
    named = made.study.primary.model_copy(update=primary)
    return replace(made, study=made.study.model_copy(update={"exclusions": rules, "primary": named}))


def found(made: Export, *rules: Exclusion, **primary: Any) -> list[Any]:
    """The entries of the rules, without the one of no rule before them."""
    data = judged(ruled(made, *rules, **primary))
    entries = exclusions(data, made.study.criterion("preference"), PAIR, HOW)
    assert not rules or (entries[0].rule, entries[0].judgments) == ("no_rule", 0)
    return list(entries[1:])


def test_no_rule_no_entry() -> None:
    assert found(export(items=5, raters=2)) == []


def test_fast_judgments_are_left_out_and_nothing_else() -> None:
    made = export(items=10, raters=2, missing=0)  # 60 s and a second more with every position
    (one,) = found(made, Exclusion(rule="min_seconds", threshold=65))
    assert (one.judgments, one.raters) == (10, ())
    kept = [row for row in made.judgments if (row.active_seconds or 0) >= 65]
    data = judged(with_judgments(made, kept))
    criterion = made.study.criterion("preference")
    alone = outcome(preference_ratings(data.of("preference"), criterion, [PAIR]), PAIR, HOW)
    assert one.margin.value == alone.margin.value
    assert one.all_rules


def test_a_rater_who_answers_always_the_same_is_left_out() -> None:
    made = export(items=25, raters=3, missing=0)
    same = [
        row.model_copy(update={"value": 2, "strength": 2, "chosen_system": "base"})
        if row.rater == "R002" and row.criterion == "preference"
        else row
        for row in made.judgments
    ]
    (one,) = found(with_judgments(made, same), Exclusion(rule="straight_line"))
    assert one.raters == ("R002",)
    assert one.judgments == 25


def test_neither_acceptable_leaves_that_raters_pair_out() -> None:
    made = export(items=10, raters=2, missing=0)
    flagged = sum(row.value == 1 for row in made.judgments if row.criterion == "both_unacceptable")
    (one,) = found(made, Exclusion(rule="both_unacceptable"))
    assert one.judgments == flagged


def test_failed_checks_leave_the_rater_out() -> None:
    made = export(items=6, raters=2, missing=0)
    item = Item(item_id="c1", turns=(Turn(role="client", text=""),))
    sides = tuple(Response(item_id="c1", system_id=name, text="") for name in ("check-1", "check-2"))
    check = Check(item=item, responses=(sides[0], sides[1]), better="check-1")
    made = replace(made, study=made.study.model_copy(update={"checks": (check,)}))
    first = next(row for row in made.judgments if row.criterion == "preference")
    shown = {"kind": "check", "item_id": "c1", "first_system": "check-1", "second_system": "check-2", "value": 2}
    asked = [
        first.model_copy(update={**shown, "rater": rater, "assignment_id": f"check{rater}", "chosen_system": chosen})
        for rater, chosen in (("R001", "check-1"), ("R002", "check-2"))
    ]
    (one,) = found(with_judgments(made, [*made.judgments, *asked]), Exclusion(rule="checks_failed"))
    assert one.raters == ("R002",)


def test_several_rules_are_also_applied_together() -> None:
    made = export(items=12, raters=2, missing=0)
    rules = (Exclusion(rule="min_seconds", threshold=64), Exclusion(rule="both_unacceptable"))
    *single, together = found(made, *rules)
    assert [one.rule for one in single] == ["min_seconds", "both_unacceptable"]
    assert together.rule == "all_rules"
    assert [one.all_rules for one in (*single, together)] == [False, False, True]
    assert together.judgments >= max(one.judgments for one in single)


@pytest.mark.parametrize("rule", ["min_seconds", "straight_line", "checks_failed", "both_unacceptable"])
def test_every_rule_of_the_schema_is_known(rule: Any) -> None:
    (one,) = found(export(items=4, raters=2), Exclusion(rule=rule))
    assert one.rule == rule


# --- what governs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("estimand", ["these_raters", "raters_at_large"])
@pytest.mark.parametrize("what", ["govern", "sensitivity"])
def test_the_study_says_whether_its_rules_govern(what: Any, estimand: Any) -> None:
    rule = Exclusion(rule="min_seconds", threshold=65)
    made = export(items=20, raters=4, missing=0)
    record = build(ruled(made, rule, exclusions=what, estimand=estimand), resamples=100).record
    (pair,) = record.preference.pairs
    with_all, with_rule = record.exclusions
    main, beside = (with_rule, with_all) if what == "govern" else (with_all, with_rule)
    assert (main.governs, beside.governs) == (True, False)
    assert (main.margin.standing, beside.margin.standing) == ("declared", "exploratory")
    assert main.margin == pair.margin_for(estimand)[0]
    assert main.margin_test.p_value == pair.margin_for(estimand)[1].p_value
    assert beside.margin.value != main.margin.value
    assert record.data.excluded == (with_rule.left_out if what == "govern" else 0)
    assert sum(pair.votes.values()) == 80 - record.data.excluded
    assert [rater.judged for rater in record.raters] == [20] * 4
    text = lay_out(record, "en").markdown()
    assert ("judged in under 65 s – main analysis" in text) == (what == "govern")
    assert ("nothing left out – sensitivity" in text) == (what == "govern")


def test_rules_can_govern_only_where_there_are_some() -> None:
    made = ruled(export(items=2, raters=1), exclusions="govern")
    assert [place for place, _ in problems(made.study)] == [("primary", "exclusions")]
