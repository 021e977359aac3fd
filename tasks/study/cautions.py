"""What to look at before a study opens, though it is no mistake: personal data, distress, odd responses.

Everything is found by plain rules and shown with the words found, so that a person can decide.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from tasks.intake.text import CONTROLS
from tasks.languages import catalogue
from tasks.languages.fault import Fault
from tasks.languages.tags import closest, name_of
from tasks.schema import Item, Language, PlannedAssignment, Study
from tasks.study.consent import STATEMENTS, statement
from tasks.study.live.problems import lacking as unfilled
from tasks.study.wording import directions, drafts
from tasks.study.workload import workload


@dataclass(frozen=True, slots=True)
class Caution:
    """One kind of thing to look at: what it is, what to do, and where: (item_id or item_id/system_id, words found)."""

    kind: str
    advice: str
    found: tuple[tuple[str, str], ...]

    def lines(self, limit: int | None = None) -> Iterator[str]:
        """The caution as lines of text; no more than `limit` places are named, and the others counted."""
        yield f"warning: {self.kind} ({len(self.found)}); {self.advice}"
        yield from (f"  {where}{': ' if words else ''}{words}" for where, words in self.found[:limit])
        if limit is not None and len(self.found) > limit:
            yield f"  and {len(self.found) - limit} more (python -m tasks check STUDY --all)"


_PERSONAL = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\d)[0０]\d{1,4}[-‐−ー―－]\d{1,4}[-‐−ー―－]\d{3,4}(?!\d)|(?<!\d)[0０]\d{9,10}(?!\d)"
    r"|〒?\s?\d{3}[-−－]\d{4}(?!\d)|LINE\s?ID|(?:[^\s、。]{2,4}[都道府県])[^\s、。]{1,8}[市区町村][^\s、。]{0,12}\d+"
)
_DISTRESS = re.compile(
    "死にた|死んでしま|消えてしまいた|消えたい|自殺|自死|希死念慮|首を吊|飛び降り|リストカット|リスカ|自傷|オーバードーズ"
    "|虐待|暴力|殴ら|DV|レイプ|性被害|性的|痴漢|中絶|流産|心中"
)
_ROLE_LABEL = re.compile(
    r"^\s*(?:カウンセラー|相談者|クライアント|アシスタント|ユーザー|[Cc]oun?sel+or|[Cc]lient|assistant|user)\s*[:：]"
)
FEWEST_DIALOGUES = 6
"""Below so many dialogues no interval is given."""
_CONTROL = re.compile(f"{CONTROLS.pattern}|[\u202a-\u202e\u2066-\u2069]")
LENGTHY = 3.0
"""A system whose responses are so many times longer than another's can be told apart by length."""


def cautions(study: Study) -> tuple[Caution, ...]:
    """Every caution of a study, in a fixed order; () where there is nothing to look at."""
    kinds: tuple[Callable[[Study], Caution], ...] = (
        _personal,
        _distress,
        _same,
        _twice,
        _controls,
        _copied,
        _labelled,
        _lengthy,
        _lacking,
        _unasked,
        _unread,
        _turned,
    )
    return tuple(caution for kind in kinds if (caution := kind(study)).found)


def plan_cautions(study: Study, planned: Sequence[PlannedAssignment]) -> tuple[Caution, ...]:
    """What to look at in a plan of one assignment or more: too few dialogues that two raters judge alike."""
    if study.protocol == "session":  # each session is judged once, by the client who was in it
        return ()
    shared, dialogues = workload(study, planned).shared_dialogues, len({item.dialogue for item in study.items})
    found = (("design", f"{shared} / {dialogues}"),)
    if shared == 0:
        return (Caution("no overlap", "agreement cannot be estimated: no item and pair of systems has two raters; "
                        "plan more raters (design.seats), or compare fewer pairs (design.pairs)", found),)  # fmt: skip
    if shared < FEWEST_DIALOGUES:
        return (Caution("little overlap", f"agreement gets no interval from fewer than {FEWEST_DIALOGUES} dialogues "
                        "that two raters judge; raise design.raters_per_item or design.seats", found),)  # fmt: skip
    return ()


def _personal(study: Study) -> Caution:
    return Caution("personal data", "mask them before raters read them", tuple(_matches(study, _PERSONAL)))


def _distress(study: Study) -> Caution:
    found = [(item.item_id, _words(_DISTRESS, (turn.text for turn in item.turns))) for item in study.items]
    return Caution(
        "distress terms",
        "say so in the consent text, and keep the help line in `support`",
        tuple((item_id, words) for item_id, words in found if words),
    )


def _same(study: Study) -> Caution:
    """Items at which two systems gave the same text."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for response in study.responses:
        texts[response.item_id, response.text.strip()].append(response.system_id)
    found = tuple((item_id, " = ".join(systems)) for (item_id, _), systems in texts.items() if len(systems) > 1)
    return Caution("same response twice", "such pairs can only be ties", found)


def _twice(study: Study) -> Caution:
    """Items with the same dialogue, under two ids: figures would count it twice, as if it were two."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for response in study.responses:
        texts[response.item_id][response.system_id] = response.text
    dialogues: dict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for item in study.items:
        dialogues[tuple((turn.role, turn.text.strip()) for turn in item.turns)].append(item.item_id)
    found = tuple(
        (first, _equal(others, [texts[name] for name in (first, *others)]))
        for first, *others in dialogues.values()
        if others
    )
    return Caution("same dialogue twice", "it counts as several items; leave all but one out", found)


def _equal(others: Sequence[str], responses: Sequence[dict[str, str]]) -> str:
    """The items with the same dialogue, and whether their responses are the same, too."""
    items = ", ".join(others)
    alike = responses[0] and all(other == responses[0] for other in responses)
    return Fault("responses_too", items=items) if alike else f"= {items}"


def _controls(study: Study) -> Caution:
    """Texts with escape sequences or marks that turn the direction of writing: they show as rubbish, or not at all."""
    found = tuple((where, _code_points(words)) for where, words in _matches(study, _CONTROL))
    return Caution("control characters", "remove them: raters see boxes, gaps or reordered words", found)


def _code_points(words: str) -> str:
    return ", ".join(f"U+{ord(character):04X}" for character in words.split(", "))


def _copied(study: Study) -> Caution:
    """Model responses that are the human's next turn, word for word: known from training, or in the wrong file."""
    humans = {system.system_id for system in study.systems if system.kind == "human"}
    references = {item.item_id: (item.reference or "").strip() for item in study.items}
    found = tuple(
        (f"{response.item_id}/{response.system_id}", response.text[:30])
        for response in study.responses
        if response.system_id not in humans
        and len(response.text.strip()) >= 15
        and response.text.strip() == references.get(response.item_id)
    )
    return Caution("response equals the human's", "was the model trained on these dialogues?", found)


def _labelled(study: Study) -> Caution:
    found = tuple(
        (f"{response.item_id}/{response.system_id}", match[0].strip())
        for response in study.responses
        if (match := _ROLE_LABEL.match(response.text))
    )
    return Caution("role label in a response", "it tells the systems apart; remove it in every response alike", found)


def _lengthy(study: Study) -> Caution:
    lengths: dict[str, list[int]] = defaultdict(list)
    for response in study.responses:
        lengths[response.system_id].append(len(response.text))
    medians = {system: sorted(values)[len(values) // 2] for system, values in lengths.items()}
    found = tuple(
        (f"{long}/{short}", Fault("median_lengths", long=str(medians[long]), short=str(medians[short])))
        for long in medians
        for short in medians
        if medians[long] > LENGTHY * max(1, medians[short])
    )
    return Caution("length tells systems apart", "limit the length in generation, or report it", found)


def _lacking(study: Study) -> Caution:
    lacking = {
        "guidelines": study.guidelines is None,
        "consent": study.consent is None,
        "practice": not study.practice and study.protocol == "pairwise",
        "support": study.support is None,
        "support.contact": study.support is not None and not study.support.contact,
        **{
            f"information.{name}": study.information is not None and not statement(study, name, study.languages[0])
            for name in STATEMENTS
        },
        "primary.systems": study.primary.systems is None and len(study.systems) > 2,
    }
    unsaid = [field for field, _ in unfilled(study)]
    found = tuple((key, "") for key in (*(key for key in lacking if lacking[key]), *unsaid))
    return Caution("not there", "write them before the study opens", found)


def _unasked(study: Study) -> Caution:
    """The last question, where no pair compared has an answer to it."""
    tuned = {system.system_id for system in study.systems if system.is_tuned}
    pairs = study.design.pairs or tuple(combinations([system.system_id for system in study.systems], 2))
    asked = study.protocol != "pairwise" or any(len(tuned.intersection(pair)) == 1 for pair in pairs)
    found = () if asked or not study.design.blinding else (("design.blinding", str(study.design.blinding)),)
    return Caution(
        "last question",
        "not asked: no pair has exactly one system marked `tuned: true` (an adapter marks it too)",
        found,
    )


def _unread(study: Study) -> Caution:
    """Languages whose words no counsellor has read, and the drafts among the study's own texts."""
    found = [(tag, _called(tag)) for tag in drafts.unread(study)] + [(name, "") for name in drafts.waiting(study)]
    advice = "no counsellor of the language has read them; read each, accept it (python -m studio accept) or rewrite it"
    return Caution("draft words", advice, tuple(found))


def _called(language: Language) -> str:
    """A language's own name, and in which language raters see the page where it has no words in theirs."""
    page = catalogue.read_in("rating", language)
    own = closest(language, (page,)) is not None
    return name_of(language) if own else Fault("page_in", language=name_of(language), page=name_of(page))


def _turned(study: Study) -> Caution:
    advice = "is a text under the wrong language, or are responses in different ones? raters could tell them apart"
    return Caution("mixed directions", advice, directions.mixed(study))


def _matches(study: Study, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for item in study.items:
        if words := _words(pattern, _item_texts(item)):
            yield item.item_id, words
    for response in study.responses:
        if words := _words(pattern, [response.text]):
            yield f"{response.item_id}/{response.system_id}", words


def _item_texts(item: Item) -> Iterator[str]:
    yield from (turn.text for turn in item.turns)


def _words(pattern: re.Pattern[str], texts: Iterable[str]) -> str:
    """The different words of a pattern in some texts, in order of their first occurrence, joined by commas."""
    return ", ".join(dict.fromkeys(match[0] for text in texts for match in pattern.finditer(text)))
