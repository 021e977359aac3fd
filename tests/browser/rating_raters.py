"""Scripted raters of whole dialogues: fixed rules that read the real page in Chromium and fill the client's form.

    python -m tests.browser.rating_raters LINK [LINK ...]

Simulated, not people. Each reads only what the page shows. The three differ in how strict they are and in what they
value, and every answer has a small error of its own, so that they agree in part.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from tasks.asking.detectors import JAPANESE
from tests.browser.find import FLAGS, path
from tests.browser.scripted_raters import WARM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ITEMS = 20


class Reader(NamedTuple):
    """How one scripted rater reads. `base`: level given to a plain dialogue; weights of warmth, length, questions."""

    base: float
    warmth: float
    length: float
    questions: float
    salt: str


READERS = (Reader(2.6, 1.2, 0.4, 1.0, "a"), Reader(3.1, 0.8, 0.6, 0.6, "b"), Reader(2.2, 1.0, 0.8, 1.4, "c"))


def level(reader: Reader, turns: list[tuple[str, str]]) -> float:
    """The general impression, about 0..5: warm words, length and questions of the counsellor's turns."""
    own = [text for role, text in turns if role == "counselor"] or [""]
    warm = sum(phrase in text for text in own for phrase in WARM) / len(own)
    asking = sum(JAPANESE.count(text) > 0 for text in own) / len(own)
    talk = min(1.0, sum(map(len, own)) / 2500)
    return (
        reader.base
        + reader.warmth * (warm - 0.7)
        + reader.length * (talk - 0.6) * 2
        - reader.questions * (asking - 0.5)
    )


def values(reader: Reader, turns: list[tuple[str, str]]) -> list[int]:
    """The 20 answers 0..5: the impression, moved by up to one for each item."""
    general, text = level(reader, turns), "".join(text for _, text in turns)
    found = []
    for item in range(ITEMS):
        draw = hashlib.sha256(f"{reader.salt}:{item}:{text}".encode()).digest()[0] / 255
        shared = hashlib.sha256(f"{item}:{text}".encode()).digest()[0] / 255
        found.append(max(0, min(5, round(general + 1.2 * (draw - 0.5) + 1.2 * (shared - 0.5)))))
    return found


TURNS = """() => [...document.querySelectorAll('#turns .turn')].map(turn =>
  [turn.classList.contains('client') ? 'client' : 'counselor', turn.querySelector('p').textContent])"""
SHOWN = """() => { const s = document.querySelector('#studio');
  const text = id => document.querySelector(id).textContent;
  return s.dataset.view + text('#count') + text('#turns').length; }"""


def step(page: Page, reader: Reader) -> bool:
    """Do what the page asks for once; False at the end."""
    view = page.locator("#studio").get_attribute("data-view")
    if view == "end":
        return False
    if view == "waiting":
        page.wait_for_function("document.querySelector('#studio').dataset.view !== 'waiting'", timeout=30_000)
        return True
    before = page.evaluate(SHOWN)
    if view == "consent":
        page.wait_for_selector("#rating #studio")  # the page has moved into Gradio's
        page.check("#agree")
        page.click("#consent-form .primary")
    elif view == "pair":
        turns = [(role, text) for role, text in page.evaluate(TURNS)]
        for value in values(reader, turns):
            page.keyboard.press(str(value))
        page.keyboard.press("Enter")
    else:
        page.locator(f"section[data-shown={view}] [data-do=go]").click()
    page.wait_for_function(f"before => ({SHOWN})() !== before", arg=before, timeout=30_000)
    return True


def rate(browser: Browser, link: str, reader: Reader) -> int:
    """Follow one link to the end; returns the number of steps taken."""
    context = browser.new_context(locale="ja-JP", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector("#studio[data-ready]")
    steps = 0
    while step(page, reader):
        steps += 1
    context.close()
    return steps


def main() -> int:
    """Rate with one scripted rater per link, one after another; prints how long each took."""
    parser = argparse.ArgumentParser(description="Scripted raters of whole dialogues (simulated ratings).")
    parser.add_argument("links", nargs="+", help="personal links, http://…/e/…")
    links = parser.parse_args().links
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path(), args=list(FLAGS))
        for number, link in enumerate(links):
            begin = time.monotonic()
            steps = rate(browser, link, READERS[number % len(READERS)])
            print(f"rater {number + 1} (simulated): {steps} steps in {time.monotonic() - begin:.1f} s", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
