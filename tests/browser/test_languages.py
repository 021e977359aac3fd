"""The rating page in other languages: the whole road in German alone, and in Arabic beside English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tasks.schema import Words
from tests.browser.combinations import long
from tests.browser.conftest import Open, answer, saved, view
from tests.browser.languages import DIALOGUES, spoken
from tests.browser.serving import Studio, serving
from tests.browser.test_looks import axe

pytestmark = pytest.mark.browser
KEYS = "12345"
PROVENANCE = Words(ar="كُتبت الحوارات لهذا الاختبار.", en="The dialogues were written for this test.")
SIDED = {"1": ("first", 2), "2": ("first", 1), "3": (None, 0), "4": ("second", 1), "5": ("second", 2)}
"""Key -> (side chosen, strength): in reading order, in every language."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder: Path = tmp_path_factory.mktemp("languages")
    told = spoken("en", "ar").model_copy(update={"provenance": PROVENANCE})
    studies = (spoken("de"), spoken("ar", "en", items=5), spoken("de", "ar", "en"), told)
    with serving(folder, *studies) as running:
        yield running


def begin(page: Any) -> None:
    """Agree, pass over practice."""
    assert view(page) == "consent"
    page.check("#agree")
    page.click("#consent-form .primary")
    answer(page, "32222")
    page.click("#save")
    page.wait_for_selector("[data-shown=feedback]:not([hidden])")
    page.click("[data-shown=feedback] .primary")
    page.wait_for_selector("section[data-shown=pair]:not([hidden])")


def wide(page: Any) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def unspoken(page: Any) -> list[str]:
    """Elements whose words are no text of the page, such as a key without one."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#studio [data-w]')].map(e => e.textContent)"
        ".filter(t => !t || /^[a-z]+(\\.[a-z_]+)+$|[{}]|undefined/.test(t))"
    )
    return found


@pytest.mark.parametrize(
    ("languages", "direction", "phone"),
    [("de", "ltr", False), ("ar-en", "rtl", True), long("de", "ltr", True), long("ar-en", "rtl", False)],
)
def test_a_study_is_judged_from_consent_to_thanks(
    opened: Open, studio: Studio, languages: str, direction: str, phone: bool
) -> None:
    first = languages.split("-")[0]
    page = opened(languages, phone=phone, locale=first)
    page.wait_for_selector("#rating #studio")
    root = page.locator("#studio")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (first, direction)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [first, direction]
    faults = axe(page, "consent")
    begin(page)
    for _ in range(3):
        answer(page)
        assert wide(page) <= 0
        faults += axe(page, "pair")
        page.click("#save")
        saved(page)
    if languages == "de":
        page.wait_for_selector("[data-shown=end]:not([hidden])")
        faults += axe(page, "end")
        assert page.locator("#studio [data-do=language]").count() == 0, "there is nothing to change to"
    assert not unspoken(page)
    assert faults == []


def judged(studio: Studio, study_id: str) -> list[tuple[str | None, int]]:
    """(side of the system chosen, strength) of every stored preference, in the order stored."""
    asked = (
        "SELECT j.value, j.chosen_system, a.first_system FROM judgments j JOIN assignments a "
        "ON a.assignment_id = j.assignment_id AND a.study_id = j.study_id "
        "WHERE j.criterion = 'preference' AND j.study_id = :study AND a.kind = 'main' ORDER BY j.seq"
    )
    with studio.service.store.read() as connection:
        rows = connection.execute(text(asked), {"study": study_id}).all()
    return [
        (None if chosen is None else "first" if chosen == first else "second", int(value))
        for value, chosen, first in rows
    ]


@pytest.mark.parametrize("way", ["key", "place"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_same_choice_is_the_same_judgment_in_both_directions(
    opened: Open, studio: Studio, language: str, way: str
) -> None:
    """Keys count in reading order; the point next to a response is for it, on whichever side of the screen it is."""
    page = opened("ar-en", locale=language)
    before = len(judged(studio, "ar-en"))
    begin(page)
    for key in KEYS:
        page.wait_for_selector("section[data-shown=pair]:not([hidden])")
        if way == "key":
            answer(page, f"{key}2222")
        else:
            points = page.locator("[data-criterion=preference] .point")
            places = [points.nth(n).bounding_box()["x"] for n in range(5)]
            cards = [page.locator(f"#text-{side}").bounding_box()["x"] for side in ("first", "second")]
            from_left = sorted(range(5), key=places.__getitem__)
            in_order = from_left if cards[0] < cards[1] else from_left[::-1]
            points.nth(in_order[int(key) - 1]).click()
            for row in ("question_amount", "empathy"):
                for side in ("first", "second"):
                    page.locator(f"[data-criterion={row}][data-side={side}] .point").nth(1).click()
        page.click("#save")
        saved(page)
    assert judged(studio, "ar-en")[before:] == [SIDED[key] for key in KEYS]


def test_three_languages_are_chosen_from_a_menu_and_kept_for_every_device(opened: Open, studio: Studio) -> None:
    link = studio.link("de-ar-en")
    page = opened(link=link, locale="fr")
    assert page.locator("#studio").get_attribute("lang") == "de", (
        "the study's first, where the browser's is not offered"
    )
    page.wait_for_selector("#rating #studio")
    page.click("header [data-do=languages]")
    names = page.locator("#languages [data-language]")
    assert names.all_inner_texts() == ["Deutsch", "العربية", "English"]
    assert [names.nth(n).get_attribute("lang") for n in range(3)] == ["de", "ar", "en"]
    assert page.locator("#languages [aria-current=true]").all_inner_texts() == ["Deutsch"]
    faults = axe(page, "languages")
    page.click("#languages [data-language=ar]")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.locator("header [data-do=languages]").inner_text() == "العربية"
    assert page.locator("#languages [aria-current=true]").text_content() == "العربية"
    page.wait_for_load_state("networkidle")
    again = opened(link=link, locale="de")
    assert again.locator("#studio").get_attribute("lang") == "ar"
    assert faults == []


def test_what_is_said_of_a_practice_pair_changes_with_the_language_and_outlives_a_reload(opened: Open) -> None:
    """Its text and the rater's own answers in words, until the rater goes on; then it is gone."""
    page = opened("ar-en", locale="ar")
    page.check("#agree")
    page.click("#consent-form .primary")
    answer(page, "32222")
    page.click("#save")
    page.wait_for_selector("[data-shown=feedback]:not([hidden])")
    told = spoken("ar", "en", items=5).practice[0].feedback

    def shown() -> tuple[str, list[str]]:
        return str(page.locator("#feedback-text").text_content()), page.locator("#feedback-yours li").all_inner_texts()

    arabic, own = shown()
    assert arabic == told.text("ar")
    page.click("#other-language")
    english, translated = shown()
    assert english == told.text("en")
    assert len(translated) == len(own)
    assert set(translated).isdisjoint(own)
    page.wait_for_load_state("networkidle")
    page.reload()
    page.wait_for_selector("[data-shown=feedback]:not([hidden])")
    assert shown() == (english, translated)
    page.click("[data-shown=feedback] .primary")
    page.wait_for_selector("section[data-shown=pair]:not([hidden])")
    page.reload()
    page.wait_for_selector("section[data-shown=pair]:not([hidden])")
    assert page.locator("[data-shown=feedback]").is_hidden()


def test_where_the_dialogues_come_from_changes_with_the_language(opened: Open, studio: Studio) -> None:
    """It is told after the end, once the study is closed."""
    page = opened("en-ar", locale="ar")
    begin(page)
    for _ in range(3):
        answer(page)
        page.click("#save")
        saved(page)
    page.wait_for_selector("[data-shown=end]:not([hidden])")
    studio.service.close_study("en-ar")
    page.reload()
    page.wait_for_selector("#sources:not([hidden])")
    assert page.locator("#sources-text").text_content() == PROVENANCE.text("ar")
    page.click("#other-language")
    assert page.locator("#sources-text").text_content() == PROVENANCE.text("en")


def test_both_responses_are_marked_alike_and_translated_together(opened: Open) -> None:
    """Neither language, font nor direction tells one from the other, before and after a change of language."""
    page = opened("ar-en", locale="ar")
    begin(page)
    marked = "['first', 'second'].map(s => { const t = document.getElementById('text-' + s), c = getComputedStyle(t);"
    marked += "return [t.lang, t.dir, c.fontFamily, c.direction, c.textAlign].join() })"

    def translations() -> list[str]:
        """Those in sight."""
        texts: list[str] = page.evaluate(
            "[...document.querySelectorAll('.card .translation span')].filter(e => e.getClientRects().length)"
            ".map(e => e.textContent)"
        )
        return texts

    first, second = page.evaluate(marked)
    assert first == second
    assert first.startswith("ar,rtl,")
    assert translations() == []
    page.click("#other-language")
    assert page.evaluate(marked) == [first, second]
    assert sorted(translations()) == sorted(DIALOGUES["en"][1])
    assert page.locator(".turn .translation span").all_inner_texts() == list(DIALOGUES["en"][0])
    page.click("#other-language")
    page.evaluate("document.querySelector('[data-do=menu]').click()")
    page.check("#translations-on")
    page.keyboard.press("Escape")
    assert sorted(translations()) == sorted(DIALOGUES["en"][1]), "in Arabic too, once asked for"
