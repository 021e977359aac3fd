"""Who stands first where Seats judge block by block: one pair of systems, balanced in every block and up to its end.

Every assignment is a sign +1 or -1. For each Seat these sets are wanted with a sum of 0, or +-1 where they are odd: a
stratum's assignments in one block; those of a stratum in all blocks so far; all of the Seat. They are nested, so they
can be paired off from the inside out, at most one assignment of a set being left to the next larger one. The
assignments of each unit are paired off too. Two assignments of a pair get opposite signs: the pairs of both kinds are
two matchings, whose union is paths and even circles, so that all can have them at once. (Two laminar families have a
colouring of discrepancy 1: the classical case of a totally unimodular system, Hoffman and Kruskal 1956.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def choose_nested(seat: Ints, stratum: Ints, block: Ints, unit: Ints, before: Ints, rng: np.random.Generator) -> Ints:
    """(E,) sides +1 or -1 of E assignments, given as parallel arrays of 0-based numbers.

    Args:
        before: (units,) first minus second of the units' assignments dealt earlier; an odd one is evened where the
            other balances leave the choice.
    """
    mates: tuple[dict[int, int], dict[int, int]] = {}, {}
    for s in np.unique(seat).tolist():
        _pair_seat(np.flatnonzero(seat == s), stratum, block, mates[0], rng)
    wanted = np.zeros(len(seat), dtype=np.int64)
    for u in np.unique(unit).tolist():
        for left in _pair_off(np.flatnonzero(unit == u).tolist(), mates[1], rng):
            wanted[left] = -np.sign(before[u])
    side = np.zeros(len(seat), dtype=np.int64)
    for start in rng.permutation(len(seat)).tolist():
        if not side[start]:
            _colour(start, side, wanted, mates, rng)
    return side


def _pair_seat(mine: Ints, stratum: Ints, block: Ints, mates: dict[int, int], rng: np.random.Generator) -> None:
    """Pairs off one Seat's assignments: within a block of a stratum, then with the blocks before, then over strata."""
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in mine.tolist():
        cells[int(stratum[one]), int(block[one])].append(one)
    left: dict[int, list[int]] = defaultdict(list)
    for here, number in sorted(cells):
        own = _pair_off(cells[here, number], mates, rng)
        left[here] = _pair_off([*left[here], *own], mates, rng)
    _pair_off([one for rest in left.values() for one in rest], mates, rng)


def _pair_off(terms: Sequence[int], mates: dict[int, int], rng: np.random.Generator) -> list[int]:
    """Makes pairs of the terms at random; the one that is left, or nothing."""
    drawn = [terms[place] for place in rng.permutation(len(terms)).tolist()]
    for one, other in zip(drawn[::2], drawn[1::2], strict=False):
        mates[one], mates[other] = other, one
    return drawn[len(drawn) - len(drawn) % 2 :]


def _colour(
    start: int, side: Ints, wanted: Ints, mates: tuple[dict[int, int], dict[int, int]], rng: np.random.Generator
) -> None:
    """Signs for all that hangs together with `start`, opposite along every pair; turned as most of `wanted` asks."""
    reached, heap = {start: 1}, [start]
    while heap:
        one = heap.pop()
        for kind in mates:
            other = kind.get(one)
            if other is not None and other not in reached:
                reached[other] = -reached[one]
                heap.append(other)
    lean = sum(sign * int(wanted[one]) for one, sign in reached.items())
    turn = int(np.sign(lean)) or (1 if rng.random() < 0.5 else -1)
    for one, sign in reached.items():
        side[one] = sign * turn
