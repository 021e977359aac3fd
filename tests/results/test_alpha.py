from __future__ import annotations

from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from results.statistics.agreement.alpha import LEVELS, alpha, both_ways, orientation_free_alpha, value
from results.statistics.ratings import Ratings, ratings
from results.statistics.resample import Resampling
from tests import published

QUICK = Resampling(resamples=200, seed=3)
CASES = published.of_kind("krippendorff_alpha")


def table(rows: list[list[Any]], domain: list[Any] | None = None) -> Ratings:
    return ratings(*published.long({"data": rows}), domain=domain)


def test_there_are_seventeen_published_cases() -> None:
    assert len(CASES) == 17


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_published(case: dict[str, Any]) -> None:
    made = ratings(*published.long(case))
    expected = pytest.approx(case["expected"]["alpha"], abs=case["tolerance"])
    assert value(made, case["level"]) == expected
    assert alpha(made, case["level"], QUICK).value == expected


def test_gwet_2008_paradox_alpha_is_below_zero_at_94_percent_agreement() -> None:
    case = published.case("gwet2008-paradox")
    assert value(ratings(*published.long(case)), "nominal") == pytest.approx(
        case["expected"]["alpha_nominal"], abs=1e-6
    )


tables = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=3, max_size=3), min_size=2, max_size=12)


@given(tables, st.sampled_from(LEVELS))
def test_the_core_equals_the_krippendorff_package(rows: list[list[Any]], level: Any) -> None:
    pairable = [row for row in rows if sum(v is not None for v in row) >= 2]
    assume(len({v for row in pairable for v in row if v is not None}) >= 2)
    data = np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float).T
    expected = krippendorff.alpha(reliability_data=data, level_of_measurement=level)
    assert value(table(rows), level) == pytest.approx(expected, abs=1e-9)
    assert alpha(table(rows), level, QUICK).value == pytest.approx(expected, abs=1e-9)


@given(tables, st.sampled_from(LEVELS), st.permutations([0, 1, 2]))
def test_raters_may_be_exchanged_and_one_who_rated_nothing_added(
    rows: list[list[Any]], level: Any, order: list[int]
) -> None:
    other = [[row[place] for place in order] + [None] for row in rows]
    one, two = alpha(table(rows), level, QUICK), alpha(table(other), level, QUICK)
    assert (one.value, one.low, one.high, one.reason) == (two.value, two.low, two.high, two.reason)


@given(tables, st.floats(0.1, 10), st.floats(-5, 5))
def test_interval_alpha_does_not_change_with_the_unit_of_measurement(
    rows: list[list[Any]], scale: float, shift: float
) -> None:
    moved = [[None if v is None else v * scale + shift for v in row] for row in rows]
    assert value(table(moved), "interval") == pytest.approx(value(table(rows), "interval"), nan_ok=True)


def test_all_ratings_alike_is_undefined_with_the_reason() -> None:
    found = alpha(table([[1, 1, 1]] * 5), "ordinal", QUICK)
    assert (found.value, found.low, found.high, found.reason) == (None, None, None, "one_value")


def test_no_two_ratings_of_a_unit_is_undefined_with_the_reason() -> None:
    found = alpha(table([[1, None], [None, 2]]), "nominal", QUICK)
    assert (found.value, found.reason) == (None, "no_two_ratings")


def test_one_dialogue_has_a_value_and_no_interval() -> None:
    unit, rater, given_value = published.long({"data": [[1, 1], [2, 2], [1, 2]]})
    found = alpha(ratings(unit, rater, given_value, dialogue=["d"] * 6), "nominal", QUICK)
    assert found.value is not None
    assert (found.low, found.reason) == (None, "few_dialogues")


def test_unanimous_raters_are_one_orientation_free_and_undefined_by_system() -> None:
    rows = [[2, 2, 2]] * 8
    domain = [-2, -1, 0, 1, 2]
    assert orientation_free_alpha(table(rows, domain), "ordinal", QUICK).value == pytest.approx(1.0)
    assert alpha(table(rows, domain), "ordinal", QUICK).value is None


@given(st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=3, max_size=10), st.data())
def test_orientation_free_alpha_does_not_see_how_a_pair_is_turned(rows: list[list[int]], data: st.DataObject) -> None:
    turned = [[-v for v in row] if data.draw(st.booleans()) else row for row in rows]
    domain = [-2, -1, 0, 1, 2]
    one = orientation_free_alpha(table(rows, domain), "ordinal", QUICK)
    two = orientation_free_alpha(table(turned, domain), "ordinal", QUICK)
    assert (one.low, one.high) == pytest.approx((two.low, two.high)) if one.low is not None else two.low is None
    assert one.value == pytest.approx(two.value) if one.value is not None else two.value is None


def test_both_copies_of_a_unit_are_resampled_together() -> None:
    made = table([[1, 1], [-1, 0], [2, 1]], [-2, -1, 0, 1, 2])
    both = both_ways(made)
    assert both.dialogues == made.dialogues
    assert both.sizes().items == 3


def test_resampling_follows_dialogues_not_units() -> None:
    # Ten units, each four times in one dialogue: the interval must be that of ten dialogues, not of forty units.
    random = np.random.default_rng(5)
    rows = [[int(v) for v in random.integers(0, 3, 4)] for _ in range(10)]
    unit, rater, given_value = published.long({"data": [row for row in rows for _ in range(4)]})
    clustered = alpha(ratings(unit, rater, given_value, dialogue=[u // 4 for u in unit]), "nominal", QUICK)
    loose = alpha(ratings(unit, rater, given_value), "nominal", QUICK)
    assert clustered.high is not None
    assert clustered.low is not None
    assert loose.high is not None
    assert loose.low is not None
    assert clustered.high - clustered.low > 1.5 * (loose.high - loose.low)


def test_a_second_rating_by_the_same_rater_is_refused() -> None:
    with pytest.raises(ValueError, match="rater 'a' rated unit '1' more than once"):
        ratings([1, 1], ["a", "a"], [0, 1])


def test_a_value_outside_the_domain_is_refused() -> None:
    with pytest.raises(ValueError, match=r"value '7' is none of \[0, 1\]"):
        ratings([1], ["a"], [7], domain=[0, 1])
