"""From the store to an export: systems, never sides, and nobody who withdrew."""

from __future__ import annotations

from results.export.folder import Export
from results.export.rows import ActRow, AssignmentRow, CommentRow, JudgmentRow, RaterRow
from results.export.texts_removed import item_rows, response_rows
from studio.service import looking
from studio.service.desk import Desk
from studio.service.forms import BLINDING
from studio.service.organiser import amending, judging
from studio.service.room import exported
from studio.service.seats import work
from studio.service.view import StudyView
from studio.store import acts, identity_table, queries
from studio.store.acts import Act
from studio.store.database import Connection
from studio.store.rows import AssignmentRow as Stored
from studio.store.rows import JudgmentRow as Judged
from studio.store.rows import RaterRow as Taken
from tasks.schema import Target, side_of


def build(desk: Desk, connection: Connection, study_id: str) -> Export:
    """All that was judged so far, ready for `results.export.folder.write`. StudioError if there is no such study."""
    view = desk.view(connection, study_id)
    raters = {row.seat: row for row in queries.rater_rows(connection, study_id)}
    gone = {seat for seat, row in raters.items() if row.withdrawn}
    rows = [row for row in work(connection, study_id) if row.seat not in gone]
    stored = {row.assignment_id: row for row in rows}
    erased = exported.erased_forms(connection, view)
    judged = [
        line for line in queries.judgments_that_count(connection, study_id)
        if stored[line[1].assignment_id].item_id not in erased
    ]  # fmt: skip
    return Export(
        study=amending.as_declared(desk, connection, study_id),
        judgments=tuple(_judgment(view, stored[one.assignment_id], rater, one) for rater, one in judged),
        assignments=tuple(_assignment(row, raters) for row in rows),
        items=item_rows(view.study),
        responses=response_rows(view.study),
        raters=tuple(_rater(row) for seat, row in sorted(raters.items()) if seat not in gone),
        comments=_comments(connection, study_id, stored),
        exported_at=desk.now(),
        acts=_acts(connection, study_id),
        verdicts=judging.verdicts(desk, connection, study_id),
        looks=looking.taken(connection, study_id),
        sessions=exported.rows(connection, view),
        last_seq=max((row.seq for row in rows if row.seq is not None), default=0),
    )


def _acts(connection: Connection, study_id: str) -> tuple[ActRow, ...]:
    told = acts.deviations(connection, study_id)
    return tuple(ActRow(at=act.at, kind=act.kind, what=_what(act)) for act in told)


def _what(act: Act) -> str:
    return ", ".join(map(str, act.payload.values()))


def _judgment(view: StudyView, row: Stored, rater: str, judged: Judged) -> JudgmentRow:
    criterion = None if judged.criterion == BLINDING else view.study.criterion(judged.criterion)
    preference = criterion is not None and criterion.kind == "preference"
    item = view.items[row.item_id]
    values = {
        "study_id": row.study_id,
        "rater": rater,
        "dialogue": item.dialogue,
        "criterion": judged.criterion,
        "criterion_kind": criterion.kind if criterion else "labels",
        "of": criterion.of if criterion else "pair",
        "target": judged.target,
        "value": judged.value,
        "chosen_system": judged.chosen_system,
        "strength": judged.value if preference else None,
        "reason": "|".join(judged.reason),
        "side": _side(row, judged.target),
    }
    same: tuple[str, ...] = ("seat", "assignment_id", "kind", "position", "item_id", "stratum", "first_system")
    same += ("second_system", "seq", "submission_id", "submitted_at", "active_seconds")
    return JudgmentRow.model_validate(values | {name: getattr(row, name) for name in same})


def _side(row: Stored, target: str) -> str:
    system = Target(target).system
    return "" if system is None else side_of(row.order, system)


def _assignment(row: Stored, raters: dict[int, Taken]) -> AssignmentRow:
    values = {name: getattr(row, name) for name in AssignmentRow.model_fields if hasattr(row, name)}
    taken = raters.get(row.seat)
    values["rater"] = taken.rater if taken else None
    values["left_reasons"] = "|".join(row.left_reasons)
    return AssignmentRow.model_validate(values)


def _rater(row: Taken) -> RaterRow:
    return RaterRow(
        rater=row.rater,
        seat=row.seat,
        joined_at=row.joined_at,
        finished_at=row.finished_at,
        assignments_planned=row.total,
        assignments_done=row.done,
    )


def _comments(connection: Connection, study_id: str, stored: dict[str, Stored]) -> tuple[CommentRow, ...]:
    """Comments of the submissions that count; answers to free-text criteria stand behind, named by criterion."""
    rows = []
    for rater, note in identity_table.comments_of(connection, study_id):
        row = stored.get(note["assignment_id"])
        if row is None or row.submission_id != note["submission_id"]:
            continue
        texts = [f"[{one['criterion']} {one['target']}] {one['value']}" for one in note["texts"]]
        rows.append(
            CommentRow(
                assignment_id=row.assignment_id,
                rater=rater,
                item_id=row.item_id,
                first_system=row.first_system,
                second_system=row.second_system,
                comment="\n".join([note["comment"], *texts] if note["comment"] else texts),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.rater, stored[row.assignment_id].position)))
