"""Effect sizes between two systems: Cliff's delta by counts is that by pairs; memory does not grow with pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.statistics.effects import Effects
from results.statistics.resample import Resampling

values = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=25)


@given(values)
def test_cliffs_delta_is_that_of_all_pairs(rows: list[tuple[int, int]]) -> None:
    x, y = ([float(row[side]) for row in rows] for side in (0, 1))
    found = Effects([str(n) for n in range(len(rows))], Resampling(20)).between(x, y)["cliffs_delta"].value
    assert found == pytest.approx(float(np.sign(np.subtract.outer(x, y)).mean()), abs=1e-12)


def test_thousands_of_items_take_few_resamples() -> None:
    """A table of pairs of 8,000 items would hold 64 million numbers; here 500 resamples of 8,000 are held."""
    random, size = np.random.default_rng(1), 8_000
    effects = Effects([str(n) for n in range(size)], Resampling(2_000))
    found = effects.between(random.normal(0.2, 1, size).tolist(), random.normal(0, 1, size).tolist())["cliffs_delta"]
    assert effects.weights.shape == (500, size)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.112 < found.high, "2 Phi(0.2 / sqrt 2) - 1"
