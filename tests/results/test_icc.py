from __future__ import annotations

from typing import Any

import pytest

from results.statistics.agreement.icc import FORMS, icc
from results.statistics.ratings import ratings
from results.statistics.resample import Resampling
from tests import published

QUICK = Resampling(resamples=200, seed=1)


def forms(rows: list[list[Any]]) -> dict[str, Any]:
    return icc(ratings(*published.long({"data": rows})), QUICK)


@pytest.mark.parametrize("case", published.of_kind("icc"), ids=lambda case: case["id"])
def test_published(case: dict[str, Any]) -> None:
    found = forms(case["data"])
    assert list(found) == list(FORMS)
    for form, value in case["expected"].items():
        assert found[form].value == pytest.approx(value, abs=case["tolerance"])
        assert found[form].low is None or found[form].low <= found[form].value


def test_raters_may_be_exchanged() -> None:
    rows = published.case("shrout-fleiss-1979")["data"]
    one, two = forms(rows), forms([row[::-1] for row in rows])
    for form in FORMS:  # sums in another order differ in the last digit, which is not printed
        assert one[form].as_dict() == two[form].as_dict()


def test_units_that_not_all_rated_are_left_out() -> None:
    rows = published.case("shrout-fleiss-1979")["data"]
    assert forms([*rows, [3, None, 4, 4]])["ICC(2,1)"].value == pytest.approx(forms(rows)["ICC(2,1)"].value)


def test_other_raters_for_every_unit_leave_the_one_way_forms() -> None:
    # Each unit has two ratings, by raters 1, 2 or 3, 4; their means are 1.5, 5.5, 4.5, 1.5 and every MSW is 0.5.
    found = forms([[1, 2, None, None], [None, None, 5, 6], [5, 4, None, None], [None, None, 1, 2]])
    between = 2 * sum((mean - 3.25) ** 2 for mean in (1.5, 5.5, 4.5, 1.5)) / 3
    within = 0.5
    assert found["ICC(1,1)"].value == pytest.approx((between - within) / (between + within))
    assert found["ICC(2,1)"].reason == "different_raters"


def test_undefined_forms_have_reasons() -> None:
    assert forms([[1, None], [None, 2]])["ICC(1,1)"].reason == "no_complete_units"
    assert forms([[3, 3], [3, 3], [3, 3]])["ICC(3,k)"].reason == "no_variance"
