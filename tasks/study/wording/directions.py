"""Texts that run against the direction of their language, and responses to one item that run in different ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from unicodedata import bidirectional

from tasks.languages import tags
from tasks.schema import Study
from tasks.study.wording.texts import texts

SHOWN = 30
"""Characters of a text that are shown."""


def direction(text: str) -> str:
    """`rtl` or `ltr`, as most letters of a text run; '' where it has none, or as many of both."""
    ways = Counter("rtl" if bidirectional(letter) in ("R", "AL") else "ltr" for letter in text if letter.isalpha())
    return "" if ways["rtl"] == ways["ltr"] else ways.most_common(1)[0][0]


def mixed(study: Study) -> tuple[tuple[str, str], ...]:
    """(place, beginning) of each text of the study that runs against its language, then (item_id, directions)."""
    found = [
        (".".join(map(str, (*text.place, tag))), said[:SHOWN])
        for text in texts(study)
        for tag, said in text.words.root.items()
        if direction(said) not in ("", tags.direction(tag))
    ]
    written: dict[str, dict[str, str]] = defaultdict(dict)
    for response in study.responses:
        written[response.item_id][response.system_id] = direction(response.text)
    for item_id, ways in written.items():
        if {"rtl", "ltr"} <= set(ways.values()):
            found.append((item_id, ", ".join(f"{system} {way}" for system, way in ways.items())))
    return tuple(found)
