"""Who judges what: each item's units are dealt to Seats so that work and overlap are even.

A *unit* is (item, group), a group being the systems shown together: a pair, one system, or none. A Seat meets an item
at most once, so the Seats of one item are split into disjoint groups. What is wanted is the property of a balanced
incomplete block design (units = blocks, Seats = treatments): every two Seats share about the same number of units, so
that agreement rests on all pairs of raters alike. Exact designs exist for few sizes only, so a start at random is
improved by exchanges of two Seats within an item, which keep every unit's number of raters; the sum of squared
overlaps, minimal when all overlaps are alike, falls with every step (interchange search for block designs: John and
Williams 1995, Cyclic and Computer Generated Designs, ch. 4).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

IDLE = -1
"""The group of a Seat that does not meet the item."""

_GROUP, _STRATUM = 1.5, 0.5
"""Weights, beside 1 for overlap, of even shares of groups and of strata in each Seat's work."""
_SWEEPS, _EXCHANGES, _TRIES = 24, 3, 12
"""Sweeps over all items, exchanges tried per item in a sweep, and starts before the best deal so far is taken."""
_FAIR_TRIES = 4
"""Tries after which even groups and strata, only wished, no longer stand in the way of overlap, which is promised.
These tries draw overlaps to the whole number below or above their mean: where loads cannot be alike, the overlaps of
Seats with less work lie lower, and the window of 2 that holds all of them need not lie about the mean."""
_COOLING = 0.7
"""Share of the sweeps that still accept worse exchanges, ever less so (annealing); the rest only improve."""


class Unevenness(NamedTuple):
    """Ranges, largest - smallest: loads of the new Seats, overlaps among them, groups within one Seat's work."""

    load: float
    overlap: float
    group: float

    def good(self) -> bool:
        """True when the contract on loads and overlaps holds."""
        return self.load <= 1 and self.overlap <= 2

    def key(self) -> tuple[float, float, float]:
        """What makes one deal better than another: the contract first, then even groups."""
        return max(0.0, self.load - 1), max(0.0, self.overlap - 2), self.group


class Temper(NamedTuple):
    """How a sweep judges: `heat` in units of cost, and the weights beside overlap."""

    heat: float
    load: float
    even: float
    """Share of the weights of even groups and strata, 0..1."""
    centre: Callable[[float], float]
    """Where overlaps are drawn to, given their mean."""


class Hand(NamedTuple):
    """The deal in progress. N items, S Seats (old ones first), P groups."""

    dealt: Ints
    """(N, S) group of each Seat for each item, or IDLE."""
    stratum: Ints
    """(N,) stratum of each item, 0-based."""
    overlap: Ints
    """(S, S) units two Seats share; diagonal 0."""
    by_group: Ints
    """(S, P) items a Seat meets in each group."""
    by_stratum: Ints
    """(S, strata) items a Seat meets in each stratum."""


def deal(old: Ints, stratum: Ints, seats: int, groups: int, per_item: Ints, rng: np.random.Generator) -> Ints:
    """Deals `seats` new Seats.

    Args:
        old: (N, S_old) groups of the Seats dealt before, IDLE where they do not meet the item; (N, 0) at the start.
        stratum: (N,) stratum of each item, 0-based.
        per_item: (N,) how many of the new Seats meet each item, 0..seats.

    Returns:
        (N, seats) group of each new Seat for each item, or IDLE. Within an item the numbers of raters per group differ
        by at most 1 where the old ones allow it; loads of the new Seats differ by at most 1.
    """
    first = old.shape[1]
    best, least = np.empty((len(old), 0), dtype=np.int64), Unevenness(np.inf, np.inf, np.inf)
    for attempt in range(_TRIES):
        fresh = _start(old, seats, groups, per_item, rng)
        hand = _count(np.concatenate([old, fresh], axis=1), stratum, groups)
        if groups > 1 or (per_item < seats).any():
            _search(hand, first, groups, _goal(attempt), rng)
        found = _unevenness(hand, first)
        if found.key() < least.key():
            best, least = hand.dealt[:, first:], found
        if least.good():
            break
    return best


def _goal(attempt: int) -> Temper:
    if attempt < _FAIR_TRIES:
        return Temper(1.0, 1.0, even=1.0, centre=float)
    return Temper(1.0, 1.0, even=0.0, centre=(math.floor, math.ceil)[attempt % 2])


def overlaps(dealt: Ints, groups: int) -> Ints:
    """(S, S) number of units each two Seats share, diagonal 0; `dealt` is (N, S) as `deal` returns it."""
    shared = np.zeros((dealt.shape[1], dealt.shape[1]), dtype=np.int64)
    for group in range(groups):
        member = (dealt == group).astype(np.int64)
        shared += member.T @ member
    np.fill_diagonal(shared, 0)
    return shared


def _start(old: Ints, seats: int, groups: int, per_item: Ints, rng: np.random.Generator) -> Ints:
    """A deal at random in which every unit has its number of raters and loads are even as far as greed goes."""
    fresh = np.full((len(old), seats), IDLE, dtype=np.int64)
    load = np.zeros(seats)
    total = np.array([(old == group).sum() for group in range(groups)], dtype=np.float64)
    for item in rng.permutation(len(old)):
        chosen = np.argsort(load + rng.random(seats) / 2, kind="stable")[: per_item[item]]
        load[chosen] += 1
        inside = np.array([(old[item] == group).sum() for group in range(groups)], dtype=np.float64)
        for seat in rng.permutation(chosen):
            group = int(np.lexsort((rng.random(groups), total, inside))[0])
            inside[group] += 1
            total[group] += 1
            fresh[item, seat] = group
    return fresh


def _count(dealt: Ints, stratum: Ints, groups: int) -> Hand:
    by_group = np.stack([(dealt == group).sum(axis=0) for group in range(groups)], axis=1)
    met = dealt != IDLE
    by_stratum = np.stack([met[stratum == h].sum(axis=0) for h in range(int(stratum.max()) + 1)], axis=1)
    return Hand(dealt, stratum, overlaps(dealt, groups), by_group, by_stratum)


def _unevenness(hand: Hand, first: int) -> Unevenness:
    groups = hand.by_group[first:]
    pairs = hand.overlap[first:, first:][np.triu_indices(len(groups), 1)]
    overlap = float(np.ptp(pairs)) if len(pairs) else 0.0
    return Unevenness(float(np.ptp(groups.sum(axis=1))), overlap, float(np.ptp(groups, axis=1).max()))


def _search(hand: Hand, first: int, groups: int, goal: Temper, rng: np.random.Generator) -> None:
    """Sweeps over all items, cooling down, until nothing improves or all is even."""
    for sweep in range(_SWEEPS):
        done = sweep / _SWEEPS
        temper = goal._replace(heat=max(0.0, 1 - done / _COOLING), load=1.0 if done < 0.85 else 400.0)
        order = rng.permutation(len(hand.dealt))
        changed = sum(_improve(hand, item, first, groups, temper, rng) for item in order)
        if max(_unevenness(hand, first)) <= 1 or (temper.heat == 0 and not changed):
            break


def _improve(hand: Hand, item: int, first: int, groups: int, temper: Temper, rng: np.random.Generator) -> int:
    """Exchanges new Seats within one item while that evens the deal; returns the number of exchanges."""
    row = hand.dealt[item]
    _tally(hand, item, groups, -1)
    done = 0
    while done < _EXCHANGES:
        gain = _gains(hand, item, first, groups, temper)
        gain += temper.heat * rng.standard_normal(gain.shape) + 0.01 * rng.random(gain.shape)
        s, t = np.unravel_index(int(np.argmin(gain)), gain.shape)
        if gain[s, t] >= -temper.heat / 2:
            break
        row[[first + s, first + t]] = row[[first + t, first + s]]
        done += 1
    _tally(hand, item, groups, 1)
    return done


def _tally(hand: Hand, item: int, groups: int, sign: int) -> None:
    """Takes an item out of the counts (-1) or puts it back (+1)."""
    row = hand.dealt[item]
    met = row != IDLE
    together = (row[:, None] == row[None, :]) & met[:, None]
    np.fill_diagonal(together, False)
    hand.overlap[...] += sign * together
    hand.by_group[met, row[met]] += sign
    hand.by_stratum[met, hand.stratum[item]] += sign


def _gains(hand: Hand, item: int, first: int, groups: int, temper: Temper) -> NDArray[np.float64]:
    """(new, new) change of cost if two Seats exchanged groups in an item taken out of the counts.

    The cost of an overlap at distance d from where it is drawn to is d^2 + d^4, of a count c its weight times c^2; the
    powers draw in the outermost first.
    """
    row = hand.dealt[item]
    mine = row[first:]
    member = (row[:, None] == np.arange(groups)[None, :]).astype(np.float64)
    pull = _pull(hand.overlap, first, temper.centre)
    cost = np.zeros((len(mine), groups + 1))  # the last column is IDLE, which index -1 reaches
    cost[:, :groups] = pull @ member + 2 * temper.even * _GROUP * hand.by_group[first:]
    cost[:, :groups] += 2 * temper.load * hand.by_group[first:].sum(axis=1)[:, None]
    cost[:, :groups] += 2 * temper.even * _STRATUM * hand.by_stratum[first:, hand.stratum[item]][:, None]
    there = cost[:, mine]
    here = cost[np.arange(len(mine)), mine]
    working = (mine != IDLE).astype(np.float64)
    leaves = pull[:, first:] * (working[:, None] + working[None, :])
    change: NDArray[np.float64] = there - here[:, None] + there.T - here[None, :] - leaves
    change[mine[:, None] == mine[None, :]] = np.inf
    return change


def _pull(overlap: Ints, first: int, centre: Callable[[float], float]) -> NDArray[np.float64]:
    """(new, S) cost of one more shared unit for each new Seat and every Seat; 0 for a Seat with itself."""
    seats = len(overlap)
    new = overlap[first:].astype(np.float64)
    distance = new + 0.5 - centre(new.sum() / max(1, new.size - len(new)))
    pull: NDArray[np.float64] = 2 * distance + 4 * distance**3
    pull[np.arange(seats - first), np.arange(first, seats)] = 0
    return pull
