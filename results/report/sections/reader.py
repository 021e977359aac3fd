"""A report in one language: words, names of systems, labels of criteria, numbers as cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from results.document import numbers
from results.document.words import SHARED, reason, study_language, study_text, word
from results.record.figure import Effect
from results.record.listed import ExampleText
from results.record.report import ReportRecord
from results.record.sessions.held import SessionsRecord
from tasks.asking.detectors import Basis
from tasks.languages import tags
from tasks.languages.tag import Language
from tasks.schema import Words


class Told(NamedTuple):
    """A text of the study as a reader is shown it."""

    text: str
    language: Language
    translated: bool


@dataclass(frozen=True)
class Reader:
    """The record in one language."""

    record: ReportRecord
    lang: Language

    def word(self, key: str, **values: object) -> str:
        """The words for `key`, with {names} filled in."""
        return word(key, self.lang, **values)

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return tags.direction(self.lang)

    def text(self, words: Words) -> str:
        """A text of the study."""
        return study_text(words, self.lang)

    def language_of(self, words: Words) -> Language:
        """The language in which a text of the study is shown."""
        return study_language(words, self.lang)

    def told(self, said: ExampleText) -> Told:
        """What raters read, as it was written where this reader reads that, else its translation if there is one."""
        if tags.closest(self.lang, [said.language]) is None and said.translation is not None:
            language = study_language(said.translation, self.lang)
            if language in (self.lang, SHARED):
                return Told(study_text(said.translation, self.lang), language, translated=True)
        return Told(said.text, said.language, translated=False)

    def made(self) -> str:
        """What a paper says first: who judged how much, how far they agreed, by which versions."""
        data, study = self.record.data, self.record.study
        if self.record.sessions is not None:
            return self._made_of_sessions(self.record.sessions)
        judged = str(data.n_assignments_judged)
        return self.word(
            "methods_paragraph" if study.imported is None else "methods_imported",
            n=data.n_raters,
            items=data.n_items,
            dialogues=data.n_dialogues,
            systems=tags.listed([self.name(system.system_id) for system in study.systems], self.lang),
            done=f"{data.n_assignments_judged} / {data.n_assignments_planned}" if study.imported is None else judged,
            criteria=len(self.record.agreement),
        )

    def _made_of_sessions(self, found: SessionsRecord) -> str:
        return self.word(
            "methods_sessions",
            n=found.drop_out.held,
            planned=found.drop_out.planned,
            clients=found.clients,
            counselors=found.counselors,
            rated=found.drop_out.rated,
        )

    def counts(self) -> str:
        """How many items, raters and judged assignments the report rests on, and what became of the assignments."""
        data = self.record.data
        if (found := self.record.sessions) is not None:
            counted = {"count_sessions": found.drop_out.held, "count_forms": found.drop_out.rated}
            return " · ".join(self.word(key, n=n) for key, n in counted.items())
        judged = "count_pairs" if self.record.study.protocol == "pairwise" else "count_judged"
        shown = {"count_items": data.n_items, "count_raters": data.n_raters, judged: data.n_assignments_judged}
        return " · ".join([*(self.word(key, n=n) for key, n in shown.items())]) + self._parts()

    def _parts(self) -> str:
        """What the judged assignments and the others are, in brackets."""
        parts = self.record.data.parts
        counted = {
            "count_preferred": parts.preferred,
            "count_same": parts.about_the_same,
            "count_left": parts.cannot_judge + parts.skipped,
            "count_open": parts.not_answered,
        }
        said = [self.word(key, n=n) for key, n in counted.items() if n]
        return self.word("count_parts", parts=self.parts(said), n=parts.planned) if said and parts.planned else ""

    def name(self, system: str) -> str:
        """A system's display name."""
        return self.word("pair") if system == "pair" else self._names[system]

    @cached_property
    def _names(self) -> dict[str, str]:
        return {system.system_id: self.text(system.names) for system in self.record.study.systems}

    def label(self, criterion: str) -> str:
        """A criterion's label."""
        return self.text(self.record.criterion(criterion).label)

    def point(self, criterion: str, value: int) -> str:
        """The words of a point of a criterion's scale."""
        words = {point.value: point.words for point in self.record.criterion(criterion).points}
        return self.text(words[value]) if value in words else self.word(f"yes_no_{value}")

    def pressed(self, criterion: str, reason_id: str) -> str:
        """The words of a reason pressed beside a criterion; its id where the study has none."""
        words = {entry.reason: entry.words for entry in self.record.criterion(criterion).reasons}
        return self.text(words[reason_id]) if reason_id in words else reason_id

    def exploratory(self, label: str) -> str:
        """The label of something that the study did not declare, marked as such."""
        return self.word("exploratory", label=label)

    def asked(self, label: str) -> str:
        """The label of a figure that counts questions, with the limit where their marks alone were counted."""
        return self.asked_by(self.record.questions.basis, label)

    def asked_by(self, basis: Basis, label: str) -> str:
        """The same for questions found by `basis`."""
        return self.word("by_marks", label=label) if basis == "marks" else label

    def versus(self, systems: Sequence[str]) -> str:
        """`A − B`, in this order."""
        return tags.isolated(" − ".join(self.name(system) for system in systems), self.lang)

    def listed(self, parts: Sequence[str]) -> str:
        """Parts in a row, as the language separates them."""
        return self.word("between").join(parts)

    def parts(self, parts: Sequence[str]) -> str:
        """Parts that hold separators of their own, in a row."""
        return self.word("parts").join(parts)

    def language_name(self, tag: Language) -> str:
        """What a language is called in the report's own."""
        return tags.name_of(tag, self.lang)

    def why(self, code: str | None) -> str:
        """The words of a reason code; '' of none."""
        return reason(code, self.lang)

    def cells(self, figure: Effect, digits: int = 2, scale: float = 1, *, sign: bool = False) -> tuple[str, str]:
        """Value and interval of a figure as two cells; the reason in place of the interval where it has none."""
        value = None if figure.value is None else figure.value * scale
        interval = numbers.interval(figure.low, figure.high, digits, scale=scale, sign=sign)
        return numbers.number(value, digits, sign=sign), self.why(figure.reason) if figure.low is None else interval
