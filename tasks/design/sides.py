"""Who stands first: sides balanced within each Seat, stratum and unit at once.

Every assignment that shows two systems is a variable x = +1 (the group's first system stands first) or -1. Each
balance wanted is a row: a sum of +-x that must be 0 where it has an even number of terms and +-1 where odd. Rows are,
for every Seat and system, first minus second within each stratum and over all strata, and for every unit, over its
raters. With one pair of systems an exact solution always exists: rows of a Seat are nested, rows of units are disjoint,
and two such families make a totally unimodular system (Hoffman and Kruskal 1956), so x = 0 rounds to +-1 within
floor and ceiling. With more pairs it exists but for very small studies. It is found from a greedy start by a walk in
which a row out of balance flips the term that harms the other rows least (as WalkSAT does: Selman, Kautz and Cohen
1994); the rows of units and strata are never given up for the rows over all strata.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_REST = 10
"""Flips for which a flipped term rests, so that the walk does not undo its last steps."""
_LOOK = 32
"""Terms looked at per flip, drawn from the row: enough to find a good one, and the same time for a long row."""


class Shown(NamedTuple):
    """The assignments whose sides are wanted. E assignments, as parallel (E,) arrays of 0-based numbers."""

    seat: Ints
    stratum: Ints
    unit: Ints
    first: Ints
    """The system that stands first where x = +1."""
    second: Ints


class Rows(NamedTuple):
    """The balances but those of units. Each assignment is a term of 4 rows."""

    of: Ints
    """(E, 4) the rows of each assignment: its Seat's stratum rows of both systems, then those over all strata."""
    sign: Ints
    """(E, 4) the sign with which x enters them; 0 where a row is given up."""
    members: tuple[Ints, ...]
    """The assignments of each row."""
    mates: Ints
    """(E, m) the other assignments of the unit, padded with -1."""
    units: tuple[Ints, ...]
    """The assignments of each unit."""
    before: Ints
    """(units,) first minus second of the assignments dealt earlier."""


def choose(shown: Shown, before: Ints, rng: np.random.Generator) -> Ints:
    """(E,) sides +1 or -1.

    Args:
        before: (units,) first minus second of the units' assignments dealt earlier, 0 at the start.

    First minus second ends in -1, 0 or 1 for every Seat, system and stratum: always. So it does for every unit wherever
    the walk finds such sides, which fails only where even numbers of raters, several pairs of systems and strata of two
    or three items meet; there a few units end in 2 or -2. Over all strata a Seat's row is balanced too where that is
    possible beside the others.
    """
    if not len(shown.seat):
        return np.zeros(0, dtype=np.int64)
    best, furthest = np.zeros(0, dtype=np.int64), np.inf
    for overall, patience in ((True, 0.5), (False, 2.0), (False, 2.0), *((False, 0.5),) * 6):
        rows = _rows(shown, before, overall)
        side = _walk(rows, _greedy(_rows(shown, before, True), rng), int(patience * len(shown.seat)) + 1000, rng)
        if _imbalance(rows, side) == 0:
            return side
        settled = _soften(shown, before, _settle(shown, side))
        if (far := float(np.abs(_surplus(shown, before, settled)).max())) < furthest:
            best, furthest = settled, far
        if not overall and furthest <= 2:
            break
    return best


def _surplus(shown: Shown, before: Ints, side: Ints) -> Ints:
    """(units,) first minus second."""
    surplus = before.copy()
    np.add.at(surplus, shown.unit, side)
    return surplus


def _soften(shown: Shown, before: Ints, side: Ints) -> Ints:
    """Brings units further than 2 out of balance back, as far as turning a few assignments of one Seat can.

    An assignment is turned alone, or together with one or two of its Seat and stratum, so that no balance of the Seat
    is lost, where that lowers the sum of squares of the units' first minus second; so it ends.
    """
    side = side.copy()
    while True:
        surplus = _surplus(shown, before, side)
        far = np.flatnonzero((np.abs(surplus[shown.unit]) > 2) & (side * surplus[shown.unit] > 0)).tolist()
        turned = next((terms for one in far if (terms := _turned_with(shown, side, surplus, one))), None)
        if turned is None:
            return side
        side[list(turned)] *= -1


def _turned_with(shown: Shown, side: Ints, surplus: Ints, one: int) -> tuple[int, ...] | None:
    """`one` and up to two of its Seat and stratum that can be turned with gain; None where there are none."""
    cell = np.flatnonzero((shown.seat == shown.seat[one]) & (shown.stratum == shown.stratum[one]))
    leaning = side[cell] * surplus[shown.unit[cell]]
    others = [term for term in cell[np.argsort(-leaning, kind="stable")].tolist() if term != one][:_LOOK]
    for count in range(3):
        for more in combinations(others, count):
            after = side.copy()
            after[[one, *more]] *= -1
            if _gains(shown, side, surplus, (one, *more)) and _balanced(shown, after, cell):
                return (one, *more)
    return None


def _gains(shown: Shown, side: Ints, surplus: Ints, terms: tuple[int, ...]) -> bool:
    change = np.zeros(len(surplus), dtype=np.int64)
    np.add.at(change, shown.unit[list(terms)], -2 * side[list(terms)])
    return int(((surplus + change) ** 2).sum()) < int((surplus**2).sum())


def _balanced(shown: Shown, side: Ints, cell: Ints) -> bool:
    sums = np.zeros(int(max(shown.first.max(), shown.second.max())) + 1, dtype=np.int64)
    np.add.at(sums, shown.first[cell], side[cell])
    np.add.at(sums, shown.second[cell], -side[cell])
    return int(np.abs(sums).max()) <= 1


def _settle(shown: Shown, side: Ints) -> Ints:
    """Balances every Seat and stratum, whatever that costs units.

    An assignment is an arc from its first system to its second. A system out of balance has arcs too many going out (or
    coming in); from it a path leads to a system with the opposite surplus, and turning the path takes 2 off the first
    without harm to any between: Euler's argument for orientations.
    """
    side = side.copy()
    cell = shown.seat * (int(shown.stratum.max()) + 1) + shown.stratum
    for terms in _members(cell[:, None], int(cell.max()) + 1):
        while (path := _surplus_path(shown, side, terms)) is not None:
            side[path] *= -1
    return side


def _surplus_path(shown: Shown, side: Ints, terms: Ints) -> list[int] | None:
    """Arcs of one Seat and stratum from a system with surplus >= 2 to one with <= -1 (or 1 to -2); None if balanced."""
    forward = side[terms] > 0
    tails = np.where(forward, shown.first[terms], shown.second[terms]).tolist()
    heads = np.where(forward, shown.second[terms], shown.first[terms]).tolist()
    surplus: dict[int, int] = {}
    for tail, head in zip(tails, heads, strict=True):
        surplus[tail] = surplus.get(tail, 0) + 1
        surplus[head] = surplus.get(head, 0) - 1
    if max(map(abs, surplus.values()), default=0) <= 1:
        return None
    most = max(surplus.values())
    starts, ends = {v for v, d in surplus.items() if d == most}, {v for v, d in surplus.items() if d < 0}
    if most == 1:
        ends = {v for v, d in surplus.items() if d < -1}
        starts = {v for v, d in surplus.items() if d > 0}
    came: dict[int, tuple[int, int]] = {}
    queue = sorted(starts)
    for vertex in queue:
        for arc, (tail, head) in enumerate(zip(tails, heads, strict=True)):
            if tail == vertex and head not in came and head not in starts:
                came[head] = (arc, vertex)
                queue.append(head)
    return _trace(came, next(v for v in queue if v in ends), terms)


def _trace(came: dict[int, tuple[int, int]], vertex: int, terms: Ints) -> list[int]:
    path = []
    while vertex in came:
        arc, vertex = came[vertex]
        path.append(int(terms[arc]))
    return path


def _rows(shown: Shown, before: Ints, overall: bool) -> Rows:
    systems = int(max(shown.first.max(), shown.second.max())) + 1
    strata = int(shown.stratum.max()) + 1
    seats = int(shown.seat.max()) + 1
    cell = (shown.seat * strata + shown.stratum) * systems
    whole = seats * strata * systems + shown.seat * systems
    of = np.stack([cell + shown.first, cell + shown.second, whole + shown.first, whole + shown.second], axis=1)
    sign = np.tile(np.array([1, -1, int(overall), -int(overall)]), (len(of), 1))
    units = _members(shown.unit[:, None], len(before))
    return Rows(of, sign, _members(of, seats * (strata + 1) * systems), _mates(shown.unit, units), units, before)


def _members(of: Ints, rows: int) -> tuple[Ints, ...]:
    flat = of.ravel()
    order = np.argsort(flat, kind="stable")
    ends = np.cumsum(np.bincount(flat, minlength=rows))
    return tuple(np.split(order // of.shape[1], ends[:-1]))


def _mates(unit: Ints, units: tuple[Ints, ...]) -> Ints:
    mates = np.full((len(unit), max(len(terms) for terms in units)), -1, dtype=np.int64)
    for terms in units:
        mates[terms, : len(terms)] = terms
    mates[mates == np.arange(len(unit))[:, None]] = -1
    return mates


def _sums(rows: Rows, side: Ints) -> Ints:
    sums = np.zeros(len(rows.members), dtype=np.int64)
    np.add.at(sums, rows.of, rows.sign * side[:, None])
    return sums


def _imbalance(rows: Rows, side: Ints) -> float:
    return float(np.maximum(np.abs(_sums(rows, side)) - 1, 0).sum())


def _greedy(rows: Rows, rng: np.random.Generator) -> Ints:
    """Sides chosen unit by unit, in random order: within a unit those whose Seats need it most get +1."""
    sums = np.zeros(len(rows.members), dtype=np.int64)
    side = np.zeros(len(rows.of), dtype=np.int64)
    for unit in rng.permutation(len(rows.units)):
        terms = rows.units[unit]
        lean = (rows.sign[terms] * sums[rows.of[terms]]).sum(axis=1) + rng.random(len(terms)) - 0.5
        surplus = rows.before[unit] - len(terms)  # first minus second if all of the terms were -1
        plus = int(np.clip(-surplus // 2, 0, len(terms)))
        if surplus % 2 and plus < len(terms) and np.sort(lean)[plus] < 0:
            plus += 1
        x = np.where(np.argsort(np.argsort(lean)) < plus, 1, -1)
        side[terms] = x
        np.add.at(sums, rows.of[terms], rows.sign[terms] * x[:, None])
    return side


class Wrong:
    """The rows out of balance: added, taken out and drawn at random in constant time."""

    def __init__(self, rows: list[int]) -> None:
        self.rows = rows
        self.place = {row: at for at, row in enumerate(rows)}

    def update(self, row: int, wrong: bool) -> None:
        """Notes whether a row is out of balance."""
        if wrong and row not in self.place:
            self.place[row] = len(self.rows)
            self.rows.append(row)
        elif not wrong and row in self.place:
            at, last = self.place.pop(row), self.rows.pop()
            if last != row:
                self.rows[at], self.place[last] = last, at


def _walk(rows: Rows, side: Ints, patience: int, rng: np.random.Generator) -> Ints:
    """Turns terms of rows out of balance until none is left, or patience is."""
    sums = _sums(rows, side)
    wrong = Wrong(np.flatnonzero(np.abs(sums) > 1).tolist())
    turned = np.full(len(side), -_REST)
    surplus = rows.before + np.array([side[terms].sum() for terms in rows.units])
    unit_of = np.zeros(len(side), dtype=np.int64)
    for unit, terms in enumerate(rows.units):
        unit_of[terms] = unit
    for step in range(patience):
        if not wrong.rows:
            break
        row = wrong.rows[int(rng.integers(len(wrong.rows)))]
        pair = _pick(rows, side, sums, row, turned > step - _REST, surplus[unit_of], rng)
        for term in pair:
            sums[rows.of[term]] -= 2 * rows.sign[term] * side[term]
            surplus[unit_of[term]] -= 2 * side[term]
            side[term], turned[term] = -side[term], step
            for touched in rows.of[term].tolist():
                wrong.update(touched, abs(sums[touched]) > 1)
    return side


def _pick(
    rows: Rows, side: Ints, sums: Ints, row: int, resting: NDArray[np.bool_], surplus: Ints, rng: np.random.Generator
) -> list[int]:
    """A term whose turning brings the row nearer to 0, and the mate turned with it to keep the unit balanced, if any.

    Of all such choices, the one that harms the other rows least.
    """
    terms = rows.members[row]
    if len(terms) > _LOOK:
        terms = terms[rng.integers(len(terms), size=_LOOK)]
    helps = (rows.sign[terms] * (rows.of[terms] == row)).sum(axis=1) * side[terms] * sums[row] > 0
    terms = terms[helps] if helps.any() else rows.members[row]
    mates = rows.mates[terms]
    wide = np.concatenate([terms[:, None], mates], axis=1)
    now = sums[rows.of[wide]]
    then = now - 2 * rows.sign[wide] * side[wide][..., None]
    harm = (np.maximum(np.abs(then) - 1, 0) - np.maximum(np.abs(now) - 1, 0)).sum(axis=-1) + 10.0 * resting[wide]
    alone = np.abs(surplus[terms] - 2 * side[terms]) <= 1
    total = np.concatenate([np.zeros((len(terms), 1)), harm[:, 1:]], axis=1) + harm[:, :1]
    total[:, 1:][(mates < 0) | (side[mates] == side[terms][:, None])] = np.inf
    total[~alone, 0] = np.inf
    total += rng.random(total.shape) / 2
    at, mate = np.unravel_index(int(np.argmin(total)), total.shape)
    return [int(terms[at])] if mate == 0 else [int(terms[at]), int(wide[at, mate])]
