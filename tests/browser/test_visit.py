"""The public demo in a real browser: inside another site's frame, without a cookie, in both languages and sizes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.demo import visits
from studio.service import Service
from studio.settings import Settings, sqlite_url
from studio.store.database import Store
from tasks.study.load import load_study
from tests.browser.conftest import DESKTOP, PHONE, answer
from tests.browser.serving import Studio, running
from tests.browser.test_admin import press
from tests.browser.test_looks import axe

pytestmark = pytest.mark.browser
DEMO = Path(__file__).parents[2] / "tasks" / "demo"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    service = Service(Store(sqlite_url(tmp_path_factory.mktemp("demo") / "demo.sqlite")), demonstration=True)
    opened = visits.open_to_all(service, load_study(DEMO))
    with running(service, Settings(environment="spaces"), opened) as studio:
        yield studio


@pytest.fixture(params=[("ja", DESKTOP), ("en", PHONE)], ids=["ja-desktop", "en-phone"])
def visitor(request: pytest.FixtureRequest, browser: Any, demo: Studio) -> Iterator[tuple[Any, str]]:
    language, screen = request.param
    context = browser.new_context(locale="ja-JP", **screen)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(demo.url)
    page.wait_for_selector("#studio[data-ready]", state="attached")
    page.wait_for_selector("main[role=presentation] #studio", state="attached")  # Gradio's, which axe counts too
    if language == "en":
        page.click("#other-language")
    yield page, language
    assert not faults
    assert context.cookies() == []
    context.close()


def test_three_pairs_then_which_was_which(visitor: tuple[Any, str], demo: Studio) -> None:
    page, language = visitor
    assert page.locator("section[data-shown=pair]").is_visible(), "the first pair is on the landing screen"
    assert page.locator("#translation-first").is_visible(), "in Japanese with English translation"
    assert page.locator("#banner").is_visible()
    assert axe(page, "demo") == []
    for number in range(3):
        assert page.locator("#count").text_content() == f"{number} / 3"
        answer(page, "12233")
        page.keyboard.press("Enter")
        page.wait_for_function("n => document.querySelector('#count').textContent !== n + ' / 3'", arg=str(number))
    page.wait_for_selector("[data-shown=reveal]:not([hidden])")
    assert page.locator("#reveal-pairs li").count() == 3
    word = {"ja": "模擬の評価者", "en": "Simulated raters"}[language]
    assert page.locator("#reveal-pairs li", has_text=word).count() == 3
    assert page.locator("#reveal-pairs .chosen").count() == 3, "the text that was chosen, marked"
    assert page.locator("#reveal-pairs .legend span").count() == 9
    assert page.locator("#reveal-systems section").count() == 2
    assert page.locator("#reveal-sources").text_content()
    assert axe(page, "demo") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    other = {"ja": "Simulated raters", "en": "模擬の評価者"}[language]
    page.click("#other-language")
    assert page.locator("#reveal-pairs li", has_text=other).count() == 3
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('studio:')).length") <= 1, "language alone"


def test_undo_takes_the_last_answer_back_before_anything_is_told(visitor: tuple[Any, str]) -> None:
    page, _ = visitor
    answer(page, "12233")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#count').textContent === '1 / 3'")
    page.keyboard.press("u")
    page.wait_for_selector("#cancel:not([hidden]), #banner:not([hidden])")
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    page.wait_for_function("/saved\\.(done|revised)/.test(document.getElementById('studio').dataset.saving ?? '')")


def test_it_works_inside_the_hubs_frame_and_no_other(browser: Any, demo: Studio) -> None:
    """The Hub shows a Space in a frame of huggingface.co; here a page at that name holds the demo."""
    frame_ = f'<iframe src="{demo.url}/" style="width:100%;height:800px"></iframe>'
    # the parent counts as public, the demo as this machine's own: browsers ask before they let one reach the other
    context = browser.new_context(locale="ja-JP", permissions=["local-network-access"], **DESKTOP)
    page = context.new_page()
    page.route("https://*/**", lambda route: route.fulfill(body=frame_, content_type="text/html"))
    page.goto("https://huggingface.co/spaces/tester/demo")
    frame = page.frame_locator("iframe")
    frame.locator("#studio[data-ready]").wait_for(state="attached")
    frame.locator(".chooser .point").first.click()
    assert frame.locator("#count").text_content() == "0 / 3"
    page.goto("https://elsewhere.example/")
    page.wait_for_timeout(1000)
    assert not [one for one in page.frames if "127.0.0.1" in one.url], "no other site may frame it"
    context.close()


def test_the_organisers_page_is_there_to_look_at(browser: Any, demo: Studio) -> None:
    context = browser.new_context(locale="en-US", **DESKTOP)
    page = context.new_page()
    page.goto(f"{demo.url}/admin/")
    page.locator("#studies a.strong").click()
    page.get_by_text("Viewer: may look, not change").wait_for()
    press(page, "People")
    assert page.locator("#page form, #page dialog").count() == 0, "whoever looks is offered nothing to do"
    press(page, "Results")
    page.get_by_role("link", name="Report (English)").wait_for()
    assert page.locator("#page form, #page dialog").count() == 0, "whoever looks is offered nothing to do"
    context.close()
