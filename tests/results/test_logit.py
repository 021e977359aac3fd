"""The logit against statsmodels, the textbook's case, and votes that terms tell apart."""

from __future__ import annotations

import numpy as np
import pytest

from results.statistics.regression.logit import logit


@pytest.mark.parametrize("seed", range(5))
def test_logit_is_that_of_statsmodels(seed: int) -> None:
    from statsmodels.discrete.discrete_model import Logit

    random = np.random.default_rng(seed)
    design = np.column_stack([np.ones(200), random.normal(size=(200, 3)) * [1, 5, 0.1]])
    chosen = (random.random(200) < 1 / (1 + np.exp(-design @ [0.3, 0.4, 1.0, -0.5]))).astype(float)
    assert logit(chosen, design) == pytest.approx(Logit(chosen, design).fit(disp=False).params, rel=1e-9)


def test_one_constant_is_the_log_odds() -> None:
    # 15 of 20 chosen: log(15 / 5).
    assert logit(np.array([1.0] * 15 + [0.0] * 5), np.ones((20, 1))) == pytest.approx([np.log(3)])


def test_votes_that_a_term_tells_apart_have_no_likeliest_terms() -> None:
    gap = np.arange(-5.0, 5.0) + 0.5
    assert logit((gap > 0).astype(float), np.column_stack([np.ones(10), gap])) is None
    almost = (gap > 0).astype(float)
    almost[4:6] = [1.0, 0.0]
    assert logit(almost, np.column_stack([np.ones(10), gap])) is not None


def test_one_outcome_alone_has_no_likeliest_terms() -> None:
    assert logit(np.ones(20), np.ones((20, 1))) is None
