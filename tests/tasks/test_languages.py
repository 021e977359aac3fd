"""Languages: tags, the choice for a person, plural forms, and files of words that are whole or told what they lack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.__main__ import main
from tasks.languages import catalogue, tags
from tasks.languages.checking import errors
from tasks.languages.tag import checked

JAPANESE = re.compile(r"[\u3041-\u30ff]")


@pytest.mark.parametrize("tag", ["ja", "en", "de", "ar", "zh-Hans", "zh-Hant", "de-CH", "sr-Latn", "pt-BR"])
def test_a_tag_is_itself(tag: str) -> None:
    assert checked(tag) == tag


@pytest.mark.parametrize(
    ("tag", "said"),
    [("zh-hans", "'zh-Hans'"), ("EN", "'en'"), ("de_DE", "'de-DE'"), ("iw", "'he'"), ("ja ", "BCP 47"), ("", "BCP 47"),
     ("deutsch", "BCP 47"), ("日本語", "BCP 47"), ("und", "BCP 47"), ("xx", "BCP 47")],
)  # fmt: skip
def test_what_is_no_tag_is_told_which_would_be(tag: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        checked(tag)


@pytest.mark.parametrize(
    ("accept", "offered", "best"),
    [
        ("", ("ja", "en"), "ja"),
        ("en-GB,en;q=0.9,ja;q=0.8", ("ja", "en"), "en"),
        ("fr,en;q=0.5", ("ja", "en"), "en"),
        ("fr", ("ja", "en"), "ja"),
        ("zh-TW,zh;q=0.9", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-CN", ("ja", "zh-Hans"), "zh-Hans"),
        ("de-AT", ("en", "de"), "de"),
        ("en;q=0,ja;q=0.1", ("en", "ja"), "ja"),
        ("en;q=much,ar", ("en", "ar"), "ar"),
        ("*", ("de", "en"), "de"),
        ("zh-TW", ("ja", "en", "zh-Hans"), "zh-Hans"),
        ("zh-TW,zh-Hant;q=0.9,en-US;q=0.8", ("ja", "en", "zh-Hans"), "zh-Hans"),
        ("zh-HK,en;q=0.9", ("en", "zh-Hans"), "zh-Hans"),
        ("zh-TW", ("en", "zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-TW,en;q=0.5", ("ja", "en"), "en"),
        ("zh-TW", ("ja", "en"), "ja"),
        ("bo,en", ("en", "zh-Hans"), "en"),
    ],
)
def test_a_person_gets_the_language_that_suits_best(accept: str, offered: tuple[str, ...], best: str) -> None:
    assert tags.best_match(accept, offered) == best


@given(st.text(max_size=60), st.lists(st.sampled_from(["ja", "en", "de", "ar", "zh-Hans"]), min_size=1, unique=True))
def test_whatever_a_browser_says_an_offered_language_is_chosen(accept: str, offered: list[str]) -> None:
    assert tags.best_match(accept, offered) in offered


def test_another_script_is_for_choosing_a_page_and_is_no_other_language() -> None:
    assert tags.readable("zh-Hant", ("en", "zh-Hans")) == "zh-Hans"
    assert tags.readable("zh-TW", ("en",)) is None
    assert tags.closest("zh-TW", ("en", "zh-Hans")) is None, "a study in zh-Hant does not begin with words in zh-Hans"
    assert tags.readable("no tag at all", ("en",)) is None
    assert catalogue.read_in("rating", "zh-Hant") == "zh-Hans"


def test_names_and_directions() -> None:
    assert tags.name_of("de") == "Deutsch"
    assert tags.name_of("ar", "en") == "Arabic"
    assert tags.name_of("zh-Hans", "de") == "Chinesisch (Vereinfacht)"
    assert [tags.direction(tag) for tag in ("ja", "en", "ar", "he", "zh-Hans")] == ["ltr", "ltr", "rtl", "rtl", "ltr"]


def test_plural_forms_are_those_of_cldr() -> None:
    """https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html"""
    assert [tags.plural_category("en", n) for n in (0, 1, 2)] == ["other", "one", "other"]
    assert [tags.plural_category("ar", n) for n in (0, 1, 2, 3, 11, 100)] == [
        "zero", "one", "two", "few", "many", "other",
    ]  # fmt: skip
    assert tags.plural_categories("ja") == {"other"}
    text = {"one": "{n} pair", "other": "{n} pairs"}
    assert [catalogue.fill(catalogue.form(text, "en", {"n": n}), {"n": n}) for n in (1, 3)] == ["1 pair", "3 pairs"]
    assert catalogue.form(text, "en", {}) == "{n} pairs"


@pytest.mark.parametrize("tag", catalogue.written())
def test_every_file_is_whole(tag: str) -> None:
    assert errors(catalogue.FOLDER / f"{tag}.yaml") == []


def test_japanese_is_japanese_and_no_other_file_holds_any() -> None:
    wrong = [
        f"{tag}: {section}.{key}"
        for tag in catalogue.written()
        for section in catalogue.sections(tag)
        for key, text in catalogue.words(section, tag).items()
        if tag != "ja" and JAPANESE.search(str(text)) and key not in ("page.other", "menu.language")
    ]
    assert wrong == []
    assert all(JAPANESE.search("".join(map(str, catalogue.words(s, "ja").values()))) for s in catalogue.sections("ja"))


MODEL = """\
language: en
status: original
rating:
  hello: "Hello {name}"
  pairs: {one: "{n} pair of {total}", other: "{n} pairs of {total}"}
  bye: "Bye"
"""
WHOLE = """\
language: ar
status: draft
rating:
  hello: "x {name}"
  pairs: {zero: "x {total}", one: "x {total}", two: "x {total}", few: "{n} {total}",
    many: "{n} {total}", other: "{n} {total}"}
  bye: "x"
"""


@pytest.mark.parametrize(
    ("change", "into", "said"),
    [
        ('  bye: "x"\n', "", "ar.yaml, rating: without bye; allowed: every key"),
        ('bye: "x"', 'bye: ""', "ar.yaml line 7, rating.bye: is empty"),
        ('bye: "x"', 'by: "x"', "ar.yaml line 7, rating.by: unknown key"),
        ('bye: "x"', 'bye: "x {n}"', "ar.yaml line 7, rating.bye: found the values {n}; allowed: none"),
        ("x {name}", "x {nane}", "ar.yaml line 4, rating.hello: found the values {nane}; allowed: {name}"),
        ("x {name}", "x", "ar.yaml line 4, rating.hello: found the values none; allowed: {name}"),
        (
            'two: "x {total}", ',
            "",
            "the plural forms zero, one, few, many, other; allowed: few, many, one, other",
        ),
        ("{n} {total}", "{n}", "rating.pairs.few: found the values {n}; allowed: {n}, {total}"),
        ("status: draft\n", "", "ar.yaml, status: is missing"),
        ("draft", "done", "ar.yaml, status: found 'done'; allowed: original, reviewed, draft"),
        ("language: ar", "language: de", "ar.yaml, language: found 'de'; allowed: 'ar', as the file is called"),
        ("rating:", "ratings:", "ar.yaml, ratings: unknown section; allowed: rating"),
        ('  bye: "x"\n', '  bye: "x"\n  bye: "y"\n', "ar.yaml line 8, rating.bye: stands twice"),
        ("rating:", "rating: [", "ar.yaml: cannot be read"),
    ],
)
def test_a_file_that_is_not_whole_is_told_where(tmp_path: Path, change: str, into: str, said: str) -> None:
    model, path = tmp_path / "model.yaml", tmp_path / "ar.yaml"
    model.write_text(MODEL, encoding="utf-8")
    path.write_text(WHOLE, encoding="utf-8")
    assert errors(path, model) == []
    path.write_text(WHOLE.replace(change, into), encoding="utf-8")
    assert any(said in error for error in errors(path, model)), errors(path, model)


def test_a_section_without_the_words_it_reads_too_is_told(tmp_path: Path) -> None:
    head, report, reasons = "language: {}\nstatus: draft\n", 'report:\n  a: "x"\n', 'reasons:\n  b: "x"\n'
    model, path = tmp_path / "en.yaml", tmp_path / "de.yaml"
    model.write_text(head.format("en") + report + reasons, encoding="utf-8")
    path.write_text(head.format("de") + report, encoding="utf-8")
    assert errors(path, model) == ["de.yaml, report: without the section reasons, which its pages read too"]
    path.write_text(head.format("de") + reasons, encoding="utf-8")
    assert errors(path, model) == []


def test_values_in_a_sentence_lists_and_decimals_are_the_readers() -> None:
    assert [tags.isolated("−0.5", tag) for tag in ("ar", "en")] == ["\u2068−0.5\u2069", "−0.5"]
    assert [tags.decimal_mark(tag) for tag in ("en", "ja", "de")] == [".", ".", ","]
    assert [tags.listed(["A", "B", "C"], tag) for tag in ("en", "de", "ja")] == ["A, B, and C", "A, B und C", "A、B、C"]
    assert tags.listed([], "en") == ""


@pytest.mark.slow
def test_the_command_lists_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", "list"]) == 0
    assert "ja\t日本語\toriginal\trating, " in capsys.readouterr().out
    assert main(["languages", "check"]) == 0
    assert "en.yaml: whole" in capsys.readouterr().out
    path = tmp_path / "de.yaml"
    path.write_text('language: de\nstatus: draft\nrating:\n  mark.first: ""\n', encoding="utf-8")
    assert main(["languages", "check", str(path)]) == 2
    assert "de.yaml line 4, rating.mark.first: is empty" in capsys.readouterr().err
