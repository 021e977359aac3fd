"""Scripts of texts, and the language a text is taken to be in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.languages.catalogue import written
from tasks.languages.scripts import script_of, shares, unbroken, written_in

TEXTS = {
    "ja": "眠れない日が続いています。", "zh-Hans": "我最近一直睡不着觉。", "ko": "요즘 잠을 잘 수가 없어요.",
    "ar": "لا أستطيع النوم هذه الأيام.",
    "de": "Ich schlafe zurzeit kaum.", "ru": "Я плохо сплю.", "he": "אני לא ישן.", "en": "I hardly sleep these days.",
}  # fmt: skip
SCRIPTS = {"ja": "Jpan", "zh-Hans": "Hani", "zh-Hant": "Hani", "ko": "Hang", "ar": "Arab", "de": "Latn", "ru": "Cyrl"}


@pytest.mark.parametrize(("language", "script"), SCRIPTS.items())
def test_languages_and_their_texts_have_one_script(language: str, script: str) -> None:
    assert script_of(language) == script
    if language in TEXTS:
        assert next(iter(shares([TEXTS[language]]))) == script


@pytest.mark.parametrize("language", [tag for tag in TEXTS if tag != "de"])
def test_a_text_is_in_the_usual_language_of_its_script_where_the_study_has_none(language: str) -> None:
    assert written_in([TEXTS[language]], ["th"]) == language


def test_a_text_is_in_the_first_language_of_the_study_that_is_written_so() -> None:
    assert written_in([TEXTS["en"]], ["ar", "de", "en"]) == "de", "the script alone tells nothing more"
    assert written_in([TEXTS["ar"]], ["de", "ar"]) == "ar"
    assert written_in(["1, 2 …"], ["ar", "de"]) == written_in([], ["ar", "de"]) == "ar"


def test_chinese_characters_with_kana_are_japanese_and_a_borrowed_word_changes_nothing() -> None:
    assert shares(["お電話"]) == {"Jpan": 1.0}
    assert shares(["电话"]) == {"Hani": 1.0}
    assert next(iter(shares(["これはDeutschの文です。とても長いです。"]))) == "Jpan"


@given(st.lists(st.text(max_size=40), max_size=5))
def test_shares_add_up_to_one_or_there_are_none(texts: list[str]) -> None:
    found = shares(texts)
    assert sum(found.values()) == pytest.approx(1.0) if found else not any(map(str.isalpha, "".join(texts)))
    assert list(found.values()) == sorted(found.values(), reverse=True)


@given(st.text(max_size=60), st.lists(st.sampled_from(["de", "ar", "ja", "en", "zh-Hant"]), min_size=1, max_size=4))
def test_any_text_is_in_some_language(text: str, languages: list[str]) -> None:
    assert written_in([text], languages)


@pytest.mark.parametrize("language", written())
def test_every_language_of_the_interface_has_a_script(language: str) -> None:
    assert script_of(language) != "Zzzz"


def test_lines_end_at_spaces_and_between_kana_and_han() -> None:
    assert unbroken("well kept") == ["well", "kept"]
    assert unbroken("12\u00a0of\u00a030") == ["12\u00a0of\u00a030"], "a hard space keeps a line"
    assert unbroken("聞く人") == ["聞", "く", "人"]
    assert unbroken("α値 0.5") == ["α値", "0.5"], "no line ends between a letter and a han"
