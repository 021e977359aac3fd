# ruff: noqa: E501 - what is asked in the browser is one expression a line
"""Large text, small screens, sheets: words stay whole, nothing is one character a line, what rests leaves room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.combinations import combinations
from tests.browser.conftest import PHONE, Open
from tests.browser.serving import Studio, serving
from tests.browser.studies import study

pytestmark = pytest.mark.browser
SIZES = {"phone": (390, 844), "narrow": (320, 640), "landscape": (844, 390)}
THIN = """() => {
  const wrong = [];
  const range = document.createRange();
  const walker = document.createTreeWalker(document.getElementById('studio'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.trim(), parent = node.parentElement;
    if (text.length < 2 || !parent.checkVisibility() || parent.closest('.sr, .skip, option, script, noscript')) continue;
    range.selectNodeContents(node);
    const lines = new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size;
    if (lines > Math.max(1, Math.ceil(text.length / 2))) wrong.push(`${lines} lines: ${text.slice(0, 30)}`);
    for (const { 0: word, index } of node.data.matchAll(/[A-Za-z']{2,}/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const tops = new Set([...range.getClientRects()].filter((part) => part.width).map((part) => Math.round(part.top)));
      if (tops.size > 1) wrong.push(`broken: ${word} in ${text.slice(0, 30)}`);
    }
  }
  return wrong;
}"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studies = (study(3, study_id="plain", seats=40), study(3, "full", study_id="full", seats=40))
    with serving(tmp_path_factory.mktemp("large"), *studies) as running:
        yield running


def enlarged(opened: Open, size: str, scale: int, language: str, study_id: str) -> Any:
    width, height = SIZES[size]
    page = opened(study_id, **{**PHONE, "viewport": {"width": width, "height": height}})
    page.wait_for_selector("#rating #studio")
    if language == "en":
        page.evaluate("document.querySelector('[data-do=language]').click()")
    page.evaluate("scale => (document.documentElement.style.fontSize = `${scale}%`)", scale)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page


@pytest.mark.parametrize(
    ("size", "scale", "language"),
    combinations(
        SIZES,
        (100, 150, 200),
        ("ja", "en"),
        quick=[("phone", 200, "ja"), ("phone", 200, "en"), ("narrow", 150, "ja"), ("landscape", 200, "en")],
    ),
)
def test_words_stay_whole_and_what_rests_leaves_room(opened: Open, size: str, scale: int, language: str) -> None:
    page = enlarged(opened, size, scale, language, "full" if scale == 150 else "plain")
    found = page.evaluate(THIN)
    for name in ("leaving", "keys", "menu", "guide"):
        page.evaluate("name => document.querySelector(`[data-do=${name}]`).click()", name)
        page.wait_for_selector(f"#{name}[open]")
        found += page.evaluate(THIN)
        page.keyboard.press("Escape")
        page.wait_for_selector(f"#{name}", state="hidden")
    assert not found, found
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    resting = page.evaluate(
        """() => [...document.querySelectorAll('.dock, .choice')].filter(part => part.checkVisibility()
        && getComputedStyle(part).position === 'sticky').reduce((sum, part) => sum + part.offsetHeight, 0) / innerHeight"""
    )
    assert resting <= 0.45


def test_the_choice_still_rests_where_there_is_room(opened: Open) -> None:
    page = enlarged(opened, "phone", 100, "ja", "plain")
    assert page.evaluate("getComputedStyle(document.querySelector('.choice')).position") == "sticky"
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.wait_for_function("getComputedStyle(document.querySelector('.choice')).position === 'static'")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.wait_for_function("getComputedStyle(document.querySelector('.choice')).position === 'sticky'")


@pytest.mark.parametrize("scale", [100, 200])
@pytest.mark.parametrize("size", ["phone", "narrow"])
def test_sheets_stand_at_the_bottom(opened: Open, size: str, scale: int) -> None:
    page = enlarged(opened, size, scale, "ja", "plain")
    for name in ("guide", "answers", "menu", "leaving", "keys", "device"):
        page.evaluate("name => document.querySelector(`[data-do=${name}]`).click()", name)
        page.wait_for_selector(f"#{name}[open]")
        box = page.locator(f"#{name}").bounding_box()
        assert box["y"] + box["height"] == pytest.approx(SIZES[size][1], abs=1), name
        assert box["y"] >= 30, f"{name}: what lies below is seen"
        assert (box["x"], box["width"]) == (0, SIZES[size][0]), name
        page.keyboard.press("Escape")
        page.wait_for_selector(f"#{name}", state="hidden")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("study_id", ["plain", "full"])
def test_the_active_row_breaks_no_word_and_moves_nothing(opened: Open, study_id: str, language: str) -> None:
    page = opened(study_id, viewport={"width": 1440, "height": 900})
    page.wait_for_selector("#rating #studio")
    if language == "en":
        page.click("#other-language")
    heights = "[...document.querySelectorAll('[data-form=judging] .row')].map(row => row.offsetHeight)"
    spans = """[...document.querySelectorAll('.row.active .point > span')].map(span => {
      const range = document.createRange(); range.selectNodeContents(span);
      return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size })"""
    before = page.evaluate(heights)
    for _ in range(len(before)):
        assert set(page.evaluate(spans)) == {1}, "every point's words stand on one line"
        assert page.evaluate(heights) == before
        page.keyboard.press("ArrowDown")
