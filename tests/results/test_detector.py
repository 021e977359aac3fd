from __future__ import annotations

from dataclasses import replace

import pytest

from results.export.folder import Export
from results.statistics.resample import Resampling
from results.study.asking.detector import detector
from results.study.judged import judged
from tests.judged import export, with_judgments

HOW = Resampling(resamples=100)


def counted(detected: dict[str, int], seen: dict[str, list[int]]) -> Export:
    """Two items, three raters; detector and raters count the questions of the base, the tuned one asks nothing."""
    made = export(items=len(detected), raters=3, name="full", missing=0)
    responses = [
        row.model_copy(update={"questions": detected[row.item_id] if row.system_id == "base" else 0})
        for row in made.responses
    ]
    rows = [
        row.model_copy(
            update={"value": seen[row.item_id][int(row.rater[-1]) - 1] if row.target == "system:base" else 0}
        )
        if row.criterion == "question_count"
        else row
        for row in made.judgments
    ]
    return with_judgments(replace(made, responses=tuple(responses)), rows)


def test_precision_recall_and_same_count_by_hand() -> None:
    # Base: detector 1, 0, 2, 9; raters' medians 1, 1, 0, 4 (top-coded, as is the detector's 9). Tuned: all 0.
    made = counted(
        {"i0000": 1, "i0001": 0, "i0002": 2, "i0003": 9},
        {"i0000": [1, 1, 2], "i0001": [1, 1, 0], "i0002": [0, 0, 3], "i0003": [4, 4, 4]},
    )
    found = detector(judged(made), HOW).against_counts
    assert found is not None
    assert found.responses == 8
    assert found.precision.value == pytest.approx(2 / 3)
    assert found.recall.value == pytest.approx(2 / 3)
    assert found.same_count.value == pytest.approx(6 / 8)
    assert found.alpha.value is not None


def test_a_study_that_counts_nothing_has_the_amounts_alone() -> None:
    found = detector(judged(export(items=6, raters=2)), HOW)
    assert found.against_counts is None
    total = sum(sum(row.ratings.values()) for row in (found.amount_by_count or ()))
    rows = [r for r in export(items=6, raters=2).judgments if r.criterion == "question_amount" and r.value is not None]
    assert total == len(rows)


def test_room_is_shown_of_minimal_responses_and_of_others() -> None:
    made = export(items=6, raters=2, name="floor", missing=0)
    minimal = [row.model_copy(update={"minimal": row.system_id == "tuned"}) for row in made.responses]
    found = detector(judged(replace(made, responses=tuple(minimal))), HOW).room_by_minimal
    assert found is not None
    rows = [row for row in made.judgments if row.criterion == "floor"]
    for row in found:
        target = f"system:{'tuned' if row.minimal else 'base'}"
        own = [one.value for one in rows if one.target == target]
        assert row.ratings == {str(value): own.count(value) for value in (-1, 0, 1)}
    assert [row.minimal for row in found] == [False, True]
    assert detector(judged(made), HOW).room_by_minimal == (), "an export of before tells nothing of minimal responses"
    assert detector(judged(export(items=6, raters=2)), HOW).room_by_minimal is None
