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
JAPANESE = re.compile(r"[\u3001-\u30ff\u4e00-\u9fff]")
UNBLINDING = ("AI", "モデル", "ユーザー", "正解", "model", "baseline", "tuned")
"""Words that tell a rater what is compared, or test the rater."""


def test_no_word_of_the_page_tells_what_is_compared() -> None:
    found = [
        (key, word)
        for language in languages("rating")
        for key, text in words("rating", language).items()
        for word in UNBLINDING
        if re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", str(text))
    ]
    assert not found


def test_no_japanese_is_written_outside_the_catalogue() -> None:
    wrong = [
        f"{path.name}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if JAPANESE.search(line)
    ]
    assert not wrong, wrong


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
