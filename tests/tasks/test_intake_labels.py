"""Labels of a column: numbers that are one, writings that are two, codes that may mean missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.intake.labels import alike, alike_notes, categories_note, counts, missing_codes, number, numbers
from tasks.intake.text import folded, visible


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("1.0", 1), (" 1 ", 1), ("-0", 0), ("+.5", 0.5), ("1e3", 1000), ("1,5", None), ("1_000", None),
     ("", None), ("nan", None), ("inf", None), ("1e999", None), ("１", None), ("0x1", None), ("N/A", None)],
)  # fmt: skip
def test_what_is_a_number(text: str, value: float | None) -> None:
    assert number(text) == value


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_every_finite_number_is_read_back(value: float) -> None:
    assert number(repr(value)) == value


def test_numbers_are_numbers_where_all_are() -> None:
    assert numbers(["1", "1.0", "2"]) == {"1": 1, "1.0": 1, "2": 2}
    assert numbers(["1", "n/a"]) is None
    assert numbers([]) is None


@pytest.mark.parametrize(
    ("labels", "groups"),
    [
        (["yes", "yes ", "Yes", "no"], [("yes", "yes ", "Yes")]),
        (["GPT 4", "GPT 4 ", "GPT4"], [("GPT 4", "GPT 4 ", "GPT4")]),
        (["Ａ", "A", "ａ"], [("Ａ", "A", "ａ")]),
        (["ｶｳﾝｾﾗｰ", "カウンセラー"], [("ｶｳﾝｾﾗｰ", "カウンセラー")]),
        (["1", "1.0", "01"], [("1", "1.0", "01")]),
        (["a\u200b", "a"], [("a\u200b", "a")]),
        (["yes", "no"], []),
    ],
)
def test_labels_that_are_one_but_for_their_writing(labels: list[str], groups: list[tuple[str, ...]]) -> None:
    assert alike(labels) == groups


@given(st.lists(st.text(max_size=5)))
def test_groups_hold_each_label_once_and_only_equal_ones(labels: list[str]) -> None:
    groups = alike(labels)
    members = [label for group in groups for label in group]
    assert len(members) == len(set(members))
    assert all(number(label) is not None or folded(label) == folded(group[0]) for group in groups for label in group)


def test_notes_name_the_writings_with_counts_and_what_is_done() -> None:
    assert alike_notes("v", {"yes": 2, "yes ": 1}) == [
        "column v: 'yes' (2) and 'yes ' (1) differ by blanks alone; counted as different"
    ]
    assert alike_notes("v", {"1": 2, "1.0": 1}, equal_numbers=True) == [
        "column v: '1' (2) and '1.0' (1) are one number; counted as one"
    ]
    assert alike_notes("v", {"1": 2, "1.0": 1})[0].endswith("counted as different")


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        (["yes", "no", "n/a", "NaN", "None", "-"], ["n/a", "NaN", "None", "-"]),
        (["1", "2", "N/A (no answer)"], ["N/A (no answer)"]),
        (["0", "1", "2", "-1"], ["-1"]),
        (["1", "5", "99"], ["99"]),
        (["1", "5", "-99.0"], ["-99.0"]),
        (["1", "2", "3", "4", "9"], ["9"]),
        (["はい", "いいえ", "無回答"], ["無回答"]),
        (["-1", "0", "1"], []),
        (["-2", "-1", "0", "1", "2"], []),
        (["0", "50", "98", "99", "100"], []),
        ([str(value) for value in range(1, 11)], []),
        (["yes", "no"], []),
        ([], []),
    ],
)
def test_codes_that_may_mean_missing(labels: list[str], codes: list[str]) -> None:
    assert missing_codes(labels) == codes


def test_categories_are_listed_with_counts_or_as_a_range() -> None:
    assert categories_note("v", counts(["b", "a", "b", "", "\u200b"]), 2) == "column v: 'b' 2, 'a' 1; missing: 2"
    many = categories_note("v", counts(str(value) for value in range(101)), 0)
    assert many == "column v: 101 different numbers from 0 to 100"
    assert categories_note("v", {}, 3) == "column v: nothing but 3 missing values"


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000", "\u200b", "\ufeff\u200d", "\u2800", "\u3164", "\0", "\x1b", "\ufe0f", "\u00ad"]
)
def test_nothing_to_be_seen(text: str) -> None:
    assert not visible(text)


@pytest.mark.parametrize("text", ["a", "。", "…", "❤️", "\u200bあ", "🏳️‍🌈", "1", "が"])
def test_something_to_be_seen(text: str) -> None:
    assert visible(text)
