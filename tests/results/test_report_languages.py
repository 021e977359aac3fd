"""The report in every language: the same figures, whole sentences, numbers in order beside Arabic words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.__main__ import main
from results.document import numbers, words
from results.document.view import Section, Table
from results.export.folder import Export
from results.export.folder import write as write_export
from results.report.build import Report, build, write
from results.report.pages import lay_out
from tasks.languages import catalogue, tags
from tests.judged import export

pytestmark = pytest.mark.slow

LANGUAGES = words.LANGUAGES
RESAMPLES = 200
ISOLATES = re.compile("[\u2068\u2069]")
NUMBERS = re.compile(r"[\d\s.,%\[\]()−+–/=<>p\N{NO-BREAK SPACE}]*\d[\d\s.,%\[\]()−+–/=<>p\N{NO-BREAK SPACE}]*")
"""A cell that holds figures alone."""


@pytest.fixture(scope="module")
def made() -> Export:
    return export(items=16, raters=3, systems=("base", "human", "tuned"))


@pytest.fixture(scope="module")
def report(made: Export) -> Report:
    return build(made, RESAMPLES)


def cells(sections: tuple[Section, ...]) -> Iterator[str]:
    """Every cell of every table but the first column's, row by row."""
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    yield from row[1:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_of_every_table_are_the_same_characters_in_every_language(report: Report, language: str) -> None:
    english, other = (list(cells(lay_out(report.record, tag).sections)) for tag in ("en", language))
    assert len(english) == len(other)
    figures = [(one, two) for one, two in zip(english, other, strict=True) if NUMBERS.fullmatch(one)]
    assert len(figures) > 100
    assert [pair for pair in figures if pair[0] != pair[1]] == []


def test_record_and_tables_for_programs_have_no_language(report: Report, tmp_path: Path) -> None:
    for language in LANGUAGES:
        write(report, tmp_path / language, language)
    names = ["report.json", *(f"tables/{path.name}" for path in (tmp_path / "en/tables").glob("*.csv"))]
    assert len(names) == 9
    for language in LANGUAGES:
        for name in names:
            assert (tmp_path / language / name).read_bytes() == (tmp_path / "en" / name).read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", [(16, 3), (3, 2), (1, 1)])
def test_no_sentence_keeps_a_value_unfilled(language: str, shape: tuple[int, int]) -> None:
    items, raters = shape
    record = build(export(items=items, raters=raters), RESAMPLES).record
    pages = lay_out(record, language)
    texts = [pages.markdown(), re.sub(r"<style>.*?</style>", "", pages.html(), flags=re.S)]
    assert [found for text in texts for found in re.findall(r"\{\w+\}", text)] == []
    assert list(record.answer) == list(LANGUAGES)
    assert len({len(sentences) for sentences in record.answer.values()}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.floats(-99, 99, allow_nan=False), low=st.floats(-99, 0), high=st.floats(0, 99))
def test_a_signed_number_stands_isolated_where_words_run_from_right_to_left(
    language: str, value: float, low: float, high: float
) -> None:
    shown = {"value": numbers.number(value, sign=True), "interval": numbers.interval(low, high, sign=True)}
    more = dict.fromkeys(("test", "least", "most", "first", "second"), "x")
    sentence = words.word("answer_margin", language, **shown, **more)
    for text in shown.values():
        assert (f"\u2068{text}\u2069" in sentence) == (tags.direction(language) == "rtl")
        assert text in sentence
    assert sentence.count("\u2068") == sentence.count("\u2069")


def test_plural_forms_are_chosen_by_the_number() -> None:
    def counted(language: str, n: int) -> str:
        return ISOLATES.sub("", words.word("count_items", language, n=n))

    assert [counted("en", n) for n in (0, 1, 2)] == ["0 items", "1 item", "2 items"]
    assert [counted("de", n) for n in (1, 2)] == ["1 Gesprächsstelle", "2 Gesprächsstellen"]
    assert len({counted("ar", n).replace(str(n), "") for n in (1, 2, 3, 11, 100)}) == 5  # one, two, few, many, other


def test_an_arabic_page_runs_from_right_to_left_and_its_numbers_do_not(report: Report) -> None:
    pages = lay_out(report.record, "ar")
    html = pages.html()
    assert '<html lang="ar" dir="rtl">' in html
    assert html.count("<td") == html.count('dir="auto">', html.index("<table"))
    assert "svg { direction: ltr; }" in html
    assert not any(ISOLATES.search(text) for text in pages.latex().values())
    figures = [cell for cell in cells(pages.sections) if NUMBERS.fullmatch(cell)]
    assert all(f"\u2068{cell}\u2069" in pages.markdown() for cell in figures)
    for language in ("ja", "en", "de"):
        assert f'<html lang="{language}" dir="ltr">' in lay_out(report.record, language).html()
        assert not ISOLATES.search(lay_out(report.record, language).markdown())


@pytest.mark.parametrize("language", LANGUAGES)
def test_methods_say_what_is_to_be_known_of_the_language(report: Report, language: str) -> None:
    own = {"language": tags.name_of(language, language)}
    said = lay_out(report.record, language).markdown()
    draft, numerals = (words.word(key, language, **own) for key in ("methods_draft", "methods_numbers"))
    assert (draft in said) == catalogue.is_draft(language)
    assert (numerals in said) == (tags.decimal_mark(language) != ".")
    other = tags.name_of("en", language)
    assert (words.word("study_texts", language, **own, other=other) in said) == (language not in ("ja", "en"))


def run(*arguments: Any) -> int:
    return main(["report", *map(str, arguments), "--resamples", "200"])


def test_the_command_writes_the_languages_that_are_named(
    made: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = write_export(made, tmp_path / "export"), tmp_path / "out"
    assert run(folder, "--out", out, "--languages", "de,ar") == 0
    printed = capsys.readouterr().out
    assert "bevorzugt" in (out / "report.md").read_text(encoding="utf-8")
    assert 'dir="rtl"' in (out / "report.ar.html").read_text(encoding="utf-8")
    assert {path.name for path in out.glob("report*")} == {
        "report.json", "report.html", "report.md", "report.ar.html", "report.ar.md",
    }  # fmt: skip
    assert printed.splitlines()[-2:] == [str(out / "report.html"), str(out / "report.ar.html")]
    assert run(folder, "--out", out, "--lang", "en") == 0  # the option's name before there were more languages
    assert '<html lang="en"' in (out / "report.html").read_text(encoding="utf-8")
    assert not (out / "report.ar.html").exists()
    assert run(folder, "--out", out) == 0
    assert '<html lang="ja"' in (out / "report.html").read_text(encoding="utf-8")  # the study's first language


def test_a_language_without_a_report_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(tmp_path, "--out", tmp_path / "out", "--languages", "en,tlh")
    assert stopped.value.code == 2
    assert f"found 'tlh'; allowed: {', '.join(LANGUAGES)}" in capsys.readouterr().err
