"""The English detector of questions on sentences written for this test, rule by rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.asking.detectors import detector
from tasks.asking.english import questions
from tasks.asking.question import COUNTED, KINDS

CASES = [
    ("What keeps you awake?", ["mark"]),
    ("Right?", ["mark"]),
    ("?", ["mark"]),
    ("How is your sleep", ["nomark"]),
    ("So, what made you stay", ["nomark"]),
    ("How many days a week do you walk.", ["nomark"]),
    ("Well, have you tried that before…", ["nomark"]),
    ("Don't you think so", ["nomark"]),
    ("How about Tuesday.", ["nomark"]),
    ("Tell me about that morning.", ["tell"]),
    ("I'm wondering what your sister thinks.", ["tell"]),
    ("So you left early?", ["declarative"]),
    ("It's the mornings that are heavy?", ["declarative"]),
    ("What I hear is that you are tired.", []),
    ("When you are ready, we can stop.", []),
    ("How hard that was.", []),
    ("You did that on your own.", []),
    ("That is what you do.", []),
    ("You asked “Why me?” that night.", []),
    ('She said, "Are you well?" and you went home.', []),
    ("You sleep badly. Since when? Do you eat", ["mark", "nomark"]),
    ("", []),
    ("…", []),
]


@pytest.mark.parametrize(("text", "kinds"), CASES)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [question.kind for question in questions(text)] == kinds


def test_spans_are_the_sentences() -> None:
    text = "You are tired. 😊 Since when?  I wonder why."
    assert [text[q.start : q.end] for q in questions(text)] == ["😊 Since when?", "I wonder why."]


PIECES = ["so you left", "do you sleep", "?", ".", "…", '"', "“", "”", "\n", " ", "tell me", "what is it", "😊", "yes,"]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_spans_are_ordered_disjoint_and_inside(text: str) -> None:
    end = 0
    for question in questions(text):
        assert question.kind in KINDS
        assert end <= question.start < question.end <= len(text)
        assert "\n" not in text[question.start : question.end]
        end = question.end


@given(st.text(max_size=60), st.sampled_from(["Why?", "Do you rest well?", "So you left?"]))
def test_a_line_that_asks_is_always_counted(line: str, asks: str) -> None:
    found = detector("en")
    assert found is not None
    quoted = line.replace('"', "").replace("“", "").replace("”", "")
    assert found.count(f"{quoted}\n{asks}") == found.count(quoted) + 1


def test_every_kind_of_english_counts() -> None:
    assert {kind for _, kinds in CASES for kind in kinds} <= COUNTED


def test_long_text_without_stops_is_quick() -> None:
    assert not questions("you and " * 20_000)
