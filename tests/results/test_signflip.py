from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.statistics.signflip import sign_flip

margins = st.lists(st.fractions(-2, 2, max_denominator=6), min_size=1, max_size=9)


@given(margins)
def test_equals_counting_all_sign_patterns(values: list[Fraction]) -> None:
    moved = [value for value in values if value]
    found = sign_flip(np.array([float(value) for value in values]))
    if not moved:
        assert (found.p_value, found.reason) == (None, "no_margin")
        return
    observed = abs(sum(moved, Fraction()))
    patterns = list(product((-1, 1), repeat=len(moved)))
    hits = sum(
        abs(sum((s * v for s, v in zip(signs, moved, strict=True)), Fraction())) >= observed for signs in patterns
    )
    assert found.p_value == pytest.approx(hits / len(patterns))


def test_five_of_five_in_one_direction() -> None:
    # Of 2^5 patterns only all plus and all minus are as extreme: p = 2 / 32.
    assert sign_flip(np.ones(5)).p_value == pytest.approx(2 / 32)


def test_irrational_margins_of_few_dialogues_are_counted_pattern_by_pattern() -> None:
    whole = np.array([1.0, 2, -1, 1, 1, 2, -2, 1, 1, 1, 2, 1])
    assert sign_flip(whole * np.sqrt(2)) == sign_flip(whole)


def test_irrational_margins_of_many_are_drawn_and_agree_with_the_exact_test() -> None:
    whole = np.array([1.0, 2, -1, 1, 1, 2, -2, 1, 1, 1, 2, 1, -2, -1, 0, -2, 2, -1])
    drawn = sign_flip(whole * np.sqrt(2))
    assert "draws" in drawn.method
    exact = sign_flip(whole).p_value
    assert exact is not None
    assert drawn.p_value == pytest.approx(exact, abs=0.006)
