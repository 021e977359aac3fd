"""Sides, whatever was dealt before: Seats keep their balance also where units are far out of theirs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.design.sides import Ints, Shown, choose

pytestmark = pytest.mark.slow


def shown(seats: int, systems: int, items: int, strata: int) -> Shown:
    """Every Seat meets every item once, with the pairs of systems in turn; a unit is an item with a pair."""
    pairs = list(combinations(range(systems), 2))
    rows = [(seat, item, (item + seat // 2) % len(pairs)) for seat in range(seats) for item in range(items)]
    cells = [(seat, item % strata, item * len(pairs) + pair, *pairs[pair]) for seat, item, pair in rows]
    return Shown(*np.array(cells).T)


def furthest(dealt: Shown, side: Ints) -> int:
    """The largest |first - second| of any Seat, stratum and system."""
    sums: dict[tuple[int, int, int], int] = {}
    for seat, stratum, first, second, x in zip(dealt.seat, dealt.stratum, dealt.first, dealt.second, side, strict=True):
        for system, sign in ((first, 1), (second, -1)):
            sums[seat, stratum, system] = sums.get((seat, stratum, system), 0) + sign * int(x)
    return max(map(abs, sums.values()))


@settings(max_examples=12, deadline=None)
@given(
    seats=st.sampled_from([2, 4, 6]),
    systems=st.integers(2, 5),
    items=st.integers(2, 4),
    strata=st.integers(1, 3),
    seed=st.integers(0, 999),
)
def test_every_seat_is_balanced_however_far_units_are_out_of_balance(
    seats: int, systems: int, items: int, strata: int, seed: int
) -> None:
    dealt = shown(seats, systems, items, strata)
    draw = np.random.default_rng(seed)
    side = choose(dealt, draw.integers(-3, 4, int(dealt.unit.max()) + 1), draw)
    assert set(side.tolist()) <= {1, -1}
    assert furthest(dealt, side) <= 1


@pytest.mark.parametrize(("size", "seed"), [((4, 2, 2, 1), 4), ((6, 3, 2, 1), 4), ((6, 3, 3, 1), 0)])
def test_a_unit_is_brought_back_at_no_seats_cost(size: tuple[int, int, int, int], seed: int) -> None:
    """Turning an assignment for its unit's sake takes another of the Seat along: with seeds where that was needed."""
    dealt = shown(*size)
    before = np.random.default_rng(seed).integers(-3, 4, int(dealt.unit.max()) + 1)
    assert furthest(dealt, choose(dealt, before, np.random.default_rng(seed))) <= 1
