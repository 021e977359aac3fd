"""The answer in a few sentences: who was preferred, how sure that is, how far the raters agree.

The words follow the verdict of the record, which rests on the primary test alone; counts of items are description. A
wide interval is said to leave the question open, not to show that there is no difference; two systems are called alike
only against the smallest effect named before the study.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from results.document.numbers import interval, number, p_value, percent
from results.document.words import LANGUAGES, reason, study_text, word
from results.record.agreement import AgreementRecord
from results.record.figure import TestRecord
from results.record.preference import PairRecord, PreferenceRecord, RankingRecord, Verdict
from results.record.ratings import RatingRecord
from results.record.study import StudyRecord
from results.report.sections.strengths import strongest_first
from results.study.judged import MOST_SYSTEMS
from tasks.languages import tags
from tasks.languages.tag import Language
from tasks.schema import Estimand

Sentences = tuple[str, ...]
MOST_DESCRIBED = 3
"""Pairs of an import of which the answer speaks; the ranking shows the others."""


def answer(
    study: StudyRecord,
    preference: PreferenceRecord,
    agreement: Sequence[AgreementRecord],
    changed: bool = False,
    ratings: Sequence[RatingRecord] = (),
) -> Mapping[Language, Sentences]:
    """The sentences in every language of the report; one sentence alone where nothing was compared.

    Args:
        changed: what was declared was changed after launch, which the answer says.
        ratings: of an import without choices, whose systems are listed by their means.
    """
    entry = next((entry for entry in agreement if entry.criterion == preference.criterion), None)
    said = {language: _Speaker(study, preference, entry, language, changed) for language in LANGUAGES}
    if study.imported is not None and preference.criterion is None:
        return {language: speaker.rated(ratings) for language, speaker in said.items()}
    return {language: speaker.sentences() for language, speaker in said.items()}


def headline(study: StudyRecord, preference: PreferenceRecord, language: Language) -> Sentences:
    """Who was preferred, in one sentence for these raters and one for raters at large, without a figure."""
    return _Speaker(study, preference, None, language, False).headline()


@dataclass(frozen=True)
class _Speaker:
    """The comparison in one language."""

    study: StudyRecord
    preference: PreferenceRecord
    agreement: AgreementRecord | None
    language: Language
    changed: bool

    def sentences(self) -> tuple[str, ...]:
        judged = [pair for pair in self.preference.pairs if pair.margin.value is not None]
        if not judged and not self.preference.pairs_left_out:
            return (self._word("answer_nothing"),)
        if self.study.imported is not None:
            described = self._described(judged[:MOST_DESCRIBED])
            return (self._word("answer_imported"), *self._order(), *described, self._agreement())
        if not judged:
            return (*self._order(), self._agreement())
        primary = next((pair for pair in judged if pair.role == "primary"), None)
        family = [pair for pair in judged if pair.role == "family"]
        said = self._primary(primary) if primary else self._family(family) if family else self._unjudged()
        changed = (self._word("answer_changed"),) if self.changed else ()
        return (*self._ranks(), *said, *changed, self._agreement())

    def rated(self, ratings: Sequence[RatingRecord]) -> tuple[str, ...]:
        """Of judgments that chose between no two: the systems by their mean on the first criteria that have one."""
        lines = [line for rating in ratings if (line := self._by_mean(rating))]
        return (self._word("answer_imported"), *lines[:MOST_DESCRIBED]) if lines else (self._word("answer_nothing"),)

    def _by_mean(self, rating: RatingRecord) -> str:
        means = {name: of.mean.value for name, of in rating.systems.items() if of.mean and of.mean.value is not None}
        if len(means) < 2 or len(means) > MOST_SYSTEMS:
            return ""
        ordered = sorted(means.items(), key=lambda entry: (-entry[1], entry[0]))
        listed = tags.listed([f"{self._name(name)} ({number(value)})" for name, value in ordered], self.language)
        criterion = next(one.label for one in self.study.criteria if one.criterion == rating.criterion)
        return self._word("answer_means", criterion=study_text(criterion, self.language), systems=listed)

    def headline(self) -> tuple[str, ...]:
        judged = [pair for pair in self.preference.pairs if pair.margin.value is not None]
        if not judged and not self._order():
            return (self._word("answer_nothing"),)
        if self.study.imported is not None:
            return (self._word("answer_imported"), *self._order()[-1:])
        if not judged:
            return self._order()[-1:]
        primary = next((pair for pair in judged if pair.role == "primary"), None)
        family = [pair for pair in judged if pair.role == "family"]
        if primary is not None or len(family) == 1:
            return self._both(primary or family[0])
        if not family:
            return self._unjudged()
        return self._ranks() or tuple(self._verdict(pair, pair.verdict) for pair in family)

    def _word(self, key: str, **values: object) -> str:
        return word(key, self.language, **values)

    def _name(self, system: str) -> str:
        names = next(entry.names for entry in self.study.systems if entry.system_id == system)
        return study_text(names, self.language)

    def _order(self) -> tuple[str, ...]:
        """Of many systems: that their pairs are not listed, and which are the first by strength."""
        found = self.preference
        if not found.pairs_left_out or found.strengths is None:
            return ()
        by_strength = strongest_first(found.strengths)
        named = {"n": found.pairs_left_out, "systems": len(by_strength), "most": MOST_SYSTEMS}
        said = self._word("many_pairs", **named)
        if not found.strengths.finite:
            return (said,)
        first = tags.listed([self._name(system) for system, _ in by_strength[:MOST_DESCRIBED]], self.language)
        return said, self._word("answer_order", names=first)

    # --- one primary comparison -----------------------------------------------------------------------------------

    def _primary(self, pair: PairRecord) -> tuple[str, ...]:
        won, lost, tied = pair.items.won, pair.items.lost, pair.items.tied
        counts = {"won": won, "lost": lost, "tied": tied, "n": won + lost + tied}
        said = [self._verdict(pair, pair.verdict), self._margin(pair), self._beside(pair)]
        return (*(one for one in said if one), self._word("answer_items", **self._sides(pair), **counts))

    def _verdict(self, pair: PairRecord, verdict: Verdict | None) -> str:
        if verdict is None:
            return self._word("answer_open_these_raters", **self._sides(pair))
        if verdict.preferred is not None:
            return self._word(f"answer_preferred_{verdict.estimand}", **self._winner(pair, verdict.preferred))
        shown = {"n": pair.margin.n_raters, **self._sides(pair)}
        if verdict.reason in ("few_dialogues", "few_raters"):
            return self._word(f"answer_{verdict.reason}", **shown)
        return self._word(f"answer_open_{verdict.estimand}", **shown)

    def _beside(self, pair: PairRecord) -> str:
        """What the other estimand says; nothing where both fail for too few dialogues."""
        beside = pair.beside
        if beside is None or beside.reason in ("few_dialogues", "no_votes"):
            return ""
        if beside.reason == "few_raters":
            return self._word("answer_beside_few_raters", n=pair.margin.n_raters)
        key = "open" if beside.preferred is None else "preferred"
        sides = self._sides(pair) if beside.preferred is None else self._winner(pair, beside.preferred)
        figure, test = pair.margin_for(beside.estimand)
        bounds = reason(figure.reason, self.language)
        if figure.low is not None:
            bounds = interval(figure.low, figure.high, sign=True)
        shown = {"n": figure.n_raters, "interval": bounds, "test": p_value(test.p_value)}
        said = self._word(f"answer_beside_{key}_{beside.estimand}", **sides, **shown)
        return said if figure.standing == "declared" else self._word("answer_exploratory", said=said)

    def _described(self, pairs: Sequence[PairRecord]) -> Iterator[str]:
        """What was found of each pair, without a verdict."""
        for pair in pairs:
            won, lost, tied = pair.items.won, pair.items.lost, pair.items.tied
            yield self._margin(pair)
            yield self._word("answer_items", **self._sides(pair), won=won, lost=lost, tied=tied, n=won + lost + tied)

    def _sides(self, pair: PairRecord) -> dict[str, str]:
        first, second = map(self._name, pair.systems)
        return {"first": first, "second": second}

    def _winner(self, pair: PairRecord, preferred: str) -> dict[str, str]:
        (other,) = (system for system in pair.systems if system != preferred)
        return {"preferred": self._name(preferred), "other": self._name(other)}

    def _margin(self, pair: PairRecord) -> str:
        """The margin with the interval and test of the headline's estimand."""
        estimand = pair.verdict.estimand if pair.verdict else "these_raters"
        figure, test = pair.margin_for(estimand)
        ends = {"least": number(-pair.top, 0, sign=True), "most": number(pair.top, 0, sign=True)}
        shown = {"value": number(figure.value, sign=True), **ends, **self._sides(pair)}
        if figure.low is None or figure.high is None:
            shown["reason"] = reason(figure.reason, self.language)
            if test.p_value is None or _few(pair):
                return self._word("answer_margin_few", **shown)
            return self._word("answer_margin_no_interval", test=self._test(estimand, test), **shown)
        shown |= {"interval": interval(figure.low, figure.high, sign=True), "test": self._test(estimand, test)}
        smallest = self.study.primary.smallest_effect
        if smallest is None:
            return self._word("answer_margin", **shown)
        key = _against(smallest, figure.low, figure.high)
        return self._word(key, smallest=number(smallest), **shown)

    def _test(self, estimand: Estimand, test: TestRecord) -> str:
        looked = self.study.looks > 1 and estimand == "these_raters"
        return self._word("answer_test_looks" if looked else f"answer_test_{estimand}", test=p_value(test.p_value))

    def _both(self, pair: PairRecord) -> tuple[str, ...]:
        """Both estimands' verdicts, the declared one first; one sentence where both are open, or few were asked."""
        verdict, beside = pair.verdict, pair.beside
        if verdict is None or beside is None or beside.reason in ("few_dialogues", "no_votes"):
            return (self._verdict(pair, verdict),)
        if verdict.reason == beside.reason == "undecided":
            return (self._word("answer_open_both", **self._sides(pair)),)
        said = self._verdict(pair, beside)
        declared = pair.margin_for(beside.estimand)[0].standing == "declared"
        marked = beside.preferred is None or declared
        return self._verdict(pair, verdict), said if marked else self._word("answer_exploratory", said=said)

    # --- three or more systems in order ---------------------------------------------------------------------------

    def _ranks(self) -> tuple[str, ...]:
        """Which system is first, for each estimand; () where a pair was named, or there is no order."""
        family = [pair for pair in self.preference.pairs if pair.role == "family"]
        if len(family) < len(self.preference.pairs) or self.study.imported is not None:
            return ()
        own = self.study.primary.estimand
        return tuple(self._first(one) for one in sorted(self.preference.rankings, key=lambda r: r.estimand != own))

    def _first(self, ranking: RankingRecord) -> str:
        figures = [one.margin for one in ranking.differences]
        few = next((one.reason for one in figures if one.low is None and one.reason), None)
        if few is not None:
            return self._word(f"rank_unknown_{ranking.estimand}", reason=reason(few, self.language))
        first = [self._name(one.system) for one in ranking.systems if one.best_rank == 1]
        others = len(ranking.systems) - 1
        shown = {"systems": tags.listed(first, self.language), "n": others}
        key = "first" if ranking.systems[0].worst_rank == 1 else "order" if len(first) > others else "tied"
        return self._word(f"rank_{key}_{ranking.estimand}", **shown)

    # --- a family of comparisons, none of them primary ------------------------------------------------------------

    def _family(self, pairs: Sequence[PairRecord]) -> tuple[str, ...]:
        if len(pairs) == 1:
            return self._word("answer_only_pair"), *self._primary(pairs[0])
        return (
            self._word("answer_family", n=len(pairs)),
            *(self._of_family(pair) for pair in pairs),
        )

    def _of_family(self, pair: PairRecord) -> str:
        if pair.verdict is None or _few(pair):
            return self._verdict(pair, pair.verdict)
        margin, preferred = pair.margin_for(pair.verdict.estimand)[0], pair.verdict.preferred
        shown = {
            "pair": " − ".join(map(self._name, pair.systems)),
            "value": number(margin.value, sign=True),
            "interval": interval(margin.low, margin.high, sign=True),
            "test": p_value(pair.verdict.p_value),
            "whose": self._word(f"answer_whose_{pair.verdict.estimand}"),
        }
        if preferred is None:
            return self._word("answer_family_open", **shown, **self._sides(pair))
        return self._word("answer_family_preferred", **shown, **self._winner(pair, preferred))

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


def _few(pair: PairRecord) -> bool:
    """Whether the pair has too few dialogues or raters for a conclusion."""
    return pair.verdict is not None and pair.verdict.reason in ("few_dialogues", "few_raters")


def _against(smallest: float, low: float, high: float) -> str:
    """The sentence that says where the interval lies against the smallest effect that matters."""
    if low >= smallest or high <= -smallest:
        return "answer_margin_beyond"
    return "answer_margin_within" if -smallest < low and high < smallest else "answer_margin_across"
