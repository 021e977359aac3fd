from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

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


def by_regression(unit: Any, rater: Any, value: Any) -> tuple[float, float]:
    """ICC(2,1) and ICC(3,1) from residual sums of squares of four regressions, the variances by their expectations."""
    units, raters = np.eye(max(unit) + 1)[unit], np.eye(max(rater) + 1)[rater]

    def residual(*columns: Any) -> float:
        design = np.hstack([np.ones((len(value), 1)), *columns])
        return float(((value - design @ np.linalg.lstsq(design, value, rcond=None)[0]) ** 2).sum())

    (n, r), total = (units.shape[1], raters.shape[1]), len(value)
    rest = residual(units, raters) / (total - n - r + 1)
    cells = units.T @ raters
    k0 = (total - (cells**2 / cells.sum(axis=0)).sum()) / (n - 1)
    n0 = (total - (cells**2 / cells.sum(axis=1, keepdims=True)).sum()) / (r - 1)
    of_units = ((residual(raters) - residual(units, raters)) / (n - 1) - rest) / k0
    of_raters = ((residual(units) - residual(units, raters)) / (r - 1) - rest) / n0
    return of_units / (of_units + of_raters + rest), of_units / (of_units + rest)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([1.0, 0.7]))
def test_any_design_is_what_regressions_say(seed: int, kept: float) -> None:
    random = np.random.default_rng(seed)
    grid = random.normal(0, 1, (9, 1)) + random.normal(0, 0.5, 4) + random.normal(0, 1, (9, 4))
    unit, rater = np.nonzero(random.random((9, 4)) < kept)
    assume(len(set(unit.tolist())) == 9 and len(set(rater.tolist())) == 4)
    value = grid[unit, rater]
    found = icc(ratings(unit.tolist(), rater.tolist(), value.tolist()), QUICK)
    assume(found["ICC(2,1)"].value is not None)
    assert (found["ICC(2,1)"].value, found["ICC(3,1)"].value) == pytest.approx(by_regression(unit, rater, value))


def test_the_interval_of_consistency_is_that_of_f() -> None:
    """McGraw and Wong (1996), Psychol. Methods 1, 30-46, case 3: F limits; draws come near them."""
    random = np.random.default_rng(7)
    grid = random.normal(0, 1, (30, 1)) + random.normal(0, 0.7, (30, 4))
    unit, rater = np.nonzero(np.ones((30, 4)))
    found = icc(ratings(unit.tolist(), rater.tolist(), grid.ravel().tolist()), Resampling(40_000, 1))["ICC(3,1)"]
    means = grid.mean(axis=1)
    between = 4 * ((means - means.mean()) ** 2).sum() / 29
    rest = ((grid - means[:, None] - grid.mean(axis=0) + grid.mean()) ** 2).sum() / 87
    ends = [between / rest / stats.f.ppf(0.975, 29, 87), between / rest * stats.f.ppf(0.975, 87, 29)]
    assert (found.low, found.high) == pytest.approx([(f - 1) / (f + 3) for f in ends], abs=0.01)


def test_units_of_one_dialogue_leave_the_interval_wider() -> None:
    random = np.random.default_rng(3)
    grid = random.normal(0, 1, (24, 1)) + random.normal(0, 0.7, (24, 4))
    unit, rater = np.nonzero(np.ones((24, 4)))
    columns = unit.tolist(), rater.tolist(), grid.ravel().tolist()
    apart, paired = icc(ratings(*columns), QUICK), icc(ratings(*columns, dialogue=(unit // 2).tolist()), QUICK)
    for form in FORMS:
        (one, two) = apart[form], paired[form]
        assert one.value == pytest.approx(two.value)
        assert (two.low or 0) < (one.low or 0) < (one.high or 0) < (two.high or 0)


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
