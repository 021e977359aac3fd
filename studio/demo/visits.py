"""The public demo: a visitor judges three pairs, then sees which was which beside what simulated raters chose.

Visits are held in memory and nowhere else; there is no cookie, no consent to give, and nobody else sees what a visitor
chose or wrote. For the demo study alone: a real study never tells which was which while it is open.
"""

from __future__ import annotations

import random
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Literal

from results.document.words import LANGUAGES, SHARED
from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.record.report import ReportRecord
from results.report.sections.answer import headline
from studio.demo.records import Reveal, RevealedPair, RevealedSystem, VisitReceipt, VisitState
from studio.service import Refusal, Service, forms
from studio.service.organiser.sign_in import Organiser
from studio.service.records import Progress
from studio.service.refusals import detail
from studio.service.requests import SubmitRequest, check_request, parse
from studio.service.transactions import Held
from studio.service.view import StudyView
from studio.store.rows import AssignmentRow
from tasks.schema import Judgment, Response, Study, Turn, Words, side_of

PAIRS = 3
MOST_VISITS = 2_000
"""The oldest visit is forgotten when more than these are under way."""
Json = dict[str, Any]


@dataclass
class Visit:
    """One visitor: the pairs drawn, and what was judged so far by assignment."""

    visit: str
    rows: tuple[AssignmentRow, ...]
    judged: dict[str, tuple[Judgment, ...]] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """True once every pair was judged or left."""
        return len(self.judged) == len(self.rows)


class Visits:
    """Everybody who looks at the demo. Safe to call from many threads.

    Args:
        export: the demo study as judged by simulated raters; two systems.
        report: its report.
        source: where the program can be read and copied; '' = not known.
        token: n bytes of randomness as URL-safe text.
        draw: draws items and sides.
    """

    def __init__(
        self,
        study: Study,
        export: Export,
        report: ReportRecord,
        source: str = "",
        token: Callable[[int], str] = secrets.token_urlsafe,
        draw: random.Random | None = None,
    ) -> None:
        bare = study.model_copy(update={"consent": None, "profile": (), "practice": (), "checks": ()})
        self.study_id = study.study_id
        self._view = StudyView(bare)
        self._texts = {(one.item_id, one.system_id): one for one in study.responses}
        self._votes = [row for row in export.judgments if row.criterion == study.primary.criterion]
        self._report, self._source = report, source
        self._token = token
        self._draw = draw or random.SystemRandom()
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._lock = threading.Lock()

    def dispatch(self, token: str | None, request: Json) -> Json:
        """Answer one request of the page, as the service would; `request["visit"]` names the visit, a new one if none.

        Everything a rater can ask beyond `state` and `submit` is refused: nothing is kept that it could be about.
        """
        try:
            check_request(request)
            with self._lock:
                if request.get("do") == "state":
                    return self._state(self._known(request) or self._begin()).as_json()
                if request.get("do") == "submit":
                    return self._submit(request).as_json()
            raise Refusal("unknown_request", detail("allowed", field="do", allowed="state, submit"))
        except Refusal as refusal:
            return refusal.as_json()

    def submit_now(self, token: str | None, request: Json) -> Held:
        """Answer a `submit`, as `dispatch` does."""
        return Held(self.dispatch(token, request), ExitStack(), open=False)

    def _known(self, request: Json) -> Visit | None:
        return self._visits.get(str(request.get("visit", "")))

    def _begin(self) -> Visit:
        visit = Visit(self._token(16), tuple(self._row(n) for n in self._items()))
        self._visits[visit.visit] = visit
        while len(self._visits) > MOST_VISITS:
            self._visits.popitem(last=False)
        return visit

    def _items(self) -> list[tuple[int, str]]:
        chosen = self._draw.sample([item.item_id for item in self._view.study.items], PAIRS)
        return list(enumerate(chosen, start=1))

    def _row(self, place: tuple[int, str]) -> AssignmentRow:
        number, item_id = place
        first, second = self._draw.sample([system.system_id for system in self._view.study.systems], 2)
        return AssignmentRow(
            study_id=self.study_id, assignment_id=self._token(16), seat=0, position=number - 1, number=number,
            kind="main", item_id=item_id, first_system=first, second_system=second, stratum="", repeats=None,
            status="waiting", seq=None, submission_id=None, submitted_at=None, active_seconds=None, revision=0,
            left=None, left_reasons=[],
        )  # fmt: skip

    def _submit(self, request: Json) -> VisitReceipt:
        visit = self._known(request)
        if visit is None:
            raise Refusal("signed_out")
        if visit.ended:
            raise Refusal("answers_closed")
        form = parse(SubmitRequest, request).submission
        row = next((row for row in visit.rows if row.assignment_id == form.assignment_id), None)
        if row is None:
            raise Refusal("not_yours")
        visit.judged[row.assignment_id] = forms.resolve(self._view.sheet(row), form)
        state = self._state(visit)
        return VisitReceipt(saved=True, submission_id=form.submission_id, seq=len(visit.judged), state=state)

    def _state(self, visit: Visit) -> VisitState:
        left = [row for row in visit.rows if row.assignment_id not in visit.judged]
        provenance = self._view.study.provenance
        return VisitState(
            study=self._view.facts(demonstration=True),
            rater=Progress(
                code=visit.visit[:8], done=len(visit.judged), total=PAIRS, active_seconds=0.0, language=None
            ),
            step="pairs" if left else "end",
            pairs=tuple(self._view.pair(row) for row in left),
            blinding=None,
            ended=not left,
            closed=False,
            withdrawn=False,
            finished=True,
            claim=None,
            provenance=self._view.said(provenance) if provenance and not left else None,
            visit=visit.visit,
            reveal=None if left else self._reveal(visit),
            source=self._source,
        )

    # --- which was which ------------------------------------------------------------------------------------------

    def _reveal(self, visit: Visit) -> Reveal:
        systems = [system.system_id for system in self._view.study.systems]
        own = [self._own(visit, row) for row in visit.rows]
        return Reveal(
            pairs=tuple(self._pair(row, chosen) for row, chosen in zip(visit.rows, own, strict=True)),
            systems=tuple(self._system(system, own.count(system)) for system in systems),
            raters=self._report.data.n_raters,
            items=self._report.data.n_items,
            answer=self._answer(),
        )

    def _own(self, visit: Visit, row: AssignmentRow) -> str | None:
        """The system a visitor preferred, '' for about the same, None where the pair was left."""
        criterion = self._view.study.primary.criterion
        judged = next(one for one in visit.judged[row.assignment_id] if one.criterion == criterion)
        return None if judged.value is None else judged.chosen_system or ""

    def _pair(self, row: AssignmentRow, own: str | None) -> RevealedPair:
        votes = [vote for vote in self._votes if vote.item_id == row.item_id and vote.value is not None]
        last = self._view.items[row.item_id].turns[-1]
        first, second = row.order
        told = self._told(self._texts[row.item_id, first]), self._told(self._texts[row.item_id, second])
        return RevealedPair(
            number=row.number,
            last=self._told(last),
            responses=told,
            names=(self._names(first), self._names(second)),
            own=_side(own, row.order),
            raters=(_count(votes, first), _count(votes, None), _count(votes, second)),
        )

    def _system(self, system: str, own: int) -> RevealedSystem:
        """A system's share of decisive simulated votes with its interval, and its questions per response."""
        share, low, high = self._report.preference.pairs[0].vote_share(system)
        questions = self._report.questions.systems[system].questions.value
        return RevealedSystem(names=self._names(system), own=own, share=share, low=low, high=high, questions=questions)

    def _told(self, text: Turn | Response) -> Words:
        """A text for the readers of each language of the study: its translation where there is one."""
        translated = text.translation.root if text.translation else {}
        return Words({tag: translated.get(tag, text.text) for tag in self._view.study.languages})

    def _answer(self) -> Words:
        study, preference = self._report.study, self._report.preference
        spoken = {tag: tag if tag in LANGUAGES else SHARED for tag in self._view.study.languages}
        return Words({tag: " ".join(headline(study, preference, read)) for tag, read in spoken.items()})

    def _names(self, system: str) -> Words:
        names = next(entry.names for entry in self._report.study.systems if entry.system_id == system)
        return self._view.said(names)


def _side(chosen: str | None, order: tuple[str, ...]) -> Literal["first", "second", "same"] | None:
    return None if chosen is None else "same" if chosen == "" else side_of(order, chosen)


def _count(votes: list[JudgmentRow], system: str | None) -> int:
    return sum(vote.chosen_system == system for vote in votes)


VISITOR = Organiser(role="viewer", actor="visitor")
"""Whoever comes to the public demo may also look at the organiser's page, and change nothing."""


def open_to_all(service: Service, study: Study, source: str = "") -> Visits:
    """Have the demo study judged by simulated raters in an empty store, and open it to visitors."""
    from results.report.build import build
    from studio.demo.simulated_raters import judge

    judge(service, study)
    export = service.in_memory(study.study_id)
    service.anonymous = VISITOR
    return Visits(service.study(study.study_id), export, build(export).record, source)
