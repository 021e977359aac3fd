"""Which language has which detector, and questions by their marks alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.asking import marks
from tasks.asking.detectors import detector, languages

MARKED = [
    ("zh", "你最近睡得好吗？我在听。", ["你最近睡得好吗？"]),
    ("zh-Hant", "你睡了嗎", []),  # a question without a mark is not seen: said wherever the figures stand
    ("ko", "언제부터 그랬나요? 천천히 말해요.", ["언제부터 그랬나요?"]),
    ("ar", "منذ متى لا تنام؟ أنا أسمعك.", ["منذ متى لا تنام؟"]),
    ("de", "Das ist schwer. Seit wann? Und warum?!", ["Seit wann?", "Und warum?!"]),
    ("de-CH", "Sie sagten «Warum ich?» und gingen.", []),
    ("de", "Sie fragte „Wirklich?“ und ging.", []),
    ("es", "Te escucho. ¿Desde cuándo?", ["¿Desde cuándo?"]),
    ("fr", "Depuis quand ? Je vous écoute.", ["Depuis quand ?"]),
    ("fr", "« Pourquoi moi ? »", ["« Pourquoi moi ?"]),
    ("ko", "", []),
]


@pytest.mark.parametrize(("language", "text", "asked"), MARKED)
def test_marks(language: str, text: str, asked: list[str]) -> None:
    found = detector(language)
    assert found is not None
    assert found.basis == "marks"
    assert [text[question.start : question.end] for question in found.find(text)] == asked
    assert found.count(text) == len(asked)


def test_who_has_rules_and_who_has_none() -> None:
    assert [tag for tag in languages() if (found := detector(tag)) and found.basis == "rules"] == ["ja", "en"]
    assert detector("en-GB") == detector("en")
    assert detector("th") is None
    assert detector("") is None


@given(st.text(alphabet='ab ?？؟.!\n«»"', max_size=40))
def test_spans_are_ordered_disjoint_and_inside(text: str) -> None:
    end = 0
    for question in marks.questions(text):
        assert end <= question.start < question.end <= len(text)
        assert any(mark in "?？؟" for mark in text[question.start : question.end])
        end = question.end


@given(st.text(max_size=60), st.text(max_size=60))
def test_lines_are_judged_alone(one: str, other: str) -> None:
    both = len(marks.questions(f"{one}\n{other}"))
    assert both == len(marks.questions(one)) + len(marks.questions(other))
