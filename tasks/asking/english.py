"""Finds the questions of an English counsellor, sentence by sentence, with or without a question mark.

Rules, in this order, on each sentence with quotations set aside:

1. `declarative`: ends in a question mark, in the form of a statement of which the client is the subject ("So you left
   early?"). Often a reflection put up for confirmation; asks all the same.
2. `mark`: ends in a question mark.
3. `tell`: "tell me", "I wonder".
4. `nomark`: begins with a question word and its verb, or with verb before subject ("do you", "has that"), behind words
   such as "so" and "well".

Scored against the labels of AnnoMI by `python benchmarks/questions.py` (docs/asking.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.asking.question import MARKS, Question, QuestionKind

_SENTENCE = re.compile(rf"[^.!…\n{MARKS}]*[.!…{MARKS}]+[\"”’')]*|[^.!…\n{MARKS}]+")
_QUOTES = re.compile('"[^"\n]*"|“[^“”\n]*”')
_MASK = "\ue000"

_LEAD = (
    r"(?:(?:so|and|but|or|well|u[mh]+|hm+|okay|ok|now|then|yeah|yes|no|right|oh|ah|alright|all right|actually|also"
    r"|because|like|you know|i mean|just|anyway|sure|great|good)\b[\s,;:\-–—]*)*"
)
_VERB = r"(?:do|does|did|is|are|was|were|am|have|has|had|can|could|will|would|should|shall|may|might)(?:n['’]t)?"
_SUBJECT = r"(?:you|i|he|she|it|we|they|that|this|there|these|those|your|his|her|their|the|any\w*|some\w*)"
_WORD = r"(?:what|when|where|who|whom|whose|why|which|how)"
_INVERSION = re.compile(rf"{_LEAD}{_VERB}\s+{_SUBJECT}\b", re.IGNORECASE)
_QUESTION_WORD = re.compile(
    rf"{_LEAD}(?:{_WORD}(?:['’](?:s|re|d|ll)|\s+(?:(?!{_SUBJECT}\b)\w+\s+){{0,4}}?{_VERB})\b"
    r"|(?:what|who)\s+(?:made|makes|brings|brought|happened|happens|keeps|kept)\b"
    r"|(?:how|what) about\b|how come\b|why not\b)",
    re.IGNORECASE,
)
_TELL = re.compile(r"\b(?:tell me|i(?:['’]m| am| was|['’]ve been)? (?:just )?wonder(?:ing)?)\b", re.IGNORECASE)
_STATEMENT = re.compile(
    rf"{_LEAD}(?:you|your|it|that|this|there|he|she|they|things)(?:['’](?:s|re|ve|d|ll))?\s", re.IGNORECASE
)


def questions(text: str) -> tuple[Question, ...]:
    """The sentences of `text` that ask, in order; () if there are none. What is quoted does not count."""
    return tuple(_questions(text))


def _questions(text: str) -> Iterator[Question]:
    masked = _QUOTES.sub(lambda quote: _MASK * len(quote[0]), text)
    for found in _SENTENCE.finditer(masked):
        sentence = found[0].strip()
        if sentence and (kind := kind_of(sentence)) is not None:
            start = found.start() + found[0].index(sentence[0])
            yield Question(kind, start, start + len(sentence))


def kind_of(sentence: str) -> QuestionKind | None:
    """What kind of question one sentence is, by the rules above; None if it asks nothing."""
    asks = any(mark in MARKS for mark in sentence[len(sentence.rstrip(f".!…{MARKS}\"”’')")) :])
    formed = _INVERSION.match(sentence) or _QUESTION_WORD.match(sentence)
    if asks:
        return "declarative" if not formed and _STATEMENT.match(sentence) else "mark"
    if _TELL.search(sentence):
        return "tell"
    return "nomark" if formed else None
