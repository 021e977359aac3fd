"""A study that is being set up as its first rater would meet it: made of the draft alone, nothing is stored."""

from __future__ import annotations

from studio.service.records import Progress, State
from studio.service.view import StudyView
from studio.store.rows import AssignmentRow
from tasks.design.planning import plan
from tasks.schema import Study


def preview(study: Study) -> State:
    """The first pair of the first Seat's main work, unanswered. InputError where the study cannot be planned."""
    lines = [line for line in plan(study) if line.seat == 0]
    main = [line for line in lines if line.kind == "main"] or lines
    first, second = (*main[0].order, None, None)[:2]
    row = AssignmentRow(
        study_id=study.study_id, assignment_id="preview", seat=0, position=main[0].position, number=1, kind="main",
        item_id=main[0].item_id, first_system=first, second_system=second, stratum="", repeats=None, status="open",
        seq=None, submission_id=None, submitted_at=None, active_seconds=None, revision=0, left=None, left_reasons=[],
    )  # fmt: skip
    view = StudyView(study)
    return State(
        study=view.facts(demonstration=False),
        rater=Progress(code="", done=0, total=len(main), active_seconds=0.0),
        step="pairs",
        pairs=(view.pair(row),),
        blinding=None,
        ended=False,
        closed=False,
        withdrawn=False,
        finished=False,
        claim=None,
        provenance=None,
    )
