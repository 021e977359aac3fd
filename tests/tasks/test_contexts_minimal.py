"""Contexts in which the counsellor answered minimally, on dialogues written for this test."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.__main__ import main
from tasks.asking.minimal import minimal_rule
from tasks.data.contexts import Choice, choose, moments
from tasks.data.dialogue import Dialogue, Utterance
from tasks.data.feedback import Flags
from tasks.errors import InputError
from tasks.files import jsonl
from tasks.schema import Role

OPENING = [
    ("client", "春から朝がとても重たくて、起きられません。"),
    ("counselor", "重たい朝がつづくのですね。いつごろからそうなりましたか。"),
    ("client", "部署がかわってからだったように思います。"),
    ("counselor", "かわってからの毎日が、からだにこたえているのですね。"),
    ("client", "誰にも言えずにいたのですけれど、つらくて。"),
]
GOES_ON = ("client", "きのうも席についたら涙が出てきてしまいました。")


MORE = [("counselor", "そうした日々をこらえてこられたのですね。"), ("client", "はい、そのとおりだと思っています。")]


def dialogue(said: Sequence[tuple[str, str]], number: int = 1, more: int = 4) -> Dialogue:
    """A dialogue of these utterances and `more` exchanges after them."""
    roles: dict[str, Role] = {"client": "client", "counselor": "counselor"}
    return Dialogue(
        dialogue_id=str(number),
        topic="Workplace Issues",
        topic_ja="職場",
        topic_detail="朝",
        score=80,
        flags=Flags(*[False] * 3),
        dims=(4,) * 20,
        counselor_id=f"k{number}",
        client_id=f"c{number}",
        created_at="2030-01-01T00:00:00",
        utterances=tuple(Utterance(roles[role], "2030-01-01T00:00:00", text) for role, text in [*said, *MORE * more]),
    )


def answers(said: Sequence[tuple[str, str]], *, minimal: bool) -> list[str]:
    return [moment.answer.text for moment in moments(dialogue(said), minimal=minimal)]


@pytest.mark.parametrize(
    ("answer", "after", "found"),
    [
        ("はい。", GOES_ON, ["はい。"]),
        ("ええ、おつらいですね。", GOES_ON, ["ええ、おつらいですね。"]),
        ("はい。", ("client", "そうです。"), []),
        ("いつからですか。", GOES_ON, []),
        ("続けてください。", GOES_ON, []),
        ("（少し待ちます）", GOES_ON, []),
    ],
)
def test_minimal_moments(answer: str, after: tuple[str, str], found: list[str]) -> None:
    assert answers([*OPENING, ("counselor", answer), after], minimal=True) == found


def test_adjacent_utterances_are_one_turn() -> None:
    two = [*OPENING, ("counselor", "はい。"), ("counselor", "ええ。"), GOES_ON]
    assert answers(two, minimal=True) == ["はい。\nええ。"]
    asks = [*OPENING, ("counselor", "はい。"), ("counselor", "いつからですか。"), GOES_ON]
    assert answers(asks, minimal=True) == []


TURNS = st.lists(
    st.sampled_from(["はい。", "ええ。", "いつからですか。", "それでは少しずつ一緒に見ていきましょう。", "（休憩）"]),
    max_size=6,
)


@given(TURNS)
def test_every_minimal_moment_fits_the_rule_and_ends_on_the_client(said: list[str]) -> None:
    rule = minimal_rule("ja")
    assert rule is not None
    talk = [*OPENING, *(turn for text in said for turn in (("counselor", text), GOES_ON))]
    found = list(moments(dialogue(talk), minimal=True))
    assert len(found) == sum(rule.fits(text) for text in said if not text.startswith("（"))
    assert all(moment.history[-1].role == "client" and rule.fits(moment.answer.text) for moment in found)


def drawable() -> list[Dialogue]:
    """Eight dialogues with one minimal answer each, two in each band of depth: at 5/27, 5/15, 5/7 and 9/11."""
    ends = [(*OPENING, ("counselor", "ええ。"), GOES_ON)] * 3 + [
        (*OPENING, *MORE * 2, ("counselor", "ええ。"), GOES_ON)
    ]
    more = (10, 4, 0, 0)
    return [dialogue(ends[band], 4 * turn + band, more[band]) for turn in range(2) for band in range(4)]


def test_they_are_drawn_with_the_minimal_turn_as_the_reference() -> None:
    items = choose(drawable(), Choice(n=4, minimal=True))
    assert [item.reference for item in items] == ["ええ。"] * 4
    assert all("ええ。" not in turn.text for item in items for turn in item.turns)
    assert len({item.dialogue for item in items}) == 4


def test_too_few_are_refused_with_what_was_found() -> None:
    with pytest.raises(InputError, match="wanted 9, found 8"):
        choose(drawable(), Choice(n=9, minimal=True))


def test_the_form_that_asks_whether_tuning_brings_them_back(tmp_path: Path) -> None:
    items = choose(drawable(), Choice(n=6, minimal=True))
    (tmp_path / "items.jsonl").write_text(jsonl(items), encoding="utf-8")
    (tmp_path / "responses").mkdir()
    for system, text in (("base", "いつからですか。詳しく教えてください。"), ("tuned", "ええ、ええ。")):
        lines = [json.dumps({"item_id": item.item_id, "text": text}, ensure_ascii=False) for item in items]
        (tmp_path / "responses" / f"{system}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = ["build", str(tmp_path), str(tmp_path / "responses"), "--out", str(tmp_path / "study"), "--study-id", "room"]
    assert main([*made, "--template", "floor", "--human"]) == 0
    assert main(["check", str(tmp_path / "study")]) == 0
    from tasks.study.load import load_study

    study = load_study(tmp_path / "study")
    assert [system.system_id for system in study.systems] == ["base", "tuned", "human"]
    assert [(h.family, h.criterion, h.measure) for h in study.hypotheses] == [
        ("primary", "preference", None),
        ("primary", "floor", "share_above"),
    ]
