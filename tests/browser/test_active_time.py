"""The time a rater takes, on the real page: stays add up, whatever is undone, revised, looked at between or offline."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.browser.conftest import Open, answer, saved
from tests.browser.serving import Studio
from tests.browser.test_who_speaks import code_of, row_of

pytestmark = pytest.mark.browser
STAY = 1500


def seconds(studio: Studio, page: Any) -> list[float]:
    """Active seconds of what the page's rater has answered, in order."""
    rows = studio.service.in_memory("plain").assignments
    mine = [row for row in rows if row.rater == code_of(page) and row.seq is not None]
    return [row.active_seconds or 0.0 for row in sorted(mine, key=lambda row: row.position)]


def save_after_a_stay(page: Any, keys: str = "12233") -> None:
    page.wait_for_timeout(STAY)
    answer(page, keys)
    page.keyboard.press("Enter")


def test_a_revision_adds_its_stay(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    save_after_a_stay(page)
    saved(page)
    page.keyboard.press("u")
    save_after_a_stay(page, "52233")
    page.wait_for_function("document.getElementById('studio').dataset.saving === 'saved.revised'")
    assert seconds(studio, page)[0] >= 2 * STAY / 1000
    assert row_of(studio, "plain", code_of(page)).active_seconds == pytest.approx(sum(seconds(studio, page)), abs=0.01)


def test_stays_without_a_network_are_counted_each(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    began = time.monotonic()
    page.wait_for_selector("#rating #studio")  # Gradio is up: it loads nothing any more
    page.context.set_offline(True)
    save_after_a_stay(page)
    page.keyboard.press("u")
    save_after_a_stay(page, "52233")
    save_after_a_stay(page)
    page.context.set_offline(False)
    page.wait_for_function("!Object.keys(localStorage).some(key => key.includes(':out:'))")
    first, second = seconds(studio, page)
    assert first >= 2 * STAY / 1000, "the stay that was undone counts too"
    assert second >= STAY / 1000
    assert first + second <= time.monotonic() - began + 1


def test_a_pair_left_for_an_earlier_one_keeps_its_time(opened: Open, studio: Studio) -> None:
    page = opened(link=studio.link("plain"))
    save_after_a_stay(page)
    saved(page)
    page.wait_for_timeout(STAY)  # with the second pair, untouched
    page.click("[data-do=answers]")
    page.click("#answers-list button")
    page.click("#cancel")
    save_after_a_stay(page)
    page.wait_for_function("!Object.keys(localStorage).some(key => key.includes(':out:'))")
    assert seconds(studio, page)[1] >= 2 * STAY / 1000
