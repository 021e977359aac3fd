"""What the page gets: one study as parsed once, and the Pairs cut from it - texts and neutral marks, nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from studio.service.forms import Sheet
from studio.service.records import (
    Consent,
    GivenAnswers,
    Pair,
    ShownCriterion,
    ShownQuestion,
    ShownSupport,
    ShownText,
    ShownTurn,
    StudyFacts,
)
from studio.store import datamap
from studio.store.rows import AssignmentRow
from tasks.judges.servers import abroad
from tasks.languages.scripts import written_in
from tasks.schema import FIRST_LANGUAGES, SIDES, Item, Language, Response, Study, Turn, Words
from tasks.study.consent import statements
from tasks.study.live.told import told

_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
_TRAILING = re.compile(r"[^\S\n]+$", re.MULTILINE)


def turn_shown(text: str) -> str:
    """A turn as raters see it, and as offsets of spans count in it: every line end is one LF.

    Browsers read CRLF in a page as one character and CRLF in JSON as two; the same word would have two places.
    """
    return _LINE_END.sub("\n", text)


def response_shown(text: str) -> str:
    """A response as raters see it, and as offsets of spans count in it: also no trailing spaces, no blank lines around.

    White space nobody can see differs between the programs that wrote responses, and would tell them apart.
    """
    return _TRAILING.sub("", turn_shown(text).lstrip("\ufeff")).strip("\n")


def consent_text(study: Study) -> Words | None:
    """What a rater agrees to: the study's own text, what is stated, rules of sessions, data map; None without one."""
    if study.consent is None:
        return None
    stated = statements(study)
    asked = (bool(study.profile), stated is None, abroad(study), study.sessions is not None)
    return Words(
        {
            tag: text.rstrip()
            + (f"\n\n{stated.text(tag)}" if stated and tag in stated.languages else "")
            + (f"\n\n{rules}" if (rules := told(study, tag)) else "")
            + datamap.for_raters(tag, study.retention_days, *asked)
            for tag, text in study.consent.root.items()
        }
    )


def consent_version(study: Study) -> str | None:
    """What is recorded with a consent: a hash of its text in all languages, 16 hexadecimal digits; None if none.

    Texts in ja and en are hashed as they were before there were others: what raters agreed to then still holds.
    """
    text = consent_text(study)
    if text is None:
        return None
    if set(text.languages) <= set(FIRST_LANGUAGES):
        hashed = "\0".join(text.root.get(tag, "") for tag in FIRST_LANGUAGES)
    else:
        hashed = "\0".join(f"{tag}\0{text.root[tag]}" for tag in text.languages)
    return hashlib.sha256(hashed.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class StudyView:
    """A study with its look-ups; immutable, so one copy serves every request."""

    study: Study
    talked: frozenset[str] = frozenset()
    """Items that are sessions which have ended, so that their forms can be filled in."""

    @cached_property
    def items(self) -> dict[str, Item]:
        """Items by id, those of practice and checks included."""
        extra = [p.item for p in self.study.practice] + [c.item for c in self.study.checks]
        return {item.item_id: item for item in (*self.study.items, *extra)}

    @cached_property
    def responses(self) -> dict[tuple[str, str], Response]:
        """Responses by (item_id, system_id), those of practice and checks included."""
        practice = [r for p in self.study.practice for r in p.responses]
        checks = [r for c in self.study.checks for r in c.responses]
        return {(r.item_id, r.system_id): r for r in (*self.study.responses, *practice, *checks)}

    @cached_property
    def written(self) -> dict[str, Language]:
        """The language of each item's dialogue, as far as its script tells; responses have no say in it."""
        return {
            item_id: written_in((turn.text for turn in item.turns), self.study.languages)
            for item_id, item in self.items.items()
        }

    def said(self, words: Words) -> Words:
        """A text of the study in the study's languages; where it is not there in one, in another."""
        languages = self.study.languages
        return Words({tag: words.text(tag, *languages, *words.languages) for tag in languages})

    @cached_property
    def consent_version(self) -> str | None:
        """The version a rater must have agreed to, or None where the study asks for no consent."""
        return consent_version(self.study)

    def sheet(self, row: AssignmentRow) -> Sheet:
        """What this assignment asks."""
        texts = {"item": tuple(turn_shown(turn.text) for turn in self.items[row.item_id].turns)}
        for side, system in zip(SIDES, row.order, strict=False):
            texts[side] = (response_shown(self.responses[row.item_id, system].text),)
        return Sheet(self.study.criteria, row.order, row.kind == "blinding", texts)

    def pair(self, row: AssignmentRow, answers: GivenAnswers | None = None) -> Pair:
        """The Pair: no system, no kind but practice, no reference, no source."""
        responses = [self.responses[row.item_id, system] for system in row.order]
        shared = frozenset.intersection(*(_translated(r) for r in responses)) if responses else frozenset()
        practice = row.kind == "practice"
        own = {"explained": self.feedback(row) is not None, "again": self._again(row)} if practice else {}
        return Pair(
            assignment_id=row.assignment_id,
            number=row.number,
            practice=practice,
            turns=self._turns[row.item_id],
            responses=tuple(ShownText(**self._text(r, response_shown, shared)) for r in responses),
            written=self.written[row.item_id],
            question="blinding" if row.kind == "blinding" else None,
            answers=answers,
            **own,
        )

    def _again(self, row: AssignmentRow) -> bool:
        return row.seq is not None and self.study.design.practice_gate

    @cached_property
    def _turns(self) -> dict[str, tuple[ShownTurn, ...]]:
        """The dialogue of every item, as it is sent."""
        return {
            item_id: tuple(ShownTurn(role=t.role, **self._text(t, turn_shown, _translated(t))) for t in item.turns)
            for item_id, item in self.items.items()
        }

    def _text(
        self, text: Turn | Response, shown: Callable[[str], str], allowed: frozenset[Language]
    ) -> dict[str, str | Words]:
        """A text as shown, with its translations into those of the study's languages that are allowed."""
        tags = [tag for tag in self.study.languages if tag in allowed]
        given = {tag: shown(text.translation.root[tag]) for tag in tags} if text.translation else {}
        return {"text": shown(text.text)} | ({"translation": Words(given)} if given else {})

    def feedback(self, row: AssignmentRow) -> Words | None:
        """What is said once a practice pair is answered; None for other pairs."""
        said = [p.feedback for p in self.study.practice if p.item.item_id == row.item_id and row.kind == "practice"]
        return self.said(said[0]) if said else None

    def facts(self, demonstration: bool) -> StudyFacts:
        """The `study` part of `state`."""
        study = self.study
        return StudyFacts(
            study_id=study.study_id,
            title=self.said(study.title),
            languages=study.languages,
            protocol=study.protocol,
            criteria=self._criteria,
            portion=study.design.portion,
            support=study.support and ShownSupport(help=self.said(study.support.help), contact=study.support.contact),
            guidelines=study.guidelines and self.said(study.guidelines),
            consent=self.consent,
            profile=self._profile,
            demonstration=demonstration,
        )

    @cached_property
    def _criteria(self) -> tuple[ShownCriterion, ...]:
        return tuple(ShownCriterion.of_criterion(criterion, self.said) for criterion in self.study.criteria)

    @cached_property
    def _profile(self) -> tuple[ShownQuestion, ...]:
        return tuple(
            ShownQuestion(question_id=q.question_id, label=self.said(q.label), choices=tuple(map(self.said, q.choices)))
            for q in self.study.profile
        )

    @cached_property
    def consent(self) -> Consent | None:
        """The consent text with its version, or None."""
        text = consent_text(self.study)
        if text is None or self.consent_version is None:
            return None
        return Consent(version=self.consent_version, text=text)


def _translated(text: Turn | Response) -> frozenset[Language]:
    """The languages in which a text has a translation."""
    return frozenset(text.translation.languages if text.translation else ())
