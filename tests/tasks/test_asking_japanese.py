"""The question detector on sentences written for this test, rule by rule; its shares on the real data are in
tests/tasks/test_kokorochat.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.asking.detectors import JAPANESE
from tasks.asking.japanese import questions
from tasks.asking.question import COUNTED, KINDS

CASES = [
    ("いつから眠れないのでしょうか？", ["mark"]),
    ("だれと話しましたか?", ["mark"]),
    ("それで、どうされました❓", ["mark"]),
    ("本気⁉", ["mark"]),
    ("窓を開けてみますか。", ["nomark"]),
    ("どのあたりが重たく感じられますか", ["nomark"]),
    ("少し休みませんか。", ["nomark"]),
    ("いっしょに書き出してみましょうか。", ["nomark"]),
    ("お母さまはどう思っておられるのでしょう。", ["nomark"]),
    ("前にも似たことがあったでしょうかね。", ["nomark"]),
    ("あの日は雨でしたっけ。", ["nomark"]),
    ("つかれているのかな。", ["nomark"]),
    ("だれのせいかしら。", ["nomark"]),
    ("歩いて通えそうですか(^^)", ["nomark"]),
    ("歩いて通えそうですか（笑）。", ["nomark"]),
    ("歩いて通えそうですか😊", ["nomark"]),
    ("歩いて通えそうですか…。", ["nomark"]),
    ("（歩いて通えそうですか）", ["nomark"]),
    ("そうですか。", ["back"]),
    ("あ、そうなんですか？", ["back"]),
    ("そうでしたか…", ["back"]),
    ("へえー、そうなのですか！", ["back"]),
    ("長いあいだこらえていたのではないでしょうか。", ["hedge"]),
    ("さみしかったんじゃないかな。", ["hedge"]),
    ("その日のことを教えてください。", ["request"]),
    ("もう少し聞かせていただけると助かります。", ["request"]),
    ("その日のことを聞かせていただけますか。", ["nomark"]),
    ("そうなんですね。", []),
    ("それはおつらいですよね。", []),
    ("つらい毎日なんですね。", []),
    ("なんでしょう、うまく言えません。", []),
    ("ひとつずつ考えていきましょう。", []),
    ("「なぜできないのか？」と言われたのですね。", []),
    ("「どうして泣くの？」", ["mark"]),
    ("弟さんは「行きますか」と聞いたのですね。それで、どう答えましたか。", ["nomark"]),
    ("いつですか？どこでですか？", ["mark", "mark"]),
    ("そうですか。いつからですか。教えてください。", ["back", "nomark", "request"]),
    ("行きますか　それとも休みますか", ["nomark", "nomark"]),
    ("行きますか\n休みますか", ["nomark", "nomark"]),
    ("？", ["mark"]),
    ("。", []),
    ("😊", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "kinds"), CASES)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [question.kind for question in questions(text)] == kinds
    assert JAPANESE.count(text) == sum(kind in COUNTED for kind in kinds)


def test_spans_are_code_points_of_the_sentence() -> None:
    text = "😊こんばんは。𠮷田さんは、いつ来ますか？　待ちますね。"
    (question,) = questions(text)
    assert text[question.start : question.end] == "𠮷田さんは、いつ来ますか？"
    assert question.start == 7  # one code point for the emoji, five letters, one stop


def test_a_quotation_keeps_the_offsets_behind_it() -> None:
    text = "「また今度ね？」と言われて、どう感じましたか。"
    (question,) = questions(text)
    assert text[question.start : question.end] == text


PIECES = [
    "そうですか",
    "いつですか",
    "？",
    "。",
    "「",
    "」",
    "（",
    "）",
    "😊",
    "\n",
    "　",
    "のではないでしょうか",
    "教えてください",
    "ね",
    "…",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_spans_are_ordered_disjoint_and_inside(text: str) -> None:
    end = 0
    for question in questions(text):
        assert question.kind in KINDS
        assert end <= question.start < question.end <= len(text)
        assert "\n" not in text[question.start : question.end]
        end = question.end


@given(st.text(max_size=60), st.text(max_size=60))
def test_lines_are_judged_alone(one: str, other: str) -> None:
    joined = [q.kind for q in questions(f"{one}\n{other}")]
    assert joined == [q.kind for q in (*questions(one), *questions(other))]


def test_long_text_without_stops_is_quick() -> None:
    assert JAPANESE.count("どう" * 5000 + "ですか") == 1
