"""Two people in one browser, one person in two studies, several tabs, the back button: nobody speaks for another."""

from __future__ import annotations

from typing import Any

import pytest

from studio.service.organiser.conduct import Progress
from tests.browser.conftest import Open, answer, saved, view
from tests.browser.serving import Studio

pytestmark = pytest.mark.browser
STATE = "JSON.parse(document.getElementById('studio-state').textContent).state"


def code_of(page: Any) -> str:
    return str(page.evaluate(f"{STATE}.rater.code"))


def tab(page: Any, address: str) -> Any:
    """Another tab of the same browser."""
    other = page.context.new_page()
    other.goto(address)
    other.wait_for_selector("#studio[data-ready]", state="attached")
    return other


def row_of(studio: Studio, study_id: str, code: str) -> Progress:
    return next(row for row in studio.service.progress(study_id) if row.rater == code)


def save(page: Any) -> None:
    page.bring_to_front()
    answer(page)
    page.keyboard.press("Enter")
    saved(page)


def sign_out_behind_the_page(page: Any) -> None:
    """The session's cookie goes, as when the browser makes room; another person's stays."""
    page.context.clear_cookies(name=f"studio_rater.plain.{code_of(page)}")


def kept(page: Any, part: str) -> int:
    prefix = f"studio:plain:{code_of(page)}:{part}:"
    return int(page.evaluate("start => Object.keys(localStorage).filter(k => k.startsWith(start)).length", prefix))


def test_two_raters_in_one_browser_each_save_undo_and_go_on_elsewhere(opened: Open, studio: Studio) -> None:
    one = opened(link=studio.link("plain"))
    two = tab(one, studio.link("plain"))
    assert code_of(one) != code_of(two)
    save(one)
    save(two)
    save(one)
    one.keyboard.press("u")
    answer(one, "52233")
    one.keyboard.press("Enter")
    one.wait_for_function("document.getElementById('studio').dataset.saving === 'saved.revised'")
    assert [row_of(studio, "plain", code_of(page)).done for page in (one, two)] == [2, 1]
    for page in (one, two):
        page.bring_to_front()
        page.click("[data-do=menu]")
        page.click("#menu [data-do=device]")
        with page.expect_response("**/component_server") as heard:
            page.click("[data-do=code]")
        token = heard.value.json()["link"].rsplit("/", 1)[1]
        assert studio.service.speakers([studio.service.join(token)[0]])[0].rater == code_of(page)


def test_one_of_two_raters_in_a_browser_withdraws_alone(opened: Open, studio: Studio) -> None:
    one = opened(link=studio.link("plain"))
    two = tab(one, studio.link("plain"))
    save(two)
    one.bring_to_front()
    one.click("[data-do=menu]")
    one.click("#menu [data-do=withdrawing]")
    one.check("#withdraw-sure")
    one.click("#withdraw")
    one.wait_for_selector("[data-shown=end]:not([hidden])")
    assert [row_of(studio, "plain", code_of(page)).withdrawn for page in (one, two)] == [True, False]
    save(two)
    assert row_of(studio, "plain", code_of(two)).done == 2


def test_one_of_two_raters_in_a_browser_comes_to_the_end(opened: Open, studio: Studio) -> None:
    one = opened(link=studio.link("short"))
    two = tab(one, studio.link("short"))
    for _ in range(2):
        save(one)
    one.wait_for_selector("[data-shown=end]:not([hidden])")
    one.fill("#feedback", "ひとり目です")
    one.click("#finish-form .primary")
    one.wait_for_selector("#finish-said:not([hidden])")
    rows = [row_of(studio, "short", code_of(page)) for page in (one, two)]
    assert [bool(row.finished_at) for row in rows] == [True, False]
    save(two)
    assert row_of(studio, "short", code_of(two)).done == 1


def test_a_tab_that_lost_its_session_to_another_stops_and_keeps_everything(opened: Open, studio: Studio) -> None:
    one = opened(link=studio.link("plain"))
    save(one)
    two = tab(one, studio.link("plain"))
    one.bring_to_front()
    sign_out_behind_the_page(one)
    answer(one)
    one.fill(".comment textarea", "消えてはいけない")
    one.keyboard.press("Control+Enter")
    one.wait_for_selector("[data-shown=other]:not([hidden])")
    assert code_of(two) in one.locator("#other-text").inner_text()
    assert "1 件" in one.locator("#other-kept").inner_text()
    assert kept(one, "out") == 1
    one.wait_for_timeout(1500)
    assert kept(one, "out") == 1, "nothing is sent any more"
    assert [row_of(studio, "plain", code_of(page)).done for page in (one, two)] == [1, 0]
    again = tab(one, f"{studio.url}/e/{studio.service.reissue('plain', code_of(one))}")
    saved(again)
    assert row_of(studio, "plain", code_of(one)).done == 2, "sent once the link is opened again"


def test_a_draft_stays_when_a_tab_without_a_session_is_looked_at(opened: Open, studio: Studio) -> None:
    one = opened(link=studio.link("plain"))
    tab(one, studio.link("plain"))
    one.bring_to_front()
    answer(one, "12")
    sign_out_behind_the_page(one)
    one.click("[data-do=answers]")
    one.wait_for_selector("[data-shown=other]:not([hidden])")
    assert not one.locator("dialog[open]").count()
    assert kept(one, "draft") == 1


def test_the_pilot_and_the_main_study_of_one_person(opened: Open, studio: Studio) -> None:
    pilot = opened(link=studio.link("short"))
    main = tab(pilot, studio.link("plain"))
    before = {study: row_of(studio, study, code_of(p)).done for study, p in (("short", pilot), ("plain", main))}
    save(pilot)
    save(main)
    pilot.reload()
    pilot.wait_for_selector("#studio[data-ready]")
    assert pilot.evaluate(f"{STATE}.study.study_id") == "short"
    for study, page in (("short", pilot), ("plain", main)):
        assert row_of(studio, study, code_of(page)).done == before[study] + 1


def test_two_tabs_of_one_rater_are_one_person(opened: Open, studio: Studio) -> None:
    link = studio.link("plain")
    one = opened(link=link)
    two = tab(one, link)
    assert code_of(one) == code_of(two)
    save(one)
    two.wait_for_function("document.getElementById('count').textContent === '1 / 12'")
    save(two)
    assert row_of(studio, "plain", code_of(one)).done == 2


# --- consent ------------------------------------------------------------------------------------------------------


def decline(page: Any) -> None:
    page.click("[data-do=decline]")
    page.wait_for_selector("[data-shown=declined]:not([hidden])")


def test_declining_works_any_number_of_times_and_so_does_agreeing_after_it(opened: Open, studio: Studio) -> None:
    page = opened("whole")
    for _ in range(3):
        decline(page)
        page.click("[data-do=reconsider]")
        page.wait_for_selector("[data-shown=consent]:not([hidden])")
    page.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    )  # another tab and back: the state is asked for
    page.wait_for_timeout(300)
    decline(page)
    page.click("[data-do=reconsider]")
    page.check("#agree")
    page.click("#consent-form .primary")
    page.wait_for_selector("[data-shown=profile]:not([hidden])")
    assert page.locator("#alerted").text_content() == ""


def test_a_page_from_the_browsers_memory_goes_on_as_who_it_was(opened: Open, studio: Studio) -> None:
    page = opened("whole")
    decline(page)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.wait_for_timeout(300)
    page.click("[data-do=reconsider]")
    decline(page)
    page.goto("about:blank")
    page.go_back()
    page.wait_for_selector("[data-shown=consent]:not([hidden])")
    page.check("#agree")
    page.click("#consent-form .primary")
    page.wait_for_selector("[data-shown=profile]:not([hidden])")


def test_a_page_from_the_browsers_memory_leaves_a_pair_that_was_done_elsewhere(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    first = page.evaluate(f"{STATE}.pairs[0]")
    token = next(c["value"] for c in page.context.cookies() if c["name"].startswith("studio_rater."))
    form = {"submission_id": "0" * 32, "assignment_id": first["assignment_id"], "answers": [], "left": "skipped"}
    assert studio.service.dispatch(token, {"do": "submit", "submission": form})["saved"]
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.wait_for_function("document.getElementById('count').textContent === '1 / 12'")
    assert view(page) == "pair"
