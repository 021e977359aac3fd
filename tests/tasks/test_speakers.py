"""Dialogues in cells: the marks that are read, those that are not guessed, and what every dialogue survives."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.intake.shape import speakers, template
from tasks.languages import catalogue

CLIENT, COUNSELOR = "client", "counselor"


@pytest.mark.parametrize(
    ("client", "counselor"),
    [
        ("相談者：", "カウンセラー："),
        ("相談者:", "カウンセラー:"),
        ("相：", "カ："),
        ("クライアント：", "セラピスト："),
        ("ｸﾗｲｱﾝﾄ：", "ｶｳﾝｾﾗｰ："),
        ("クライエント ： ", "相談員 ： "),
        ("Cl: ", "Th: "),
        ("Ｃｌ：", "Ｔｈ："),
        ("CL:", "CO:"),
        ("Client: ", "Counsellor: "),
        ("내담자: ", "상담자: "),
        ("来访者：", "咨询师："),
        ("來訪者：", "諮商師："),
        ("Client 1: ", "Therapist: "),
        ("【相談者】", "【カウンセラー】"),
        ("[Client] ", "[Therapist] "),
        ("（相談者）", "（カウンセラー）"),
        ("・相談者　", "・カウンセラー　"),
        ("●相談者：", "○カウンセラー："),
        ("user: ", "assistant: "),
        ("Client\u00a0: ", "Conseillère\u00a0: "),
        ("Cliente: ", "Terapeuta: "),
        ("Klientin: ", "Beraterin: "),
    ],
)
def test_known_marks_are_read(client: str, counselor: str) -> None:
    cell = f"{client}眠れません。\n{counselor}いつからですか。\n続けてください。\n{client}先週から。"
    turns = speakers.turns(cell, {})
    assert turns is not None
    assert [(turn.role, turn.text) for turn in turns] == [
        (CLIENT, "眠れません。"),
        (COUNSELOR, "いつからですか。\n続けてください。"),
        (CLIENT, "先週から。"),
    ]
    assert speakers.is_marked([cell])


@pytest.mark.parametrize("language", catalogue.languages("door"))
def test_the_table_to_fill_in_names_speakers_that_are_known(language: str) -> None:
    found = speakers.labels([row[1] for row in template.rows(language)[1:]])
    assert {speakers.role_of(label, {}) for label in found} == {CLIENT, COUNSELOR}


@pytest.mark.parametrize("label", ["A", "B", "Ａ", "田中", "佐藤さん", "Suzuki", "T", "C", "話者1", "System", "注意"])
def test_letters_and_names_have_no_role_of_their_own(label: str) -> None:
    assert speakers.labels([f"{label}：はい"]) == {label: 1}
    assert speakers.role_of(label, {}) is None
    assert speakers.role_of(label, {label: "client"}) == CLIENT


@pytest.mark.parametrize(
    "line",
    ["10:30に起きました。", "https://example.org", "「はい」と言った。", "それはつまり、こういうこと：夜が長い", ""],
)
def test_what_is_no_mark_stays_text(line: str) -> None:
    assert speakers.labels([line]) == {}
    turns = speakers.turns(f"相談者：はい\n{line}", {})
    assert turns is not None
    assert turns[0].text == f"はい\n{line}".strip()


def test_a_label_said_to_be_text_stays_in_the_text() -> None:
    turns = speakers.turns("相談者：はい\n注意：これは本文", {"注意": "text"})
    assert turns is not None
    assert turns[0].text == "はい\n注意：これは本文"


def test_marks_in_the_middle_of_a_line_are_found_and_split_only_where_told() -> None:
    cell = "相談者：眠れません。カウンセラー：いつからですか。相談者：先週から。"
    assert speakers.inside([cell], {}) == ["眠れません。カウンセラー：いつからですか。相談者：先週から。"]
    whole = speakers.turns(cell, {})
    assert whole is not None
    assert len(whole) == 1
    split = speakers.turns(speakers.broken(cell, {}), {})
    assert split is not None
    assert [turn.role for turn in split] == [CLIENT, COUNSELOR, CLIENT]


def test_words_before_the_first_mark_belong_to_nobody() -> None:
    assert speakers.turns("記録の一部。\n相談者：はい", {}) is None
    assert speakers.turns("眠れません。", {}) is None


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z", "P", "S"), exclude_characters="：:"), min_size=1
).filter(lambda text: text.isalnum())


@given(st.lists(st.tuples(st.sampled_from(["相談者", "Th", "カウンセラー", "Cl"]), WORDS), min_size=1, max_size=8))
def test_every_word_said_is_in_the_turns_in_order_and_roles_alternate(said: list[tuple[str, str]]) -> None:
    turns = speakers.turns("\n".join(f"{label}：{words}" for label, words in said), {})
    assert turns is not None
    assert "\n".join(turn.text for turn in turns) == "\n".join(words for _, words in said)
    assert all(first.role != second.role for first, second in pairwise(turns))
