"""The service: one object that page, routes, command line and organiser page share. It opens the transactions."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.service import erasing, links, looking, seats, seats_ahead
from studio.service.desk import ORGANISER, Clock, Desk
from studio.service.links import Speaker
from studio.service.organiser import (
    amending,
    conduct,
    course,
    drafting,
    exporting,
    figures,
    judging,
    keeping,
    listing,
    opened,
    oversight,
    people,
    roster,
    sign_in,
    watching,
)
from studio.service.organiser.figures import Figures
from studio.service.organiser.opened import Results
from studio.service.organiser.sign_in import Organiser
from studio.service.organiser.watching import Quality
from studio.service.rater.answering import Answering, Reply
from studio.service.refusals import Refusal
from studio.service.room import booking, planned
from studio.service.room.speaking import Speaking
from studio.service.tokens import RandomText
from studio.service.transactions import Held, reading, scrubbing, writing
from studio.store import queries
from studio.store.database import Store
from studio.store.errors import OccupiedError, StoreError

if TYPE_CHECKING:
    from results.export.rows import LookRow
    from studio.hub.mirror import CopyStatus, HubCopy
    from tasks.schema import Study

JOIN_ATTEMPTS = 5
"""Others may take the Seats that were planned for an opened link."""
log = logging.getLogger(__name__)


def system_clock() -> datetime:
    """The server's time."""
    return datetime.now(UTC)


class Service:
    """The studio without its pages. Every method is safe to call from many threads.

    What an organiser does is a table of functions, each with the transaction it runs in; the functions' own texts say
    what they do.

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
        self.desk = Desk(store, clock, random, demonstration)
        self.copy: HubCopy | None = None
        """The copy on the Hub, where one is kept; `studio.web.serving` sets it."""
        self.anonymous: Organiser | None = None
        """Who somebody without a session is: a viewer in the public demo, else nobody."""
        self._answering = Answering(self.desk)
        self.rooms = Speaking(self.desk, store)
        self._figures = Figures()

    # --- raters ---------------------------------------------------------------------------------------------------

    def dispatch(self, token: str | None, request: Any) -> Reply:
        """Answer one request of a rater's page; `request["do"]` names it. A refusal is data, and changes nothing.

        Returns:
            JSON of docs/page-state.md; {"saved": false, "error": {"code", "text", …}} for a refusal.
        """
        return self._in_words(token, request)

    def submit_now(self, token: str | None, request: Any) -> Held | None:
        """Answer a `submit` as `dispatch` does, all but the commit, without waiting for another writer or the disk.

        Returns:
            None, and nothing is changed, where it would have to wait: `dispatch` it in a thread then.
        """
        if not self.store.is_sqlite:
            return None
        transaction = ExitStack()
        try:
            reply = self._in_words(token, request, transaction)
        except OccupiedError:
            return None
        return Held(reply, transaction, bool(reply.get("saved")))

    def _in_words(self, token: str | None, request: Any, held: ExitStack | None = None) -> Reply:
        try:
            return self._answering.reply(token, request, held)
        except Refusal as refusal:
            return refusal.as_json()
        except StoreError:  # the device keeps the answers and tries again
            log.exception("%s failed", request.get("do"))
            return Refusal("busy").as_json()

    def join(self, link: str) -> tuple[str, str]:
        """Open a personal link: (session token for the cookie, study_id). Refusal if it is unknown or revoked."""
        with self.store.read() as connection:
            known = links.opened(connection, link)
        if known is not None:
            return known
        for _ in range(JOIN_ATTEMPTS):
            try:
                return self._take_seat(link)
            except links.NoFreeSeatError as error:
                seats_ahead.ensure(self.store, self.desk, error.study_id)
        raise Refusal("no_seat")

    _take_seat = writing(links.join)

    def speakers(self, tokens: Iterable[str]) -> list[Speaker]:
        """Whose these sessions are, in their order and without doubles; tokens that are worth nothing are left out."""
        with self.store.read() as connection:
            persons = (links.known(connection, token) for token in tokens)
            return list(dict.fromkeys(Speaker(one.study_id, one.rater) for one in persons if one is not None))

    def invite(self, study_id: str, count: int = 1, actor: str = ORGANISER) -> list[str]:
        """New personal links, as the tokens of `/e/TOKEN`, and Seats for them; stored only as hashes."""
        return self._with_seats(study_id, self._invite(study_id, count, actor))

    def invite_people(self, study_id: str, people: Sequence[tuple[str, str]], actor: str = ORGANISER) -> list[str]:
        """The same for people given as (name, mail), in their order; '' where one is not known."""
        return self._with_seats(study_id, self._invite_people(study_id, people, actor))

    def _with_seats(self, study_id: str, tokens: list[str]) -> list[str]:
        """The tokens, Seats being planned for them; a link without one says so when it is opened."""
        with suppress(Refusal):
            seats_ahead.ensure(self.store, self.desk, study_id)
        return tokens

    _invite = writing(links.invite)
    _invite_people = writing(links.invite_people)
    revoke = writing(links.revoke)
    reissue = writing(links.reissue)
    reissue_lost = writing(links.reissue_lost)
    new_link = writing(people.new_link)
    stop_links = writing(people.stop)
    new_links = writing(people.new_links)
    stop_all_links = writing(people.stop_all)
    replace = writing(people.replace)
    adjudicate = writing(people.adjudicate)
    adjudicated = reading(people.adjudicated)
    reclaim = writing(seats.reclaim)
    withdraw = scrubbing(planned.withdraw)
    appointments = reading(booking.appointments)
    book = writing(booking.book)

    # --- organisers -----------------------------------------------------------------------------------------------

    organiser_link = writing(sign_in.make_link)
    organiser_join = writing(sign_in.join)
    organiser_session = writing(sign_in.begin)
    account_session = writing(sign_in.begin_by_account)
    add_colleague = writing(sign_in.add_colleague)
    remove_colleague = writing(sign_in.remove_colleague)
    colleagues = reading(sign_in.colleagues)
    organiser_leave = writing(sign_in.leave)
    organiser_language = reading(sign_in.language)
    _speak = writing(sign_in.speak)
    _organiser = reading(sign_in.organiser)

    def organiser(self, token: str | None) -> Organiser | None:
        """Whose session this is: role (`organiser` or `viewer`) and the name under which the audit log knows it."""
        return self._organiser(token) or self.anonymous

    def organiser_role(self, token: str | None) -> str | None:
        """`organiser` or `viewer` for an organiser's session, else None."""
        someone = self.organiser(token)
        return None if someone is None else someone.role

    def organiser_speaks(self, token: str | None, language: str) -> None:
        """Keep the language that an organiser or viewer chose; nothing is written where it is the same as before."""
        if self._organiser(token) is not None and self.organiser_language(token) != language:
            self._speak(token, language)

    looked = writing(oversight.unblinded)
    may_see = reading(oversight.may_see)
    open_results = writing(oversight.open_results)
    results_opened = reading(oversight.opened)
    audit = reading(oversight.audit)
    deviations = reading(oversight.deviations)

    def today(self) -> date:
        """The server's day, UTC."""
        return self.desk.clock().date()

    # --- studies --------------------------------------------------------------------------------------------------

    create_study = writing(conduct.create_study)
    _amend = writing(amending.amend)

    def amend_study(self, study: Study, actor: str = ORGANISER) -> None:
        """Change what a study declares of its analysis: see `studio.service.organiser.amending.amend`."""
        self._amend(study, actor)
        self.desk.views.pop(study.study_id, None)

    close_study = writing(conduct.close)
    reopen_study = writing(conduct.reopen)
    rename_study = writing(keeping.rename)
    set_due = writing(keeping.set_due)
    kept = reading(keeping.kept)
    archive_study = writing(keeping.archive)
    delete_study = scrubbing(keeping.delete)
    studies = reading(conduct.studies)
    summaries = reading(listing.summaries)
    summary = reading(listing.summary)
    study = reading(conduct.study)
    progress = reading(conduct.progress)
    roster = reading(roster.roster)
    course = reading(course.course)
    coverage = reading(conduct.coverage)
    payment = reading(conduct.payment)
    registration = reading(conduct.registration)
    judge_asked = writing(judging.asked)
    keep_verdict = writing(judging.keep)
    verdicts = reading(judging.verdicts)
    data_map = reading(conduct.data_map)
    in_memory = reading(exporting.build)
    _state = reading(figures.state)

    def watch(self, study_id: str, sealed: bool = True) -> Quality | None:
        """How a study goes: `studio.service.organiser.watching.quality`; None while that is being computed."""
        key = ("quality", study_id, "sealed" if sealed else "open")
        return self._figures.get(key, self._state(study_id), lambda: watching.quality(self.in_memory(study_id), sealed))

    def results(self, study_id: str) -> Results | None:
        """What the results page tells: `studio.service.organiser.opened.results`; None while that is being computed."""
        return self._figures.get(
            ("results", study_id), self._state(study_id), lambda: opened.results(self.in_memory(study_id))
        )

    looks = reading(looking.looks)
    _ready_look = reading(looking.ready)
    _keep_look = writing(looking.keep)

    def look(self, study_id: str, actor: str = ORGANISER) -> LookRow:
        """Take the look by the study's rule that can be taken now, and note it: `studio.service.looking`."""
        from results.study.sequential.looks import take

        look = take(self.in_memory(study_id), self._ready_look(study_id))
        self._keep_look(study_id, look, actor)
        return look

    retention_date = reading(erasing.retention_date)
    due_studies = reading(erasing.due_studies)
    purge = scrubbing(erasing.purge)

    def export(self, study_id: str, folder: Path, actor: str = ORGANISER, *, all_words: bool = False) -> Path:
        """Write the export folder (docs/study-format.md), all or nothing, and note who took it, when.

        Args:
            all_words: with the words of all sessions, not of those alone that both people let be published.
        """
        from results.export.folder import write
        from results.export.sessions import agreed_words

        built = self.in_memory(study_id)
        if not all_words:
            built = replace(built, sessions=tuple(map(agreed_words, built.sessions)))
        written = write(built, folder)
        with self.store.write() as connection:
            early = queries.closed_at(connection, study_id) is None
            self.desk.record(connection, study_id, actor, "exported", {"last_seq": built.last_seq, "early": early})
        return written

    # --- studies that are being set up ----------------------------------------------------------------------------

    begin_draft = writing(drafting.begin)
    drafts = reading(drafting.listed)
    draft = reading(drafting.read)
    keep_draft = writing(drafting.keep)
    draft_files = reading(drafting.files)
    bring_draft_files = writing(drafting.bring_files)
    drop_draft = scrubbing(drafting.drop)
    launch_draft = scrubbing(drafting.launch)

    # --- the store ------------------------------------------------------------------------------------------------

    def copy_status(self) -> CopyStatus | None:
        """How far the copy on the Hub is (last success, rows pending, gap in seconds), or None where none is kept."""
        return None if self.copy is None else self.copy.status()

    def verify(self) -> tuple[int, list[str]]:
        """Rebuild every table from the log: (events replayed, differences)."""
        from studio.store.upkeep.verify import differences

        return differences(self.store)
