from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from results.statistics.agreement.cohen import cohen_kappa
from results.statistics.ratings import Ratings, ratings
from results.statistics.resample import Resampling
from tests import published

QUICK = Resampling(resamples=200, seed=1)


def table(case: dict[str, Any]) -> Ratings:
    domain = list(range(1, 7)) if case["id"].startswith("irr-anxiety") else None
    return ratings(*published.long(case), domain=domain)


@pytest.mark.parametrize(
    ("case_id", "key", "weights"),
    [
        ("cohen1968-weighted", "cohen_kappa", "identity"),
        ("cohen1968-weighted", "cohen_kappa_weighted", np.array([[0.0, 1, 3], [1, 0, 6], [3, 6, 0]])),
        ("irr-anxiety-cohen-linear", "cohen_kappa_linear", "linear"),
        ("irr-anxiety-cohen-quadratic", "cohen_kappa_quadratic", "quadratic"),
        ("gwet2008-paradox", "cohen_kappa", "identity"),
    ],
)
def test_published(case_id: str, key: str, weights: Any) -> None:
    case = published.case(case_id)
    found = cohen_kappa(table(case), 0, 1, weights, QUICK)
    assert found.value == pytest.approx(case["expected"][key], abs=case["tolerance"])
    assert found.sizes.items == len(case["data"])
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.high


def test_raters_may_be_exchanged() -> None:
    made = table(published.case("cohen1968-weighted"))
    assert cohen_kappa(made, 0, 1, "linear", QUICK).value == pytest.approx(
        cohen_kappa(made, 1, 0, "linear", QUICK).value
    )


def test_units_of_one_rater_do_not_count() -> None:
    one = ratings(*published.long({"data": [[1, 1], [2, 2], [1, 2], [2, 1]]}))
    more = ratings(*published.long({"data": [[1, 1], [2, 2], [1, 2], [2, 1], [2, None], [None, 1]]}))
    assert cohen_kappa(more, 0, 1, "identity", QUICK).value == cohen_kappa(one, 0, 1, "identity", QUICK).value == 0


def test_nothing_shared_is_undefined_with_the_reason() -> None:
    made = ratings(*published.long({"data": [[1, None], [None, 2]]}))
    found = cohen_kappa(made, 0, 1, "identity", QUICK)
    assert (found.value, found.reason) == (None, "no_shared_units")
