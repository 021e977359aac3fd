"""Whether faults are said in the reader's language: no sentence of the English words is left in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from tasks.languages import catalogue
from tasks.languages.fault import Fault, said

SPOKEN = tuple(tag for tag in catalogue.languages("faults") if tag != "en")
"""The languages beside English that the organiser's pages have."""


@cache
def english() -> frozenset[str]:
    """Pieces of two words or more of the English faults, between their values."""
    texts = [form for text in catalogue.words("faults", "en").values() for form in _forms(text)]
    pieces = (piece.strip(" ;:,()…") for text in texts for piece in re.split(r"\{\w+\}|`[^`]*`", text))
    return frozenset(piece for piece in pieces if re.search(r"[a-z]{2,} [a-z]{2,}", piece) and "python -m" not in piece)


def _forms(text: catalogue.Text) -> Iterator[str]:
    yield from [text] if isinstance(text, str) else text.values()


def unworded(lines: Iterable[str]) -> list[str]:
    """Lines that stay English in one of the languages; [] where all are worded."""
    lines = list(lines)
    told = [line for line in lines if not isinstance(line, Fault)]
    for tag in SPOKEN:
        told += [line for line in said(lines, tag) if in_english(line)]
    return told


def in_english(text: str) -> list[str]:
    """The pieces of English faults that stand in a text."""
    return [piece for piece in english() if piece in text]
