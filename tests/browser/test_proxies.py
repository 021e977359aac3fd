"""A phone's whole road through the proxies of deploy/, with TLS: from the link to the thank-you, by taps alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.service import Service
from studio.store.database import Store
from tests.browser.conftest import PHONE, view
from tests.studio.test_hosting import PROXIES, Hosted, hosted

__all__ = ["hosted"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_STEPS = 20


def step(page: Any, shown: str) -> None:
    """Do by taps what the part in sight asks for, once."""
    before = page.evaluate("document.getElementById('studio').innerText")
    if shown == "consent":
        page.locator("#agree").tap()
        page.locator("#consent-form .primary").tap()
    elif shown == "profile":
        page.locator("#profile-form .primary").tap()
    elif shown == "pair":
        for row in page.locator("#form .row").all():
            if row.is_visible():
                row.locator("label").nth(1).tap()
        page.locator("#save").tap()
    elif shown == "waiting":
        page.wait_for_function("document.getElementById('studio').dataset.view !== 'waiting'")
        return
    else:
        page.locator(f"section[data-shown={shown}] [data-do=go]").tap()
    page.wait_for_function("before => document.getElementById('studio').innerText !== before", arg=before)


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_phone_goes_from_the_link_to_the_thank_you(browser: Any, proxy: str, hosted: Hosted, tmp_path: Path) -> None:
    service = Service(Store(f"sqlite:///{hosted.database}"))
    (link,) = service.invite("sleep")
    faults: list[str] = []
    with PROXIES[proxy](hosted, tmp_path):
        context = browser.new_context(locale="ja-JP", ignore_https_errors=True, **PHONE)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{hosted.url}/e/{link}")
        page.wait_for_selector("#studio[data-ready]")
        assert page.url.startswith(hosted.url)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for _ in range(MOST_STEPS):
            shown = view(page)
            if shown == "end":
                break
            step(page, shown)
        assert view(page) == "end"
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        assert all(cookie["secure"] and cookie["httpOnly"] for cookie in cookies.values()), cookies
        context.close()
    assert not faults, faults
    rows = service.progress("sleep")
    assert (rows[-1].done, rows[-1].total) == (2, 2)
    service.store.close()
