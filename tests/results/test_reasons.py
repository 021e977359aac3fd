"""Reasons are codes: each has words in both languages, and what is printed for people is never a code."""

from __future__ import annotations

import re

import pytest

from results.commands import terminal
from results.document import numbers, words
from results.statistics.reasons import Reason
from tasks.languages import catalogue


def test_every_code_has_words_and_every_word_a_code() -> None:
    assert set(catalogue.words("reasons", "en")) == {str(reason) for reason in Reason}


@pytest.mark.parametrize("reason", list(Reason))
def test_words_are_sentences_of_their_language(reason: Reason) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", reason)
    assert re.search(r"[ぁ-ん]", words.reason(reason, "ja"))
    assert words.reason(reason, "en").isascii()
    assert "_" not in words.reason(reason, "en")


def test_no_reason_is_no_words_and_a_sentence_of_an_older_file_stays() -> None:
    assert words.reason(None, "ja") == ""
    assert words.reason("no unit has two ratings", "ja") == "no unit has two ratings"


@pytest.mark.parametrize(
    ("p", "said"), [(2.6e-148, "p < .001"), (0.00051, "p < .001"), (0.0123, "p = .012"), (1.0, "p = 1")]
)
def test_a_tiny_p_value_is_never_said_to_be_zero(p: float, said: str) -> None:
    assert terminal.p_value(p) == said
    assert numbers.p_value(p) == said.replace(" ", "\N{NO-BREAK SPACE}")
