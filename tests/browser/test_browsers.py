"""Browsers as raters have them: older than the newest calls, inside mail and chat apps, at an address without https.

docs/browsers.md lists what the page uses and since when; what is newer than Safari 15.4 must not be needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.pages.rating.files import FOLDER
from tasks.schema import Study
from tests.browser.conftest import DESKTOP, LAN, PHONE, answer, saved, view
from tests.browser.serving import Studio, serving
from tests.browser.studies import study

pytestmark = pytest.mark.browser
PAGE = Path(__file__).parents[2] / "docs" / "browsers.md"
NEWER = """
  delete AbortSignal.timeout; delete AbortSignal.any; delete Response.json; delete URL.canParse; delete URL.parse;
  delete Object.groupBy; delete Map.groupBy; delete Promise.withResolvers; delete Promise.try; delete Array.fromAsync;
  for (const name of ["toSorted", "toReversed", "toSpliced", "with", "findLast"]) delete Array.prototype[name];
  for (const name of ["union", "intersection", "difference", "isSubsetOf"]) delete Set.prototype[name];
  for (const name of ["isWellFormed", "toWellFormed"]) delete String.prototype[name];
  for (const name of ["moveBefore", "checkVisibility", "setHTML", "togglePopover"]) delete Element.prototype[name];
  for (const name of ["togglePopover", "showPopover", "hidePopover"]) delete HTMLElement.prototype[name];
  for (const name of ["requestIdleCallback", "scheduler", "navigation", "Notification"]) delete window[name];
"""
INSIDE_AN_APP = """
  const denied = () => { throw new DOMException("denied", "SecurityError"); };
  const stores = ["localStorage", "sessionStorage", "indexedDB"];
  for (const name of stores) Object.defineProperty(window, name, {get: denied});
  window.BroadcastChannel = class { constructor() { denied(); } };
  if (navigator.locks) LockManager.prototype.request = async () => denied();
  Object.defineProperty(navigator, "clipboard", {value: undefined});
  delete window.Notification; delete window.PushManager;
"""
MINIMAL = "delete window.BroadcastChannel; Object.defineProperty(navigator, 'locks', {value: undefined});"


def optional() -> Study:
    """A study in which no answer is required."""
    made = study(6, study_id="optional", seats=9)
    loose = tuple(criterion.model_copy(update={"required": False}) for criterion in made.criteria)
    return made.model_copy(update={"criteria": loose})


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with serving(tmp_path_factory.mktemp("browsers"), study(6, study_id="plain", seats=20), optional()) as running:
        yield running


@pytest.fixture
def page_with(browser: Any) -> Iterator[Any]:
    """`page_with(link, script)` -> a page that runs `script` before everything else; no check on what it throws."""
    contexts = []

    def open_page(link: str, script: str = "", **options: Any) -> Any:
        context = browser.new_context(locale="ja-JP", **{**DESKTOP, **options})
        contexts.append(context)
        context.add_init_script(script)
        page = context.new_page()
        page.goto(link)
        page.wait_for_selector("#studio[data-ready]", state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()


def judge(page: Any, done: int) -> None:
    """Answer and save; the figure in the dock counts it and the server has acknowledged it."""
    answer(page)
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.getElementById('count').textContent.startsWith('{done} /')")
    saved(page)


@pytest.mark.parametrize("script", [NEWER, INSIDE_AN_APP, NEWER + INSIDE_AN_APP, MINIMAL])
def test_pairs_are_saved_in_older_browsers_and_inside_apps(page_with: Any, studio: Studio, script: str) -> None:
    page = page_with(studio.link("plain"), script)
    for done in (1, 2):
        judge(page, done)
    page.evaluate("document.querySelector('[data-do=answers]').click()")
    page.wait_for_selector("#answers-list li:nth-child(2)")


def test_without_storage_the_page_says_so_and_still_sends_after_a_cut(page_with: Any, studio: Studio) -> None:
    page = page_with(studio.link("plain"), INSIDE_AN_APP)
    page.keyboard.press("1")
    assert "下書きを残せません" in page.locator("#state").text_content()
    page.context.set_offline(True)
    answer(page)
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('studio').dataset.saving === 'saved.kept'")
    page.context.set_offline(False)
    saved(page)


@pytest.mark.parametrize("options", [DESKTOP, PHONE])
def test_an_address_of_a_local_network_is_enough(page_with: Any, studio: Studio, options: dict[str, Any]) -> None:
    page = page_with(studio.link("plain").replace("127.0.0.1", LAN), **options)
    assert LAN in page.url
    assert page.evaluate("[isSecureContext, typeof crypto.randomUUID, typeof navigator.locks]") == [
        False, "undefined", "undefined",
    ]  # fmt: skip
    judge(page, 1)
    page.context.set_offline(True)
    answer(page)
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('studio').dataset.saving === 'saved.kept'")
    page.context.set_offline(False)
    saved(page)
    page.reload()
    page.wait_for_selector("#studio[data-ready]")
    assert str(page.locator("#count").text_content()).startswith("2 /")
    page.evaluate("document.querySelector('[data-do=code]').click()")
    page.wait_for_function("document.getElementById('device-image').src.startsWith('data:')")


def test_a_fault_of_the_program_is_told_as_one_and_loses_nothing(page_with: Any, studio: Studio) -> None:
    page = page_with(studio.link("plain"))
    page.wait_for_selector("#rating #studio")
    page.evaluate("window.whole = gradio_config.components; gradio_config.components = []")
    answer(page)
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('alerted').textContent.includes('TypeError')")
    said = page.locator("#alerted").text_content()
    assert "不具合" in said
    assert "1 件はこの端末に残っています" in said
    assert page.locator("#state").text_content() == said
    page.evaluate("gradio_config.components = window.whole")
    saved(page)  # tried again by itself
    assert not page.evaluate("Object.keys(localStorage).some(key => key.includes(':out:'))")


def test_a_fault_of_something_else_on_the_page_alarms_nobody(page_with: Any, studio: Studio) -> None:
    page = page_with(studio.link("plain"))
    page.evaluate("setTimeout(() => { Promise.reject(new Error('one')); throw new Error('another') })")
    page.wait_for_timeout(100)
    assert not page.locator("#alerted").text_content()


# --- keys held down, and forms without an answer ------------------------------------------------------------------


def held(page: Any, key: str, times: int = 6) -> None:
    """A key that stays down: the browser repeats it."""
    for _ in range(times):
        page.keyboard.down(key)
    page.keyboard.up(key)


def test_a_digit_held_down_answers_one_row(page_with: Any, studio: Studio) -> None:
    page = page_with(studio.link("plain"))
    held(page, "2")
    assert page.locator("#form .row :checked").count() == 1


@pytest.mark.parametrize("focus", ["#save", ".row input", "#pair-title"])
def test_enter_held_down_saves_one_pair(page_with: Any, studio: Studio, focus: str) -> None:
    page = page_with(studio.link("optional"))
    page.keyboard.press("1")
    page.focus(focus)
    held(page, "Enter")
    saved(page)
    page.wait_for_timeout(200)
    assert page.locator("#count").text_content() == "1 / 6"
    assert not page.locator("dialog[open]").count(), "nor asks about the next, empty one"


def test_an_arrow_held_down_moves_one_row_and_changes_no_answer(page_with: Any, studio: Studio) -> None:
    page = page_with(studio.link("plain"))
    page.keyboard.press("1")
    held(page, "ArrowDown")
    assert (
        page.evaluate("[...document.querySelectorAll('[data-form=judging] .row')].findIndex(r => r.matches('.active'))")
        == 2
    )
    page.keyboard.press("2")
    page.keyboard.press("ArrowUp")
    held(page, "ArrowRight")
    chosen = page.evaluate("[...document.querySelectorAll('.row.active input')].findIndex(input => input.checked)")
    assert chosen == 2, "one step from the second point"


def test_a_key_held_down_scrolls_what_is_read(page_with: Any, studio: Studio) -> None:
    page = page_with(studio.link("plain"), viewport={"width": 1000, "height": 500})
    page.evaluate("document.querySelector('[data-do=guide]').click()")
    page.wait_for_selector("#guide[open]")
    page.evaluate("document.querySelector('#guide .inner').style.minHeight = '300vh'")
    for _ in range(200):  # a busy browser may not have laid out the longer text when the key goes down
        page.keyboard.down("ArrowDown")
        if page.evaluate("document.getElementById('guide').scrollTop") > 40:
            break
    page.keyboard.up("ArrowDown")
    assert page.evaluate("document.getElementById('guide').scrollTop") > 40


def test_an_empty_form_asks_before_it_is_saved(page_with: Any, studio: Studio) -> None:
    page = page_with(studio.link("optional"))
    page.keyboard.press("Enter")
    page.wait_for_selector("#empty[open]")
    held(page, "Enter")
    assert page.locator("#count").text_content() == "0 / 6"
    page.click("#empty [data-do=close] >> nth=1")
    assert view(page) == "pair"
    page.click("#save")
    page.click("#empty [data-do=empty]")
    saved(page)
    assert page.locator("#count").text_content() == "1 / 6"
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    saved(page)
    assert page.locator("#count").text_content() == "2 / 6", "a form with an answer asks nothing"


# --- what is written about it ------------------------------------------------------------------------------------


def rows() -> list[tuple[str, float, str]]:
    """(call, Safari version, what happens without it) of the table in docs/browsers.md."""
    cells = re.findall(r"^\| `([^`|]+)` \| ([\d.]+) \| (.*?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [(call, float(version), without) for call, version, without in cells]


def test_every_call_listed_is_used_and_what_is_newer_can_be_done_without() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.iterdir())
    assert len(rows()) > 10
    assert [call for call, _, _ in rows() if call not in source] == []
    assert [call for call, version, without in rows() if version > 15.4 and without == "needed"] == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"\(\?<[=!]", r"static \{", r"\.(toSorted|toReversed|findLast|groupBy|withResolvers)\(", r"@container",
        r"@media not \(", r"\((width|height) [<>]", r"AbortSignal\.(timeout|any)", r"showPopover", r"color-mix",
        r"text-wrap", r"^\s*&",
        r"navigator\.clipboard", r"Notification", r"crypto\.subtle", r"serviceWorker", r"sessionStorage", r"indexedDB",
    ],
)  # fmt: skip
def test_nothing_newer_stands_in_the_page(pattern: str) -> None:
    found = [
        f"{path.name}:{number}: {line.strip()[:80]}"
        for path in sorted(FOLDER.iterdir())
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line.split("//")[0])
    ]
    assert not found
