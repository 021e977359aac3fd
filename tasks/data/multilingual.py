"""Multilingual KokoroChat: the same dialogues translated, a file for each language (`en10.json`, `zh10.json`).

A file holds the Japanese text of each utterance (`origin`) beside its translation (`content`), and the review once,
with English keys. Read back into the shape of the Japanese files, it is checked like them; then the files of one
dialogue are joined, so that every moment of it stands in each language under the same numbers of utterances.
Suzuki, Qi and Inaba (LREC 2026, arXiv 2603.22913).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tasks.data.archives import Published
from tasks.data.dialogue import Dialogue
from tasks.data.feedback import REVIEW_EN, REVIEW_JA

TOP_KEYS = ("dialogue", "topic", "review_by_client")
UTTERANCE_KEYS = {"role", "time", "origin", "content"}
LANGUAGES = ("en", "zh")


def is_translated(value: Any) -> bool:
    """Whether an object is a translated dialogue: its review stands there once, for all languages."""
    return isinstance(value, dict) and "review_by_client" in value


def translation_problems(published: Published) -> list[str]:
    """What keeps a translated dialogue from being read as a Japanese one; [] if nothing does."""
    return [f"{published.where}: {line}" for line in _problems(published)]


def _problems(published: Published) -> Iterator[str]:
    value = published.value
    if (published.stem or "")[:2] not in LANGUAGES:
        yield "is a translation; its name says the language and the evaluation_id, as en10.json or zh10.json"
    if set(value) != set(TOP_KEYS):
        yield f"found the keys {list(value)}; allowed: {', '.join(TOP_KEYS)}"
        return
    utterances, review = value["dialogue"], value["review_by_client"]
    if not isinstance(utterances, list):
        yield f"dialogue: found {type(utterances).__name__}; allowed: a list of utterances"
        return
    if not isinstance(review, dict) or set(review) != set(REVIEW_EN):
        yield f"review_by_client: found {review!r:.80}; allowed: an object with {len(REVIEW_EN)} keys"
    for index, utterance in enumerate(utterances):
        if not isinstance(utterance, dict) or utterance.keys() != UTTERANCE_KEYS:
            found = list(utterance) if isinstance(utterance, dict) else utterance
            yield f"dialogue[{index}]: found {found!r:.80}; allowed: an object with {', '.join(sorted(UTTERANCE_KEYS))}"
        elif not isinstance(utterance["content"], str):
            yield f"dialogue[{index}].content: found {utterance['content']!r:.80}; allowed: text, '' if not translated"


def original(value: dict[str, Any]) -> dict[str, Any]:
    """The dialogue in the shape of the Japanese files, with the Japanese texts."""
    review = value["review_by_client"]
    return {
        "dialogue": [
            {"role": one["role"], "time": one["time"], "utterance": one["origin"]} for one in value["dialogue"]
        ],
        "topic": value["topic"],
        "review_by_client_jp": {ja: review[en] for en, ja in zip(REVIEW_EN, REVIEW_JA, strict=True)},
        "review_by_client_en": {key: review[key] for key in REVIEW_EN},
    }


def with_translation(dialogue: Dialogue, published: Published) -> Dialogue:
    """The dialogue with the texts of a sound translated object, in the language of its file's name."""
    texts = tuple(one["content"].strip() for one in published.value["dialogue"])
    return replace(dialogue, translations={(published.stem or "")[:2]: texts})


def joined(dialogues: Sequence[Dialogue]) -> tuple[list[Dialogue], list[str]]:
    """Dialogues of one evaluation_id as one with all its translations; and what is wrong: one twice in a language, or
    files whose Japanese texts and reviews are not the same."""
    by_id: dict[str, list[Dialogue]] = defaultdict(list)
    for dialogue in dialogues:
        by_id[dialogue.dialogue_id].append(dialogue)
    found, wrong = list[Dialogue](), list[str]()
    for name, same in by_id.items():
        count = max(Counter(tuple(one.translations) for one in same).values())
        if count > 1:
            wrong.append(f"evaluation_id {name} occurs {count} times; each must occur once in a language")
        elif any(replace(one, translations={}) != replace(same[0], translations={}) for one in same):
            wrong.append(f"evaluation_id {name} differs between languages in more than its translation")
        translations = {tag: texts for one in same for tag, texts in one.translations.items()}
        found.append(replace(same[0], translations=translations))
    return found, wrong
