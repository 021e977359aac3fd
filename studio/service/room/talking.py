"""What client and counsellor do in their room. Every act is one transaction; what is refused changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from studio.service.desk import Desk
from studio.service.refusals import Refusal
from studio.service.room import agreeing, crisis, looking
from studio.service.room.place import Place, moved, shown, write
from studio.service.room.records import Done, Line, Room
from studio.service.room.requests import (
    AgreeRequest,
    FlagRequest,
    PauseRequest,
    ReadyRequest,
    RoomAsked,
    SayRequest,
    StrikeRequest,
)
from studio.store.database import Connection
from studio.store.event import RoomWords
from studio.store.room import asked as rooms
from studio.store.room.lines import LineKind

RINGS_APART = timedelta(minutes=10)
"""The fixed text is not said again sooner; the supervisor is rung every time."""
Acted = tuple[Done | Room, tuple[Line, ...]]
"""The receipt, and the lines that came about, for everybody in the room."""


def look(desk: Desk, connection: Connection, place: Place, request: RoomAsked) -> Acted:
    """The room as it is."""
    return looking.room(desk, connection, place), ()


def ready(desk: Desk, connection: Connection, place: Place, request: ReadyRequest) -> Acted:
    """Say that one is there; once both are, the session begins."""
    session = place.session
    if session.state != "planned":
        return _nothing(place)
    mine = session.client_ready_at if place.role == "client" else session.counselor_ready_at
    if (mine is not None) == request.ready:
        return _nothing(place)
    after, first = write(
        desk, connection, session, "ready" if request.ready else "unready", place.role, place.person.rater
    )
    if after.client_ready_at is None or after.counselor_ready_at is None:
        return Done(id=first.id, line=first), (first,)
    _, begun = write(desk, connection, after, "begun", "studio")
    return Done(id=begun.id, line=begun), (first, begun)


def say(desk: Desk, connection: Connection, place: Place, request: SayRequest) -> Acted:
    """Say something in the role."""
    return _said(desk, connection, place, request, "said")


def aside(desk: Desk, connection: Connection, place: Place, request: SayRequest) -> Acted:
    """Say something outside the role: both read it, the data do not hold it."""
    return _said(desk, connection, place, request, "aside")


def _said(desk: Desk, connection: Connection, place: Place, request: SayRequest, kind: LineKind) -> Acted:
    session, person = place.session, place.person
    hashed = hashlib.sha256(request.text.encode()).hexdigest()
    stored = rooms.line_of(connection, session.study_id, session.session_id, request.uuid)
    if stored is not None:
        if (stored.role, stored.kind, stored.sha256) != (place.role, kind, hashed):
            raise Refusal("submission_changed")
        return Done(id=stored.number, line=shown(stored, request.text)), ()
    _refuse_unless_live(place)
    desk.pace.take(person)
    words = RoomWords(number=session.last + 1, text=request.text)
    note = desk.note(connection, session.study_id, session.session_id, "said", words)
    facts = {"uuid": request.uuid, "note": note, "sha256": hashed, "characters": len(request.text)}
    after, line = write(desk, connection, session, kind, place.role, person.rater, **facts)
    more = _rung(desk, connection, moved(place, after), line)
    return Done(id=line.id, line=line), (line, *more)


def _rung(desk: Desk, connection: Connection, place: Place, line: Line) -> tuple[Line, ...]:
    """At words of self-harm: the supervisor is rung, and both sides read the organiser's text."""
    if not crisis.rings(place.rules.crisis, line.text or ""):
        return ()
    session = place.session
    desk.record(
        connection, session.study_id, "studio", "room_rung", {"session_id": session.session_id, "number": line.id}
    )
    told = [row for row, _ in rooms.lines(connection, session.study_id, session.session_id) if row.kind == "crisis"]
    if told and datetime.fromisoformat(line.at) - datetime.fromisoformat(told[-1].at) < RINGS_APART:
        return ()
    return (write(desk, connection, session, "crisis", "studio")[1],)


def pause(desk: Desk, connection: Connection, place: Place, request: PauseRequest) -> Acted:
    """Begin or end a pause; time goes on."""
    if (place.session.paused_at is not None) == request.pause:
        return _nothing(place)
    return _line(desk, connection, place, "paused" if request.pause else "resumed")


def end(desk: Desk, connection: Connection, place: Place, request: RoomAsked) -> Acted:
    """Propose to end together; where the partner has proposed it, the session ends."""
    if place.session.ending_by == place.role:
        return _nothing(place)
    if place.session.ending_by == place.partner:
        return _line(desk, connection, place, "ended", why="ended")
    return _line(desk, connection, place, "ending")


def goon(desk: Desk, connection: Connection, place: Place, request: RoomAsked) -> Acted:
    """Take a proposal to end back, one's own or the partner's."""
    return _nothing(place) if place.session.ending_by is None else _line(desk, connection, place, "going_on")


def stop(desk: Desk, connection: Connection, place: Place, request: RoomAsked) -> Acted:
    """Stop, without a reason and without anybody's leave; ten seconds to take it back."""
    if place.session.stopping_by == place.role or place.session.state == "ended":
        return _nothing(place)
    if place.session.state == "planned":
        return _line(desk, connection, place, "ended", why="stopped", begun=False)
    return _line(desk, connection, place, "stopping")


def unstop(desk: Desk, connection: Connection, place: Place, request: RoomAsked) -> Acted:
    """Take one's own stop back."""
    return _line(desk, connection, place, "unstopped") if place.session.stopping_by == place.role else _nothing(place)


def flag(desk: Desk, connection: Connection, place: Place, request: FlagRequest) -> Acted:
    """The client marks one of the counsellor's lines as hurting, or takes that back; the partner is not told.

    Raises:
        Refusal: `no_room` for who is no client, or where the counsellor wrote no such line.
    """
    session = place.session
    found = rooms.lines(connection, session.study_id, session.session_id, request.number - 1, 1)
    row = found[0][0] if found else None
    if place.role != "client" or row is None or row.number != request.number or row.role != "counselor":
        raise Refusal("no_room")
    if (row.flagged_at is not None) != request.flag:
        desk.pace.take(place.person)
        payload = {"session_id": session.session_id, "number": request.number, "flag": request.flag}
        desk.record(connection, session.study_id, place.person.rater, "room_flagged", payload)
    return _nothing(place)


def _line(desk: Desk, connection: Connection, place: Place, kind: LineKind, begun: bool = True, **more: Any) -> Acted:
    if begun:
        _refuse_unless_live(place)
    desk.pace.take(place.person)
    _, line = write(desk, connection, place.session, kind, place.role, place.person.rater, **more)
    return Done(id=line.id, line=line), (line,)


def _nothing(place: Place) -> Acted:
    """What was asked is so already."""
    return Done(id=place.session.last), ()


def _refuse_unless_live(place: Place) -> None:
    if place.session.state == "ended":
        raise Refusal("room_over")
    if place.session.state == "planned":
        raise Refusal("room_not_begun")
    if place.person.closed_at is not None:
        raise Refusal("closed")


def agree(desk: Desk, connection: Connection, place: Place, request: AgreeRequest) -> Acted:
    """Say, once it is over, whether the words may be published; the partner is not told."""
    _refuse_unless_over(place)
    said = agreeing.answers(connection, place.session.study_id).get(place.session.session_id, {})
    if said.get(place.role) != request.agree:
        _note(desk, connection, place, "room_agreed", agree=request.agree)
    return _nothing(place)


def strike(desk: Desk, connection: Connection, place: Place, request: StrikeRequest) -> Acted:
    """Strike one message, of either side, out of what may be published, or take one's own stroke back.

    Raises:
        Refusal: `no_room` where there is no such message.
    """
    _refuse_unless_over(place)
    session = place.session
    found = rooms.lines(connection, session.study_id, session.session_id, request.number - 1, 1)
    if not found or found[0][0].kind not in ("said", "aside"):
        raise Refusal("no_room")
    own = (session.session_id, request.number, place.role) in agreeing.strikes(connection, session.study_id)
    if own != request.strike:
        _note(desk, connection, place, "room_struck", number=request.number, strike=request.strike)
    return _nothing(place)


def _note(desk: Desk, connection: Connection, place: Place, kind: str, **more: Any) -> None:
    """An event that stands in the log alone."""
    desk.pace.take(place.person)
    payload = {"session_id": place.session.session_id, "role": place.role, **more}
    desk.record(connection, place.session.study_id, place.person.rater, kind, payload)


def _refuse_unless_over(place: Place) -> None:
    if place.session.state != "ended":
        raise Refusal("room_not_begun")


Act = Callable[[Desk, Connection, Place, Any], Acted]
ACTS: Mapping[str, Act] = {
    "look": look,
    "ready": ready,
    "say": say,
    "aside": aside,
    "pause": pause,
    "end": end,
    "goon": goon,
    "stop": stop,
    "unstop": unstop,
    "flag": flag,
    "agree": agree,
    "strike": strike,
}
"""What a page asks, but for `typing` and `beat`, which store nothing."""
