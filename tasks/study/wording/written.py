"""The language in which a study's dialogues and responses are written, told by the study's languages and the script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tasks.schema import Language, Study

_KANA, _HAN, _HANGUL, _ARABIC = "\u3040-\u30ff\uff66-\uff9d", "\u3400-\u9fff", "\uac00-\ud7a3", "\u0600-\u06ff"
_LATIN = "A-Za-z\u00c0-\u024f"
_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "ja": re.compile(f"[{_KANA}]"),
    "zh": re.compile(f"[{_HAN}]"),
    "ko": re.compile(f"[{_HANGUL}]"),
    "ar": re.compile(f"[{_ARABIC}]"),
    "": re.compile(f"[{_LATIN}]"),
}
"""By language, the letters that tell it from others; '' for those written in Latin letters."""
_LATIN_LANGUAGES = ("en", "de", "es", "fr")
_ENOUGH = 0.2
"""Least share of a language's own letters among all that are told apart: names and loans in another script are fewer."""


def written_in(study: Study) -> Language | None:
    """The first of the study's languages in whose letters its responses are written; None where there is none.

    A language into which the texts are translated is none they are written in. Without responses (rating, labels) the
    dialogues speak; without a letter anywhere it is the study's first language.
    """
    texts = [response.text for response in study.responses] or [turn.text for item in study.items for turn in item.turns]
    whole = "".join(texts)
    script = _script(whole)
    if script is None:
        return study.languages[0]
    translated = set(_translations(study))
    offered = [tag for tag in study.languages if tag not in translated]
    return next((tag for tag in offered if _of(tag) == script), script or None)


def _script(text: str) -> str | None:
    """Whose letters a text is written in: kana tell Japanese from Chinese; None where it has too few letters of any."""
    found = {language: len(letters.findall(text)) for language, letters in _SCRIPTS.items()}
    total = sum(found.values())
    return next((language for language, count in found.items() if count > _ENOUGH * total), None) if total else None


def _of(tag: Language) -> str | None:
    """The script of a language, as `_script` names it; None for one that is not told apart."""
    primary = tag.partition("-")[0]
    return primary if primary in _SCRIPTS else "" if primary in _LATIN_LANGUAGES else None


def _translations(study: Study) -> Iterator[Language]:
    for response in study.responses:
        yield from response.translation.languages if response.translation else ()
