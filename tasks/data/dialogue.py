"""One counselling dialogue, and how its utterances become turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tasks.data.feedback import Band, Flags, band
from tasks.schema import Role

StripMeta = Literal["bracket", "keep"]
ORIGINAL = "ja"
"""The language in which the dialogues were held."""


class Utterance(NamedTuple):
    """One message as sent. `time` is the published local time, `YYYY-MM-DDTHH:MM:SS`, without a zone."""

    role: Role
    time: str
    text: str


class MergedTurn(NamedTuple):
    """A run of one role's utterances. `utterances` are 0-based indices into the published dialogue, never empty."""

    role: Role
    text: str
    utterances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One session, as KokoroChat publishes them or as anybody's file holds it.

    Attributes:
        dialogue_id: the published `evaluation_id`.
        topic: English topic label (11 labels, predicted by GPT-4o-mini, not by people).
        topic_ja: the same label in Japanese.
        topic_detail: free Japanese words for the topic.
        score: the client's score as published, 0..100; bands use it.
        flags: the boxes the client ticked.
        dims: the 20 ratings 0..5 in the order of `tasks.data.feedback.DIMENSIONS`.
        counselor_id: the person who counselled. The same id may be a client in another dialogue.
        client_id: the person who played the client and rated.
        created_at: when the client rated, published local time.
        utterances: in published order; a dialogue may start or end with either role.
        stripped: characters dropped on reading (U+0008 and U+2060, which break XML and spreadsheets).
        published: False for dialogues of other data: they have no score, topic, times or talk in brackets, and are held
            in any language.
        translations: language -> its text of each utterance, '' where one has none (Multilingual KokoroChat).
    """

    dialogue_id: str
    topic: str
    topic_ja: str
    topic_detail: str
    score: int
    flags: Flags
    dims: tuple[int, ...]
    counselor_id: str
    client_id: str
    created_at: str
    utterances: tuple[Utterance, ...]
    stripped: int = 0
    translations: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    published: bool = True

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it can be read in; the one it was held in first."""
        return (ORIGINAL, *sorted(self.translations))

    def text(self, utterance: int, language: str = ORIGINAL) -> str:
        """An utterance in a language. Raises KeyError for a language, IndexError for an utterance it has not."""
        return self.utterances[utterance].text if language == ORIGINAL else self.translations[language][utterance]

    @property
    def raw_sum(self) -> int:
        """The sum of the 20 dimensions, 0..100; not the score where a flag is set."""
        return sum(self.dims)

    @property
    def band(self) -> Band:
        """The paper's subset: `low`, `high` or `test`, by score."""
        return band(self.score)

    @property
    def flagged(self) -> bool:
        """True where the client ticked any of the three boxes."""
        return any(self.flags)


def is_meta(text: str) -> bool:
    """True where an utterance opens with a round bracket, full or half width: talk outside the played counselling.

    22,533 of the 600,939 published utterances do. A few bracketed asides of the played client are among them.
    """
    return text.startswith(("（", "("))


def kept(dialogue: Dialogue, strip_meta: StripMeta = "bracket") -> Iterator[tuple[int, Utterance]]:
    """The utterances with their published indices; without those of `is_meta` if `strip_meta` is "bracket"."""
    for index, utterance in enumerate(dialogue.utterances):
        if strip_meta == "keep" or not is_meta(utterance.text):
            yield index, utterance


def meta_count(dialogue: Dialogue) -> int:
    """How many utterances `strip_meta="bracket"` removes."""
    return sum(is_meta(utterance.text) for utterance in dialogue.utterances)


def merged_turns(
    dialogue: Dialogue, *, strip_meta: StripMeta = "bracket", separator: str = "\n"
) -> tuple[MergedTurn, ...]:
    """Runs of one role joined to turns, so that roles alternate.

    The indices of the published utterances are kept. An utterance sent twice in a row is shown once, with both indices.
    Utterances hold no line break themselves, so with the default separator a turn can be taken apart again.

    Returns:
        Turns in order, roles alternating; () where nothing is left after removal.
    """
    runs: list[tuple[Role, list[str], list[int]]] = []
    for index, utterance in kept(dialogue, strip_meta):
        if not runs or runs[-1][0] != utterance.role:
            runs.append((utterance.role, [], []))
        _, texts, indices = runs[-1]
        if not texts or texts[-1] != utterance.text:
            texts.append(utterance.text)
        indices.append(index)
    return tuple(MergedTurn(role, separator.join(texts), tuple(indices)) for role, texts, indices in runs)
