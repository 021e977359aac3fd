"""Finds questions by their marks alone, in languages for which no rule for questions without a mark was measured.

A question without a mark is not seen, and a mark that asks nothing is taken for a question. What is quoted does not
count, unless a whole line is the quotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.asking.question import MARKS, Question

_ALL = MARKS + "؟"
_STOPS = "。．｡.!！‼…\n" + _ALL
_ASKED = re.compile(rf"[^{_STOPS}]*[{_ALL}][{_STOPS}\ufe0f]*")
_QUOTES = re.compile('「[^「」]*」|『[^『』]*』|“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|»[^«»]*«|"[^"\n]*"')
_MASK = "\ue000"


def questions(text: str) -> tuple[Question, ...]:
    """The sentences of `text` that hold a question mark at their end, in order; () if there are none."""
    return tuple(_questions(text))


def _questions(text: str) -> Iterator[Question]:
    start = 0
    for line in text.split("\n"):
        for found in _ASKED.finditer(_masked(line)):
            sentence = found[0].strip()
            first = start + found.start() + found[0].index(sentence)
            yield Question("mark", first, first + len(sentence))
        start += len(line) + 1


def _masked(line: str) -> str:
    """The line with quotations masked, unless the line is one quotation."""
    if _QUOTES.fullmatch(line.strip().rstrip(_STOPS)):
        return line
    return _QUOTES.sub(lambda quote: _MASK * len(quote[0]), line)
