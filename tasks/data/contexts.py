"""Evaluation contexts: moments of KokoroChat at which a counsellor answered, chosen so that a few stand for many.

A context is a dialogue up to a client turn that a counsellor turn follows; that turn is its `reference`. Topics are
filled by the square root of their share, the rarest first, and within a topic the four depth bands in turn, so that the
bands come out equal. No dialogue is used twice, no counsellor and no client more often than the cap. The order in which
dialogues are tried is a salted hash: same data, same salt, same contexts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tasks.asking.minimal import minimal_rule
from tasks.data.dialogue import ORIGINAL, Dialogue, MergedTurn, StripMeta, merged_turns
from tasks.data.shown import sha256_of, shown
from tasks.errors import InputError
from tasks.files import sha256_text
from tasks.schema import Item, Source, Turn, Words

SALT = "kokorochat-ctx-v1"
DEPTH_BANDS: tuple[tuple[float, float], ...] = ((0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 0.9))
"""Half-open bands of depth, the last one closed. Past 0.9 counsellors mostly close the talk."""
MIN_CHARACTERS = 10
MIN_HISTORY = 4
"""Turns before the answer, at least."""
LEFT_OUT_TOPICS = frozenset({"Others"})
DATASET = "KokoroChat"

_FRAME = re.compile(
    "ロールプレイ|ロープレ|評価|終了(?:ボタン|メッセージ|させ|し)|(?:お|相談)?時間(?:が|も|と|に)(?:な|来|き|せま|迫)|残り時間|お時間"
    "|担当(?:いた|し|させ|の|を)|と申します|カウンセラーの|初めまして|はじめまして|(?:こんにち|こんばん)[はわ]"
    "|本日は.{0,12}ありがとう|お疲れ様|失礼(?:いた|し)ます"
)
"""Talk about the frame (greeting, names, the time left, the evaluation), in which there is nothing to judge."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What contexts are chosen by.

    Attributes:
        n: contexts wanted.
        cap: contexts per counsellor and per client, at most.
        strip_meta: whether bracketed talk outside the role play is left out of what is shown.
        salt: names the draw.
        language: of the texts shown; the others that all dialogues have become translations. Contexts are drawn by the
            Japanese text, so that they are the same in every language.
        minimal: only moments at which the counsellor answered minimally and the client went on (docs/asking.md).
    """

    n: int = 100
    cap: int = 4
    strip_meta: StripMeta = "bracket"
    salt: str = SALT
    minimal: bool = False
    language: str = ORIGINAL


DEFAULT = Choice()
"""100 contexts, as in docs/kokorochat.md."""


class Moment(NamedTuple):
    """One possible context: the turns so far, the human answer, and the share of utterances before the answer."""

    history: tuple[MergedTurn, ...]
    answer: MergedTurn
    depth: float


def moments(dialogue: Dialogue, strip_meta: StripMeta = "bracket", *, minimal: bool = False) -> Iterator[Moment]:
    """The moments of a dialogue worth judging: history enough, something said, not about the frame, depth <= 0.9.

    With `minimal` those at which the counsellor said as good as nothing and the client went on.
    """
    turns = merged_turns(dialogue, strip_meta=strip_meta)
    for position in range(MIN_HISTORY, len(turns)):
        last, answer = turns[position - 1], turns[position]
        depth = answer.utterances[0] / len(dialogue.utterances)
        if answer.role != "counselor" or depth > DEPTH_BANDS[-1][1] or not _says_something(last):
            continue
        if _leaves_floor(answer, turns[position + 1 :]) if minimal else _says_something(answer):
            yield Moment(turns[:position], answer, depth)


def _says_something(turn: MergedTurn) -> bool:
    return len(turn.text) >= MIN_CHARACTERS and not _is_frame(turn)


def _leaves_floor(answer: MergedTurn, later: Sequence[MergedTurn]) -> bool:
    """Whether the answer is minimal and the client, who speaks next, goes on about something."""
    rule = minimal_rule("ja")
    return bool(rule and later and not _is_frame(answer) and rule.leaves_floor(answer.text, later[0].text))


def _is_frame(turn: MergedTurn) -> bool:
    return bool(_FRAME.search(turn.text)) or turn.text.startswith(("（", "("))


def choose(dialogues: Sequence[Dialogue], choice: Choice = DEFAULT) -> tuple[Item, ...]:
    """Chooses contexts from `dialogues` (usually the test part); flagged dialogues are left out.

    Returns:
        `choice.n` items ordered by item_id, which says nothing about their source.

    Raises:
        InputError: the dialogues do not hold so many contexts under the cap.
    """
    languages = languages_of(dialogues)
    if choice.language not in languages:
        raise InputError(f"--language: found {choice.language!r}; allowed: {', '.join(languages)}, those of the copy")
    whole = (dialogue for dialogue in dialogues if set(languages) == set(dialogue.languages))
    pool = [d for d in whole if not d.flagged and d.topic not in LEFT_OUT_TOPICS]
    quotas = topic_quotas(Counter(d.topic for d in pool), choice.n)
    draw = _Draw(pool, choice)
    band = 0
    unfilled: list[int] = []
    for topic in sorted(quotas, key=lambda name: (quotas[name], name)):
        for _ in range(quotas[topic]):
            if not draw.take(topic, band):
                unfilled.append(band)
            band = (band + 1) % len(DEPTH_BANDS)
    missing = sum(not draw.take(None, band) for band in unfilled)
    if missing:
        found = choice.n - missing
        under = f"at most {choice.cap} per counsellor and client"
        raise InputError(
            (f"contexts: wanted {choice.n}, found {found} with {under}; ask for fewer (--n) or raise the cap (--cap)",)
        )
    return tuple(sorted(draw.items, key=lambda item: item.item_id))


def languages_of(dialogues: Sequence[Dialogue]) -> tuple[str, ...]:
    """The languages that occur in some dialogues, the original first; contexts come from those that have them all."""
    found = {language for dialogue in dialogues for language in dialogue.languages}
    return (ORIGINAL, *sorted(found - {ORIGINAL}))


def _is_translated(dialogue: Dialogue, moment: Moment) -> bool:
    """Whether every turn of a moment has words in each of its languages."""
    turns = (*moment.history, moment.answer)
    return all(shown(dialogue, turn.utterances, tag) for tag in dialogue.translations for turn in turns)


def topic_quotas(sizes: Counter[str], n: int) -> dict[str, int]:
    """Contexts per topic, adding up to `n`: by the square root of the topic's share, largest remainders rounded up."""
    roots = {topic: math.sqrt(size) for topic, size in sizes.items()}
    total = sum(roots.values())
    exact = {topic: n * root / total for topic, root in roots.items()}
    quotas = {topic: math.floor(value) for topic, value in exact.items()}
    by_remainder = sorted(exact, key=lambda topic: (quotas[topic] - exact[topic], topic))
    for topic in by_remainder[: n - sum(quotas.values())]:
        quotas[topic] += 1
    return quotas


class _Draw:
    """Takes contexts one by one; remembers which dialogues are used and how often each person occurs."""

    def __init__(self, pool: Sequence[Dialogue], choice: Choice) -> None:
        self.items: list[Item] = []
        self._choice = choice
        self._waiting = sorted(pool, key=lambda d: _hash(f"{choice.salt}:{d.dialogue_id}"))
        self._counselors: Counter[str] = Counter()
        self._clients: Counter[str] = Counter()
        self._moments: dict[str, tuple[Moment, ...]] = {}

    def take(self, topic: str | None, band: int) -> bool:
        """Takes the next context of a topic (any topic if None) in a depth band; False if there is none left."""
        for dialogue in self._waiting:
            if topic in (None, dialogue.topic) and self._has_room(dialogue):
                fitting = [moment for moment in self._of(dialogue) if band_of(moment.depth) == band]
                if fitting:
                    self._add(dialogue, fitting)
                    return True
        return False

    def _has_room(self, dialogue: Dialogue) -> bool:
        used = max(self._counselors[dialogue.counselor_id], self._clients[dialogue.client_id])
        return used < self._choice.cap

    def _of(self, dialogue: Dialogue) -> tuple[Moment, ...]:
        if dialogue.dialogue_id not in self._moments:
            self._moments[dialogue.dialogue_id] = self._found(dialogue)
        return self._moments[dialogue.dialogue_id]

    def _found(self, dialogue: Dialogue) -> tuple[Moment, ...]:
        found = moments(dialogue, self._choice.strip_meta, minimal=self._choice.minimal)
        return tuple(moment for moment in found if _is_translated(dialogue, moment))

    def _add(self, dialogue: Dialogue, fitting: list[Moment]) -> None:
        name = f"{self._choice.salt}:{dialogue.dialogue_id}"
        moment = min(fitting, key=lambda m: _hash(f"{name}:{m.answer.utterances[0]}"))
        self.items.append(item_of(dialogue, moment, self._choice.salt, self._choice.language))
        self._waiting.remove(dialogue)
        self._counselors[dialogue.counselor_id] += 1
        self._clients[dialogue.client_id] += 1


def band_of(depth: float) -> int:
    """The index of the depth band, 0..3; the last band also takes everything deeper."""
    return sum(depth >= low for low, _ in DEPTH_BANDS[1:])


def item_of(dialogue: Dialogue, moment: Moment, salt: str = SALT, language: str = ORIGINAL) -> Item:
    """The item of a moment: texts as shown, opaque id, and in `source` all that is needed to find the texts again.

    The id is the same in every language.
    """
    turns = tuple(_turn(dialogue, turn, language) for turn in moment.history)
    low, high = DEPTH_BANDS[band_of(moment.depth)]
    last = turns[-1].utterances[-1]
    reference = shown(dialogue, moment.answer.utterances, language)
    return Item(
        item_id=f"c{_hash(f'{salt}:item:{dialogue.dialogue_id}:{last}')[:11]}",
        turns=turns,
        topic=dialogue.topic,
        depth=round(moment.depth, 4),
        stratum=f"depth {low:.2f}-{high:.2f}",
        reference=reference,
        source=Source(
            dataset=DATASET,
            dialogue_id=dialogue.dialogue_id,
            utterance_index=last,
            text_sha256=sha256_of(turn.text for turn in turns),
            reference_utterances=moment.answer.utterances,
            reference_sha256=sha256_of([reference]),
            counselor_id=dialogue.counselor_id,
            client_id=dialogue.client_id,
            score=dialogue.score,
        ),
    )


def _turn(dialogue: Dialogue, turn: MergedTurn, language: str) -> Turn:
    others = {tag: shown(dialogue, turn.utterances, tag) for tag in dialogue.languages if tag != language}
    text = shown(dialogue, turn.utterances, language)
    translation = Words(others) if others else None
    return Turn(role=turn.role, text=text, utterances=turn.utterances, translation=translation)


def _hash(text: str) -> str:
    return sha256_text(text)
