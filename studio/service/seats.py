"""Seats: the plan with its ids, more Seats for more raters, and abandoned work given to new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from datetime import timedelta
from random import Random

from studio.service.desk import ORGANISER, Desk
from studio.service.refusals import Refusal, StudioError
from studio.service.view import StudyView
from studio.store import acts, queries
from studio.store.database import Connection
from studio.store.event import PlannedWork
from studio.store.projections import COUNTED
from studio.store.rows import AssignmentRow, RaterRow
from tasks.design.planning import groups
from tasks.errors import InputError
from tasks.languages.fault import Fault, at, instead
from tasks.schema import PlannedAssignment

GIVEN_UP = ("reclaimed", "withdrawn")


def reclaim(desk: Desk, connection: Connection, study_id: str, idle_hours: float, actor: str = ORGANISER) -> list[str]:
    """Take back the open work of raters who saved nothing for `idle_hours`; their codes, by Seat.

    What they answered stays. Their open assignments count for nobody any more, so the next new Seats are dealt these
    items first, with presentation orders of their own. A Rater who comes back gets the same work again, as it was.

    Raises:
        StudioError: the study is not there, or the hours are not above 0.
    """
    desk.view(connection, study_id)
    if not idle_hours > 0:
        raise StudioError(at("idle hours", instead(idle_hours, Fault("more_than", bound="0"))))
    before = desk.stamp(desk.clock() - timedelta(hours=idle_hours))
    idle = queries.idle_raters(connection, study_id, before)
    for row in idle:
        _give_back(desk, connection, study_id, row, actor)
    return [row.rater for row in idle]


def _give_back(desk: Desk, connection: Connection, study_id: str, row: RaterRow, actor: str) -> None:
    desk.record(connection, study_id, actor, "reclaimed", {"rater": row.rater, "seat": row.seat})


def give_up(desk: Desk, connection: Connection, study_id: str, rater: str, actor: str) -> int:
    """Take back the open work of one Rater, whose place somebody else takes; what was answered stays. Their Seat.

    Raises:
        StudioError: no such Rater has joined, or the Rater withdrew.
    """
    rows = {row.rater: row for row in queries.rater_rows(connection, study_id) if not row.withdrawn}
    if rater not in rows:
        raise StudioError(at("rater", instead(repr(rater), ", ".join(rows) or Fault("nobody_yet"))))
    _give_back(desk, connection, study_id, rows[rater], actor)
    return rows[rater].seat


def adjudicate(desk: Desk, connection: Connection, study_id: str, item_ids: Sequence[str], actor: str) -> int:
    """Plan a Seat on which a further Rater judges these items, as blind as the others; its number.

    Every pair of systems that was compared is shown once, sides drawn by chance. Nothing of it enters the main figures.

    Raises:
        StudioError: the study is closed or is no comparison, or an item is none of it or is named twice.
    """
    view = desk.view(connection, study_id)
    _check_adjudication(view, queries.closed_at(connection, study_id), item_ids)
    seat = queries.seat_count(connection, study_id)
    draw = Random(desk.random(16))
    lines: list[PlannedAssignment] = []
    for item_id in item_ids:
        for pair in groups(view.study):
            order = pair if draw.random() < 0.5 else pair[::-1]
            stratum = view.items[item_id].stratum
            lines.append(
                PlannedAssignment(
                    seat=seat, position=len(lines), kind="adjudication", item_id=item_id, order=order, stratum=stratum
                )
            )
    desk.record(connection, study_id, actor, "seats_planned", {"assignments": with_ids(desk, lines)})
    return seat


def _check_adjudication(view: StudyView, closed_at: str | None, item_ids: Sequence[str]) -> None:
    known = [item.item_id for item in view.study.items]
    errors = [at("item", Fault("no_such_item", found=repr(item))) for item in item_ids if item not in known]
    errors += [at("item", Fault("named_again", item=repr(item), n=n)) for item, n in Counter(item_ids).items() if n > 1]
    if not item_ids:
        errors.append(at("items", instead(Fault("none"), Fault("at_least", bound="1"))))
    if view.study.protocol != "pairwise":
        errors.append(at("protocol", Fault("adjudicated_pairs", protocol=repr(view.study.protocol))))
    if closed_at is not None:
        errors.append(Fault("study_closed"))
    if errors:
        raise StudioError(errors)


def add(desk: Desk, connection: Connection, study_id: str) -> int:
    """Plan one more Seat, balanced against the work that still counts; its number.

    Raises:
        Refusal: `no_seat` where the design has no room for one, as in studies of sessions: partners are dealt together.
    """
    from tasks.design.planning import extend

    study, seat = desk.view(connection, study_id).study, queries.seat_count(connection, study_id)
    if study.sessions is not None:
        raise Refusal("no_seat")
    try:
        more = extend(study, counting(connection, study_id), 1)
    except InputError as error:
        raise Refusal("no_seat") from error
    lines = [line.model_copy(update={"seat": seat}) for line in more]
    desk.record(connection, study_id, "studio", "seats_planned", {"assignments": with_ids(desk, lines)})
    return seat


def work(connection: Connection, study_id: str) -> list[AssignmentRow]:
    """Every assignment but those of Seats that were planned for links and nobody has taken: nobody's work yet."""
    unused = waiting(connection, study_id, {row.seat for row in queries.rater_rows(connection, study_id)})
    return [row for row in queries.all_assignments(connection, study_id) if row.seat not in unused]


def waiting(connection: Connection, study_id: str, taken: Set[int]) -> set[int]:
    """Seats that were planned for links, beside those that are `taken`: nobody's yet."""
    planned = [one for act in acts.acts(connection, study_id, "seats_planned") for one in act.payload["assignments"]]
    return {one["seat"] for one in planned if one["kind"] != "adjudication"} - taken


def counting(connection: Connection, study_id: str) -> tuple[PlannedAssignment, ...]:
    """The plan as it stands, without work given up, raters who withdrew and adjudication."""
    rows = queries.all_assignments(connection, study_id)
    gone = {row.seat for row in queries.rater_rows(connection, study_id) if row.withdrawn}
    positions = {row.assignment_id: row.position for row in rows}
    return tuple(
        _line(row, positions)
        for row in rows
        if row.status not in GIVEN_UP and row.seat not in gone and row.kind != "adjudication"
    )


def _line(row: AssignmentRow, positions: dict[str, int]) -> PlannedAssignment:
    return PlannedAssignment(
        seat=row.seat,
        position=row.position,
        kind=row.kind,
        item_id=row.item_id,
        order=row.order,
        stratum=row.stratum,
        repeats=None if row.repeats is None else positions[row.repeats],
    )


def with_ids(desk: Desk, plan: list[PlannedAssignment]) -> list[PlannedWork]:
    """The plan with a random id for each assignment and nothing for a response: ids link nothing to anything."""
    ids = {(one.seat, one.position): desk.random(16) for one in plan}
    numbers = _numbers(plan)
    return [
        PlannedWork(
            assignment_id=ids[one.seat, one.position],
            seat=one.seat,
            position=one.position,
            number=numbers[one.seat, one.position],
            kind=one.kind,
            item_id=one.item_id,
            order=list(one.order),
            stratum=one.stratum,
            repeats=None if one.repeats is None else ids[one.seat, one.repeats],
        )
        for one in plan
    ]


def _numbers(plan: list[PlannedAssignment]) -> dict[tuple[int, int], int]:
    """Numbers by seat and position; pairs, practice and the blinding question each begin at 1.

    Main pairs, repeats and checks are numbered together: nothing tells them apart.
    """
    last: dict[tuple[int, str], int] = {}
    numbers = {}
    for one in sorted(plan, key=lambda one: (one.seat, one.position)):
        group = (one.seat, "pair" if one.kind in COUNTED else one.kind)
        last[group] = last.get(group, 0) + 1
        numbers[one.seat, one.position] = last[group]
    return numbers
