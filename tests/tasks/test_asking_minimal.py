"""Minimal responses on sentences written for this test; scored on people's labels by benchmarks/questions.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.asking.detectors import detector
from tasks.asking.minimal import languages, minimal_rule
from tasks.asking.question import COUNTED

CASES = [
    ("ja", "はい", None),
    ("ja", "ええ、ええ。", None),
    ("ja", "朝がいちばん重いのですね。", None),
    ("ja", "そうですか？", None),
    ("ja", "いつからですか", "question"),
    ("ja", "続けてください。", "prompts"),
    ("ja", "休んだほうがいいです。", "directives"),
    ("ja", "ありがとうございます", "thanks"),
    ("ja", "遅れてすみません", "apologies"),
    ("ja", "こんにちは", "greetings"),
    ("ja", "では、また来週", "closings"),
    ("ja", "承知しました", "service"),
    ("ja", "頑張っていますね", "encouragement"),
    ("ja", "会議のことがあれからずっと頭を離れないのですね。", "long"),
    ("ja", "　\n", "blank"),
    ("en", "Mm-hmm.", None),
    ("en", "You were all alone with it.", None),
    ("en", "Since when?", "question"),
    ("en", "Go on.", "prompts"),
    ("en", "You should rest.", "directives"),
    ("en", "Thank you.", "thanks"),
    ("en", "Sorry about that.", "apologies"),
    ("en", "Hello there.", "greetings"),
    ("en", "See you then.", "closings"),
    ("en", "No problem.", "service"),
    ("en", "Well done!", "encouragement"),
    ("en", "You were all alone with it and nobody came by that night.", "long"),
    ("zh-Hans", "嗯嗯。", None),
    ("zh-Hans", "你觉得很累。", None),
    ("zh-Hant", "你覺得很累。", None),
    ("zh-Hans", "你睡得好吗", "questions"),
    ("zh-Hans", "然后呢？", "question"),
    ("zh-Hans", "请继续说。", "prompts"),
    ("zh-Hans", "你可以先休息。", "directives"),
    ("zh-Hans", "谢谢你。", "thanks"),
    ("zh-Hans", "抱歉。", "apologies"),
    ("zh-Hans", "你好。", "greetings"),
    ("zh-Hans", "再见。", "closings"),
    ("zh-Hans", "没问题。", "service"),
    ("zh-Hans", "加油！", "encouragement"),
]


@pytest.mark.parametrize(("language", "text", "obstacle"), CASES)
def test_obstacles(language: str, text: str, obstacle: str | None) -> None:
    rule = minimal_rule(language)
    assert rule is not None
    assert rule.obstacle(text) == obstacle
    assert rule.fits(text) == (obstacle is None)


def test_every_category_of_every_list_has_a_case() -> None:
    for language in languages():
        rule = minimal_rule(language)
        assert rule is not None
        met = {obstacle for tag, _, obstacle in CASES if tag.partition("-")[0] == language}
        assert set(rule.patterns) | {"question", None} <= met


def test_languages_without_lists() -> None:
    assert languages() == ("en", "ja", "zh")
    assert minimal_rule("de") is None


@pytest.mark.parametrize(
    ("language", "turn", "short", "enough"),
    [
        ("ja", "はい", "それで、いやで", "それで、ずっといやでし"),
        ("en", "Mm-hmm.", "And then I left", "And then I left home"),
    ],
)
def test_the_client_must_go_on(language: str, turn: str, short: str, enough: str) -> None:
    rule = minimal_rule(language)
    assert rule is not None
    assert not rule.leaves_floor(turn, short)
    assert rule.leaves_floor(turn, enough)
    assert not rule.leaves_floor("？", enough)


def test_length_at_the_border() -> None:
    ja, en = minimal_rule("ja"), minimal_rule("en")
    assert ja is not None
    assert en is not None
    assert [ja.length("はい 。\nええ"), en.length("I don't, well-meant — no.")] == [5, 4]
    assert [ja.fits("重" * 15), ja.fits("重" * 16)] == [True, False]
    assert [en.fits("heavy " * 10), en.fits("heavy " * 11)] == [True, False]


PIECES = [
    "はい",
    "ええ、",
    "そうですか",
    "いつですか",
    "重い",
    "。",
    "？",
    "yes",
    "so you left",
    "?",
    " ",
    ".",
    "嗯",
    "吗",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


@given(TEXTS, st.sampled_from(["ja", "en", "zh"]))
def test_a_question_is_never_minimal(text: str, language: str) -> None:
    rule, asking = minimal_rule(language), detector(language)
    assert rule is not None
    assert asking is not None
    assert not (rule.fits(text) and any(question.kind in COUNTED for question in asking.find(text)))


@given(TEXTS, st.sampled_from(["ja", "en", "zh"]), st.sampled_from([" ", "\n", "\t", "　"]))
def test_a_blank_at_the_ends_changes_nothing(text: str, language: str, blank: str) -> None:
    rule = minimal_rule(language)
    assert rule is not None
    assert rule.obstacle(blank + text + blank) == rule.obstacle(text)


@given(TEXTS, TEXTS, st.sampled_from(["ja", "en", "zh"]))
def test_words_added_never_make_a_long_turn_minimal(text: str, more: str, language: str) -> None:
    rule = minimal_rule(language)
    assert rule is not None
    if rule.length(text) > rule.longest:
        assert not rule.fits(text + more)
