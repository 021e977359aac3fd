"""What one side sees of its room, and a Rater of all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

from studio.service.desk import Desk
from studio.service.refusals import Refusal
from studio.service.room import agreeing
from studio.service.room.place import Place, role_of, shown
from studio.service.room.records import (
    Card,
    FormState,
    Line,
    Lines,
    Minutes,
    OwnSession,
    OwnSessions,
    Part,
    Room,
    ShownCrisis,
)
from studio.service.room.settling import STOP_SECONDS
from studio.service.view import StudyView
from studio.store import identity_table, queries
from studio.store.database import Connection
from studio.store.room import asked as rooms
from studio.store.room.lines import SessionRow
from studio.store.rows import AssignmentRow, Person

PAGE_LINES = 200
State = Literal["planned", "live", "ended"]


def room(desk: Desk, connection: Connection, place: Place) -> Room:
    """The room as this side sees it, with all its lines."""
    session, rules, view = place.session, place.rules, place.view
    found = rooms.lines(connection, session.study_id, session.session_id)
    own = rooms.sessions_of(connection, session.study_id, place.person.seat)
    ready = {"client": session.client_ready_at is not None, "counselor": session.counselor_ready_at is not None}
    client = place.role == "client"
    return Room(
        study=session.study_id,
        rater=place.person.rater,
        session=session.session_id,
        role=place.role,
        title=view.said(view.study.title),
        state=cast(State, session.state),
        number=1 + [one.session_id for one in own].index(session.session_id),
        of=len(own),
        booked_at=session.booked_at,
        begun_at=session.begun_at,
        ended_at=session.ended_at,
        minutes=Minutes(least=rules.least_minutes, most=rules.most_minutes),
        least_utterances=rules.least_utterances,
        said=sum(row.kind == "said" for row, _ in found),
        grace_minutes=rules.grace_minutes,
        ready=ready[place.role],
        partner_ready=ready[place.partner],
        paused=session.paused_at is not None,
        ending_by=cast(Part | None, session.ending_by),
        stopping_by=cast(Part | None, session.stopping_by),
        stopping_seconds=_seconds_left(desk, session),
        scenario=_card(view, session) if client else None,
        crisis=rules.crisis and ShownCrisis(help=view.said(rules.crisis.help), message=view.said(rules.crisis.message)),
        supervision=rules.supervision,
        flagged=tuple(row.number for row, _ in found if row.flagged_at and client),
        agreed=agreeing.answers(connection, session.study_id).get(session.session_id, {}).get(place.role),
        struck=_struck(connection, place),
        form=_form(connection, session, place.person.seat),
        last=session.last,
        events=tuple(shown(row, text) for row, text in found),
        languages=view.study.languages,
        language=_language(connection, place.person),
        now=desk.now(),
    )


def lines(connection: Connection, place: Place, after: int) -> Lines:
    """The next lines above `after`, at most `PAGE_LINES`."""
    session = place.session
    found = rooms.lines(connection, session.study_id, session.session_id, after, PAGE_LINES + 1)
    page: tuple[Line, ...] = tuple(shown(row, text) for row, text in found[:PAGE_LINES])
    return Lines(events=page, more=len(found) > PAGE_LINES)


def own_sessions(desk: Desk, connection: Connection, person: Person) -> OwnSessions:
    """A Rater's sessions.

    Raises:
        Refusal: `no_room` where the study has none at all; `consent_needed` where consent, or the questions about the
            Rater, come first.
    """
    view = desk.view(connection, person.study_id)
    if view.study.sessions is None:
        raise Refusal("no_room")
    over = person.withdrawn_at is not None or person.closed_at is not None
    unread = view.consent_version is not None and person.consent_version != view.consent_version
    if not over and (unread or (view.study.profile and person.profile_at is None)):
        raise Refusal("consent_needed")
    own = rooms.sessions_of(connection, person.study_id, person.seat)
    return OwnSessions(
        study=person.study_id,
        rater=person.rater,
        title=view.said(view.study.title),
        languages=view.study.languages,
        language=_language(connection, person),
        closed=person.closed_at is not None,
        withdrawn=person.withdrawn_at is not None,
        sessions=tuple(
            OwnSession(
                session=session.session_id,
                number=number,
                of=len(own),
                role=role_of(session, person.seat),
                state=cast(State, session.state),
                booked_at=session.booked_at,
                ended_at=session.ended_at,
                why=session.why,
                form=_form(connection, session, person.seat),
            )
            for number, session in enumerate(own, 1)
        ),
        now=desk.now(),
    )


def _seconds_left(desk: Desk, session: SessionRow) -> float | None:
    if session.stopping_at is None or session.state == "ended":
        return None
    since = (desk.clock() - datetime.fromisoformat(session.stopping_at)).total_seconds()
    return max(0.0, STOP_SECONDS - since)


def _struck(connection: Connection, place: Place) -> tuple[int, ...]:
    own = agreeing.strikes(connection, place.session.study_id)
    here = (place.session.session_id, place.role)
    return tuple(sorted(number for session, number, role in own if (session, role) == here))


def _card(view: StudyView, session: SessionRow) -> Card:
    card = next(one for one in view.study.scenarios if one.scenario_id == session.scenario_id)
    return Card(title=view.said(card.title), card=view.said(card.card))


def _form(connection: Connection, session: SessionRow, seat: int) -> FormState:
    row = form_of(connection, session, seat)
    if row is None:
        return "none"
    if row.submission_id is not None:
        return "done"
    return "open" if session.state == "ended" and session.begun_at else "later"


def form_of(connection: Connection, session: SessionRow, seat: int) -> AssignmentRow | None:
    """The client's form about the session; None for the counsellor."""
    rows = queries.seat_assignments(connection, session.study_id, seat)
    return next((row for row in rows if row.item_id == session.session_id), None)


def _language(connection: Connection, person: Person) -> str | None:
    chosen = identity_table.last_note(connection, person.study_id, "language", person.rater)
    return chosen["language"] if chosen else None
