"""Two-way clustered least squares: CR2 from its definition, one cluster a row, and names that change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, stats

from results.statistics.ratings import Indices
from results.statistics.regression.clustered import fit
from results.statistics.resample import Array


def data(seed: int, dialogues: int = 9, raters: int = 4) -> tuple[Array, Array, Indices, Indices]:
    random = np.random.default_rng(seed)
    kept = random.random((dialogues, raters)) < 0.8
    dialogue, rater = np.nonzero(kept)
    gap = random.normal(0, 1, dialogues)[dialogue]
    values = 0.3 + 0.5 * gap + random.normal(0, 0.4, raters)[rater] + random.normal(0, 1, len(dialogue))
    return np.column_stack([np.ones(len(dialogue)), gap]), values, dialogue, rater


def by_definition(design: Array, values: Array, groups: Indices) -> Array:
    """sum_g B X_g' (I - H_gg)^(-1/2) e_g e_g' (I - H_gg)^(-1/2) X_g B, its diagonal; N x N pieces throughout."""
    inverse = np.linalg.inv(design.T @ design)
    rest = values - design @ inverse @ design.T @ values
    total = np.zeros((design.shape[1],) * 2)
    for group in np.unique(groups):
        part = design[groups == group]
        weight = np.real(linalg.fractional_matrix_power(np.eye(len(part)) - part @ inverse @ part.T, -0.5))
        score = part.T @ weight @ rest[groups == group]
        total += np.outer(score, score)
    diagonal: Array = np.diag(inverse @ total @ inverse)
    return diagonal


@pytest.mark.parametrize("seed", range(8))
def test_the_interval_is_that_of_the_definition(seed: int) -> None:
    design, values, dialogue, rater = data(seed)
    i, r, b = (by_definition(design, values, groups) for groups in (dialogue, rater, dialogue * 10 + rater))
    variance = np.maximum(np.maximum(i + r - b, i), r)
    df = variance**2 / (i**2 / (len(np.unique(dialogue)) - 2) + r**2 / (len(np.unique(rater)) - 1))
    reach = np.maximum(
        stats.t.ppf(0.975, df) * np.sqrt(variance), stats.t.ppf(0.975, len(np.unique(rater)) - 1) * np.sqrt(r)
    )
    coefficients = np.linalg.lstsq(design, values, rcond=None)[0]
    found = fit(design, values, dialogue, rater)
    assert [term.value for term in found] == pytest.approx(coefficients)
    assert [term.high for term in found] == pytest.approx(coefficients + reach)
    for term in found:
        assert (term.low <= 0 <= term.high) == (term.p_value >= 0.05)


def test_other_names_of_dialogues_and_raters_change_nothing() -> None:
    design, values, dialogue, rater = data(3)
    one, two = fit(design, values, dialogue, rater), fit(design, values, 8 - dialogue, 3 - rater)
    for mine, other in zip(one, two, strict=True):
        assert (mine.value, mine.low, mine.p_value) == pytest.approx((other.value, other.low, other.p_value))
