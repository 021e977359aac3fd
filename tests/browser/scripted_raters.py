"""Scripted raters: fixed rules that read the real page in Chromium and judge it by keyboard. Simulated, not people.

    python -m tests.browser.scripted_raters LINK [LINK ...]

Each rater reads only what the page shows (two responses), as a person would, and answers the template `quick`. The
five characters differ in how many questions they bear and how much they like length, and each errs on its own one pair
in eight, so that they agree in part. Nothing here knows a system.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from tasks.asking.detectors import JAPANESE
from tests.browser.find import FLAGS, path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WARM = ("ですね", "つら", "不安", "気持ち", "大変", "苦し", "悲し", "思い", "お話", "ありがとう", "感じ", "心配")


class Character(NamedTuple):
    """How one scripted rater judges. `patience`: questions borne in one response; `length`: liking per character."""

    patience: int
    length: float
    warmth: float
    salt: str


CHARACTERS = (
    Character(1, 0.010, 1.0, "a"),
    Character(1, 0.000, 1.2, "b"),
    Character(2, 0.005, 0.8, "c"),
    Character(0, 0.010, 1.0, "d"),
    Character(2, 0.015, 0.6, "e"),
)


def _errs(rater: Character, first: str, second: str) -> bool:
    """True for one pair in eight, the same whichever side a text stands on."""
    text = rater.salt + "".join(sorted((first, second)))
    return hashlib.sha256(text.encode()).digest()[0] < 32


def empathy(rater: Character, text: str) -> int:
    """0..3: warm phrases found, weighed by the rater's warmth."""
    return min(3, int(rater.warmth * sum(phrase in text for phrase in WARM)))


def question_amount(rater: Character, text: str) -> int:
    """-1 too few (a short answer that asks nothing), 0 about right, 1 too many."""
    asked = JAPANESE.count(text)
    if asked > rater.patience:
        return 1
    return -1 if asked == 0 and len(text) < 15 else 0


def preference(rater: Character, first: str, second: str) -> int:
    """-2 (first) .. 2 (second) by the difference of a score; an erring rater turns it round."""

    def score(text: str) -> float:
        return (
            empathy(rater, text)
            - max(0, JAPANESE.count(text) - rater.patience)
            + rater.length * min(len(text), 80)
            - (question_amount(rater, text) == -1)
        )

    gap = score(second) - score(first)
    value = 0 if abs(gap) < 0.3 else (2 if abs(gap) > 1.5 else 1) * (1 if gap > 0 else -1)
    return -value if _errs(rater, first, second) else value


def keys(rater: Character, first: str, second: str) -> list[str]:
    """The keys pressed for `quick`: preference, then question amount and empathy of each side, then Enter."""
    rows = [preference(rater, first, second) + 3]
    rows += [question_amount(rater, text) + 2 for text in (first, second)]
    rows += [empathy(rater, text) + 1 for text in (first, second)]
    return [*map(str, rows), "Enter"]


SHOWN = """() => {
  const s = document.querySelector('#studio'); const text = id => document.querySelector(id).textContent;
  return [s.dataset.view, text('#count'), text('#text-first'), text('#text-second'),
          String(document.querySelector('[data-form=blinding]').hidden), text('#feedback-text')].join('\\u241f'); }"""


def _step(page: Page, rater: Character) -> bool:
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
    elif view == "profile":
        page.click("#profile-form .primary")
    elif view == "pair":
        blinding = page.locator(".choice[data-form=blinding]").is_visible()
        texts = [page.locator(f"#text-{side}").text_content() or "" for side in ("first", "second")]
        for key in ["2", "Enter"] if blinding else keys(rater, *texts):
            page.keyboard.press(key)
    else:
        page.locator(f"section[data-shown={view}] [data-do=go]").click()
    page.wait_for_function(f"before => ({SHOWN})() !== before", arg=before, timeout=30_000)
    return True


def judge(browser: Browser, link: str, rater: Character) -> int:
    """Follow one link to the end; returns the number of steps taken."""
    context = browser.new_context(locale="ja-JP", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector("#studio[data-ready]")
    steps = 0
    while _step(page, rater):
        steps += 1
    context.close()
    return steps


def main() -> int:
    """Judge with one scripted rater per link, one after another; prints how long each took."""
    parser = argparse.ArgumentParser(description="Scripted raters on the real page (simulated judgments).")
    parser.add_argument("links", nargs="+", help="personal links, http://…/e/…")
    links = parser.parse_args().links
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path(), args=list(FLAGS))
        for number, link in enumerate(links):
            begin = time.monotonic()
            steps = judge(browser, link, CHARACTERS[number % len(CHARACTERS)])
            print(f"rater {number + 1} (simulated): {steps} steps in {time.monotonic() - begin:.1f} s", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
