"""Assignment design: Seats and their assignments, seeded, under one balance contract.

A *unit* is (item, group): a group is the systems shown together, a pair in `pairwise`, one system (or none) in
`rating` and `label`. What every plan holds:

1. Every Seat meets every item once, or, where `raters_per_item` is k, every unit has exactly k raters. Without k the
   raters of an item are shared out over its groups as evenly as possible. Loads differ by at most 1.
2. Every two Seats share the same number of units, give or take: largest - smallest <= 2 (tasks/design/dealing.py).
3. |first - second| <= 1 for every Seat, system and stratum in the plan, <= 2 after any number of main assignments
   (tasks/design/ordering.py).
4. |first - second| <= 1 within each unit over its raters (tasks/design/sides.py, which names the exception).
5. A rater meets an item once, but for repeats, shown at least 20 assignments later with sides exchanged, and the
   blinding question, asked at the end about pairs already judged, in the same presentation order: only about pairs of
   which exactly one system is tuned, since of others it has no answer.
6. With several `looks` every Seat judges the items block by block (tasks/design/blocks.py). Contract 3 then holds at
   the end of each block and within it too (tasks/design/nested_sides.py), for the one pair that such a study has.
7. Order of items and sides are random within this, so the next side is hard to guess from the ones before: how hard,
   tasks/design/ordering.py says.

Sides and order are separated: sides are balanced first, for all Seats at once; then each Seat's order is drawn so that
the balance holds wherever a rater may stop. The ideas are the classic ones of experimental design: counterbalancing
within and between raters (the two orders of a crossover trial), stratification, and balanced incomplete blocks.

What cannot be held is refused with a InputError, or follows from the numbers: P groups and k raters need P * k Seats,
since a rater meets an item once; repeats need 20 assignments before them; a Seat with fewer such pairs than `blinding`
is asked about all of them. Seats added to a study with k share units with the earlier Seats in
proportion to the raters these units already have, which may be more often than the earlier Seats do among themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.design import dyads
from tasks.design.blocks import blocks
from tasks.design.dealing import IDLE, deal
from tasks.design.nested_sides import choose_nested
from tasks.design.ordering import GAP, balanced_order, most_repeats, repeat_places, spread_places
from tasks.design.sides import Shown, choose
from tasks.errors import InputError
from tasks.languages.fault import Fault, at, instead
from tasks.schema import PlannedAssignment, Study

Ints = NDArray[np.int64]
Group = tuple[str, ...]

FEWEST_IN_BLOCK = 6
"""Dialogues of each block of a study that may stop; of fewer nothing is said of others."""


def groups(study: Study) -> tuple[Group, ...]:
    """The systems shown together: the study's pairs (all pairs unless it names some), single systems, or ((),)."""
    ids = [system.system_id for system in study.systems]
    if study.protocol == "pairwise":
        return study.design.pairs or tuple(combinations(ids, 2))
    return tuple((system_id,) for system_id in ids) or ((),)


def plan(study: Study) -> tuple[PlannedAssignment, ...]:
    """All assignments of the study's `design.seats` Seats, by seat and position.

    The same study and seed give the same plan.

    Raises:
        InputError: the numbers of the design do not fit each other (see `misfits`).
    """
    return dyads.forms(study) if study.protocol == "session" else extend(study, (), study.design.seats)


def extend(study: Study, existing: Sequence[PlannedAssignment], seats: int) -> tuple[PlannedAssignment, ...]:
    """The assignments of `seats` further Seats; Seats planned before keep theirs and are not in the result.

    New Seats get as much work as those before (every item, or with `raters_per_item` the mean load), first of the items
    with the fewest raters, with sides that balance the units together with the existing ones as far as the balance
    within each new Seat, which comes first, leaves a choice.

    Raises:
        InputError: the numbers do not fit, or `existing` has items or systems the study has not.
    """
    errors = (*(at(*misfit) for misfit in misfits(study)), *_strangers(study, existing))
    if seats < 1:
        errors = (*errors, at("seats", instead(seats, Fault("at_least", bound="1"))))
    if errors:
        raise InputError(errors)
    start = 1 + max((line.seat for line in existing), default=-1)
    rng = np.random.default_rng([study.design.seed % 2**63, start])
    past = _past(study, existing, start)
    strata, block = _strata(study), blocks(study)
    cell = block * (int(strata.max()) + 1) + strata
    dealt = deal(past.dealt, cell, seats, len(groups(study)), _raters_per_item(study, past, seats), rng)
    main = _main(study, dealt, past, rng)
    lines = [line for seat in range(seats) for line in _Seat(study, start + seat, main[seat], rng).lines()]
    return tuple(lines)


class Misfit(NamedTuple):
    """A field of the study's design, and why it cannot be held."""

    field: str
    rule: Fault


def misfits(study: Study) -> tuple[Misfit, ...]:
    """What of the study's design cannot be held; () if all can."""
    if study.protocol == "session":
        return tuple(Misfit(*one) for one in dyads.misfits(study))
    design, shown = study.design, groups(study)
    if not study.items or not shown:
        return (Misfit("items", Fault("plan_needs")),)
    errors: list[Misfit] = []
    main = len(study.items)
    if design.raters_per_item is not None:
        main = len(study.items) * len(shown) * design.raters_per_item // design.seats
        if design.raters_per_item * len(shown) > design.seats:
            most = design.seats // len(shown)
            room = _from_to(1, most) if most else Fault("more_seats", seats=str(design.seats))
            about = {"found": str(design.raters_per_item), "allowed": room, "groups": str(len(shown))}
            return (Misfit("design.raters_per_item", Fault("raters_per_item", **about)),)
        if main < 1:
            work = len(study.items) * len(shown) * design.raters_per_item
            return (Misfit("design.seats", Fault("seats_of_work", found=str(design.seats), work=str(work))),)
    if design.repeats > most_repeats(main):
        about = {"found": str(design.repeats), "most": str(most_repeats(main)), "gap": str(GAP), "main": str(main)}
        errors.append(Misfit("design.repeats", Fault("repeats", **about)))
    return (*errors, *_too_many_looks(study))


def _too_many_looks(study: Study) -> Iterator[Misfit]:
    """Why a study cannot be looked at as often as it says; nothing of one that is not looked at before its end."""
    looks, dialogues = study.design.looks, len({item.dialogue for item in study.items})
    if looks == 1:
        return
    if study.protocol != "pairwise" or len(groups(study)) != 1:
        yield Misfit("design.looks", Fault("looks_one_pair", found=str(looks)))
    most = max(1, dialogues // FEWEST_IN_BLOCK)
    if looks > most:
        about = {"found": str(looks), "most": str(most), "dialogues": str(dialogues), "each": str(FEWEST_IN_BLOCK)}
        yield Misfit("design.looks", Fault("looks_dialogues", **about))


def _from_to(low: int, high: int) -> Fault:
    return Fault("from_to", low=str(low), high=str(high))


class _Past(NamedTuple):
    dealt: Ints
    """(N, seats before) group of each earlier Seat for each item, or IDLE."""
    sides: Ints
    """(N * groups,) first minus second of the group's first system, by unit."""


class _Work(NamedTuple):
    """A Seat's main assignments in order: item index and systems as shown."""

    item: int
    order: Group


def _strangers(study: Study, existing: Sequence[PlannedAssignment]) -> tuple[str, ...]:
    items = {item.item_id for item in study.items}
    known = {frozenset(group) for group in groups(study)}
    main = [line for line in existing if line.kind == "main"]
    wrong = {
        at("existing plan, item_id", Fault("no_such_item", found=repr(line.item_id)))
        for line in main
        if line.item_id not in items
    }
    wrong |= {
        at("existing plan, order", Fault("not_together", found=str(line.order)))
        for line in main
        if frozenset(line.order) not in known
    }
    return tuple(sorted(wrong))


def _strata(study: Study) -> Ints:
    names = sorted({item.stratum for item in study.items})
    return np.array([names.index(item.stratum) for item in study.items], dtype=np.int64)


def _past(study: Study, existing: Sequence[PlannedAssignment], seats: int) -> _Past:
    shown = groups(study)
    number = {frozenset(group): index for index, group in enumerate(shown)}
    place = {item.item_id: index for index, item in enumerate(study.items)}
    dealt = np.full((len(study.items), seats), IDLE, dtype=np.int64)
    sides = np.zeros(len(study.items) * len(shown), dtype=np.int64)
    for line in existing:
        if line.kind == "main":
            item, group = place[line.item_id], number[frozenset(line.order)]
            dealt[item, line.seat] = group
            sides[item * len(shown) + group] += 1 if line.order == shown[group] else -1
    return _Past(dealt, sides)


def _raters_per_item(study: Study, past: _Past, seats: int) -> Ints:
    """(N,) how many of the new Seats meet each item."""
    items, k = len(study.items), study.design.raters_per_item
    if k is None:
        return np.full(items, seats, dtype=np.int64)
    met = past.dealt != IDLE
    if not met.any():
        return np.full(items, len(groups(study)) * k, dtype=np.int64)
    load = round(met.sum() / met.shape[1])
    each, rest = divmod(seats * load, items)
    fewest = np.argsort(met.sum(axis=1), kind="stable")[:rest]
    wanted = np.full(items, each, dtype=np.int64)
    wanted[fewest] += 1
    return wanted


def _main(study: Study, dealt: Ints, past: _Past, rng: np.random.Generator) -> list[list[_Work]]:
    """Each new Seat's main assignments, sides chosen and in order."""
    shown, strata, block = groups(study), _strata(study), blocks(study)
    item, seat = np.nonzero(dealt != IDLE)
    group = dealt[item, seat]
    if len(shown[0]) < 2:
        return [
            [_Work(int(i), shown[dealt[i, s]]) for i in rng.permutation(item[seat == s])] for s in range(dealt.shape[1])
        ]
    ids = sorted({system for pair in shown for system in pair})
    numbers = np.array([[ids.index(a), ids.index(b)] for a, b in shown], dtype=np.int64)[group]
    unit = item * len(shown) + group
    if study.design.looks > 1:
        side = choose_nested(seat, strata[item], block[item], unit, past.sides, rng)
    else:
        side = choose(Shown(seat, strata[item], unit, numbers[:, 0], numbers[:, 1]), past.sides, rng)
    numbers[side < 0] = numbers[side < 0][:, ::-1]
    work: list[list[_Work]] = []
    for s in range(dealt.shape[1]):
        mine = np.flatnonzero(seat == s)
        order = balanced_order(strata[item[mine]], numbers[mine, 0], numbers[mine, 1], block[item[mine]], rng)
        mine = mine[order]
        work.append([_Work(int(item[e]), (ids[numbers[e, 0]], ids[numbers[e, 1]])) for e in mine])
    return work


class _Seat:
    """Lays out one Seat: practice, main with checks and repeats between, the blinding question at the end."""

    def __init__(self, study: Study, seat: int, main: list[_Work], rng: np.random.Generator) -> None:
        self.study, self.seat, self.main, self.rng = study, seat, main, rng
        self.out: list[PlannedAssignment] = []
        self.positions: list[int] = []

    def lines(self) -> list[PlannedAssignment]:
        pairs = self.study.protocol == "pairwise"
        for number, flip in enumerate(self._coins(len(self.study.practice) if pairs else 0)):
            practice = self.study.practice[number]
            self._add("practice", practice.item.item_id, tuple(r.system_id for r in practice.responses), flip=flip)
        self._body()
        if pairs:
            for index in self._asked():
                self._again("blinding", index, flip=False)
        return self.out

    def _body(self) -> None:
        repeats = repeat_places(len(self.main), self.study.design.repeats, self.rng)
        checks = self.study.checks if self.study.protocol == "pairwise" else ()
        places = spread_places(len(self.main), len(checks), self.rng)
        flips = self._coins(len(checks))
        turn = self.rng.permutation(len(checks)).tolist()
        for done in range(len(self.main) + 1):
            for number in (n for n, after in enumerate(places) if after == done):
                check = checks[turn[number]]
                self._add("check", check.item.item_id, tuple(r.system_id for r in check.responses), flip=flips[number])
            for source in (source for after, source in repeats if after == done):
                self._again("repeat", source, flip=True)
            if done < len(self.main):
                self.positions.append(len(self.out))
                item = self.study.items[self.main[done].item]
                self._add("main", item.item_id, self.main[done].order, stratum=item.stratum)

    def _asked(self) -> list[int]:
        """The main assignments the blinding question is asked about: at random, both presentation orders alike."""
        tuned = {system.system_id for system in self.study.systems if system.is_tuned}
        drawn = [
            index
            for index in self.rng.permutation(len(self.main)).tolist()
            if len(tuned.intersection(self.main[index].order)) == 1
        ]
        heaps: dict[bool, list[int]] = {True: [], False: []}
        for index in drawn:
            heaps[self.main[index].order == tuple(sorted(self.main[index].order))].append(index)
        start = bool(self.rng.integers(2))
        wanted = min(self.study.design.blinding, len(drawn))
        half = [heaps[start][: (wanted + 1) // 2], heaps[not start][: wanted // 2]]
        chosen = half[0] + half[1]
        chosen += [index for index in drawn if index not in chosen][: wanted - len(chosen)]
        return [chosen[i] for i in self.rng.permutation(len(chosen))]

    def _coins(self, count: int) -> list[bool]:
        """As many heads as tails, give or take one, in random order."""
        start = int(self.rng.integers(2))
        return [bool((start + i) % 2) for i in self.rng.permutation(count)]

    def _again(self, kind: str, index: int, flip: bool) -> None:
        item = self.study.items[self.main[index].item]
        order = self.main[index].order
        self._add(kind, item.item_id, order, flip=flip, stratum=item.stratum, repeats=self.positions[index])

    def _add(
        self,
        kind: str,
        item_id: str,
        order: Group,
        *,
        flip: bool = False,
        stratum: str = "",
        repeats: int | None = None,
    ) -> None:
        self.out.append(
            PlannedAssignment.model_validate(
                {
                    "seat": self.seat,
                    "position": len(self.out),
                    "kind": kind,
                    "item_id": item_id,
                    "order": order[::-1] if flip else order,
                    "stratum": stratum,
                    "repeats": repeats,
                }
            )
        )
