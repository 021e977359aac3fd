"""The first page of a report, which stands alone: the answer, one picture, doubts, examples, how it was made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from results.document import answer_drawings, numbers
from results.document.answer_drawings import Ranks, Side
from results.document.view import Picture
from results.record.listed import ExampleRecord
from results.record.preference import PairRecord, RankingRecord, Verdict
from results.report.sections import doubts, strengths
from results.report.sections.answer import headline
from results.report.sections.doubts import Doubt
from results.report.sections.reader import Reader, Told
from tasks.languages import tags
from tasks.schema import Estimand

MOST_DRAWN = 12
"""Systems of whom the first page draws the strength."""
ESTIMANDS: tuple[Estimand, Estimand] = ("these_raters", "raters_at_large")


class Card(NamedTuple):
    """What can be said of one estimand: whose, a word for whether it is shown, and the figures."""

    whose: str
    badge: str
    shown: bool
    text: str


class Example(NamedTuple):
    """One item to read: why it was chosen, the turn that was answered, both responses, and the votes."""

    item: str
    rule: str
    last: Told
    responses: tuple[tuple[str, str, Told], ...]
    """(class of colour, system's name, text) each."""
    votes: tuple[tuple[str, int], ...]
    """(class of colour, how many) each, in the order of `counted`."""
    counted: str


@dataclass(frozen=True)
class Front:
    """The first page in one language."""

    reader: Reader

    @property
    def headline(self) -> tuple[str, ...]:
        """Who was preferred, a sentence for each estimand; of imported ratings the systems by their means."""
        record = self.reader.record
        without = record.study.imported is not None and record.preference.criterion is None
        if without or record.sessions is not None:
            return record.answer[self.reader.lang]
        return headline(record.study, record.preference, self.reader.lang)

    @cached_property
    def _pair(self) -> PairRecord | None:
        """The pair that the answer is about; None where that is the order of several, or nothing was compared."""
        preference = self.reader.record.preference
        judged = [pair for pair in preference.pairs if pair.margin.value is not None]
        named = [pair for pair in judged if pair.role == "primary"]
        return (named or judged)[0] if named or len(judged) == 1 else None

    def cards(self) -> tuple[Card, ...]:
        """Both estimands of the pair, the declared one first."""
        pair = self._pair
        if pair is None:
            return ()
        verdicts = {one.estimand: one for one in (pair.verdict, pair.beside) if one is not None}
        return tuple(self._card(pair, estimand, verdicts.get(estimand)) for estimand in self._ordered(pair))

    def _ordered(self, pair: PairRecord) -> list[Estimand]:
        return sorted(ESTIMANDS, key=lambda one: pair.verdict is not None and one != pair.verdict.estimand)

    def _card(self, pair: PairRecord, estimand: Estimand, verdict: Verdict | None) -> Card:
        say, (figure, test) = self.reader.word, pair.margin_for(estimand)
        value = numbers.number(figure.value, sign=True)
        if figure.low is None:
            text = say("front_margin_bare", value=value, reason=self.reader.why(figure.reason))
        else:
            interval = numbers.interval(figure.low, figure.high, sign=True)
            text = say("front_margin", value=value, interval=interval, test=numbers.p_value(test.p_value))
        whose = say(f"front_{estimand}", n=figure.n_raters)
        if figure.standing != "declared":
            whose = self.reader.exploratory(whose)
        shown = verdict is not None and verdict.preferred is not None
        badge = "" if verdict is None else say("front_shown" if shown else "front_open")
        return Card(whose, badge, shown, text)

    def picture(self) -> Picture | None:
        """Margins of the pair, ranks of three or more systems, strengths of many; None where nothing was compared."""
        found = self.reader.record.preference
        if self._pair is not None:
            return self._margins(self._pair)
        if found.rankings:
            return self._ranks(found.rankings)
        fits = found.strengths is not None and found.strengths.finite
        return strengths.picture(self.reader, found.strengths, MOST_DRAWN) if found.strengths and fits else None

    def _margins(self, pair: PairRecord) -> Picture:
        say, (first, second) = self.reader.word, map(self.reader.name, pair.systems)
        sides = (
            Side(second, pair.items.lost, "b"),
            Side(say("tied"), pair.items.tied, "tie"),
            Side(first, pair.items.won, "a"),
        )
        rows = [
            (say(f"front_{estimand}", n=figure.n_raters), figure)
            for estimand in self._ordered(pair)
            for figure in [pair.margin_for(estimand)[0]]
        ]
        smallest = self.reader.record.study.primary.smallest_effect
        caption = say("front_caption", least=numbers.number(-pair.top, 0), most=numbers.number(pair.top, 0, sign=True))
        if smallest is not None:
            caption = f"{caption} {say('front_smallest', smallest=numbers.number(smallest))}"
        return Picture(answer_drawings.margins(sides, rows, pair.top, smallest, say("answer")), caption)

    def _ranks(self, rankings: tuple[RankingRecord, ...]) -> Picture:
        own = self.reader.record.study.primary.estimand
        ordered = sorted(rankings, key=lambda one: one.estimand != own)
        ranges = [{one.system: (one.best_rank, one.worst_rank) for one in ranking.systems} for ranking in ordered]
        systems = [
            Ranks(self.reader.name(one.system), one.mean_margin, tuple(found[one.system] for found in ranges))
            for one in ordered[0].systems
        ]
        whose = [self.reader.word(f"answer_whose_{one.estimand}") for one in ordered]
        caption = self.reader.word("front_ranks", first=whose[0], second=whose[-1])
        return Picture(answer_drawings.ranks(systems, self.reader.word("ranking")), caption)

    def doubts(self) -> tuple[Doubt, ...]:
        """What should be known before the answer is believed."""
        return doubts.doubts(self.reader)

    def unremarkable(self) -> str:
        """What was looked at and shows no sign."""
        return doubts.unremarkable(self.reader)

    def examples(self) -> tuple[Example, ...]:
        """Items to read, where their texts may be handed on."""
        return tuple(map(self._example, self.reader.record.examples))

    def _example(self, example: ExampleRecord) -> Example:
        names, told = tuple(map(self.reader.name, example.systems)), tuple(map(self.reader.told, example.responses))
        first, same, second = example.votes
        return Example(
            item=example.item_id,
            rule=self.reader.word(f"example_{example.rule}"),
            last=self.reader.told(example.last),
            responses=(("b", names[1], told[1]), ("a", names[0], told[0])),
            votes=(("b", second), ("tie", same), ("a", first)),
            counted=self.reader.parts(
                [
                    tags.isolated(f"{name} {count}", self.reader.lang)
                    for name, count in ((names[1], second), (self.reader.word("same_short"), same), (names[0], first))
                ]
            ),
        )

    def made(self) -> tuple[str, ...]:
        """How it was made: who compared what, in which languages, and from what export."""
        record = self.reader.record
        spoken = tags.listed([self.reader.language_name(tag) for tag in record.study.languages], self.reader.lang)
        said = [self.reader.word("made_languages", languages=spoken)] if spoken else []
        facts = {"study": record.study.study_id, "at": record.study.exported_at[:10], "seed": record.settings.seed}
        return self.reader.made(), " ".join([*said, self.reader.word("made_export", **facts)])
