"""Saving a form, looking back at one's own answers, and reopening one for revision."""

from __future__ import annotations

from studio.service import allowance, forms
from studio.service.desk import Desk
from studio.service.rater import active_time
from studio.service.rater.active_time import Stay
from studio.service.rater.progress import resume, state
from studio.service.records import GivenAnswers, OwnAnswer, OwnAnswers, Receipt, Reopened, State
from studio.service.refusals import Refusal
from studio.service.requests import Asked, OpenRequest, SubmitRequest
from studio.service.room import talk
from studio.service.view import StudyView
from studio.store import identity_table, queries
from studio.store.database import Connection
from studio.store.event import Comment, SubmittedForm
from studio.store.projections import COUNTED
from studio.store.rows import AssignmentRow, Person, SubmissionRow
from tasks.schema import Submission, Words

ANSWERED = ("submitted", "left")
EXCERPT_CHARACTERS = 80


def submit(desk: Desk, connection: Connection, person: Person, request: SubmitRequest) -> Receipt:
    """Store one form, or give the receipt of the same form again. Inside `Store.write`: a refusal changes nothing."""
    form = request.submission
    stored = queries.submission(connection, person.study_id, form.submission_id)
    row = queries.assignment(connection, person.study_id, form.assignment_id)
    if row is None or row.seat != person.seat:
        raise Refusal("not_yours")
    view = talk.view(desk, connection, person)
    if stored is not None:
        _check_same(connection, person, form, stored)
        number = queries.submissions_until(connection, person.study_id, person.rater, stored.seq)
        return _receipt(form, number, view.feedback(row), state(desk, connection, person, request.held))
    _refuse_if_shut(person, view, row)
    if row.status == "reclaimed":  # a device that was offline for days still has a form to give
        resume(desk, connection, person)
    number = queries.submissions_of_seat(connection, person.study_id, person.seat) + 1
    stay = active_time.counted(desk, connection, person, forms.active_seconds(form.client), request.waited_seconds)
    _store(desk, connection, person, view, row, form, stay)
    counted = int(row.kind in COUNTED and row.submission_id is None)
    after = person._replace(done=person.done + counted, active_seconds=person.active_seconds + (stay.seconds or 0.0))
    return _receipt(form, number, view.feedback(row), state(desk, connection, after, request.held))


def _receipt(form: Submission, number: int, feedback: Words | None, after: State) -> Receipt:
    """What says 'saved': sent only after the commit."""
    said = {} if feedback is None else {"feedback": feedback}
    return Receipt(saved=True, submission_id=form.submission_id, seq=number, state=after, **said)


def _check_same(connection: Connection, person: Person, form: Submission, stored: SubmissionRow) -> None:
    """Refuses another form under the number of a stored one."""
    if stored.rater != person.rater or stored.assignment_id != form.assignment_id:
        raise Refusal("not_yours")
    comments = identity_table.comments_of(connection, person.study_id, person.rater)
    comment = forms.comment_of(comments, form.submission_id)
    if stored.digest != forms.digest(form) or comment != form.comment:
        raise Refusal("submission_changed")


def _refuse_if_shut(person: Person, view: StudyView, row: AssignmentRow) -> None:
    if person.withdrawn_at is not None:
        raise Refusal("withdrawn")
    if person.closed_at is not None:
        raise Refusal("closed")
    if view.consent_version is not None and person.consent_version != view.consent_version:
        raise Refusal("consent_needed")
    if view.study.protocol == "session" and row.item_id not in view.talked:
        raise Refusal("not_yet")
    if row.status == "withdrawn":
        raise Refusal("not_yours")
    if row.kind != "blinding" and person.blinding_at is not None:
        raise Refusal("answers_closed")
    if row.kind == "blinding" and person.blinding_at is None:
        raise Refusal("not_yet")


def _store(
    desk: Desk,
    connection: Connection,
    person: Person,
    view: StudyView,
    row: AssignmentRow,
    form: Submission,
    stay: Stay,
) -> int:
    allowance.check_revision(desk.pace, person, row)
    sheet = view.sheet(row)
    payload = _payload(person, sheet, row, form, stay)
    seq = desk.record(connection, person.study_id, person.rater, "submitted", payload)
    texts = forms.free_texts(sheet, form)
    if form.comment or texts:
        words = Comment(
            submission_id=form.submission_id, assignment_id=row.assignment_id, comment=form.comment, texts=texts
        )
        desk.note(connection, person.study_id, person.rater, "comment", words)
    marks = {"submission_id": form.submission_id, "assignment_id": row.assignment_id}
    if facts := allowance.client_facts(form.client):
        desk.note(connection, person.study_id, person.rater, "client", marks | {"facts": facts})
    return seq


def _payload(person: Person, sheet: forms.Sheet, row: AssignmentRow, form: Submission, stay: Stay) -> SubmittedForm:
    judgments = forms.resolve(sheet, form)
    return {
        "rater": person.rater,
        "assignment_id": row.assignment_id,
        "submission_id": form.submission_id,
        "supersedes": row.submission_id,
        "counted": row.kind in COUNTED,
        "judgments": [forms.as_stored(judgment) for judgment in judgments],
        "left": form.left,
        "left_reasons": list(form.left_reasons),
        "active_seconds": active_time.total(row.active_seconds, stay),
        "stay_seconds": stay.seconds,
        "ended_at": stay.ended_at,
        "digest": forms.digest(form),
    }


def answers(desk: Desk, connection: Connection, person: Person, request: Asked) -> OwnAnswers:
    """The Rater's own answers so far, each with what is needed to recognise it and to open it again."""
    view = talk.view(desk, connection, person)
    seat = queries.seat_assignments(connection, person.study_id, person.seat)
    rows = [row for row in seat if row.status in ANSWERED and row.kind != "blinding"]
    given = _given(connection, person, view, rows)
    listed = tuple(
        OwnAnswer(
            assignment_id=row.assignment_id,
            number=row.number,
            practice=row.kind == "practice",
            submitted_at=row.submitted_at or "",
            revised=row.revision > 0,
            excerpt=_excerpt(view, row),
            written=view.written[row.item_id],
            **dict(given[row.assignment_id]),
        )
        for row in rows
    )
    return OwnAnswers(answers=listed, revisable=_revisable(person))


def _revisable(person: Person) -> bool:
    return person.blinding_at is None and person.closed_at is None and person.withdrawn_at is None


def _excerpt(view: StudyView, row: AssignmentRow) -> str:
    """The beginning of the client's last words, by which a pair is recognised."""
    turns = view.items[row.item_id].turns
    last = next((turn for turn in reversed(turns) if turn.role == "client"), None)
    return last.text[:EXCERPT_CHARACTERS] if last else ""


def _given(
    connection: Connection, person: Person, view: StudyView, rows: list[AssignmentRow]
) -> dict[str, GivenAnswers]:
    """By assignment: what the Rater answered, back in sides."""
    judged = queries.judgments_of(connection, [row.seq for row in rows if row.seq is not None])
    comments = identity_table.comments_of(connection, person.study_id, person.rater)
    return {
        row.assignment_id: GivenAnswers(
            answers=forms.as_answers(
                view.study.criteria, row.order, [one.judgment for one in judged.get(row.seq or 0, [])]
            ),
            comment=forms.comment_of(comments, row.submission_id),
            left=row.left,
            left_reasons=tuple(row.left_reasons),
            submission_id=row.submission_id,
        )
        for row in rows
    }


def reopen(desk: Desk, connection: Connection, person: Person, request: OpenRequest) -> Reopened:
    """An answered Pair with the same sides and the current answers, for revision."""
    if not _revisable(person):
        raise Refusal("closed" if person.closed_at is not None else "answers_closed")
    row = queries.assignment(connection, person.study_id, request.assignment_id)
    if row is None or row.seat != person.seat or row.status not in ANSWERED or row.kind == "blinding":
        raise Refusal("not_yours")
    view = talk.view(desk, connection, person)
    return Reopened(pair=view.pair(row, _given(connection, person, view, [row])[row.assignment_id]))
