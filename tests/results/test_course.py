"""A comparison over time and under other readings: known trends are found, and nothing sees sides."""

from __future__ import annotations

from typing import Any

import pytest

from results.export.folder import Export
from results.report.build import build
from results.report.pages import lay_out
from results.statistics.resample import Resampling
from results.study.course import Course, course
from results.study.judged import judged
from tests.judged import export, flipped, with_judgments

PAIR = ("base", "tuned")
HOW = Resampling(resamples=200, seed=1)


def of(made: Export) -> Course:
    return course(judged(made), made.study.criterion("preference"), PAIR, HOW)


def changed(made: Export, change: Any) -> Export:
    return with_judgments(made, [change(r) if r.criterion == "preference" else r for r in made.judgments])


def vote(row: Any, strength: int) -> Any:
    chosen = None if strength == 0 else "base" if strength > 0 else "tuned"
    return row.model_copy(
        update={"value": abs(strength), "strength": abs(strength), "reason": "", "chosen_system": chosen}
    )


def test_a_drift_and_growing_speed_are_found() -> None:
    """Base is preferred more with every pair: -2 at first, +2 at the end; seconds halve over ten pairs."""

    def drifting(row: Any) -> Any:
        made = vote(row, max(-2, min(2, round(row.position / 10 - 2) + (int(row.item_id[1:]) + row.seat) % 2)))
        seconds = 60 * 2 ** (-row.position / 10) * (1.1 if (row.seat + row.position) % 2 else 0.9)
        return made.model_copy(update={"active_seconds": seconds})

    found = of(changed(export(items=40, raters=4), drifting))
    assert found.margin_per_ten.low is not None
    assert found.margin_per_ten.low > 0.5
    assert found.pace_per_ten.value == pytest.approx(0.5, abs=0.02)
    assert found.pace_per_ten.high is not None
    assert found.pace_per_ten.high < 0.6


def test_other_readings_of_missing_and_tied() -> None:
    """Of ten dialogues x 3 raters: five clearly for base, three tied, two that nobody could judge."""

    def by_item(row: Any) -> Any:
        number = int(row.item_id[1:])
        if number >= 8:
            return row.model_copy(
                update={"value": None, "strength": None, "chosen_system": None, "reason": "cannot_judge"}
            )
        return vote(row, 2 if number < 5 else 0)

    found = of(changed(export(items=10, raters=3), by_item))
    assert found.unable_as_same.value == pytest.approx(2 * 5 / 10)
    assert found.without_ties.value == pytest.approx(2)
    assert found.without_ties.reason == "few_dialogues"


def test_sides_change_nothing() -> None:
    made = export(items=20, raters=3)
    assert of(made) == of(flipped(made))


def test_too_little_says_why() -> None:
    assert of(export(items=3, raters=3)).margin_per_ten.reason == "few_votes"
    assert of(export(items=30, raters=2)).margin_per_ten.reason == "few_raters"
    made = changed(export(items=20, raters=3), lambda r: r.model_copy(update={"submitted_at": "2030-01-02T03:00:00Z"}))
    assert of(made).margin_per_day.reason == "no_time"


def test_the_section_stands_in_the_report() -> None:
    text = lay_out(build(export(items=20, raters=3), resamples=100).record, "en").markdown()
    assert "## Over time, and other readings (exploratory)" in text
