"""The answer in a few sentences: who was preferred, how sure that is, how far the raters agree.

The words follow the verdict of the record, which rests on the primary test alone; counts of items are description. A
wide interval is said to leave the question open, not to show that there is no difference; two systems are called alike
only against the smallest effect named before the study.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results.document.numbers import interval, number, p_value, percent
from results.document.words import reason, word
from results.record.agreement import AgreementRecord
from results.record.figure import FigureRecord
from results.record.preference import PairRecord, PreferenceRecord
from results.record.report import Answer
from results.record.study import StudyRecord
from tasks.schema import Language


def answer(study: StudyRecord, preference: PreferenceRecord, agreement: Sequence[AgreementRecord]) -> Answer:
    """The sentences in both languages; one alone where nothing was compared."""
    entry = next((entry for entry in agreement if entry.criterion == preference.criterion), None)
    ja, en = (_Speaker(study, preference, entry, language).sentences() for language in ("ja", "en"))
    return Answer(ja=ja, en=en)


@dataclass(frozen=True)
class _Speaker:
    """The comparison in one language."""

    study: StudyRecord
    preference: PreferenceRecord
    agreement: AgreementRecord | None
    language: Language

    def sentences(self) -> tuple[str, ...]:
        judged = [pair for pair in self.preference.pairs if pair.margin.value is not None]
        if not judged:
            return (self._word("answer_nothing"),)
        primary = next((pair for pair in judged if pair.role == "primary"), None)
        family = [pair for pair in judged if pair.role == "family"]
        said = self._primary(primary) if primary else self._family(family) if family else self._unjudged()
        return (*said, self._agreement())

    def _word(self, key: str, **values: object) -> str:
        return word(key, self.language).format(**values)

    def _name(self, system: str) -> str:
        names = next(entry.names for entry in self.study.systems if entry.system_id == system)
        return names.text(self.language, *names.languages)

    # --- one primary comparison -----------------------------------------------------------------------------------

    def _primary(self, pair: PairRecord) -> tuple[str, ...]:
        first, second = map(self._name, pair.systems)
        won, lost, tied = pair.items.won, pair.items.lost, pair.items.tied
        counts = {"won": won, "lost": lost, "tied": tied, "total": won + lost + tied}
        items = self._word("answer_items", first=first, second=second, **counts)
        return self._verdict(pair), self._margin(pair), self._estimand(pair.margin_at_large), items

    def _verdict(self, pair: PairRecord) -> str:
        first, second = pair.systems
        if pair.verdict is None or pair.verdict.preferred is None:
            few = pair.verdict is not None and pair.verdict.reason == "few_dialogues"
            key = "answer_few" if few else "answer_open"
            return self._word(key, first=self._name(first), second=self._name(second))
        preferred = pair.verdict.preferred
        other = second if preferred == first else first
        return self._word("answer_preferred", preferred=self._name(preferred), other=self._name(other))

    def _margin(self, pair: PairRecord) -> str:
        first, second = map(self._name, pair.systems)
        margin = pair.margin
        start = self._word("answer_margin", value=number(margin.value, sign=True))
        scale = self._word("answer_scale", first=first, second=second, top=pair.top)
        test = p_value(pair.margin_test.p_value)
        if margin.low is None or margin.high is None:
            few = pair.verdict is not None and pair.verdict.reason == "few_dialogues"
            key, why = "answer_few_margin" if few else "answer_no_interval", reason(margin.reason, self.language)
            return start + self._word(key, reason=why, test=test) + scale + self._word("answer_stop")
        sure = self._word("answer_interval", interval=interval(margin.low, margin.high, sign=True), test=test)
        return start + sure + scale + self._against_smallest(margin.low, margin.high)

    def _estimand(self, at_large: FigureRecord) -> str:
        """Whose preference it is: these raters', and how far it generalises."""
        if at_large.low is None:
            why = reason(at_large.reason, self.language)
            return self._word("answer_these_raters", raters=at_large.n_raters, reason=why)
        bounds = interval(at_large.low, at_large.high, sign=True)
        return self._word("answer_other_raters", raters=at_large.n_raters, interval=bounds)

    def _against_smallest(self, low: float, high: float) -> str:
        """Where the interval lies against the smallest effect that matters; the end of the sentence without one."""
        smallest = self.study.primary.smallest_effect
        if smallest is None:
            return self._word("answer_stop")
        beyond = low >= smallest or high <= -smallest
        within = -smallest < low and high < smallest
        key = "answer_beyond" if beyond else "answer_within" if within else "answer_across"
        return self._word(key, smallest=number(smallest))

    # --- a family of comparisons, none of them primary ------------------------------------------------------------

    def _family(self, pairs: Sequence[PairRecord]) -> tuple[str, ...]:
        if len(pairs) == 1:
            return self._word("answer_only_pair"), *self._primary(pairs[0])
        return (
            self._word("answer_family", pairs=len(pairs)),
            *(self._of_family(pair) for pair in pairs),
        )

    def _of_family(self, pair: PairRecord) -> str:
        margin, sentence = pair.margin, self._verdict(pair)
        if pair.verdict is None or pair.verdict.reason == "few_dialogues":
            return sentence
        bounds = interval(margin.low, margin.high, sign=True)
        shown = {"value": number(margin.value, sign=True), "interval": bounds}
        names = " − ".join(map(self._name, pair.systems))
        return sentence + self._word("answer_corrected", pair=names, test=p_value(pair.verdict.p_value), **shown)

    def _unjudged(self) -> tuple[str, ...]:
        first, second = map(self._name, self.study.primary.systems or ("", ""))
        return (self._word("answer_unjudged", first=first, second=second),)

    # --- agreement ------------------------------------------------------------------------------------------------

    def _agreement(self) -> str:
        figures = self.agreement.figures if self.agreement else {}
        if "alpha" not in figures or figures["percent_agreement"].value is None:
            return self._word("answer_no_agreement")
        alpha, same = figures["alpha"], percent(figures["percent_agreement"].value)
        shown = {"same": same, "alpha": number(alpha.value), "reason": reason(alpha.reason, self.language)}
        if alpha.value is None:
            return self._word("answer_alpha_undefined", **shown)
        if alpha.low is None:
            return self._word("answer_alpha_alone", **shown)
        return self._word("answer_alpha", **shown, interval=interval(alpha.low, alpha.high))
