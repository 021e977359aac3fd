"""What surrounds the judging: consent, profile, guidelines, the end, withdrawal by the Rater."""

from __future__ import annotations

from typing import Any

from studio.service import allowance, links
from studio.service.desk import Desk
from studio.service.rater import progress
from studio.service.rater.qr import qr_svg
from studio.service.records import DeviceLink, Saved, Texts
from studio.service.refusals import Refusal, detail
from studio.service.requests import Asked, ConsentRequest, DeviceRequest, FinishRequest, LanguageRequest, ProfileRequest
from studio.service.room import planned
from studio.store import identity_table, queries
from studio.store.database import Connection
from studio.store.rows import Person
from tasks.schema import ProfileQuestion

MAX_PROFILE_TEXT = 200


def consent(desk: Desk, connection: Connection, person: Person, request: ConsentRequest) -> Saved:
    """Record agreement (or its being taken back) with the version of the text that was read; then the state."""
    _refuse_if_over(person)
    view = desk.view(connection, person.study_id)
    if view.consent_version is None or request.version != view.consent_version:
        raise Refusal("old_consent")
    allowance.check_act(desk.pace, connection, person, "consented")
    payload = {"rater": person.rater, "version": request.version, "agreed": request.agreed}
    desk.record(connection, person.study_id, person.rater, "consented", payload)
    return _state_after(desk, connection, person)


def profile(desk: Desk, connection: Connection, person: Person, request: ProfileRequest) -> Saved:
    """Keep the profile with the identity, never in the log; a question left out is a question skipped."""
    _refuse_if_over(person)
    questions = {q.question_id: q for q in desk.view(connection, person.study_id).study.profile}
    given = {name: value for name, value in request.answers.items() if value not in (None, "")}
    checked = {name: _profile_answer(name, value, questions) for name, value in given.items()}
    allowance.check_act(desk.pace, connection, person, "profiled")
    identity_table.set_identity(connection, person.identity_id, profile=checked)
    payload = {"rater": person.rater, "answered": len(checked)}
    desk.record(connection, person.study_id, person.rater, "profiled", payload)
    return _state_after(desk, connection, person)


def _profile_answer(name: str, value: Any, questions: dict[str, ProfileQuestion]) -> str | int:
    """Free text, or the 0-based index of a choice."""
    if name not in questions:
        known = ", ".join(questions) or "-"
        raise Refusal("invalid", detail("allowed", field=f"answers.{name[:80]}", allowed=known))
    choices = questions[name].choices
    if choices and (type(value) is not int or not 0 <= value < len(choices)):
        raise Refusal("invalid", detail("allowed", field=name, allowed=f"0–{len(choices) - 1}"))
    if not choices and (not isinstance(value, str) or len(value) > MAX_PROFILE_TEXT):
        raise Refusal("invalid", detail("text_length", field=name, most=MAX_PROFILE_TEXT))
    assert isinstance(value, str | int)
    return value


def language(desk: Desk, connection: Connection, person: Person, request: LanguageRequest) -> Saved:
    """Keep the language a Rater chose, for every device; with the comments, since it can be erased as they can."""
    offered = desk.view(connection, person.study_id).study.languages
    if request.language not in offered:
        raise Refusal("invalid", detail("found", field="language", found=request.language, allowed=", ".join(offered)))
    allowance.check_act(desk.pace, connection, person, "language")
    desk.note(connection, person.study_id, person.rater, "language", {"language": request.language})
    return _state_after(desk, connection, person)


def guidelines(desk: Desk, connection: Connection, person: Person, request: Asked) -> Texts:
    """The texts a Rater can read at any time."""
    view = desk.view(connection, person.study_id)
    words = view.study.guidelines
    return Texts(guidelines=words and view.said(words), consent=view.consent)


def open_blinding(desk: Desk, connection: Connection, person: Person, request: Asked) -> Saved:
    """The Rater goes on to the last question: answers so far are final, and the state has its pairs."""
    _refuse_if_over(person)
    if not progress.open_blinding(desk, connection, person):
        raise Refusal("not_yet")
    return _state_after(desk, connection, person)


def finish(desk: Desk, connection: Connection, person: Person, request: FinishRequest) -> Saved:
    """Record that the Rater has come to the end, with what they want to say about the study."""
    if person.withdrawn_at is not None:
        raise Refusal("withdrawn")
    if progress.state(desk, connection, person, held=()).step != "end":
        raise Refusal("not_yet")
    if request.feedback:
        allowance.check_act(desk.pace, connection, person, "feedback")
        desk.note(connection, person.study_id, person.rater, "feedback", {"text": request.feedback})
    if person.finished_at is None:
        desk.record(connection, person.study_id, person.rater, "finished", {"rater": person.rater})
    return _state_after(desk, connection, person)


def another_device(desk: Desk, connection: Connection, person: Person, request: DeviceRequest) -> DeviceLink:
    """A link to go on elsewhere, and its QR code."""
    _refuse_if_over(person)
    allowance.check_act(desk.pace, connection, person, "invited")
    link = f"{request.origin}/e/{links.another_device(desk, connection, person)}"
    return DeviceLink(link=link, qr=qr_svg(link))


def withdraw(desk: Desk, connection: Connection, person: Person, request: Asked) -> Saved:
    """The Rater's own withdrawal: judgments leave every later export, what points at the person is erased now."""
    planned.withdraw(desk, connection, person.study_id, person.rater, person.rater)
    return _state_after(desk, connection, person)


def _refuse_if_over(person: Person) -> None:
    if person.withdrawn_at is not None:
        raise Refusal("withdrawn")
    if person.closed_at is not None:
        raise Refusal("closed")


def _state_after(desk: Desk, connection: Connection, person: Person) -> Saved:
    now = queries.person_again(connection, person.identity_id)
    return Saved.after(progress.state(desk, connection, now))
