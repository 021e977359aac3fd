"""Protocol `rating` through the real page: scripted raters (simulated) to a report; drafts; search and folding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from results.export import folder as exports
from results.record.rated import RatedCounts
from results.scores import rated
from results.statistics.resample import Resampling
from tasks.data import kokorochat
from tasks.data.dialogue import Dialogue
from tasks.data.predictions import Prediction
from tasks.schema import Words
from tasks.study import whole
from tasks.study.study_form import Head
from tests import synthetic
from tests.browser.rating_raters import READERS, rate
from tests.browser.serving import Studio, serving

pytestmark = pytest.mark.browser
COUNT = 3


@pytest.fixture(scope="module")
def dialogues(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dialogue, ...]:
    return kokorochat.load(synthetic.folder(tmp_path_factory.mktemp("whole") / "data", COUNT))


@pytest.fixture(scope="module")
def rating_studio(tmp_path_factory: pytest.TempPathFactory, dialogues: tuple[Dialogue, ...]) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("rating")
    head = Head("whole", Words(ja="対話の評価", en="Rating"), "rating", simulated=True)
    with serving(folder, whole.build(dialogues, head, folder / "study")) as studio:
        yield studio


def at_work(browser: Any, studio: Studio, **options: Any) -> Any:
    page = browser.new_context(locale="ja-JP", **options).new_page()
    page.goto(studio.link("whole"))
    page.wait_for_selector("#studio[data-ready]")
    page.wait_for_selector("#rating #studio")  # the page has moved into Gradio's
    page.check("#agree")
    page.click("#consent-form .primary")
    page.wait_for_selector("#studio[data-view=pair]")
    return page


def test_three_raters_rate_every_dialogue_and_are_compared_with_client_and_model(
    browser: Any, rating_studio: Studio, dialogues: tuple[Dialogue, ...], tmp_path: Path
) -> None:
    for reader in READERS:
        rate(browser, rating_studio.link("whole"), reader)
    rating_studio.service.export("whole", tmp_path / "export")
    model = [Prediction(dialogue_id=d.dialogue_id, values=(3,) * 20, flags=(False,) * 3) for d in dialogues]
    data = rated.rated(exports.read(tmp_path / "export"), dialogues, model)
    made = rated.facts(data, Resampling(100, 1))
    assert made.counts == RatedCounts(dialogues=COUNT, raters=3, ratings=3 * COUNT * 20, predicted=COUNT)
    assert made.simulated
    assert {entry.pair for entry in made.voices} == {
        "rater and rater", "rater and client", "model and rater", "model and client",
    }  # fmt: skip


def test_answers_wait_on_the_device_and_what_is_missing_is_named(browser: Any, rating_studio: Studio) -> None:
    page = at_work(browser, rating_studio)
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    page.wait_for_function("/1[89]/.test(document.getElementById('alerted').textContent)")
    page.reload()
    page.wait_for_selector("#studio[data-ready]")
    assert page.locator("#form .row :checked").count() == 1
    assert "19" in page.text_content("#items-left")


@pytest.mark.parametrize("phone", [False, True])
def test_a_dialogue_is_searched_folded_and_jumped_through(browser: Any, rating_studio: Studio, phone: bool) -> None:
    size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
    page = at_work(browser, rating_studio, viewport=size, has_touch=phone, is_mobile=phone)
    turns = page.locator("#turns .turn")
    words = turns.nth(5).locator("p").first.text_content()[:8]
    page.fill("#find", words)
    assert page.locator("#turns .turn.hit").count() >= 1
    assert page.locator("#turns .turn.current").is_visible()
    page.fill("#find", "どこにもないことば")
    assert page.text_content("#find-said").strip()
    assert page.locator("#turns .turn.hit").count() == 0
    page.click("#fold-all")
    assert not turns.first.is_visible()
    page.select_option("#jump", index=1)
    assert turns.nth(20).is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
