"""Blindness in the browser, and the scenario that the strongest peer reports as disagreement."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from results.export.folder import read
from results.report.build import build
from tests.browser.conftest import Open, answer, saved, view
from tests.browser.serving import Studio, serving
from tests.browser.studies import ANSWERS, GOOD, OTHER, SECRETS, study

pytestmark = pytest.mark.browser


def test_nothing_the_browser_receives_stores_or_prints_names_a_system(browser: Any, studio: Studio) -> None:
    context = browser.new_context(locale="ja-JP", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    bodies: list[tuple[str, str]] = []
    page.on("console", lambda message: bodies.append(("console", message.text)))
    page.on("response", lambda answer_: bodies.append((answer_.url, body_of(answer_))))
    page.goto(studio.link("whole"))
    page.wait_for_selector("#rating #studio")
    page.check("#agree")
    page.click("#consent-form .primary")
    page.wait_for_selector("[data-shown=profile]:not([hidden])")
    page.click("#profile-form .primary")
    page.wait_for_selector("[data-shown=profile]", state="hidden")
    for _ in range(30):
        page.wait_for_function("document.getElementById('studio').dataset.view !== 'waiting'")  # goes on by itself
        if view(page) == "end":
            break
        before = page.locator("#studio").inner_text()
        if view(page) == "pair":
            blinding = page.locator("[data-form=blinding]").is_visible()
            answer(page, "2" if blinding else "12233")
            bodies.append(("storage", page.evaluate("JSON.stringify(localStorage) + document.cookie")))
        page.keyboard.press("Enter")
        page.wait_for_function("before => document.getElementById('studio').innerText !== before", arg=before)
    assert view(page) == "end"
    saved(page)
    page.wait_for_load_state("networkidle")
    bodies.append(("page", page.content()))
    bodies.append(("storage", page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")))
    context.close()
    assert len(bodies) > 40
    secrets = {*SECRETS, "zetalpha", "quorvex"}
    assert not [(where, secret) for where, body in bodies for secret in secrets if secret in body]


def body_of(answer_: Any) -> str:
    from playwright.sync_api import Error

    try:
        return str(answer_.text())
    except (Error, UnicodeDecodeError):
        return ""  # a redirect, or a file of no text


GOOD_TEXTS = [texts[0] for texts in ANSWERS]


def judge_all(page: Any) -> None:
    """Prefer the text of the same system on whichever side it stands, and rate it alike.

    A script is faster than a busy server: what stands on a page that waits for the next pair is the pair before.
    """
    while True:
        page.wait_for_function("['pair', 'pause', 'end'].includes(document.getElementById('studio').dataset.view)")
        if view(page) == "end":
            return
        if view(page) == "pause":
            page.keyboard.press("Enter")
            continue
        good_first = page.locator("#text-first").text_content() in GOOD_TEXTS
        before = page.locator("#count").text_content()
        for key in "12341" if good_first else "53214":
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.wait_for_function(
            "before => document.getElementById('studio').dataset.view !== 'pair' || "
            "document.getElementById('count').textContent !== before",
            arg=before,
        )


@pytest.mark.slow
def test_three_raters_who_agree_on_systems_agree_whatever_their_sides(opened: Open, tmp_path: Path) -> None:
    with serving(tmp_path, study(40, study_id="agreeing", seats=3)) as running:
        for _ in range(3):
            page = opened(link=running.link("agreeing"))
            judge_all(page)
            page.wait_for_load_state("networkidle")
        folder = running.service.export("agreeing", tmp_path / "export")
    export = read(folder)
    assert {row.chosen_system for row in export.judgments if row.criterion == "preference"} == {GOOD}
    assert len([row for row in export.judgments if row.criterion == "preference"]) == 120
    figures = {row.criterion: row.figures for row in build(export, resamples=200).record.agreement}
    assert figures["preference"]["alpha"].value == 1
    assert figures["preference"]["percent_agreement"].value == 1
    for criterion in ("question_amount", "empathy"):
        assert figures[criterion]["percent_agreement"].value == 1, "sides vary, agreement does not"


WATCHED = """() => {
  const studio = document.getElementById('studio'), fetched = window.fetch, kept = Storage.prototype.setItem;
  const first = () => document.getElementById('text-first').textContent;
  let pressed = [];
  window.sent = [];
  addEventListener('keydown', ({ key }) => studio.dataset.view === 'pair' && pressed.push([key, first()]), true);
  Storage.prototype.setItem = function (name, value) {
    if (name.includes(':out:')) {
      const { assignment_id, answers } = JSON.parse(value).submission;
      window.sent.push([assignment_id, answers.find((one) => one.criterion === 'preference').value, pressed]);
      pressed = [];
    }
    return kept.call(this, name, value);
  };
  window.fetch = async (...asked) => {
    await new Promise((done) => setTimeout(done, 100 + 900 * Math.random()));
    return fetched(...asked);
  };
}"""
"""Notes the keys pressed while each pair stands on the page, with the text that stands first; answers come late."""


def press_on(page: Any, until: float) -> None:
    """Press keys all the time, also while the page waits for the next pair, until the end or a moment."""
    while view(page) != "end" and time.monotonic() < until:
        for key in ("1", "2", "3", "4", "1", "Enter"):
            page.keyboard.press(key)


@pytest.mark.slow
def test_what_is_stored_was_pressed_on_the_pair_that_stood_there(opened: Open, tmp_path: Path) -> None:
    """However late answers come, and however hasty the rater: the first key on a pair is its preference."""
    with serving(tmp_path, study(20, study_id="hasty", seats=1, blinding=0)) as running:
        page = opened(link=running.link("hasty"))
        page.evaluate(WATCHED)
        press_on(page, time.monotonic() + 150)
        sent = {assignment: (value, keys) for assignment, value, keys in page.evaluate("window.sent")}
        page.wait_for_function("!Object.keys(localStorage).some(key => key.includes(':out:'))")
        export = read(running.service.export("hasty", tmp_path / "export"))
    rows = [row for row in export.judgments if row.criterion == "preference"]
    assert len(rows) == 20
    for row in rows:
        value, keys = sent[row.assignment_id]
        key, first = next((key, text) for key, text in keys if key in "12345")
        assert value == int(key) - 3
        better = (first in GOOD_TEXTS) == (value < 0)
        assert row.chosen_system == (None if value == 0 else GOOD if better else OTHER)
