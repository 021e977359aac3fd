"""QR codes are read by a decoder as they appear: on the organiser's page, on the rating page, in a letter's file."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from studio.documents.invitations import Invitation
from studio.pages.admin import invitations
from studio.pages.admin.html import WORDS, page
from studio.service.rater.qr import qr_svg
from tests.browser.combinations import long
from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.browser.studies import study

pytestmark = pytest.mark.browser
LINK = "https://studio.example.org/e/XmhxZBpMl-zG9IXbX3cA5GmLhagqJHHBFJo_j8kFog4"


def decoded(picture: bytes) -> list[str]:
    """The texts of all QR codes in a PNG."""
    import zxingcpp
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        return [code.text for code in zxingcpp.read_barcodes(image.convert("L"))]


@pytest.mark.parametrize(
    ("device", "scheme"), [(DESKTOP, "light"), (PHONE, "dark"), long(DESKTOP, "dark"), long(PHONE, "light")]
)
def test_on_the_organisers_page(browser: Any, device: dict[str, Any], scheme: str) -> None:
    body = invitations.render(study(2), [Invitation("A", "", LINK)], WORDS["en"])
    context = browser.new_context(**device, color_scheme=scheme)
    try:
        shown = context.new_page()
        shown.set_content(page(body, WORDS["en"]).replace("<details>", "<details open>"))
        assert decoded(shown.locator(".letter svg").screenshot()) == [LINK]
    finally:
        context.close()


@pytest.mark.parametrize("phone", [False, True])
def test_on_the_rating_page_for_another_device(opened: Open, phone: bool) -> None:
    page = opened("plain", phone=phone)
    page.wait_for_selector("#rating #studio")
    page.click("[data-do=menu]")
    page.click("[data-do=device]")
    with page.expect_response(lambda reply: "component_server" in reply.url) as heard:
        page.click("[data-do=code]")
    page.wait_for_selector("#device-image", state="visible")
    (link,) = decoded(page.locator("#device-image").screenshot())
    assert re.fullmatch(r"http://[^/]+/e/[\w-]{43}", link)
    assert link in heard.value.text()


def test_a_letters_file_alone(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "1.svg").write_text(qr_svg(LINK), encoding="utf-8")
    context = browser.new_context(**DESKTOP)
    try:
        shown = context.new_page()
        shown.goto((tmp_path / "1.svg").as_uri())
        assert decoded(shown.screenshot()) == [LINK]
    finally:
        context.close()
