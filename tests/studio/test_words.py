"""The rating page's words: every key used, none that unblinds, and no words outside the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from studio.pages.rating.view import form
from studio.pages.rating.words import texts
from studio.service.records import ShownCriterion
from studio.service.view import StudyView
from tasks.languages.catalogue import fill, languages, words
from tasks.study.wording.templates import template
from tests import studio_world as w

PAGE = Path(__file__).parents[2] / "studio" / "pages" / "rating"
SOURCES = [*PAGE.glob("templates/*.html"), *PAGE.glob("static/*.js"), *PAGE.glob("*.py")]
RATERS = [
    path
    for folder in ("service", "web", "store", "demo")
    for path in (PAGE.parents[1] / folder).rglob("*.py")
    if "migrations" not in path.parts
] + [PAGE.parents[1] / "documents" / "invitations.py"]
OTHER_SCRIPT = re.compile(r"[\u3001-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0600-\u06ff]")
FLAGS = {True: re.NOFLAG, False: re.IGNORECASE}
"""An abbreviation is one in capitals alone."""
UNBLINDING = (
    "AI", "モデル", "ユーザー", "正解", "model", "models", "baseline", "tuned", "modell", "modelle",
    "KI", "IA", "modelo", "modelos", "modèle", "modèles",
    "نموذج", "نماذج", "ذكاء", "模型", "人工智能", "모델", "인공지능",
)  # fmt: skip
"""Words that tell a rater what is compared, or test the rater."""
SEEN = ("rating", "refusals", "apologies", "letters", "data")
"""Sections that raters read."""


def test_no_word_of_the_page_tells_what_is_compared() -> None:
    found = [
        (key, word)
        for section in SEEN
        for language in languages(section)
        for key, text in words(section, language).items()
        for word in UNBLINDING
        if re.search(
            rf"(?<![^\W_]){word}(?![^\W_])" if word.isascii() or "è" in word else word, str(text), FLAGS[word.isupper()]
        )
    ]
    assert not found


def test_raters_read_every_section_in_the_same_languages() -> None:
    assert set(languages("rating")) >= {"ja", "en", "zh-Hans", "ko", "de", "es", "fr", "ar"}
    for section in SEEN:
        assert languages(section) == languages("rating"), section


def test_no_text_in_another_script_is_written_outside_the_catalogue() -> None:
    wrong = [
        f"{path.name}:{number}"
        for path in (*SOURCES, *RATERS)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if OTHER_SCRIPT.search(line) and path.name != "tokens.py"  # the signs that mail programs put around links
    ]
    assert not wrong, wrong


def test_no_code_for_raters_knows_one_language_from_another() -> None:
    """A literal tag is a text that is said in some languages alone."""
    found = {
        (path.name, literal)
        for path in (*SOURCES, *RATERS)
        for literal in re.findall(
            r"""(?<!lang=)["'`](ja|en|de|ar|ko|es|fr|zh-Hans)["'`]""", path.read_text(encoding="utf-8")
        )
    }
    assert found == OLD_PAGES | FOR_OPERATORS


OLD_PAGES = {("records.py", "ja"), ("records.py", "en")}
"""`Fault` keeps the sentence of both languages of version 0.1.0, whose pages wait on phones."""
FOR_OPERATORS = {("serving.py", "en"), ("conduct.py", "en")}
"""What a command line prints is English."""


def test_neutral_marks_say_no_order_of_rank() -> None:
    for language in languages("rating"):
        said = words("rating", language)
        marks = [said["mark.first"], said["mark.second"]]
        assert [len(str(mark)) for mark in set(marks)] == [1, 1]
        assert not {*marks} & set("12AB甲乙가나أب")
        for side, mark in zip(("first", "second"), marks, strict=True):
            assert mark == said[f"blinding.{side}"] == said[f"you.{side}"]
            assert str(mark) in str(said[f"response.{side}"])
            assert str(said[f"row.{side}"]).startswith(str(mark))


def test_templates_hold_no_text_of_their_own() -> None:
    """Whatever stands between tags comes from the catalogue; the entity-free rest is punctuation."""
    wrong = []
    for path in PAGE.glob("templates/*.html"):
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>", "", path.read_text("utf-8"), flags=re.S)
        for text in re.findall(r">([^<]+)<", source):
            if re.search(r"[A-Za-z]{2,}", text) and text.strip() not in ("Enter",):
                wrong.append(f"{path.name}: {text.strip()}")
    assert not wrong, wrong


def test_every_key_used_exists_and_every_key_is_used() -> None:
    whole = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    literal = set(re.findall(r"""["'`]([a-z]+(?:\.[a-z_]+)+)["'`]""", whole))
    known = set(words("rating", "en"))
    used = {key for key in literal if key.split(".")[0] in {k.split(".")[0] for k in known}}
    files = {path.name for path in PAGE.glob("*/*")} | {path.name for path in PAGE.glob("*.py")}
    assert not used - known - files - {"event.target"}
    built = {"mark", "response", "role", "row", "theme", "leave", "answers", "blinding", "you"}
    unused = {key for key in known - literal if key.split(".")[0] not in built}
    assert not unused, unused


def test_the_templates_of_the_study_speak_both_languages() -> None:
    for name in ("quick", "full"):
        facts = StudyView(w.study(criteria=template(name))).facts(demonstration=False)
        made = texts(facts)
        assert set(made["ja"]) == set(made["en"])
        drawn = form(facts.criteria)
        rows = [*drawn.choice, *drawn.scales, *drawn.toggles, *drawn.pair_toggles]
        assert {row.words for row in rows} <= set(made["ja"])
        assert {point.words for row in rows for point in row.points} <= set(made["ja"])


def test_quick_asks_five_answers_and_full_eleven() -> None:
    for name, answers in (("quick", 5), ("full", 11)):
        drawn = form([ShownCriterion.of_criterion(criterion) for criterion in template(name)])
        assert sum(len(row.sides) for row in (*drawn.choice, *drawn.scales) if row.required) == answers


def test_fill_replaces_named_values_only() -> None:
    assert fill("{n} / {total} {other}", {"n": 3, "total": 40}) == "3 / 40 {other}"
