"""Which detector of questions a language has: rules that were measured, its marks alone, or none.

Counts of two languages are never comparable: each detector sees and misses something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from tasks.asking import english, japanese, marks
from tasks.asking.question import COUNTED, Question

Basis = Literal["rules", "marks", "none"]
"""`rules`: with and without a mark, errors known (docs/asking.md); `marks`: what has no mark is not seen; `none`: there
is no detector."""


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds the questions of one language. `find` gives the spans of a text in order; () where it asks nothing."""

    language: str
    basis: Basis
    find: Callable[[str], tuple[Question, ...]]

    def count(self, text: str) -> int:
        """How many questions `text` asks: the kinds of `COUNTED` alone."""
        return sum(question.kind in COUNTED for question in self.find(text))


JAPANESE = Detector("ja", "rules", japanese.questions)
_DETECTORS: Mapping[str, Detector] = {
    "ja": JAPANESE,
    "en": Detector("en", "rules", english.questions),
    **{language: Detector(language, "marks", marks.questions) for language in ("ar", "de", "es", "fr", "ko", "zh")},
}


def basis(language: str) -> Basis:
    """What the questions of a language are found by; `none` where there is no detector."""
    found = detector(language)
    return found.basis if found else "none"


def languages() -> tuple[str, ...]:
    """The languages that have a detector, those with rules first."""
    return tuple(_DETECTORS)


def detector(language: str) -> Detector | None:
    """The detector for a tag (`de-CH` is read as `de`, `zh-Hans` as `zh`); None where questions cannot be counted."""
    return _DETECTORS.get(language.partition("-")[0])
