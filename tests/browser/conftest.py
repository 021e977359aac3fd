"""One Chromium for the browser tests, and ways to open the real page in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.find import FLAGS, path
from tests.browser.serving import Studio, serving
from tests.browser.studies import study

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE_AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Mobile Safari/537.36"
PHONE = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "user_agent": PHONE_AGENT,
}  # fmt: skip

LAN = "192.168.77.20"
"""An address of a local network, as browsers see it: no secure context. It leads to this machine."""

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    executable = path()
    if executable is None:
        pytest.fail("no Chromium: run python -m tests.browser.find")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=executable, args=[*FLAGS, f"--host-resolver-rules=MAP {LAN} 127.0.0.1"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio with a study of 12 pairs, one of 2, one of 4 with every step, and one with the long template."""
    folder: Path = tmp_path_factory.mktemp("studio")
    studies = (
        study(12, study_id="plain", seats=20),
        study(2, study_id="short", seats=6),
        study(4, whole=True, translated=True, portion=2, blinding=2, study_id="whole", seats=12),
        study(6, "full", study_id="full", seats=6),
    )
    with serving(folder, *studies) as running:
        yield running


@pytest.fixture
def opened(browser: Any, studio: Studio) -> Iterator[Open]:
    """`opened("plain")` -> a page of a new rater's own browser, ready to be worked with; its faults fail the test.

    Keywords: `link`, `phone`, `before(page)` it goes anywhere, and any of Playwright's context options.
    """
    contexts, faults = [], []

    def open_page(
        study_id: str = "plain", *, link: str = "", phone: bool = False, before: Open | None = None, **options: Any
    ) -> Any:
        context = browser.new_context(**{"locale": "ja-JP", **(PHONE if phone else DESKTOP), **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        if before:
            before(page)
        page.goto(link or studio.link(study_id))
        page.wait_for_selector("#studio[data-ready]", state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


def answer(page: Any, keys: str = "12233") -> None:
    """Answer the pair on screen with number keys, row by row."""
    page.wait_for_selector("section[data-shown=pair]:not([hidden])")
    for key in keys:
        page.keyboard.press(key)


def saved(page: Any) -> None:
    """Wait until nothing is on its way."""
    page.wait_for_function("/saved\\.(done|revised)/.test(document.getElementById('studio').dataset.saving ?? '')")


def view(page: Any) -> str:
    """The part of the page in sight."""
    return str(page.locator("#studio").get_attribute("data-view"))
