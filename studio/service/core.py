"""The service: one object that page, routes, command line and organiser page share. It opens the transactions."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from studio.service import exporting, links, paperwork, rating, saving, seats, studies
from studio.service.desk import Clock, Desk
from studio.service.refusals import Refusal
from studio.service.tokens import RandomText
from studio.store import queries
from studio.store.database import Connection, Store
from studio.store.errors import StoreError
from studio.store.queries import Person
from tasks.schema import PlannedAssignment, Study, Submission

if TYPE_CHECKING:
    from studio.offbox import CopyStatus, HubCopy

MAX_REQUEST_CHARACTERS = 64_000
Request = dict[str, Any]
log = logging.getLogger(__name__)


def system_clock() -> datetime:
    """The server's time."""
    return datetime.now(UTC)


class Service:
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
        self.store = store
        self.copy: HubCopy | None = None
        """The off-box copy, where one is kept; `studio.serving` sets it."""
        self.desk = Desk(store, clock, random, demonstration)
        self._requests: Mapping[str, Callable[[str | None, Request], Request]] = {
            "state": self._state,
            "submit": self._submit,
            "answers": self._answers,
            "open": self._open,
            "consent": self._consent,
            "profile": self._profile,
            "finish": self._finish,
            "guidelines": self._guidelines,
            "withdraw": self._withdraw,
        }

    # --- what a rater's page can ask ------------------------------------------------------------------------------

    def dispatch(self, token: str | None, request: Request) -> Request:
        """Answer one request of a rater's page; `request["do"]` names it. A refusal is data, and changes nothing.

        Returns:
            JSON of docs/study-format.md; {"saved": false, "error": {"code", "ja", "en"}} for a refusal.
        """
        try:
            _check_size(request)
            do = request.get("do")
            if not isinstance(do, str) or do not in self._requests:
                allowed = ", ".join(self._requests)
                raise Refusal("unknown_request", f"do（使える値: {allowed}）", f"do: allowed: {allowed}")
            return self._requests[do](token, request)
        except Refusal as refusal:
            return refusal.as_json()
        except StoreError:  # the device keeps the answers and tries again
            log.exception("%s failed", request.get("do"))
            return Refusal("busy").as_json()

    def _state(self, token: str | None, request: Request) -> Request:
        with self.store.read() as connection:
            person = links.authenticate(connection, token)
            if not rating.writes(self.desk, connection, person):
                return rating.state(self.desk, connection, person)
        return self._writing(token, self._resumed_state)

    def _resumed_state(self, connection: Connection, person: Person) -> Request:
        rating.resume(self.desk, connection, person)
        return rating.state(self.desk, connection, person)

    def _submit(self, token: str | None, request: Request) -> Request:
        form = _parse(request.get("submission"))
        return self._writing(token, lambda c, p: saving.submit(self.desk, c, p, form))

    def _answers(self, token: str | None, request: Request) -> Request:
        with self.store.read() as connection:
            return saving.answers(self.desk, connection, links.authenticate(connection, token))

    def _open(self, token: str | None, request: Request) -> Request:
        with self.store.read() as connection:
            person = links.authenticate(connection, token)
            return saving.reopen(self.desk, connection, person, str(request.get("assignment_id", "")))

    def _consent(self, token: str | None, request: Request) -> Request:
        return self._writing(token, lambda c, p: paperwork.consent(self.desk, c, p, request))

    def _profile(self, token: str | None, request: Request) -> Request:
        return self._writing(token, lambda c, p: paperwork.profile(self.desk, c, p, request))

    def _finish(self, token: str | None, request: Request) -> Request:
        return self._writing(token, lambda c, p: paperwork.finish(self.desk, c, p, request))

    def _withdraw(self, token: str | None, request: Request) -> Request:
        return self._writing(token, lambda c, p: paperwork.withdraw(self.desk, c, p))

    def _guidelines(self, token: str | None, request: Request) -> Request:
        with self.store.read() as connection:
            person = links.authenticate(connection, token)
            return paperwork.guidelines(self.desk, connection, person)

    def _writing(self, token: str | None, act: Callable[[Connection, Person], Request]) -> Request:
        """One writing transaction for a signed-in Rater; what it returns is sent after the commit."""
        with self.store.write() as connection:
            return act(connection, links.authenticate(connection, token))

    def study_of(self, token: str | None) -> str | None:
        """The study a Rater's session belongs to, or None."""
        try:
            with self.store.read() as connection:
                return links.authenticate(connection, token).study_id
        except Refusal:
            return None

    # --- who comes in ---------------------------------------------------------------------------------------------

    def join(self, link: str) -> tuple[str, str]:
        """Open a personal link: (session token for the cookie, study_id). Refusal if it is unknown or revoked."""
        with self.store.read() as connection:
            known = links.opened(connection, link)
        if known is not None:
            return known
        with self.store.write() as connection:
            return links.join(self.desk, connection, link)

    def invite(self, study_id: str, count: int = 1) -> list[str]:
        """New personal links, as the tokens of `/e/TOKEN`; valid until revoked, stored only as hashes."""
        with self.store.write() as connection:
            return links.invite(self.desk, connection, study_id, count)

    def revoke(self, study_id: str, rater: str) -> int:
        """Make a Rater's links worthless; returns how many there were."""
        with self.store.write() as connection:
            return links.revoke(self.desk, connection, study_id, rater)

    def reissue(self, study_id: str, rater: str) -> str:
        """A new link for a Rater who lost theirs."""
        with self.store.write() as connection:
            return links.reissue(self.desk, connection, study_id, rater)

    def reissue_lost(self, study_id: str) -> dict[str, str]:
        """New links, by code, for all who joined and have no working link (an off-box copy holds none)."""
        with self.store.write() as connection:
            return links.reissue_lost(self.desk, connection, study_id)

    def organiser_link(self, role: str = "organiser") -> str:
        """The token of a one-time `/o/TOKEN` link."""
        with self.store.write() as connection:
            return links.organiser_link(self.desk, connection, role)

    def organiser_join(self, link: str) -> str:
        """Use a one-time organiser link up: the session token for the organiser's cookie. Refusal if it is unknown."""
        with self.store.write() as connection:
            return links.organiser_join(self.desk, connection, link)

    def organiser_role(self, token: str | None) -> str | None:
        """`organiser` or `viewer` for an organiser's session, else None."""
        with self.store.read() as connection:
            return links.organiser_role(connection, token)

    # --- what an organiser does -----------------------------------------------------------------------------------

    def create_study(self, study: Study, plan: tuple[PlannedAssignment, ...]) -> None:
        """Bring a study and its plan into the store. StudioError if its id is taken or the plan does not fit."""
        with self.store.write() as connection:
            studies.create_study(self.desk, connection, study, plan)

    def studies(self) -> list[dict[str, Any]]:
        """study_id, created_at, closed_at of every study, oldest first."""
        with self.store.read() as connection:
            return queries.study_rows(connection)

    def study(self, study_id: str) -> Study:
        """A study as imported. StudioError if there is none of that id."""
        with self.store.read() as connection:
            return self.desk.view(connection, study_id).study

    def progress(self, study_id: str) -> list[dict[str, Any]]:
        """One row per Rater: rater, seat, done, total, active_seconds, joined_at, last_at, finished_at, withdrawn."""
        with self.store.read() as connection:
            self.desk.view(connection, study_id)
            return studies.progress(connection, study_id)

    def export(self, study_id: str, folder: Path, actor: str = "organiser") -> Path:
        """Write the export folder (docs/study-format.md), all or nothing, and note who took it, when."""
        from results.export import write

        with self.store.read() as connection:
            built = exporting.build(self.desk, connection, study_id)
        written = write(built, folder)
        with self.store.write() as connection:
            self.desk.record(connection, study_id, actor, "exported", {"last_seq": built.last_seq})
        return written

    def copy_status(self) -> CopyStatus | None:
        """How far the off-box copy is (last success, rows pending, gap in seconds), or None where none is kept."""
        return None if self.copy is None else self.copy.status()

    def verify(self) -> tuple[int, list[str]]:
        """Rebuild every table from the log: (events replayed, differences)."""
        from studio.store.verify import differences

        return differences(self.store)

    def close_study(self, study_id: str) -> None:
        """Close a study: nothing is saved or revised after this."""
        with self.store.write() as connection:
            studies.close(self.desk, connection, study_id)

    def reclaim(self, study_id: str, idle_hours: float) -> list[str]:
        """Give back the work of raters who saved nothing for `idle_hours`; new links are dealt it. Their codes."""
        with self.store.write() as connection:
            return seats.reclaim(self.desk, connection, study_id, idle_hours)

    def withdraw(self, study_id: str, rater: str, actor: str = "organiser") -> None:
        """Take a Rater's data out of every later export, and erase what points at the person."""
        with self.store.write() as connection:
            self.desk.view(connection, study_id)
            studies.withdraw(self.desk, connection, study_id, rater, actor)


def _check_size(request: Any) -> None:
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


def _parse(submission: Any) -> Submission:
    try:
        return Submission.model_validate(submission)
    except ValidationError as error:
        too_long = any(problem["type"] == "string_too_long" for problem in error.errors())
        if too_long:
            raise Refusal("too_large") from error
        lines = [f"{'.'.join(map(str, p['loc'])) or 'submission'}: {p['msg']}" for p in error.errors()[:5]]
        raise Refusal("invalid", "; ".join(lines)) from error
