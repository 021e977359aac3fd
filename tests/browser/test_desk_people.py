"""People at the desk in a browser: a link is made, copied and scanned; a phone shows the same without scrolling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.serving import Studio, serving
from tests.browser.studies import study
from tests.browser.test_looks import axe
from tests.browser.test_qr import decoded

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with serving(tmp_path_factory.mktemp("people"), study(3, study_id="desk", seats=4)) as running:
        running.service.join(running.service.invite_people("desk", [("Mio", "")])[0])
        yield running


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_link_is_made_copied_scanned_and_renewed(browser: Any, desk: Studio, phone: bool) -> None:
    scheme = "dark" if phone else "light"
    context = browser.new_context(locale="en-US", color_scheme=scheme, **(PHONE if phone else DESKTOP))
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{desk.url}/o/{desk.service.organiser_link()}")
    page.goto(f"{desk.url}/admin/s/desk/people")
    page.wait_for_selector("#desk-root[data-ready]")
    name = "Hana" if phone else "Ken"
    page.get_by_label("People to invite").fill(name)
    page.get_by_role("button", name="Make links").click()
    page.wait_for_selector("#outcome .made")
    page.get_by_role("button", name="Copy the link").click()
    page.get_by_text("Copied.", exact=True).wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.inner_text("#outcome code")
    assert decoded(page.locator("#outcome .letter svg").screenshot()) == [link]
    assert page.evaluate("document.documentElement.scrollWidth") <= (390 if phone else 1440)
    assert axe(page, "people", ".desk") == []

    page.locator("[data-search]").fill(name)
    row = page.locator("#people tbody tr:visible")
    assert row.count() == 1
    row.locator("summary").click()
    page.locator("details.menu[open] > div > button", has_text="New link").click()
    page.locator("dialog[open]").get_by_text("The link from before stops working").wait_for()
    assert axe(page, "new link", ".desk") == []
    page.locator("dialog[open] .primary").click()
    page.wait_for_function("link => document.querySelector('#outcome code')?.textContent !== link", arg=link)
    assert page.inner_text("#outcome .made b") == name
    page.reload()
    page.wait_for_selector("#desk-root[data-ready]")
    assert name in page.inner_text("#people")
    assert "/e/" not in page.content()
    assert page.locator("[data-open=sure-remind_many]").is_disabled()
    page.locator("[data-tick=all]").click()
    page.get_by_text(f"Ticked: {page.locator('#people tbody tr').count()}", exact=True).wait_for()
    page.locator("[data-open=sure-remind_many]").click()
    assert name in page.inner_text("dialog[open] [data-names]")
    page.locator("dialog[open] .primary").click()
    page.wait_for_selector("#reminder-1", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= (390 if phone else 1440)
    assert axe(page, "reminders", ".desk") == []
    page.goto(f"{desk.url}/admin/s/desk")
    page.wait_for_selector("#desk-root[data-ready] .course")
    assert axe(page, "overview", ".desk") == []
    context.close()
