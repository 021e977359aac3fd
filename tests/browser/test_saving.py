"""Nothing is lost and nothing is doubled: network cuts, double clicks, reloads, tabs, the back button, two devices."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from tests.browser.conftest import DESKTOP, Open, answer, saved, view
from tests.browser.serving import Studio

pytestmark = pytest.mark.browser


def stored(studio: Studio, page: Any) -> list[tuple[str, int]]:
    """(assignment, submissions of it) of the page's rater, as the log has them."""
    code = page.evaluate("JSON.parse(document.getElementById('studio-state').textContent).state.rater.code")
    with studio.service.store.read() as connection:
        rows = connection.execute(text("SELECT actor, payload FROM events WHERE kind = 'submitted' ORDER BY seq")).all()
    counts: dict[str, int] = {}
    for actor, payload in rows:
        if actor == code:
            body = json.loads(payload) if isinstance(payload, str) else payload
            counts[body["assignment_id"]] = counts.get(body["assignment_id"], 0) + 1
    return list(counts.items())


def test_a_cut_network_keeps_answers_and_sends_them_once(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    page.wait_for_selector("#rating #studio")
    page.context.set_offline(True)
    for number in range(3):
        answer(page)
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.getElementById('track').getAttribute('aria-valuenow') === '{number + 1}'")
    assert view(page) == "waiting"
    page.wait_for_function("document.getElementById('studio').dataset.saving === 'saved.kept'")
    assert "3" in page.locator("#state").text_content()
    page.context.set_offline(False)
    page.wait_for_selector("[data-shown=pair]:not([hidden])")
    page.wait_for_function("!Object.keys(localStorage).some(key => key.includes(':out:'))")
    assert page.locator("#count").inner_text() == "3 / 12"
    assert [count for _, count in stored(studio, page)] == [1, 1, 1]


def test_a_save_brings_one_new_pair_and_the_page_shows_them_all(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    new, seen = [], []
    for _ in range(4):
        answer(page)
        seen.append(page.locator("#text-first").text_content())
        with page.expect_response("**/component_server") as heard:
            page.keyboard.press("Enter")
        told = heard.value.json()["state"]
        assert "study" not in told
        new.append([number for number, pair in enumerate(told["pairs"]) if "turns" in pair])
        saved(page)
    assert new == [[2]] * 4, "of the three pairs a page holds, the last is new"
    assert len(set(seen)) == 4


def test_an_answer_whose_receipt_was_lost_is_stored_once(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    lost: list[Any] = []

    def lose(route: Any) -> None:
        if not lost and '"submit"' in (route.request.post_data or ""):
            lost.append(route.fetch().json())  # the server has it; the page never hears so
            route.abort()
        else:
            route.continue_()

    page.route("**/component_server", lose)
    answer(page)
    page.keyboard.press("Enter")
    saved(page)
    assert lost[0]["saved"]
    assert [count for _, count in stored(studio, page)] == [1]


def test_unsent_answers_survive_a_reload(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    page.route("**/component_server", lambda route: route.abort())
    answer(page)
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('studio').dataset.saving === 'saved.kept'")
    page.unroute("**/component_server")
    page.reload()
    page.wait_for_selector("#studio[data-ready]")
    saved(page)
    assert page.locator("#count").inner_text() == "1 / 12"
    assert [count for _, count in stored(studio, page)] == [1]


def test_a_double_click_saves_one_pair_and_leaves_the_next_alone(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    answer(page)
    page.dblclick("#save")
    saved(page)
    page.wait_for_timeout(300)
    assert page.locator("#count").inner_text() == "1 / 12"
    assert [count for _, count in stored(studio, page)] == [1]


def test_a_draft_survives_reload_and_the_back_button(opened: Open) -> None:
    page = opened()
    answer(page, "12")
    page.fill(".comment textarea", "下書き")
    page.reload()
    page.wait_for_selector("#studio[data-ready]")
    assert page.locator("#form .row :checked").count() == 2
    page.goto("about:blank")
    page.go_back()
    page.wait_for_selector("#studio[data-ready]")
    assert page.locator("#form .row :checked").count() == 2
    assert page.locator(".comment textarea").input_value() == "下書き"


def test_the_back_button_closes_a_panel_and_stays_on_the_page(opened: Open) -> None:
    page = opened()
    page.keyboard.press("g")
    assert page.locator("#guide").is_visible()
    page.go_back()
    page.wait_for_selector("#guide", state="hidden")
    assert view(page) == "pair"


def test_two_tabs_never_ask_the_same_pair_twice(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#studio[data-ready]")
    answer(page)
    page.keyboard.press("Enter")
    saved(page)
    other.wait_for_function("document.getElementById('studio').dataset.saving === 'saved.elsewhere'")
    other.wait_for_function("document.getElementById('count').textContent === '1 / 12'")
    answer(other)
    other.keyboard.press("Enter")
    saved(other)
    assert [count for _, count in stored(studio, page)] == [1, 1]


def test_two_devices_go_on_from_the_same_place(opened: Open, studio: Studio, browser: Any) -> None:
    link = studio.link("plain")
    first, second = opened(link=link), opened(link=link, phone=True)
    answer(first)
    first.keyboard.press("Enter")
    saved(first)
    text_there = first.locator("#text-first").text_content()
    second.reload()
    second.wait_for_selector("#studio[data-ready]")
    assert second.locator("#count").inner_text() == "1 / 12"
    assert second.locator("#text-first").text_content() == text_there
    assert DESKTOP["viewport"]["width"] > 390


def test_a_revoked_link_says_kindly_what_to_do_and_keeps_the_answer(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    code = page.evaluate("JSON.parse(document.getElementById('studio-state').textContent).state.rater.code")
    answer(page)
    studio.service.revoke("plain", code)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-shown=lost]:not([hidden])")
    assert "1 件" in page.locator("#lost-kept").inner_text()
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes(':out:')).length") == 1


def test_a_closed_study_ends_the_page_kindly(opened: Open, browser: Any, tmp_path: Any) -> None:
    from tests.browser.serving import serving
    from tests.browser.studies import study

    with serving(tmp_path, study(3, study_id="closing")) as running:
        page = opened(link=running.link("closing"))
        answer(page)
        running.service.close_study("closing")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-shown=end]:not([hidden])")
        assert "終了" in page.locator("#end-text").inner_text()


def test_signing_out_erases_what_the_device_kept(opened: Open) -> None:
    page = opened()
    answer(page, "12")
    page.click("[data-do=menu]")
    page.click("#menu [data-do=signout]")
    page.click("#erase")
    page.wait_for_selector("[data-shown=signedout]:not([hidden])")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('studio:')).length") == 0
    assert page.reload().status == 401
