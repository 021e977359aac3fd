"""The report in a real browser: nothing scrolls sideways on phones, what is folded prints, links open their part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_looks import axe

pytestmark = pytest.mark.browser
EXAMPLE = Path(__file__).parents[2] / "results" / "example"
SEEN = """() => [...document.querySelectorAll('details section')].filter(part => {
  const box = part.getBoundingClientRect();
  return box.height > 20 && part.checkVisibility({ contentVisibilityAuto: true });
}).length"""


def open_report(browser: Any, name: str, width: int) -> Any:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto((EXAMPLE / name).as_uri())
    return page


@pytest.mark.parametrize(("name", "width"), [("report.ja.html", 320), ("report.ar.html", 390)])
def test_nothing_scrolls_sideways_on_a_phone_and_every_picture_fits(browser: Any, name: str, width: int) -> None:
    page = open_report(browser, name, width)
    parts = page.locator("details").count()
    assert page.evaluate(SEEN) == 0, "folded"
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert axe(page, "report", "body") == []
    page.check(".all input")
    assert page.evaluate(SEEN) == parts > 10
    assert page.evaluate("document.documentElement.scrollWidth") == width
    drawn = page.locator("svg:visible")
    boxes = [drawn.nth(place).bounding_box() for place in range(drawn.count())]
    assert len(boxes) > 8
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    page.close()


def test_what_is_folded_is_printed_and_a_link_opens_its_part(browser: Any) -> None:
    page = open_report(browser, "report.html", 1200)
    page.click(".doubts a[href='#agreement']")
    assert page.locator("#agreement").is_visible()
    assert page.locator("details[open]").count() == 1
    page.emulate_media(media="print")
    assert page.evaluate(SEEN) == page.locator("details").count()
    assert page.locator(".front .contents").is_visible()
    page.close()
