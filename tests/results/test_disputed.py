from __future__ import annotations

from dataclasses import replace

from results.study.disputed import MOST, disputed, flagged
from results.study.judged import judged
from tasks.schema import Target
from tests.judged import export, with_judgments


def test_the_widest_spread_comes_first_without_names() -> None:
    made = export(items=30, raters=4)
    data = judged(made)
    found = disputed(data, made.study.criterion("preference"), data.pairs())
    assert len(found) == MOST
    spreads = [one.variance for one in found]
    assert spreads == sorted(spreads, reverse=True)
    assert "R00" not in str(found)


def test_a_comment_stands_with_the_marks_of_its_writer() -> None:
    made = export(items=3, raters=3, missing=0)
    note = made.comments[0].model_copy(update={"comment": "イの方が話しやすい"})
    data = judged(replace(made, comments=(note,)))
    found = disputed(data, made.study.criterion("preference"), data.pairs())
    answers = [answer for one in found if one.item_id == note.item_id for answer in one.answers]
    (written,) = [answer for answer in answers if answer.comment]
    own = {
        (row.criterion, row.target): row.value
        for row in made.judgments
        if row.assignment_id == note.assignment_id and row.of == "response"
    }
    for criterion, by_system in written.marks.items():
        for system, value in by_system.items():
            assert own[criterion, Target.of_system(system)] == value


def test_spans_and_counts_have_no_words_beside_a_comment() -> None:
    made = export(items=3, raters=3, missing=0)
    note = made.comments[0].model_copy(update={"comment": "イの方が話しやすい"})
    response = [row for row in made.judgments if row.assignment_id == note.assignment_id and row.of == "response"]
    for kind, value in (("spans", [{"start": 0, "end": 2}]), ("count", 7)):
        others = [
            r.model_copy(update={"criterion_kind": kind, "value": value}) if r in response else r
            for r in made.judgments
        ]
        data = judged(with_judgments(replace(made, comments=(note,)), others))
        found = disputed(data, made.study.criterion("preference"), data.pairs())
        assert [answer.marks for one in found for answer in one.answers if answer.comment] == [{}]


def test_all_agree_nothing_is_disputed() -> None:
    made = export(items=4, raters=3, missing=0)
    same = [
        r.model_copy(update={"value": 0, "strength": 0, "chosen_system": None}) if r.criterion == "preference" else r
        for r in made.judgments
    ]
    data = judged(with_judgments(made, same))
    assert disputed(data, made.study.criterion("preference"), data.pairs()) == ()


def test_every_flag_is_listed_once_per_response() -> None:
    made = export(items=3, raters=3, missing=0)
    flags = {("R001", "i0001", "system:base"), ("R002", "i0001", "system:base"), ("R003", "i0002", "system:tuned")}
    rows = [
        row.model_copy(
            update={
                "value": int((row.rater, row.item_id, row.target) in flags),
                "reason": "may_hurt|other" if (row.rater, row.item_id, row.target) in flags else "",
            }
        )
        if row.criterion == "harm"
        else row
        for row in made.judgments
    ]
    found = flagged(judged(with_judgments(made, rows)))
    reasons = ["may_hurt", "other"]
    assert [response.model_dump() for response in found.responses] == [
        {"system": "base", "item_id": "i0001", "flags": 2, "raters": 3, "reasons": tuple(reasons)},
        {"system": "tuned", "item_id": "i0002", "flags": 1, "raters": 3, "reasons": tuple(reasons)},
    ]
    assert found.systems["base"].model_dump() == {"rated": 3, "flagged_by_anyone": 1, "flagged_by_majority": 1}
    assert found.systems["tuned"].model_dump() == {"rated": 3, "flagged_by_anyone": 1, "flagged_by_majority": 0}
