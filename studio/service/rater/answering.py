"""What a rater's page can ask, by name: the function that answers it, and the transaction it runs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from studio.service import links
from studio.service.desk import Desk
from studio.service.rater import paperwork, progress, saving
from studio.service.records import Sent, State
from studio.service.refusals import Refusal, detail
from studio.service.requests import REQUESTS, Asked, check_request, parse
from studio.store.database import Connection
from studio.store.rows import Person

Reply = dict[str, Any]
Who = tuple[str | None, dict[str, Any]]
"""A session's token, and the request that it came with."""


def _state(desk: Desk, connection: Connection, person: Person, request: Asked) -> State:
    return progress.state(desk, connection, person)


def _resumed_state(desk: Desk, connection: Connection, person: Person, request: Asked) -> State:
    progress.resume(desk, connection, person)
    return progress.state(desk, connection, person)


Act = Callable[[Desk, Connection, Person, Any], Sent]
"""Takes the record of REQUESTS, gives that of REPLIES."""
READS: Mapping[str, Act] = {
    "state": _state,
    "answers": saving.answers,
    "open": saving.reopen,
    "guidelines": paperwork.guidelines,
}
WRITES: Mapping[str, Act] = {
    "submit": saving.submit,
    "blinding": paperwork.open_blinding,
    "consent": paperwork.consent,
    "profile": paperwork.profile,
    "finish": paperwork.finish,
    "language": paperwork.language,
    "device": paperwork.another_device,
    "withdraw": paperwork.withdraw,
}
ALLOWED = ", ".join(REQUESTS)


class Answering:
    """Answers the requests of raters' pages."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def reply(self, token: str | None, request: Any, held: ExitStack | None = None) -> Reply:
        """The answer to one request; sent after the commit.

        Args:
            held: takes over a writing transaction before its commit, which then ends it; no other writer is waited for.

        Raises:
            Refusal: what is asked cannot be done, and nothing was changed.
            OccupiedError: with `held`, another transaction is writing.
        """
        check_request(request)
        do = str(request.get("do"))
        if do not in REQUESTS:
            raise Refusal("unknown_request", detail("allowed", field="do", allowed=ALLOWED))
        who = (token, request)
        if do == "submit" or do not in READS:
            reply = self._writing(who, WRITES[do], held)
        elif do == "state":
            reply = self._state(who)
        else:
            reply = self._reading(who, READS[do])
        if do == "withdraw":
            self._desk.store.scrub()
        return reply.as_json()

    def _state(self, who: Who) -> Sent:
        """Reading, but for a Rater who comes back to reclaimed work: that is an event."""
        token, request = who
        with self._desk.store.read() as connection:
            if not progress.writes(connection, links.speaker(connection, token, request)):
                return self._answer(connection, who, _state)
        return self._writing(who, _resumed_state)

    def _reading(self, who: Who, act: Act) -> Sent:
        with self._desk.store.read() as connection:
            return self._answer(connection, who, act)

    def _writing(self, who: Who, act: Act, held: ExitStack | None = None) -> Sent:
        with ExitStack() as stack:
            connection = stack.enter_context(self._desk.store.write(wait=held is None))
            reply = self._answer(connection, who, act)
            if held is not None:
                held.push(stack.pop_all())
            return reply

    def _answer(self, connection: Connection, who: Who, act: Act) -> Sent:
        """Who speaks is asked first: nobody learns by a faulty request whether a session is worth something."""
        token, request = who
        person = links.speaker(connection, token, request)
        return act(self._desk, connection, person, parse(REQUESTS[request["do"]], request))
