"""The practice gate: practice pairs asked again until the response that the study names as better is preferred."""

from __future__ import annotations

from studio.service.view import StudyView
from studio.store import queries
from studio.store.database import Connection
from studio.store.rows import AssignmentRow


def held(connection: Connection, view: StudyView, study_id: str, seat: int) -> list[AssignmentRow]:
    """What the gate keeps this Seat at, in the order to be asked: pairs not yet met, then those to be met again.

    Empty where the study has no gate, or the Seat has passed it. A practice pair that was left has not been answered.
    """
    if not view.study.design.practice_gate:
        return []
    rows = [row for row in queries.seat_assignments(connection, study_id, seat) if row.kind == "practice"]
    given = queries.judgments_of(connection, [row.seq for row in rows if row.seq is not None])
    criteria = {criterion.criterion_id for criterion in view.study.criteria if criterion.kind == "preference"}
    better = {practice.item.item_id: practice.better for practice in view.study.practice}

    def passed(row: AssignmentRow) -> bool:
        preferred = [judged.chosen_system for judged in given[row.seq or 0] if judged.criterion in criteria]
        return better[row.item_id] is None or set(preferred) == {better[row.item_id]}

    unmet = [row for row in rows if row.seq is None]
    return unmet + [row for row in rows if row.seq is not None and not passed(row)]
