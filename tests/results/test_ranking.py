"""Three or more systems in order: ranges of ranks, circles, and what a missing pair does."""

from __future__ import annotations

import pytest

from results.report.build import build
from results.report.pages import lay_out
from results.report.ranking import ranking
from results.statistics.figure import Figure
from tests.judged import export

THREE = ("base", "tuned", "third")


def differences(**found: tuple[float, float, float]) -> dict[tuple[str, str], Figure]:
    """Margins with their simultaneous intervals, named `first_second`."""
    return {(key.split("_")[0], key.split("_")[1]): Figure(*ends) for key, ends in found.items()}


def test_ranges_are_what_the_intervals_leave_possible() -> None:
    told = differences(base_tuned=(-1.0, -1.6, -0.4), base_third=(0.2, -0.3, 0.7), tuned_third=(0.9, 0.1, 1.7))
    found = ranking(THREE, told, "these_raters")
    assert found is not None
    # tuned is shown above both others; base and third are not told apart.
    ranks = [(one.system, one.best_rank, one.worst_rank) for one in found.systems]
    assert ranks == [("tuned", 1, 1), ("base", 2, 3), ("third", 2, 3)]
    assert [one.mean_margin for one in found.systems] == pytest.approx([0.95, -0.4, -0.55])
    assert found.circles == ()
    assert [one.systems for one in found.differences] == list(told)


@pytest.mark.parametrize(("low", "shown"), [(0.1, True), (-0.1, False)])
def test_a_circle_is_told_and_whether_it_is_shown(low: float, shown: bool) -> None:
    told = differences(base_tuned=(0.5, low, 0.9), base_third=(-0.5, -0.9, -0.1), tuned_third=(0.5, 0.1, 0.9))
    found = ranking(THREE, told, "these_raters")
    assert found is not None
    (circle,) = found.circles
    assert circle.systems == ("base", "tuned", "third")
    assert circle.shown == shown


def test_without_a_pair_there_is_no_order() -> None:
    told = differences(base_tuned=(0.5, 0.1, 0.9), base_third=(-0.5, -0.9, -0.1))
    assert ranking(THREE, told, "these_raters") is None
    assert ranking(("base", "tuned"), differences(base_tuned=(0.5, 0.1, 0.9)), "raters_at_large") is None


def test_every_difference_is_that_of_the_pair_with_a_wider_interval() -> None:
    record = build(export(items=40, raters=6, systems=THREE, effect=0.9), resamples=1000).record
    for order in record.preference.rankings:
        for one, pair in zip(order.differences, record.preference.pairs, strict=True):
            alone = pair.margin_for(order.estimand)[0]
            assert one.systems == pair.systems
            assert one.margin.value == alone.value
            assert (one.margin.low or 0) < (alone.low or 0) < (alone.high or 0) < (one.margin.high or 0)


def test_the_report_begins_with_the_order() -> None:
    record = build(export(items=12, raters=3, systems=THREE, effect=0.9), resamples=100).record
    assert {one.estimand for one in record.preference.rankings} == {"these_raters", "raters_at_large"}
    text = lay_out(record, "en").markdown()
    assert text.index("### Ranking") < text.index(" − ", text.index("## Which was preferred"))
    assert lay_out(record, "de").markdown().count("Rangfolge") == 1
