"""What is told of one response: how many questions it asks, of which kinds, and whether it is minimal."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.asking.detectors import detector
from tasks.asking.minimal import minimal_rule
from tasks.asking.question import COUNTED, QuestionKind


@dataclass(frozen=True, slots=True)
class Facts:
    """`questions` and `minimal` are None where the language has no detector, or no rule for minimal responses."""

    questions: int | None
    kinds: tuple[QuestionKind, ...]
    """Of every sentence that asks or looks as if it did, in order."""
    minimal: bool | None


def facts(text: str, language: str) -> Facts:
    """The facts of a text written in a language."""
    found, rule = detector(language), minimal_rule(language)
    kinds = tuple(question.kind for question in found.find(text)) if found else ()
    return Facts(
        questions=sum(kind in COUNTED for kind in kinds) if found else None,
        kinds=kinds,
        minimal=rule.fits(text) if rule else None,
    )
