"""A sentence that asks, and the marks by which questions are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

QuestionKind = Literal["mark", "nomark", "tell", "declarative", "request", "back", "hedge"]
"""`mark`: written with a question mark; `nomark`: in the form of a question without one; `tell`: "tell me", "I wonder";
`declarative`: a statement with a question mark; `request`: asks to be told, in Japanese; `back`, `hedge`: look like a
question and are none. Which of them a language tells apart: its module."""

KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
COUNTED: frozenset[QuestionKind] = frozenset({"mark", "nomark", "tell", "declarative"})
"""The kinds that are questions; the others are found so that they can be told apart."""

MARKS = "?？﹖❓❔⁇⁈⁉"
"""Question marks of every form but the Arabic one."""


@dataclass(frozen=True, slots=True)
class Question:
    """One sentence that asks or looks as if it did: `text[start:end]`, in Unicode code points, half-open."""

    kind: QuestionKind
    start: int
    end: int
