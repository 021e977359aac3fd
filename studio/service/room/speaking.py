"""Answers the requests of rooms' pages: who speaks, where, and what everybody in the room is to hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.service import links
from studio.service.desk import Desk
from studio.service.refusals import Refusal, detail
from studio.service.requests import check_request, parse
from studio.service.room import looking
from studio.service.room.place import Place, enter, moved
from studio.service.room.records import OwnSessions, Part, Room
from studio.service.room.requests import ROOM_REQUESTS, LinesRequest
from studio.service.room.settling import is_due, settle, settle_live
from studio.service.room.talking import ACTS
from studio.store.database import Connection, Store
from studio.store.rows import Person
from tasks.schema import Sessions

ALLOWED = ", ".join(ROOM_REQUESTS)


@dataclass(frozen=True)
class Heard:
    """What came of a request: the reply to who asked, and the lines for everybody in the room."""

    reply: dict[str, Any]
    study_id: str
    session_id: str
    role: Part
    lines: tuple[dict[str, Any], ...] = ()


class Speaking:
    """The rooms of one studio, without their streams."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def hear(self, token: str | None, request: Any) -> Heard:
        """Carry out one request; told to others only after this returns, when it is committed.

        Raises:
            Refusal: what is asked cannot be done, and nothing was changed.
        """
        check_request(request)
        do = request.get("do")
        if do not in ROOM_REQUESTS:
            raise Refusal("unknown_request", detail("allowed", field="do", allowed=ALLOWED))
        if do not in ACTS:
            return self._passing(token, request)
        with self._store.write() as connection:
            place = self._place(connection, token, request)
            session, ended = settle(self._desk, connection, place.session, place.rules)
            before = (ended,) if ended else ()
            place = moved(place, session)
            try:
                record, lines = ACTS[do](self._desk, connection, place, parse(ROOM_REQUESTS[do], request))
                answer = record.as_json()
            except Refusal as refusal:
                if ended is None:
                    raise
                answer, lines = refusal.as_json(), ()  # what time has ended stays ended
            heard = tuple(line.as_json() for line in (*before, *lines))
        return Heard(answer, place.session.study_id, place.session.session_id, place.role, heard)

    def look(self, token: str | None, request: Mapping[str, Any]) -> Room:
        """The room as its page begins with it."""
        with self._store.write() as connection:
            place = self._place(connection, token, request)
            session, _ = settle(self._desk, connection, place.session, place.rules)
            return looking.room(self._desk, connection, moved(place, session))

    def _passing(self, token: str | None, request: Mapping[str, Any]) -> Heard:
        """A sign that is stored nowhere."""
        with self._store.read() as connection:
            place = self._place(connection, token, request)
        return Heard({"ok": True}, place.session.study_id, place.session.session_id, place.role)

    def listen(self, token: str | None, request: Mapping[str, Any]) -> Heard:
        """The lines above `after`, and who it is that listens."""
        with self._store.read() as connection:
            asked = parse(LinesRequest, request)
            place = self._place(connection, token, request)
            page = looking.lines(connection, place, asked.after)
        session = place.session
        return Heard(page.as_json(), session.study_id, session.session_id, place.role)

    def own(self, token: str | None, request: Mapping[str, Any]) -> OwnSessions:
        """A Rater's sessions."""
        with self._store.read() as connection:
            return looking.own_sessions(self._desk, connection, links.speaker(connection, token, request))

    def rules(self, study_id: str) -> Sessions | None:
        """How a study's sessions go; None where it has none."""
        with self._store.read() as connection:
            return self._desk.view(connection, study_id).study.sessions

    def settle(self) -> list[Heard]:
        """End what is over: for the studio's own clock."""
        with self._store.read() as connection:
            if not is_due(self._desk, connection):
                return []
        with self._store.write() as connection:
            ended = settle_live(self._desk, connection)
        return [Heard({"ok": True}, row.study_id, row.session_id, "client", (line.as_json(),)) for row, line in ended]

    def _place(self, connection: Connection, token: str | None, request: Mapping[str, Any]) -> Place:
        """Who speaks is asked first, then whether the room is theirs."""
        person: Person = links.speaker(connection, token, request)
        return enter(self._desk, connection, person, str(request.get("session")))
