"""Three or more systems in order: ranges of ranks, circles, and what a missing pair does."""

from __future__ import annotations

import pytest

from results.record.preference import PairRecord
from results.report.build import build
from results.report.pages import lay_out
from results.report.ranking import ranking
from tests.judged import export

THREE = ("base", "tuned", "third")


@pytest.fixture(scope="module")
def pairs() -> tuple[PairRecord, ...]:
    return build(export(items=12, raters=3, systems=THREE), resamples=100).record.preference.pairs


def made(pairs: tuple[PairRecord, ...], **values: tuple[float, float]) -> list[PairRecord]:
    """The pairs with a margin and a corrected p-value each, named `first_second`."""
    changed = []
    for pair in pairs:
        key = "_".join(pair.systems)
        value, p_holm = values[key]
        margin = pair.margin.model_copy(update={"value": value})
        test = pair.margin_test.model_copy(update={"p_holm": p_holm})
        changed.append(pair.model_copy(update={"margin": margin, "margin_test": test}))
    return changed


def test_ranges_are_what_the_corrected_tests_leave_possible(pairs: tuple[PairRecord, ...]) -> None:
    changed = made(pairs, base_tuned=(-1.0, 0.01), base_third=(0.2, 0.4), tuned_third=(0.9, 0.03))
    found = ranking(THREE, changed, "these_raters")
    assert found is not None
    # tuned is shown above both others; base and third are not told apart.
    ranks = [(one.system, one.best_rank, one.worst_rank) for one in found.systems]
    assert ranks == [("tuned", 1, 1), ("base", 2, 3), ("third", 2, 3)]
    assert [one.mean_margin for one in found.systems] == pytest.approx([0.95, -0.4, -0.55])
    assert found.circles == ()


@pytest.mark.parametrize(("p_holm", "shown"), [(0.01, True), (0.2, False)])
def test_a_circle_is_told_and_whether_it_is_shown(pairs: tuple[PairRecord, ...], p_holm: float, shown: bool) -> None:
    changed = made(pairs, base_tuned=(0.5, p_holm), base_third=(-0.5, 0.01), tuned_third=(0.5, 0.01))
    found = ranking(THREE, changed, "these_raters")
    assert found is not None
    (circle,) = found.circles
    assert circle.systems == ("base", "tuned", "third")
    assert circle.shown == shown


def test_without_a_pair_there_is_no_order(pairs: tuple[PairRecord, ...]) -> None:
    assert ranking(THREE, pairs[:2], "these_raters") is None
    assert ranking(("base", "tuned"), pairs[:1], "raters_at_large") is None


def test_the_report_begins_with_the_order() -> None:
    record = build(export(items=12, raters=3, systems=THREE, effect=0.9), resamples=100).record
    assert {one.estimand for one in record.preference.rankings} == {"these_raters", "raters_at_large"}
    text = lay_out(record, "en").markdown()
    assert text.index("### Ranking") < text.index(" − ", text.index("## Which was preferred"))
    assert lay_out(record, "de").markdown().count("Rangfolge") == 1
