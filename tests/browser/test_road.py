"""The whole road of a rater on the real page: both languages, desktop and phone, by hand and by keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.conftest import Open, answer, saved, view
from tests.browser.serving import Studio

pytestmark = pytest.mark.browser


def press(page: Any, words: str) -> None:
    page.locator("[data-shown]:not([hidden]) button", has_text=words).first.click()


def choose(page: Any, criterion: str, side: str, value: int) -> None:
    page.locator(f"[data-criterion={criterion}][data-side={side}] .point:has(input[value='{value}'])").click()


def judge_by_hand(page: Any) -> None:
    choose(page, "preference", "pair", -1)
    for side in ("first", "second"):
        choose(page, "question_amount", side, 0)
        choose(page, "empathy", side, 2)
    page.click("#save")


@pytest.mark.parametrize(("phone", "language"), [(False, "ja"), (True, "en")])
def test_from_link_to_thank_you_by_hand(opened: Open, studio: Studio, phone: bool, language: str) -> None:
    page = opened("whole", phone=phone)
    if language == "en":
        page.click("#other-language")
    assert page.evaluate("document.documentElement.lang") == language
    words = {"ja": ("はじめる", "次へ", "つづける"), "en": ("Start", "Next", "Go on")}[language]
    page.wait_for_selector("#rating #studio")  # the page has moved into Gradio's
    page.check("#agree")
    press(page, words[0])
    page.wait_for_selector("[data-shown=profile]:not([hidden])")
    press(page, words[1])
    page.wait_for_selector("[data-shown=pair]:not([hidden])")
    assert page.locator("#banner").is_visible()
    judge_by_hand(page)
    page.wait_for_selector("[data-shown=feedback]:not([hidden])")
    press(page, words[1])
    for number in range(4):
        page.wait_for_selector("[data-shown=pair]:not([hidden])")
        judge_by_hand(page)
        if number == 1:
            page.wait_for_selector("[data-shown=pause]:not([hidden])")
            press(page, words[2])
    page.wait_for_selector("[data-shown=blinding]:not([hidden])")
    press(page, words[2])
    for _ in range(2):
        page.wait_for_selector("[data-shown=pair]:not([hidden])")
        choose_blinding(page)
    page.wait_for_selector("[data-shown=end]:not([hidden])")
    page.fill("#feedback", "読みやすかったです。")
    page.click("#finish-form .primary")
    page.wait_for_selector("#finish-said:not([hidden])")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('studio:')).length") == 0
    done = [row for row in studio.service.progress("whole") if row.finished_at]
    assert all(row.done == row.total == 4 for row in done)
    assert done


def choose_blinding(page: Any) -> None:
    before = page.locator("#text-first").text_content()
    page.locator("[data-criterion=blinding] .point:has(input[value='cannot_tell'])").click()
    page.click("#save")
    page.wait_for_function(
        "before => document.getElementById('studio').dataset.view === 'end' || "
        "document.getElementById('text-first').textContent !== before || "
        "!document.querySelector('[data-criterion=blinding] :checked')",
        arg=before,
    )


def test_from_link_to_thank_you_by_keyboard_alone(opened: Open) -> None:
    page = opened("whole")
    reach(page, "#agree")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-shown=profile]:not([hidden])")
    reach(page, "#profile-form .primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-shown=pair]:not([hidden])")
    keys_used = 0
    for _ in range(40):
        before = page.locator("#studio").inner_text()
        if view(page) == "end":
            break
        if view(page) == "pair":
            blinding = page.locator("[data-form=blinding]").is_visible()
            keys = ["2"] if blinding else list("12233")
            for key in [*keys, "Enter"]:
                page.keyboard.press(key)
            keys_used = keys_used or len(keys) + 1
        else:
            page.keyboard.press("Enter")
        page.wait_for_function("before => document.getElementById('studio').innerText !== before", arg=before)
    assert view(page) == "end"
    assert keys_used == 6, "a pair of `quick` takes five answers and one key to save"


def reach(page: Any, selector: str) -> None:
    """Tab until the element has the focus."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with Tab")


def test_the_language_changes_without_losing_what_was_chosen_and_written(opened: Open) -> None:
    page = opened()
    answer(page, "1")
    page.fill(".comment textarea", "途中のことば")
    page.click("#other-language")
    assert page.locator("#save").inner_text().startswith("Save and continue")
    assert page.locator("#mark-first .chip").inner_text() == "X"
    assert page.locator("[data-criterion=preference] :checked").get_attribute("value") == "-2"
    assert page.locator(".comment textarea").input_value() == "途中のことば"
    page.reload()
    page.wait_for_selector("#studio[data-ready]")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator(".comment textarea").input_value() == "途中のことば"


def test_undo_reopens_the_last_pair_with_the_same_sides(opened: Open) -> None:
    page = opened()
    first = [page.locator(f"#text-{side}").text_content() for side in ("first", "second")]
    answer(page)
    page.keyboard.press("Enter")
    saved(page)
    page.keyboard.press("u")
    assert [page.locator(f"#text-{side}").text_content() for side in ("first", "second")] == first
    assert page.locator("[data-criterion=preference] :checked").get_attribute("value") == "-2"
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('studio').dataset.saving === 'saved.revised'")
    assert page.locator("#count").inner_text() == "1 / 12"


def test_my_answers_reopens_an_answer_for_revision(opened: Open, studio: Studio) -> None:
    page = opened()
    answer(page, "52233")
    page.keyboard.press("Enter")
    saved(page)
    page.click("[data-do=answers]")
    page.locator("#answers-list button").first.click()
    page.wait_for_selector("#cancel:not([hidden])")
    assert page.locator("[data-criterion=preference] :checked").get_attribute("value") == "2"
    page.click("#cancel")
    assert page.locator("#banner").is_hidden()


def test_what_is_missing_is_named_and_nothing_is_saved(opened: Open) -> None:
    page = opened()
    answer(page, "1")
    page.keyboard.press("Enter")
    assert page.locator(".row.missing").count() == 4
    assert "イ：共感" in page.locator("#state").inner_text()
    assert page.locator("#count").inner_text() == "0 / 12"


@pytest.mark.parametrize("leaving", ["cannot", "skip"])
def test_leaving_a_pair_goes_on_and_counts_as_done(opened: Open, leaving: str) -> None:
    page = opened()
    page.click("[data-do=leaving]:visible")
    page.click(f"#leaving [data-do={leaving}]")
    saved(page)
    assert page.locator("#count").inner_text() == "1 / 12"


def test_keys_stay_still_while_an_ime_composes_and_can_be_switched_off(opened: Open) -> None:
    page = opened()
    press_in = (
        "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, isComposing: true}))"
    )
    page.evaluate(press_in, "1")
    page.locator(".comment textarea").focus()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    assert page.locator("#form .row :checked").count() == 0
    assert page.locator(".comment textarea").input_value() == "1\n"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert page.locator("#form .row :checked").count() == 0


def test_the_whole_history_is_one_key_away_and_keeps_its_place(opened: Open) -> None:
    page = opened(phone=True)
    while not page.locator("#unfold").is_visible():
        page.evaluate("document.querySelector('[data-do=skip]').click()")
        saved(page)
    hidden = page.locator(".turn[hidden]").count()
    assert hidden > 1
    page.click("#unfold")
    assert page.locator(".turn[hidden]").count() == 0
    page.click("#unfold")
    assert page.locator(".turn[hidden]").count() == hidden


def test_a_rater_withdraws_after_saying_so_twice(opened: Open, studio: Studio) -> None:
    page = opened("plain")
    page.wait_for_selector("#rating #studio")
    code = page.evaluate("JSON.parse(document.getElementById('studio-state').textContent).state.rater.code")
    answer(page)
    page.click("[data-do=menu]")
    page.click("[data-do=withdrawing]")
    assert page.locator("#withdraw").is_disabled()
    page.check("#withdraw-sure")
    page.click("#withdraw")
    page.wait_for_function("document.getElementById('studio').dataset.view === 'end'")
    assert "取り消しました" in page.inner_text("#end-text")
    page.reload()
    assert "取り消しました" in page.inner_text("#end-text")
    assert page.inner_text("#claim-code") == code  # for payment
    rows = {row.rater: row for row in studio.service.progress("plain")}
    assert rows[code].withdrawn
    kept = page.evaluate("Object.keys(localStorage).filter(key => key.includes('draft') || key.includes('outbox'))")
    assert kept == []


def test_a_qr_code_leads_another_device_to_the_same_place(opened: Open, browser: Any) -> None:
    page = opened("plain")
    page.wait_for_selector("#rating #studio")
    page.click("[data-do=menu]")
    page.click("[data-do=device]")
    with page.expect_response(lambda reply: "component_server" in reply.url) as heard:
        page.click("[data-do=code]")
    page.wait_for_selector("#device-image", state="visible")
    assert page.evaluate("document.getElementById('device-image').naturalWidth") > 50
    link = re.search(r"https?://[^\"\\]+/e/[\w-]+", heard.value.text())
    assert link is not None
    other = browser.new_context(locale="ja-JP").new_page()
    other.goto(link[0])
    other.wait_for_selector("#studio[data-ready]", state="attached")
    mine, theirs = (
        one.evaluate("JSON.parse(document.getElementById('studio-state').textContent).state.rater.code")
        for one in (page, other)
    )
    assert mine == theirs
    other.context.close()


def test_translations_are_for_those_who_ask_for_them(opened: Open) -> None:
    page = opened("whole")
    page.wait_for_selector("#rating #studio")  # the page has moved into Gradio's
    page.check("#agree")
    page.click("#consent-form .primary")
    page.click("#profile-form .primary")
    page.wait_for_selector("[data-shown=pair]:not([hidden])")
    assert not page.locator("#turns .translation").first.is_visible()
    page.click("[data-do=menu]")
    page.check("#translations-on")
    page.keyboard.press("Escape")
    assert page.locator("#turns .translation").last.is_visible()
