"""A plan in figures: how much work it is for whom, and how well the balance contract holds in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from tasks.design.dyads import plan_sessions
from tasks.schema import PlannedAssignment, Study
from tasks.study.guidance import minutes_per_unit


@dataclass(frozen=True, slots=True)
class Workload:
    """Figures of a plan.

    Attributes:
        seats: planned Seats.
        kinds: assignments of each kind over all Seats.
        per_seat: fewest and most assignments of a Seat.
        hours: hours of the Seat with most assignments, by the planned minutes a pair.
        raters_per_unit: fewest and most Seats that judge an item and set of systems.
        shared_dialogues: dialogues at which two or more Seats judge the same item and systems: agreement rests on them.
        overlap: fewest and most items that two Seats share; (0, 0) with one Seat.
        imbalance: greatest |first - second| over Seats, systems and strata, main assignments.
        running_imbalance: the same at any point where a rater may stop.
    """

    seats: int
    kinds: dict[str, int]
    per_seat: tuple[int, int]
    hours: float
    raters_per_unit: tuple[int, int]
    shared_dialogues: int
    overlap: tuple[int, int]
    imbalance: int
    running_imbalance: int


def workload(study: Study, planned: Sequence[PlannedAssignment], minutes: float | None = None) -> Workload:
    """The figures of a plan that has one assignment or more.

    `minutes`: of one assignment, as timed in a pilot; None = a planning figure from the number of answers.
    """
    by_seat: dict[int, list[PlannedAssignment]] = defaultdict(list)
    for assignment in planned:
        by_seat[assignment.seat].append(assignment)
    sizes = [len(assignments) for assignments in by_seat.values()]
    main = {seat: [a for a in assignments if a.kind == "main"] for seat, assignments in by_seat.items()}
    units = Counter((a.item_id, frozenset(a.order)) for assignments in main.values() for a in assignments)
    dialogues = {item.item_id: item.dialogue for item in study.items}
    balances = [_imbalances(assignments) for assignments in main.values()]
    return Workload(
        seats=len(by_seat),
        kinds=dict(Counter(assignment.kind for assignment in planned)),
        per_seat=(min(sizes), max(sizes)),
        hours=(max(sizes) * (minutes or minutes_per_unit(study.protocol, study.criteria)) + _talking(study)) / 60,
        raters_per_unit=_ends(units.values()),
        shared_dialogues=len({dialogues[item_id] for (item_id, _), seats in units.items() if seats > 1}),
        overlap=_ends(_overlaps(main)),
        imbalance=max(last for last, _ in balances),
        running_imbalance=max(running for _, running in balances),
    )


def _talking(study: Study) -> int:
    """Minutes at most that one person is in sessions; 0 where there are none."""
    if study.sessions is None:
        return 0
    held = Counter(seat for one in plan_sessions(study) for seat in (one.client, one.counselor))
    return max(held.values()) * study.sessions.most_minutes


def _ends(values: Iterable[int]) -> tuple[int, int]:
    listed = list(values)
    return (min(listed), max(listed)) if listed else (0, 0)


def _overlaps(main: dict[int, list[PlannedAssignment]]) -> list[int]:
    met = [{assignment.item_id for assignment in assignments} for assignments in main.values()]
    return [len(one & other) for one, other in combinations(met, 2)]


def _imbalances(assignments: Sequence[PlannedAssignment]) -> tuple[int, int]:
    """The greatest |first - second| of a Seat over systems and strata: at its end, and at any point before."""
    surplus: Counter[tuple[str, str]] = Counter()
    running = 0
    for assignment in sorted(assignments, key=lambda a: a.position):
        for sign, system in zip((1, -1), assignment.order, strict=False):
            surplus[assignment.stratum, system] += sign
            running = max(running, abs(surplus[assignment.stratum, system]))
    return max((abs(value) for value in surplus.values()), default=0), running
