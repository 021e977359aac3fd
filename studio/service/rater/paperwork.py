"""What surrounds the judging: consent, profile, guidelines, the end, withdrawal by the Rater."""

from __future__ import annotations

import re
from typing import Any

from studio.service import allowance, erasing, links
from studio.service.desk import Desk
from studio.service.rater import progress
from studio.service.rater.qr import qr_svg
from studio.service.refusals import Refusal
from studio.store import queries
from studio.store.database import Connection
from studio.store.queries import Person
from tasks.schema import ProfileQuestion

ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,200}")
MAX_FEEDBACK = 4000
MAX_PROFILE_TEXT = 200

Request = dict[str, Any]


def consent(desk: Desk, connection: Connection, person: Person, request: Request) -> Request:
    """Record agreement (or its being taken back) with the version of the text that was read; then the state."""
    _refuse_if_over(person)
    view = desk.view(connection, person.study_id)
    version, agreed = request.get("version"), request.get("agreed")
    if not isinstance(agreed, bool):
        raise Refusal("invalid", "agreed（使える値: true, false）", "agreed: allowed: true, false")
    if view.consent_version is None or version != view.consent_version:
        raise Refusal("old_consent")
    allowance.check_act(desk.pace, connection, person, "consented")
    payload = {"rater": person.rater, "version": version, "agreed": agreed}
    desk.record(connection, person.study_id, person.rater, "consented", payload)
    return _state_after(desk, connection, person)


def profile(desk: Desk, connection: Connection, person: Person, request: Request) -> Request:
    """Keep the profile with the identity, never in the log; a question left out is a question skipped."""
    _refuse_if_over(person)
    questions = {q.question_id: q for q in desk.view(connection, person.study_id).study.profile}
    given = request.get("answers")
    if not isinstance(given, dict):
        raise Refusal("invalid", "answers（オブジェクトが必要です）", "answers: an object is needed")
    kept = {name: _profile_answer(name, value, questions) for name, value in given.items() if value not in (None, "")}
    allowance.check_act(desk.pace, connection, person, "profiled")
    queries.set_identity(connection, person.identity_id, profile=kept)
    payload = {"rater": person.rater, "answered": len(kept)}
    desk.record(connection, person.study_id, person.rater, "profiled", payload)
    return _state_after(desk, connection, person)


def _profile_answer(name: str, value: Any, questions: dict[str, ProfileQuestion]) -> str | int:
    """Free text, or the 0-based index of a choice."""
    if name not in questions:
        known = ", ".join(questions) or "-"
        raise Refusal(
            "invalid", f"answers.{name[:80]}（使える名前: {known}）", f"answers.{name[:80]}: allowed: {known}"
        )
    choices = questions[name].choices
    if choices and (type(value) is not int or not 0 <= value < len(choices)):
        raise Refusal(
            "invalid", f"{name}（使える値: 0–{len(choices) - 1}）", f"{name}: allowed: 0 to {len(choices) - 1}"
        )
    if not choices and (not isinstance(value, str) or len(value) > MAX_PROFILE_TEXT):
        most = MAX_PROFILE_TEXT
        raise Refusal("invalid", f"{name}（{most}字まで）", f"{name}: a text of up to {most} characters")
    assert isinstance(value, str | int)
    return value


def guidelines(desk: Desk, connection: Connection, person: Person, request: Request) -> Request:
    """The texts a Rater can read at any time."""
    view = desk.view(connection, person.study_id)
    words = view.study.guidelines
    return {"guidelines": words.model_dump() if words else None, "consent": view.consent()}


def open_blinding(desk: Desk, connection: Connection, person: Person, request: Request) -> Request:
    """The Rater goes on to the last question: answers so far are final, and the state has its pairs."""
    _refuse_if_over(person)
    if not progress.open_blinding(desk, connection, person):
        raise Refusal("not_yet")
    return _state_after(desk, connection, person)


def finish(desk: Desk, connection: Connection, person: Person, request: Request) -> Request:
    """Record that the Rater has come to the end, with what they want to say about the study."""
    if person.withdrawn_at is not None:
        raise Refusal("withdrawn")
    feedback = request.get("feedback", "")
    if not isinstance(feedback, str):
        raise Refusal("invalid", "feedback（文章が必要です）", "feedback: a text is needed")
    if len(feedback) > MAX_FEEDBACK:
        raise Refusal("too_large")
    if progress.state(desk, connection, person)["step"] != "end":
        raise Refusal("not_yet")
    if feedback:
        allowance.check_act(desk.pace, connection, person, "feedback")
        desk.note(connection, person.study_id, person.rater, "feedback", {"text": feedback})
    if person.finished_at is None:
        desk.record(connection, person.study_id, person.rater, "finished", {"rater": person.rater})
    return _state_after(desk, connection, person)


def another_device(desk: Desk, connection: Connection, person: Person, request: Request) -> Request:
    """A link to go on elsewhere, and its QR code; `origin` is the address the page itself was opened at."""
    _refuse_if_over(person)
    origin = request.get("origin")
    if not isinstance(origin, str) or not ORIGIN.fullmatch(origin):
        raise Refusal("invalid", "origin（このページの住所が必要です）", "origin: the address of this page is needed")
    allowance.check_act(desk.pace, connection, person, "invited")
    link = f"{origin}/e/{links.another_device(desk, connection, person)}"
    return {"link": link, "qr": qr_svg(link)}


def withdraw(desk: Desk, connection: Connection, person: Person, request: Request) -> Request:
    """The Rater's own withdrawal: judgments leave every later export, what points at the person is erased now."""
    erasing.withdraw(desk, connection, person.study_id, person.rater, person.rater)
    return _state_after(desk, connection, person)


def _refuse_if_over(person: Person) -> None:
    if person.withdrawn_at is not None:
        raise Refusal("withdrawn")
    if person.closed_at is not None:
        raise Refusal("closed")


def _state_after(desk: Desk, connection: Connection, person: Person) -> Request:
    now = queries.person_again(connection, person.identity_id)
    return {"saved": True, "state": progress.state(desk, connection, now)}
