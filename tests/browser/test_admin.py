"""The organiser's page as an organiser uses it: every tab, language and size; links, looking early, closing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.service import Service
from tasks.languages.catalogue import languages, word
from tasks.languages.tags import direction
from tests.browser.combinations import combinations
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.screenshots import save
from tests.browser.serving import Studio, serving
from tests.browser.studies import SECRETS, study
from tests.browser.test_looks import axe
from tests.studio_world import form, submit

pytestmark = pytest.mark.browser

KEYS = ("tab_overview", "tab_people", "tab_quality", "tab_results", "tab_records")
TABS = {language: tuple(word("organiser", language, key) for key in KEYS) for language in ("ja", "en")}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A study of six pairs, of which two raters have judged four each, differently."""
    with serving(tmp_path_factory.mktemp("desk"), study(6, study_id="desk", seats=3)) as running:
        for rater in range(2):
            judge(running.service, rater)
        yield running


def judge(service: Service, rater: int) -> None:
    session, _ = service.join(service.invite("desk")[0])
    for number in range(4):
        pair = service.dispatch(session, {"do": "state"})["pairs"][0]
        side = -1 if (number + rater) % 2 else 1
        comment = "<b>気になる応答</b>です" if number == 0 else ""
        assert submit(service, session, form(pair["assignment_id"], preference=side, comment=comment))["saved"]


def enter(browser: Any, desk: Studio, language: str, phone: bool = False, theme: str = "light") -> Any:
    locales = {"ja": "ja-JP", "en": "en-US"}
    size = PHONE if phone else DESKTOP
    page = browser.new_context(locale=locales.get(language, language), color_scheme=theme, **size).new_page()
    page.goto(f"{desk.url}/o/{desk.service.organiser_link()}")
    page.goto(f"{desk.url}/admin/s/desk")
    page.wait_for_selector("#desk-root[data-ready]")
    return page


def press(page: Any, name: str) -> None:
    """Go to a page of the study by the side, which a phone keeps behind a button."""
    button = page.locator("[data-side]")
    if button.is_visible():
        button.click()
    page.locator("#side").get_by_role("link", name=name, exact=True).click()
    page.locator("#side a[aria-current]", has_text=name).wait_for(state="attached")


def test_the_page_opens_again_in_the_language_that_was_chosen(browser: Any, desk: Studio) -> None:
    page = enter(browser, desk, "en")
    page.get_by_label("Language").select_option("ja")
    page.locator("#side").get_by_role("link", name="評価者", exact=True).wait_for()
    page.goto(f"{desk.url}/admin/s/desk")
    page.locator("#side").get_by_role("link", name="評価者", exact=True).wait_for()
    assert page.evaluate("document.documentElement.lang") == "ja"
    page.context.close()


@pytest.mark.parametrize(
    ("language", "phone", "theme"),
    combinations(
        languages("organiser"), (False, True), ("light", "dark"), quick=[("ja", False, "light"), ("ar", True, "dark")]
    ),
)
def test_every_tab_is_in_the_language_names_no_system_and_scrolls_nowhere_sideways(
    browser: Any, desk: Studio, language: str, phone: bool, theme: str
) -> None:
    page = enter(browser, desk, language, phone, theme)
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    assert page.evaluate("document.documentElement.dir") == direction(language)
    for name in (word("organiser", language, key) for key in KEYS):
        press(page, name)
        text = page.inner_text("body")
        assert not [secret for secret in SECRETS if secret in text]
        assert page.evaluate("document.documentElement.scrollWidth") <= (390 if phone else 1440), name
        assert axe(page, name, ".desk") == []
    page.context.close()


def test_quality_shows_text_as_text_and_says_nothing_of_who_wins(browser: Any, desk: Studio) -> None:
    page = enter(browser, desk, "en")
    press(page, "Quality")
    page.wait_for_selector("text=Most disputed items")
    body = page.inner_text("body")
    assert "<b>気になる応答</b>です" in body
    assert "1 : 1" in body
    page.context.close()


def test_links_are_made_for_named_people_and_work(browser: Any, desk: Studio) -> None:
    page = enter(browser, desk, "en")
    press(page, "People")
    page.get_by_label("People to invite").fill("Hana, hana@example.org")
    page.get_by_role("button", name="Make links").click()
    page.wait_for_selector("#outcome .made")
    link = re.search(r"/e/([\w-]+)", page.inner_text("#outcome code"))
    assert link is not None
    assert page.locator("#outcome .letter svg").count() == 1
    assert "Dear Hana," in page.locator("#outcome .letter pre").text_content()
    assert desk.service.join(link[1])[1] == "desk"
    page.context.close()


def test_results_stay_blinded_until_somebody_says_why_and_the_log_keeps_it(browser: Any, desk: Studio) -> None:
    page = enter(browser, desk, "en")
    press(page, "Results")
    page.wait_for_selector("text=Results stay blinded until the study is closed")
    assert page.request.get(f"{desk.url}/admin/report/desk.en.html").status == 403
    assert page.request.get(f"{desk.url}/admin/export/desk.zip").status == 403
    assert page.request.get(f"{desk.url}/admin/payment/desk.csv").status == 200
    page.get_by_label("Reason for looking earlier").fill("The board asked for an interim check")
    page.get_by_role("button", name="Record the reason and show results").click()
    page.wait_for_selector("text=Report (English)")
    report = page.request.get(f"{desk.url}/admin/report/desk.en.html")
    assert report.status == 200
    assert "The board asked for an interim check" in report.text()
    assert page.request.get(f"{desk.url}/admin/report/desk.zip").body()[:2] == b"PK"
    for tag in languages("report"):
        written = page.request.get(f"{desk.url}/admin/report/desk.{tag}.html").text()
        assert f'<html lang="{tag}" dir="{direction(tag)}">' in written
        assert page.locator(f".taking a[href='/admin/report/desk.{tag}.html']").count() == 1
    assert page.request.get(f"{desk.url}/admin/report/desk.tlh.html").status == 404
    looked = [act for act in desk.service.deviations("desk") if act.kind == "looked"]
    assert looked[0].payload["what"].endswith("interim check")
    page.context.close()


def test_closing_says_what_it_does_before_it_is_done_and_can_be_undone(browser: Any, desk: Studio) -> None:
    page = enter(browser, desk, "en")
    press(page, "Results")
    page.locator("#page [data-open=sure-close]").click()
    page.get_by_text("takes no more judgments").wait_for()
    page.keyboard.press("Escape")
    assert desk.service.studies()[0].closed_at is None
    page.locator("#page [data-open=sure-close]").click()
    page.locator("dialog[open] button", has_text="Close the study").click()
    page.get_by_text("Closed.", exact=True).wait_for()
    assert desk.service.studies()[0].closed_at
    desk.service.reopen_study("desk")
    page.context.close()


def test_a_study_is_renamed_put_away_and_deleted_by_its_id(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path, study(2, study_id="first", seats=2), study(2, study_id="second", seats=2)) as running:
        page = browser.new_context(locale="en-US", **DESKTOP).new_page()
        page.goto(f"{running.url}/o/{running.service.organiser_link()}")

        def act(name: str) -> Any:
            page.locator("#studies tbody summary").first.click()
            page.locator("details.menu[open] > div > button", has_text=name).click()
            return page.locator("dialog[open]")

        page.wait_for_selector("#desk-root[data-ready]")
        assert axe(page, "home", ".desk") == []
        renaming = act("Rename")
        renaming.get_by_label("Name").fill("Spring")
        renaming.locator(".primary").click()
        page.get_by_role("link", name="Spring", exact=True).wait_for()
        deleting = act("Delete for good")
        assert axe(page, "deleting", ".desk") == []
        deleting.get_by_role("textbox").fill("not it")
        deleting.locator(".primary").click()
        page.get_by_text("to delete it for good").wait_for()
        study_id = re.search(r"type its id: (\w+)", deleting.inner_text())
        assert study_id is not None
        deleting.get_by_role("textbox").fill(study_id[1])
        deleting.locator(".primary").click()
        page.get_by_text(f"{study_id[1]} is deleted.").wait_for()
        assert {row.study_id for row in running.service.studies()} == {"first", "second"} - {study_id[1]}
        act("Put away").locator(".primary").click()
        page.get_by_text("Put away.", exact=True).wait_for()
        page.get_by_role("link", name="1 study put away").click()
        act("Take out again").locator(".primary").click()
        page.get_by_text("Back on the list.", exact=True).wait_for()
        page.context.close()


def test_a_viewer_changes_nothing(browser: Any, desk: Studio) -> None:
    page = browser.new_context(locale="en-US", **DESKTOP).new_page()
    page.goto(f"{desk.url}/o/{desk.service.organiser_link('viewer')}")
    page.goto(f"{desk.url}/admin/s/desk")
    page.wait_for_selector("#desk-root[data-ready]")
    before = len(desk.service.audit("desk"))
    press(page, "People")
    page.locator("#page table").wait_for()
    asked = {"path": "/admin/s/desk/people", "query": "", "language": "en", "do": "invite", "given": {"count": ["3"]}}
    told = page.evaluate(
        """async (data) => {
          const component_id = gradio_config.components.find((one) => one.props.elem_id === "desk").id;
          const body = JSON.stringify({ data, component_id, fn_name: "call", session_hash: "forged" });
          const headers = { "content-type": "application/json" };
          return (await fetch("/admin/gradio_api/component_server", { method: "POST", headers, body })).json();
        }""",
        asked,
    )
    assert told["told"] == "You may look, not change."
    assert page.get_by_role("button", name="Make links").count() == 0
    sent = {"files": {"name": "t.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}}
    assert page.request.post(f"{desk.url}/admin/new", multipart=sent, headers={"origin": desk.url}).status == 404
    assert len(desk.service.audit("desk")) == before
    page.context.close()


def pictures(browser: Any, desk: Studio, folder: Path) -> None:
    """Every tab in both languages and sizes, for docs/images."""
    for language, names in TABS.items():
        for phone in (False, True):
            page = enter(browser, desk, language, phone)
            for number, name in enumerate(names):
                press(page, name)
                page.wait_for_selector("#page:not(:has([data-waits]))")
                page.wait_for_timeout(500)
                size = "phone" if phone else "desktop"
                save(page, folder / f"admin-{number}-{language}-{size}.png")
            page.context.close()
