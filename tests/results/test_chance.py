from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from results.statistics.agreement.chance import (
    fleiss_kappa,
    gwet,
    percent_agreement,
    percent_agreement_over_pairs,
    weight_table,
)
from results.statistics.ratings import Ratings, ratings
from results.statistics.resample import Resampling
from tests import published

QUICK = Resampling(resamples=200, seed=1)


def table(case: dict[str, Any]) -> Ratings:
    return ratings(*published.long(case))


@pytest.mark.parametrize("case", published.of_kind("fleiss_kappa"), ids=lambda case: case["id"])
def test_published_fleiss(case: dict[str, Any]) -> None:
    expected = pytest.approx(case["expected"]["fleiss_kappa"], abs=case["tolerance"])
    assert fleiss_kappa(table(case), QUICK).value == expected


def test_gwet_2008_paradox() -> None:
    # Table 118 / 5 / 2 / 0: 94.4 % agreement, kappa below zero, AC1 0.94.
    case = published.case("gwet2008-paradox")
    expected = case["expected"]
    assert percent_agreement(table(case), QUICK).value == pytest.approx(expected["percent_agreement"], abs=1e-6)
    assert gwet(table(case), "identity", QUICK).value == pytest.approx(expected["gwet_ac1"], abs=1e-6)


def test_percent_agreement_weighs_units_or_pairs() -> None:
    # Unit 1: 1 of 1 pair agrees; unit 2: 1 of 3. Mean over units (1 + 1/3) / 2, over pairs 2 / 4.
    made = table({"data": [[1, 1, None], [1, 1, 2]]})
    assert percent_agreement(made, QUICK).value == pytest.approx(2 / 3)
    assert percent_agreement_over_pairs(made, QUICK).value == pytest.approx(0.5)


def test_gwet_weights_of_four_categories() -> None:
    # 1 - C(gap + 1, 2) / C(4, 2) = 1 - {0, 1, 3, 6} / 6; quadratic 1 - {0, 1, 4, 9} / 9.
    domain = np.arange(4.0)
    assert weight_table("ordinal", domain)[0] == pytest.approx([1, 5 / 6, 1 / 2, 0])
    assert weight_table("quadratic", domain)[0] == pytest.approx([1, 8 / 9, 5 / 9, 0])
    assert weight_table("linear", domain)[0] == pytest.approx([1, 2 / 3, 1 / 3, 0])


def test_gwet_weights_follow_numbers_that_are_not_evenly_spaced() -> None:
    assert weight_table("quadratic", np.array([0.0, 1.0, 10.0]))[0] == pytest.approx([1, 0.99, 0])


def test_one_category_is_undefined_with_the_reason() -> None:
    made = table({"data": [[1, 1], [1, 1]]})
    assert gwet(made, "identity", QUICK).reason == "one_category"
    assert fleiss_kappa(made, QUICK).reason == "one_category"
    assert percent_agreement(made, QUICK).value == 1.0
