"""A report in one language: words, names of systems, labels of criteria, numbers as cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from results.document import numbers
from results.document.words import reason, study_language, study_text, word
from results.record.figure import Effect
from results.record.report import ReportRecord
from tasks.languages import tags
from tasks.languages.tag import Language
from tasks.schema import Words


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

    def counts(self) -> str:
        """How many items, raters and judged assignments the report rests on; the section on data has their parts."""
        data = self.record.data
        judged = "count_pairs" if self.record.study.protocol == "pairwise" else "count_judged"
        counted = {"count_items": data.n_items, "count_raters": data.n_raters, judged: data.n_assignments_judged}
        return " · ".join(self.word(key, n=n) for key, n in counted.items())

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
        return self.word("by_marks", label=label) if self.record.questions.basis == "marks" else label

    def versus(self, systems: Sequence[str]) -> str:
        """`A − B`, in this order."""
        return tags.isolated(" − ".join(self.name(system) for system in systems), self.lang)

    def listed(self, parts: Sequence[str]) -> str:
        """Parts in a row, as the language separates them."""
        return self.word("between").join(parts)

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
