"""What the page gets: one study as parsed once, and the Pairs cut from it - texts and neutral marks, nothing else."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from studio.service.forms import Sheet
from studio.store import datamap
from studio.store.queries import AssignmentRow
from tasks.schema import SIDES, Item, Response, Study, Words
from tasks.study.consent import statements

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
    """What a rater agrees to: the study's own text, what the organiser states and the data map; None without one."""
    if study.consent is None:
        return None
    stated = statements(study)
    ja, en = datamap.for_raters(study.retention_days, bool(study.profile), payment=stated is None)
    if stated is not None:
        ja, en = f"\n\n{stated.ja}{ja}", f"\n\n{stated.en}{en}"
    return Words(ja=study.consent.ja.rstrip() + ja, en=study.consent.en.rstrip() + en)


def consent_version(study: Study) -> str | None:
    """What is recorded with a consent: a hash of both languages' text, 16 hexadecimal digits; None if there is none."""
    text = consent_text(study)
    return None if text is None else hashlib.sha256(f"{text.ja}\0{text.en}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class StudyView:
    """A study with its look-ups; immutable, so one copy serves every request."""

    study: Study

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
    def consent_version(self) -> str | None:
        """The version a rater must have agreed to, or None where the study asks for no consent."""
        return consent_version(self.study)

    @cached_property
    def criteria(self) -> list[dict[str, Any]]:
        """The criteria as JSON."""
        return [criterion.model_dump(mode="json") for criterion in self.study.criteria]

    def sheet(self, row: AssignmentRow) -> Sheet:
        """What this assignment asks."""
        texts = {"item": tuple(turn_shown(turn.text) for turn in self.items[row.item_id].turns)}
        for side, system in zip(SIDES, row.order, strict=False):
            texts[side] = (response_shown(self.responses[row.item_id, system].text),)
        return Sheet(self.study.criteria, row.order, row.kind == "blinding", texts)

    def pair(self, row: AssignmentRow, answers: dict[str, Any] | None = None) -> dict[str, Any]:
        """The Pair: no system, no kind but practice, no reference, no source."""
        turns = [_turn(t.role, turn_shown(t.text), t.translation) for t in self.items[row.item_id].turns]
        responses = [self.responses[row.item_id, system] for system in row.order]
        pair = {
            "assignment_id": row.assignment_id,
            "number": row.number,
            "practice": row.kind == "practice",
            "turns": turns,
            "responses": [
                _text(response_shown(r.text), r.translation and response_shown(r.translation)) for r in responses
            ],
            "question": "blinding" if row.kind == "blinding" else None,
            "answers": answers,
        }
        if row.kind == "practice":
            pair["feedback"] = self.feedback(row.item_id)
            pair["again"] = row.seq is not None and self.study.design.practice_gate
        return pair

    def feedback(self, item_id: str) -> dict[str, str] | None:
        """What is said after a practice pair, in both languages."""
        found = [p.feedback.model_dump() for p in self.study.practice if p.item.item_id == item_id]
        return found[0] if found else None

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The `study` part of `state`, but for `demonstration`."""
        study = self.study
        return {
            "study_id": study.study_id,
            "title": study.title.model_dump(),
            "languages": list(study.languages),
            "protocol": study.protocol,
            "criteria": self.criteria,
            "portion": study.design.portion,
            "support": study.support.model_dump() if study.support else None,
            "guidelines": study.guidelines.model_dump() if study.guidelines else None,
            "consent": self.consent(),
            "profile": [question.model_dump() for question in study.profile],
        }

    def consent(self) -> dict[str, Any] | None:
        """The consent text with its version, or None."""
        text = consent_text(self.study)
        return None if text is None else {"version": self.consent_version, **text.model_dump()}


def _turn(role: str, text: str, translation: str | None) -> dict[str, Any]:
    return {"role": role, **_text(text, translation)}


def _text(text: str, translation: str | None) -> dict[str, Any]:
    return {"text": text} if translation is None else {"text": text, "translation": translation}
