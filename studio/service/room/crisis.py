"""Words of self-harm: the organiser's list, looked for in what both sides write."""

from __future__ import annotations

import unicodedata

from tasks.schema import Crisis


def rings(crisis: Crisis | None, text: str) -> bool:
    """True where one of the words stands anywhere in the text, whatever its width, case and spaces.

    Degenerate case: without words nothing rings.
    """
    said = _plain(text)
    listed = (word for words in (crisis.words.values() if crisis else ()) for word in words)
    return any(plain in said for plain in map(_plain, listed) if plain)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
