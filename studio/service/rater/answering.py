"""What a rater's page can ask, by name: the function that answers it, and the transaction it runs in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from studio.service import links
from studio.service.desk import Desk
from studio.service.rater import paperwork, progress, saving
from studio.service.refusals import Refusal
from studio.service.requests import check_request, parse_submission, waited_seconds
from studio.store.database import Connection
from studio.store.queries import Person

Request = dict[str, Any]
Reply = dict[str, Any]
Act = Callable[[Desk, Connection, Person, Request], Reply]


def _state(desk: Desk, connection: Connection, person: Person, request: Request) -> Reply:
    return progress.state(desk, connection, person)


def _resumed_state(desk: Desk, connection: Connection, person: Person, request: Request) -> Reply:
    progress.resume(desk, connection, person)
    return progress.state(desk, connection, person)


def _submit(desk: Desk, connection: Connection, person: Person, request: Request) -> Reply:
    form, waited = parse_submission(request.get("submission")), waited_seconds(request.get("waited_seconds"))
    reply = saving.submit(desk, connection, person, form, waited)
    return reply if "held" not in request else without_held(reply, request["held"])


READS: dict[str, Act] = {
    "answers": saving.answers,
    "open": saving.reopen,
    "guidelines": paperwork.guidelines,
}
WRITES: dict[str, Act] = {
    "submit": _submit,
    "blinding": paperwork.open_blinding,
    "consent": paperwork.consent,
    "profile": paperwork.profile,
    "finish": paperwork.finish,
    "device": paperwork.another_device,
    "withdraw": paperwork.withdraw,
}
ALLOWED = ", ".join(("state", *WRITES, *READS))


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
        if do == "state":
            return self._state(token, request)
        if do in READS:
            return self._reading(token, request, READS[do])
        if do not in WRITES:
            raise Refusal("unknown_request", f"do（使える値: {ALLOWED}）", f"do: allowed: {ALLOWED}")
        reply = self._writing(token, request, WRITES[do], held)
        if do == "withdraw":
            self._desk.store.scrub()
        return reply

    def _state(self, token: str | None, request: Request) -> Reply:
        """Reading, but for a Rater who comes back to reclaimed work: that is an event."""
        with self._desk.store.read() as connection:
            person = links.speaker(connection, token, request)
            if not progress.writes(connection, person):
                return _state(self._desk, connection, person, request)
        return self._writing(token, request, _resumed_state)

    def _reading(self, token: str | None, request: Request, act: Act) -> Reply:
        with self._desk.store.read() as connection:
            return act(self._desk, connection, links.speaker(connection, token, request), request)

    def _writing(self, token: str | None, request: Request, act: Act, held: ExitStack | None = None) -> Reply:
        with ExitStack() as stack:
            connection = stack.enter_context(self._desk.store.write(wait=held is None))
            reply = act(self._desk, connection, links.speaker(connection, token, request), request)
            if held is not None:
                held.push(stack.pop_all())
            return reply


def without_held(reply: Reply, held: Any) -> Reply:
    """A receipt without what the page has already: the study's facts, and of the pairs `held` names all but the id.

    A practice pair is always sent whole, since what is said of it changes once it is answered.
    """
    known = held if isinstance(held, list) else []
    state = {name: value for name, value in reply["state"].items() if name != "study"}
    state["pairs"] = [_id_alone(pair) if pair["assignment_id"] in known else pair for pair in state["pairs"]]
    return reply | {"state": state}


def _id_alone(pair: Reply) -> Reply:
    return pair if pair["practice"] else {"assignment_id": pair["assignment_id"]}
