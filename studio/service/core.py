"""The service: one object that page, routes, command line and organiser page share. It opens the transactions."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pydantic import ValidationError

from studio.service import links, paperwork, rating, saving, seats_ahead
from studio.service.desk import Clock, Desk
from studio.service.links import Speaker
from studio.service.organising import Organising
from studio.service.refusals import Refusal
from studio.service.tokens import RandomText
from studio.store.database import Connection, Store
from studio.store.errors import OccupiedError, StoreError
from studio.store.queries import Person
from tasks.schema import Submission

MAX_REQUEST_CHARACTERS = 64_000
JOIN_ATTEMPTS = 5
"""Others may take the Seats that were planned for an opened link."""
MOST_WAITED_SECONDS = 366 * 86400.0
Request = dict[str, Any]
Handler = Callable[[str | None, Request], Request]
"""(session token, request) -> reply."""
log = logging.getLogger(__name__)


def system_clock() -> datetime:
    """The server's time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Held:
    """The reply to a form whose statements have run, and their transaction until it is committed."""

    reply: Request
    transaction: ExitStack
    open: bool
    """False where nothing was changed, so that there is nothing to commit."""

    def commit(self) -> Request:
        """The reply, once it is on the disk; a refusal where the disk does not take it. In any thread."""
        try:
            self.transaction.close()
        except StoreError:
            log.exception("submit failed")
            return Refusal("busy").as_json()
        return self.reply


class Service(Organising):
    """The studio without its pages. Every method is safe to call from many threads.

    Args:
        store: the open database.
        clock: gives the server's time; the order of events never depends on it.
        random: n bytes of randomness as URL-safe text, for links and assignment ids.
        demonstration: the page says that this is the demo study.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock = system_clock,
        random: RandomText = secrets.token_urlsafe,
        demonstration: bool = False,
    ) -> None:
        super().__init__(store, Desk(store, clock, random, demonstration))
        self._requests: Mapping[str, Handler] = {
            "state": self._state,
            "submit": self._submit,
            "answers": self._answers,
            "open": self._open,
            "blinding": self._blinding,
            "consent": self._consent,
            "profile": self._profile,
            "finish": self._finish,
            "guidelines": self._guidelines,
            "device": self._device,
            "withdraw": self._withdraw,
        }

    # --- what a rater's page can ask ------------------------------------------------------------------------------

    def dispatch(self, token: str | None, request: Request) -> Request:
        """Answer one request of a rater's page; `request["do"]` names it. A refusal is data, and changes nothing.

        Returns:
            JSON of docs/study-format.md; {"saved": false, "error": {"code", "ja", "en"}} for a refusal.
        """
        return self._reply(token, request, self._requests)

    def submit_now(self, token: str | None, request: Request) -> Held | None:
        """Answer a `submit` as `dispatch` does, all but the commit, without waiting for another writer or the disk.

        Returns:
            None, and nothing is changed, where it would have to wait: `dispatch` it in a thread then.
        """
        if not self.store.is_sqlite:
            return None
        transaction = ExitStack()
        try:
            reply = self._reply(token, request, {"submit": partial(self._submit, held=transaction)})
        except OccupiedError:
            return None
        return Held(reply, transaction, bool(reply.get("saved")))

    def _reply(self, token: str | None, request: Request, requests: Mapping[str, Handler]) -> Request:
        try:
            check_request(request)
            do = request.get("do")
            if not isinstance(do, str) or do not in requests:
                allowed = ", ".join(requests)
                raise Refusal("unknown_request", f"do（使える値: {allowed}）", f"do: allowed: {allowed}")
            return requests[do](token, request)
        except Refusal as refusal:
            return refusal.as_json()
        except StoreError:  # the device keeps the answers and tries again
            log.exception("%s failed", request.get("do"))
            return Refusal("busy").as_json()

    def _state(self, token: str | None, request: Request) -> Request:
        with self.store.read() as connection:
            person = links.speaker(connection, token, request)
            if not rating.writes(connection, person):
                return rating.state(self.desk, connection, person)
        return self._writing(token, request, self._resumed_state)

    def _resumed_state(self, connection: Connection, person: Person) -> Request:
        rating.resume(self.desk, connection, person)
        return rating.state(self.desk, connection, person)

    def _submit(self, token: str | None, request: Request, held: ExitStack | None = None) -> Request:
        form = parse_submission(request.get("submission"))
        waited = waited_seconds(request.get("waited_seconds"))
        reply = self._writing(token, request, lambda c, p: saving.submit(self.desk, c, p, form, waited), held)
        return reply if "held" not in request else without_held(reply, request["held"])

    def _answers(self, token: str | None, request: Request) -> Request:
        with self.store.read() as connection:
            return saving.answers(self.desk, connection, links.speaker(connection, token, request))

    def _open(self, token: str | None, request: Request) -> Request:
        with self.store.read() as connection:
            person = links.speaker(connection, token, request)
            return saving.reopen(self.desk, connection, person, str(request.get("assignment_id", "")))

    def _blinding(self, token: str | None, request: Request) -> Request:
        return self._writing(token, request, lambda c, p: paperwork.open_blinding(self.desk, c, p))

    def _consent(self, token: str | None, request: Request) -> Request:
        return self._writing(token, request, lambda c, p: paperwork.consent(self.desk, c, p, request))

    def _profile(self, token: str | None, request: Request) -> Request:
        return self._writing(token, request, lambda c, p: paperwork.profile(self.desk, c, p, request))

    def _finish(self, token: str | None, request: Request) -> Request:
        return self._writing(token, request, lambda c, p: paperwork.finish(self.desk, c, p, request))

    def _device(self, token: str | None, request: Request) -> Request:
        return self._writing(token, request, lambda c, p: paperwork.another_device(self.desk, c, p, request))

    def _withdraw(self, token: str | None, request: Request) -> Request:
        answer = self._writing(token, request, lambda c, p: paperwork.withdraw(self.desk, c, p))
        self.store.scrub()
        return answer

    def _guidelines(self, token: str | None, request: Request) -> Request:
        with self.store.read() as connection:
            person = links.speaker(connection, token, request)
            return paperwork.guidelines(self.desk, connection, person)

    def _writing(
        self,
        token: str | None,
        request: Request,
        act: Callable[[Connection, Person], Request],
        held: ExitStack | None = None,
    ) -> Request:
        """One writing transaction for a signed-in Rater; what it returns is sent after the commit.

        Args:
            held: takes the transaction over before its commit, which then ends it; it waits for no other writer.
        """
        with ExitStack() as stack:
            connection = stack.enter_context(self.store.write(wait=held is None))
            reply = act(connection, links.speaker(connection, token, request))
            if held is not None:
                held.push(stack.pop_all())
            return reply

    def speakers(self, tokens: Iterable[str]) -> list[Speaker]:
        """Whose these sessions are, in their order and without doubles; tokens that are worth nothing are left out."""
        with self.store.read() as connection:
            people = (links.known(connection, token) for token in tokens)
            return list(dict.fromkeys(Speaker(one.study_id, one.rater) for one in people if one is not None))

    # --- who comes in ---------------------------------------------------------------------------------------------

    def join(self, link: str) -> tuple[str, str]:
        """Open a personal link: (session token for the cookie, study_id). Refusal if it is unknown or revoked."""
        with self.store.read() as connection:
            known = links.opened(connection, link)
        if known is not None:
            return known
        for _ in range(JOIN_ATTEMPTS):
            try:
                with self.store.write() as connection:
                    return links.join(self.desk, connection, link)
            except links.NoFreeSeatError as error:
                seats_ahead.ensure(self.store, self.desk, error.study_id)
        raise Refusal("no_seat")


def without_held(reply: Request, held: Any) -> Request:
    """A receipt without what the page has already: the study's facts, and of the pairs `held` names all but the id.

    A practice pair is always sent whole, since what is said of it changes once it is answered.
    """
    known = held if isinstance(held, list) else []
    state = {name: value for name, value in reply["state"].items() if name != "study"}
    state["pairs"] = [_id_alone(pair) if pair["assignment_id"] in known else pair for pair in state["pairs"]]
    return reply | {"state": state}


def _id_alone(pair: Request) -> Request:
    return pair if pair["practice"] else {"assignment_id": pair["assignment_id"]}


def waited_seconds(value: Any) -> float:
    """How long a form says it waited on the device: 0 where that is no number of seconds; a year at most."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return 0.0
    return min(float(value), MOST_WAITED_SECONDS)


def check_request(request: Any) -> None:
    """Refuses what is no JSON object, is too large, or holds text that no database can keep."""
    if not isinstance(request, dict):
        raise Refusal("invalid", "JSONオブジェクトが必要です", "a JSON object is needed")
    try:
        text = json.dumps(request, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise Refusal("invalid", "文字または数が使えません", "a character or number cannot be stored") from error
    if len(text) > MAX_REQUEST_CHARACTERS:
        raise Refusal("too_large")


def parse_submission(submission: Any) -> Submission:
    """A form as sent. Refusal `invalid` or `too_large`, naming the fields at fault."""
    try:
        return Submission.model_validate(submission)
    except ValidationError as error:
        too_long = any(problem["type"] == "string_too_long" for problem in error.errors())
        if too_long:
            raise Refusal("too_large") from error
        lines = [f"{'.'.join(map(str, p['loc'])) or 'submission'}: {p['msg']}" for p in error.errors()[:5]]
        raise Refusal("invalid", "; ".join(lines)) from error
