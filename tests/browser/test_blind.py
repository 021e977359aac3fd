"""Blindness in the browser, and the scenario that the strongest peer reports as disagreement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from results.export import read
from results.report import build
from tests.browser.conftest import Open, answer, saved, view
from tests.browser.serving import Studio, serving
from tests.browser.studies import ANSWERS, GOOD, SECRETS, study

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
    figures = {row["criterion"]: row["figures"] for row in build(export, resamples=200).facts["agreement"]}
    assert figures["preference"]["alpha"]["value"] == 1
    assert figures["preference"]["percent_agreement"]["value"] == 1
    for criterion in ("question_amount", "empathy"):
        assert figures[criterion]["percent_agreement"]["value"] == 1, "sides vary, agreement does not"
