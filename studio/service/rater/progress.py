"""Where a Rater is: consent, profile, practice, pairs, the blinding question, the end."""

from __future__ import annotations

from collections.abc import Sequence

from studio.service.desk import Desk
from studio.service.rater import gate
from studio.service.records import HeldPair, Pair, Progress, State, Step
from studio.service.room import talk
from studio.service.view import StudyView
from studio.store import identity_table, queries
from studio.store.database import Connection
from studio.store.rows import AssignmentRow, Person
from tasks.schema import Language, Words

PREFETCHED = 3
"""Pairs a page holds: the current one and the next two, so that a tunnel stops nobody."""
ALL = 1_000_000
STEPS_WITH_PAIRS = ("practice", "pairs", "blinding")
STEP_OF_KIND: dict[str, Step] = {"practice": "practice", "blinding": "blinding"}


def state(desk: Desk, connection: Connection, person: Person, held: Sequence[str] | None = None) -> State:
    """Where this Rater is, with the pairs to judge next; the blinding question's only once the Rater opened it.

    Args:
        held: assignment_ids that the page holds: their texts are not sent again, nor are the study's facts. None: the
            page holds nothing.
    """
    view = talk.view(desk, connection, person)
    work = _work(connection, person, view)
    step = _step(person, view, work)
    closed_question = step == "blinding" and person.blinding_at is None
    ended, closed = step == "end", person.closed_at is not None
    facts = {} if held is not None else {"study": view.facts(desk.demonstration)}
    return State(
        rater=_progress(connection, person, whole=held is None),
        step=step,
        pairs=_pairs(view, work, held or ()) if step in STEPS_WITH_PAIRS and not closed_question else (),
        blinding=queries.waiting(connection, person.study_id, person.seat) if closed_question else None,
        ended=ended,
        closed=closed,
        withdrawn=person.withdrawn_at is not None,
        finished=person.finished_at is not None,
        claim=person.rater if ended else None,
        provenance=_provenance(view) if ended and closed else None,
        **facts,
    )


def writes(connection: Connection, person: Person) -> bool:
    """True where the next `state` is an event: a Rater comes back to reclaimed work."""
    if person.closed_at is not None or person.withdrawn_at is not None:
        return False
    return not _rows(connection, person) and queries.has_reclaimed(connection, person.study_id, person.seat)


def open_blinding(desk: Desk, connection: Connection, person: Person) -> bool:
    """Open the blinding question, which closes the Rater's answers to revision; False where it is not its turn yet."""
    view = desk.view(connection, person.study_id)
    if _step(person, view, _work(connection, person, view)) != "blinding":
        return False
    if person.blinding_at is None:
        desk.record(connection, person.study_id, person.rater, "blinding_opened", {"rater": person.rater})
    return True


def resume(desk: Desk, connection: Connection, person: Person) -> None:
    """Give a Rater who came back the reclaimed work again."""
    if queries.has_reclaimed(connection, person.study_id, person.seat):
        payload = {"rater": person.rater, "seat": person.seat}
        desk.record(connection, person.study_id, person.rater, "resumed", payload)


def _progress(connection: Connection, person: Person, whole: bool) -> Progress:
    own = {"language": _language(connection, person)} if whole else {}
    return Progress(
        code=person.rater,
        done=person.done,
        total=person.total,
        active_seconds=round(person.active_seconds, 1),
        **own,
    )


def _language(connection: Connection, person: Person) -> Language | None:
    """The Rater's own latest choice; None before there is one."""
    chosen = identity_table.last_note(connection, person.study_id, "language", person.rater)
    return chosen["language"] if chosen else None


def _provenance(view: StudyView) -> Words | None:
    """Where the responses come from: only once the study is closed, so that nobody still judging can be told."""
    return view.study.provenance and view.said(view.study.provenance)


def _rows(connection: Connection, person: Person, most: int = PREFETCHED) -> list[AssignmentRow]:
    """The Rater's next unanswered assignments; none once the study is closed or the Rater has withdrawn."""
    if person.closed_at is not None or person.withdrawn_at is not None:
        return []
    return queries.next_assignments(connection, person.study_id, person.seat, most)


def _work(connection: Connection, person: Person, view: StudyView) -> list[AssignmentRow]:
    """What comes next; the blinding question is never sent ahead, so that nobody expects it."""
    if view.study.protocol == "session":
        return [row for row in _rows(connection, person, ALL) if row.item_id in view.talked][:PREFETCHED]
    rows = _rows(connection, person)
    kept = gate.held(connection, view, person.study_id, person.seat) if rows else []
    if kept:
        return kept[:PREFETCHED]
    blinding = bool(rows) and rows[0].kind == "blinding"
    return [row for row in rows if (row.kind == "blinding") == blinding]


def _step(person: Person, view: StudyView, work: list[AssignmentRow]) -> Step:
    if not work and (view.study.protocol != "session" or person.closed_at or person.withdrawn_at):
        return "end"
    if view.consent_version is not None and person.consent_version != view.consent_version:
        return "consent"
    if view.study.profile and person.profile_at is None:
        return "profile"
    return STEP_OF_KIND.get(work[0].kind, "pairs") if work else "end"


def _pairs(view: StudyView, work: list[AssignmentRow], held: Sequence[str]) -> tuple[Pair | HeldPair, ...]:
    """A practice pair is always sent whole, since what is said of it changes once it is answered."""
    return tuple(
        HeldPair(assignment_id=row.assignment_id)
        if row.assignment_id in held and row.kind != "practice"
        else view.pair(row)
        for row in work
    )
