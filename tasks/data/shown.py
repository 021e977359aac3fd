"""The text of a turn as raters and models see it, made of published utterances alone: it can be made again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tasks.data.dialogue import ORIGINAL, Dialogue
from tasks.files import sha256_text

URL = "［URL］"
PHONE = "［電話番号］"

_URL = re.compile(r"(?:https?://|www\.)[^\s\u3000、。（）()「」]+", re.IGNORECASE)
_DASH = "[-‐‑–—−－ー―]"
_PHONE = re.compile(rf"(?<!\d)[0０]\d{{1,4}}{_DASH}\d{{1,4}}{_DASH}\d{{3,4}}(?!\d)|(?<!\d)[0０]\d{{9,10}}(?!\d)")


def mask(text: str) -> str:
    """The text with web addresses and telephone numbers replaced; they may be real, and a rater could follow them."""
    return _PHONE.sub(PHONE, _URL.sub(URL, text))


def shown(dialogue: Dialogue, utterances: Iterable[int], language: str = ORIGINAL) -> str:
    """As `joined`, masked."""
    return mask(joined(dialogue, utterances, language))


def joined(dialogue: Dialogue, utterances: Iterable[int], language: str = ORIGINAL) -> str:
    """The utterances of these 0-based indices as one turn: a line each, one sent twice in a row once.

    An utterance that was not translated into the language is left out; '' where none was.

    Raises:
        IndexError: the dialogue has no such utterance.
        KeyError: it cannot be read in the language.
    """
    texts: list[str] = []
    for index in utterances:
        text = dialogue.text(index, language)
        if text and (not texts or texts[-1] != text):
            texts.append(text)
    return "\n".join(texts)


def sha256_of(texts: Iterable[str]) -> str:
    """The sha256, in hex, of texts joined by newlines, as in `Source.text_sha256`."""
    return sha256_text("\n".join(texts))
