"""What an organiser does, from the command line and from the organiser's page alike; each act opens its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.service import erasing, exporting, links, seats, seats_ahead, studies, watching
from studio.service.desk import Desk
from studio.service.erasing import DueStudy, Purge, Withdrawal
from studio.service.links import ORGANISER, Organiser
from studio.service.refusals import Refusal
from studio.service.studies import Coverage
from studio.store import datamap, queries
from studio.store.database import Store
from tasks.schema import PlannedAssignment, Study

if TYPE_CHECKING:
    from results.export.folder import Export
    from studio.hub.mirror import CopyStatus, HubCopy


class Organising:
    """The organiser's half of the service."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self.store = store
        self.desk = desk
        self.copy: HubCopy | None = None
        """The off-box copy, where one is kept; `studio.web.serving` sets it."""
        self.anonymous: Organiser | None = None
        """Who somebody without a session is: a viewer in the public demo, else nobody."""

    # --- who comes in ---------------------------------------------------------------------------------------------

    def invite(self, study_id: str, count: int = 1, actor: str = ORGANISER) -> list[str]:
        """New personal links, as the tokens of `/e/TOKEN`; valid until revoked, stored only as hashes."""
        with self.store.write() as connection:
            tokens = links.invite(self.desk, connection, study_id, count, actor)
        self._plan_ahead(study_id)
        return tokens

    def _plan_ahead(self, study_id: str) -> None:
        """Seats for links nobody has opened; a link without one says so when it is opened."""
        with suppress(Refusal):
            seats_ahead.ensure(self.store, self.desk, study_id)

    def invite_people(self, study_id: str, people: Sequence[tuple[str, str]], actor: str = ORGANISER) -> list[str]:
        """New personal links for people given as (name, mail), in their order; '' where one is not known."""
        with self.store.write() as connection:
            tokens = links.invite_people(self.desk, connection, study_id, people, actor)
        self._plan_ahead(study_id)
        return tokens

    def replace(self, study_id: str, rater: str, actor: str = ORGANISER) -> str:
        """End a Rater's work and make a link for somebody else, who is dealt what was left; answers given stay."""
        with self.store.write() as connection:
            self.desk.view(connection, study_id)
            seats.give_up(self.desk, connection, study_id, rater, actor)
            links.revoke(self.desk, connection, study_id, rater, actor)
            return links.bound(self.desk, connection, study_id, seats.add(self.desk, connection, study_id), actor)

    def adjudicate(self, study_id: str, item_ids: Sequence[str], actor: str = ORGANISER) -> tuple[str, str]:
        """A further Rater for these items, blind: (code, token of the personal link)."""
        with self.store.write() as connection:
            seat = seats.adjudicate(self.desk, connection, study_id, item_ids, actor)
            return f"R{seat + 1:03d}", links.bound(self.desk, connection, study_id, seat, actor)

    def revoke(self, study_id: str, rater: str, actor: str = ORGANISER) -> int:
        """Make a Rater's links worthless; returns how many there were."""
        with self.store.write() as connection:
            return links.revoke(self.desk, connection, study_id, rater, actor)

    def reissue(self, study_id: str, rater: str, actor: str = ORGANISER) -> str:
        """A new link for a Rater who lost theirs."""
        with self.store.write() as connection:
            return links.reissue(self.desk, connection, study_id, rater, actor)

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

    def organiser_session(self, role: str, name: str | None = None) -> str:
        """A session token for somebody who gave the right password, or whose account `name` was vouched for."""
        with self.store.write() as connection:
            return links.organiser_session(self.desk, connection, role, name)

    def organiser_leave(self, token: str | None) -> None:
        """End an organiser's session."""
        with self.store.write() as connection:
            links.organiser_leave(self.desk, connection, token)

    def organiser(self, token: str | None) -> Organiser | None:
        """Whose session this is: role (`organiser` or `viewer`) and the name under which the audit log knows it."""
        with self.store.read() as connection:
            found = links.organiser(self.desk, connection, token)
        return found or self.anonymous

    def organiser_role(self, token: str | None) -> str | None:
        """`organiser` or `viewer` for an organiser's session, else None."""
        found = self.organiser(token)
        return None if found is None else found.role

    # --- what an organiser does -----------------------------------------------------------------------------------

    def create_study(self, study: Study, plan: tuple[PlannedAssignment, ...], actor: str = ORGANISER) -> None:
        """Bring a study and its plan into the store. StudioError if its id is taken or the plan does not fit."""
        with self.store.write() as connection:
            studies.create_study(self.desk, connection, study, plan, actor)

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

    def export(self, study_id: str, folder: Path, actor: str = ORGANISER) -> Path:
        """Write the export folder (docs/study-format.md), all or nothing, and note who took it, when."""
        from results.export.folder import write

        with self.store.read() as connection:
            built = exporting.build(self.desk, connection, study_id)
        written = write(built, folder)
        with self.store.write() as connection:
            early = queries.closed_at(connection, study_id) is None
            self.desk.record(connection, study_id, actor, "exported", {"last_seq": built.last_seq, "early": early})
        return written

    def copy_status(self) -> CopyStatus | None:
        """How far the off-box copy is (last success, rows pending, gap in seconds), or None where none is kept."""
        return None if self.copy is None else self.copy.status()

    def verify(self) -> tuple[int, list[str]]:
        """Rebuild every table from the log: (events replayed, differences)."""
        from studio.store.verify import differences

        return differences(self.store)

    def looked(self, study_id: str, actor: str, what: str) -> None:
        """Note that somebody looked at unblinded results, before they are shown them. `what`: e.g. `preference`."""
        with self.store.write() as connection:
            self.desk.view(connection, study_id)
            self.desk.record(connection, study_id, actor, "looked", {"what": what[:80]})

    def audit(self, study_id: str) -> list[dict[str, Any]]:
        """What organisers did to a study, oldest first: at, actor, kind, payload; signing in and out included."""
        with self.store.read() as connection:
            self.desk.view(connection, study_id)
            return queries.audit(connection, (study_id, links.EVERY_STUDY))

    def close_study(self, study_id: str, actor: str = ORGANISER) -> None:
        """Close a study: nothing is saved or revised after this."""
        with self.store.write() as connection:
            studies.close(self.desk, connection, study_id, actor)

    def reopen_study(self, study_id: str, actor: str = ORGANISER) -> None:
        """Open a closed study again; the report lists it."""
        with self.store.write() as connection:
            studies.reopen(self.desk, connection, study_id, actor)

    def coverage(self, study_id: str) -> list[Coverage]:
        """How often each item and set of systems was judged, and still waits to be."""
        with self.store.read() as connection:
            self.desk.view(connection, study_id)
            return studies.coverage(connection, study_id)

    def payment(self, study_id: str) -> list[dict[str, Any]]:
        """One row per Rater, withdrawn ones too: rater, done, active_hours, withdrawn."""
        with self.store.read() as connection:
            self.desk.view(connection, study_id)
            return studies.payment(connection, study_id)

    def registration(self, study_id: str) -> tuple[str, str]:
        """(SHA-256 of the study as frozen at launch, when it was frozen)."""
        row = next((row for row in self.studies() if row["study_id"] == study_id), {"created_at": ""})
        return studies.fingerprint(self.study(study_id)), str(row["created_at"])

    def deviations(self, study_id: str) -> list[dict[str, Any]]:
        """What was done after launch that a reader must know of, oldest first: at, kind, payload."""
        with self.store.read() as connection:
            self.desk.view(connection, study_id)
            return queries.deviations(connection, study_id)

    def watch(self, study_id: str) -> dict[str, Any]:
        """How a running study goes, without anything of who is preferred: see `watching.quality`."""
        return watching.quality(self.in_memory(study_id))

    def may_see(self, study_id: str, actor: str) -> bool:
        """True where preferences are open to this organiser: the study is closed, or the look was noted before."""
        with self.store.read() as connection:
            self.desk.view(connection, study_id)
            if queries.closed_at(connection, study_id) is not None:
                return True
            return any(act["actor"] == actor for act in queries.acts(connection, study_id, "looked"))

    def in_memory(self, study_id: str) -> Export:
        """What an export would hold now, for figures that show no preference; nothing is written or noted."""
        with self.store.read() as connection:
            return exporting.build(self.desk, connection, study_id)

    def reclaim(self, study_id: str, idle_hours: float, actor: str = ORGANISER) -> list[str]:
        """Give back the work of raters who saved nothing for `idle_hours`; new links are dealt it. Their codes."""
        with self.store.write() as connection:
            return seats.reclaim(self.desk, connection, study_id, idle_hours, actor)

    def withdraw(self, study_id: str, rater: str, actor: str = ORGANISER) -> Withdrawal:
        """Take a Rater's data out of every later export, and erase what points at the person.

        Returns:
            What stays for payment, and when exports were taken that still hold the judgments.
        """
        with self.store.write() as connection:
            self.desk.view(connection, study_id)
            done = erasing.withdraw(self.desk, connection, study_id, rater, actor)
        self.store.scrub()
        return done

    def retention_date(self, study_id: str) -> str | None:
        """When a study's people are erased (UTC ISO-8601), or None: no `retention_days`, or not closed yet."""
        with self.store.read() as connection:
            return erasing.retention_date(self.desk, connection, study_id)

    def purge(self, study_id: str | None = None) -> list[Purge]:
        """Erase the people of every study whose retention date came a day ago or more, or of this closed one now."""
        with self.store.write() as connection:
            if study_id is None:
                done = erasing.purge_due(self.desk, connection)
            else:
                done = [erasing.purge_now(self.desk, connection, study_id)]
        if done:
            self.store.scrub()
        return done

    def due_studies(self) -> list[DueStudy]:
        """Studies whose retention date has come and whose people are still there, with why."""
        with self.store.read() as connection:
            return erasing.due_studies(self.desk, connection)

    def data_map(self, study_id: str) -> list[dict[str, str]]:
        """What is stored about a rater of this study, why, how long: see `studio.store.datamap.table`."""
        study = self.study(study_id)
        return datamap.table(study.retention_days, payment=study.information is None)
