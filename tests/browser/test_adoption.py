"""The served page moves into Gradio's component when that is up; what a person has in hand then is not lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
CALLED = "main[role=presentation]"
"""Gradio's component is up and has asked for the page."""
MOVED = "#rating #studio"
WAIT = 900
"""ms in which a page that nobody holds has moved."""


@pytest.fixture
def slow(opened: Open) -> Callable[..., tuple[Any, Callable[[], None]]]:
    """Opens a page whose Gradio comes only when it is let: (page, let)."""

    def open_slowly(**options: Any) -> tuple[Any, Callable[[], None]]:
        waiting: list[Any] = []
        held = True

        def hold(route: Any) -> None:
            if held:
                waiting.append(route)
            else:  # asked for after it was let: a slow machine
                route.continue_()

        page = opened(before=lambda page: page.route("**/assets/HTML-*.js", hold), **options)
        page.wait_for_selector("#studio[data-ready]")

        def let() -> None:
            nonlocal held
            held = False
            while waiting:
                waiting.pop().continue_()
            page.wait_for_selector(CALLED, state="attached")
            page.wait_for_timeout(WAIT)

        return page, let

    return open_slowly


def moved(page: Any) -> bool:
    return bool(page.locator(MOVED).count())


def text_at(page: Any) -> tuple[float, float]:
    box = page.locator("#text-first").bounding_box()
    return box["x"] + 4, box["y"] + 12


def test_a_page_that_nobody_holds_moves(slow: Any) -> None:
    page, let = slow()
    assert not moved(page)
    let()
    assert moved(page)


def test_a_selection_begun_with_the_mouse_is_kept_until_it_is_let_go(slow: Any) -> None:
    page, let = slow()
    x, y = text_at(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y, steps=4)
    selected = page.evaluate("getSelection().toString()")
    assert selected
    let()
    page.mouse.move(x + 160, y, steps=4)
    longer = page.evaluate("getSelection().toString()")
    assert longer.startswith(selected)
    assert len(longer) > len(selected)
    page.mouse.up()
    page.wait_for_timeout(WAIT)
    assert not moved(page)
    assert page.evaluate("getSelection().toString()") == longer
    page.evaluate("getSelection().empty()")
    page.wait_for_selector(MOVED)


def test_words_of_an_ime_are_not_cut_off(slow: Any) -> None:
    page, let = slow()
    page.click(".comment textarea")
    ime = page.context.new_cdp_session(page)
    ime.send("Input.imeSetComposition", {"text": "ねむ", "selectionStart": 2, "selectionEnd": 2})
    let()
    assert not moved(page)
    ime.send("Input.imeSetComposition", {"text": "ねむれ", "selectionStart": 3, "selectionEnd": 3})
    ime.send("Input.insertText", {"text": "眠れ"})
    page.keyboard.type("ない")
    assert page.input_value(".comment textarea") == "眠れない"
    page.evaluate("document.activeElement.blur()")
    page.wait_for_selector(MOVED)
    assert page.input_value(".comment textarea") == "眠れない"


def test_a_press_becomes_a_click_before_the_page_moves(slow: Any) -> None:
    page, let = slow()
    box = page.locator(".points:visible .point").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    let()
    assert not moved(page)
    page.mouse.up()
    page.wait_for_selector(MOVED)
    assert page.locator(".points:visible :checked").count() == 1


def test_a_finger_that_scrolls_is_waited_for(slow: Any) -> None:
    page, let = slow(phone=True)
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 150, "y": 300}]})
    for y in (260, 220, 180):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": 150, "y": y}]})
    let()
    assert not moved(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_selector(MOVED)
