"""Labels of utterances and spans of responses, given in the text itself, through the real page to their agreement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from results.__main__ import main
from studio.service.view import response_shown, turn_shown
from tasks.schema import Study, Words
from tests.browser.serving import Studio, serving
from tests.browser.studies import PHRASE, labelled, spanned

pytestmark = pytest.mark.browser


BROKEN = "\r\n一行め。\r\n𠮟られた二行め。 \r三行め。\r\n"
"""A text with every kind of line end, one of them within UTF-16 pairs' reach."""


def broken_lines() -> Study:
    """Two items of the same text, with CRLF and CR: the server draws the first pair, the page the second."""
    asks = PHRASE.model_copy(update={"criterion_id": "asks", "of": "utterance", "label": Words(ja="問い", en="Asks")})
    made = spanned(asks)
    (item,) = made.items
    turns = tuple(turn.model_copy(update={"text": BROKEN}) for turn in item.turns)
    items = tuple(item.model_copy(update={"item_id": f"i{n}", "turns": turns}) for n in (1, 2))
    texts = tuple(r.model_copy(update={"item_id": i.item_id, "text": BROKEN}) for i in items for r in made.responses)
    return made.model_copy(update={"study_id": "lines", "items": items, "responses": texts})


@pytest.fixture(scope="module")
def marking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with serving(tmp_path_factory.mktemp("marking"), labelled(6), spanned(), broken_lines()) as studio:
        yield studio


def opened(browser: Any, studio: Studio, study_id: str) -> Any:
    page = browser.new_context(locale="ja-JP", viewport={"width": 1440, "height": 900}).new_page()
    page.goto(studio.link(study_id))
    page.wait_for_selector("#studio[data-ready]")
    return page


def values(studio: Studio, study_id: str, criterion: str, folder: Path) -> dict[tuple[str, str], Any]:
    studio.service.export(study_id, folder)
    rows = map(json.loads, (folder / "judgments.jsonl").read_text(encoding="utf-8").splitlines())
    return {(row["rater"], row["target"]): row["value"] for row in rows if row["criterion"] == criterion}


def test_every_utterance_of_the_counsellor_is_labelled_by_keyboard(
    browser: Any, marking: Studio, tmp_path: Path
) -> None:
    for keys in (("14", "-", "2"), ("1", "-", "2")):
        page = opened(browser, marking, "label")
        page.keyboard.press("Enter")
        page.wait_for_function("document.getElementById('alerted').textContent.includes('3')")  # labels are missing
        for turn in keys:
            for key in turn:
                page.keyboard.press(key)
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_selector("#studio[data-view=end]")
    found = values(marking, "label", "strategy", tmp_path / "export")
    assert found["R001", "utterance:1"] == [0, 3]
    assert found["R001", "utterance:3"] == found["R002", "utterance:3"] == [10]
    assert main(["marked", str(tmp_path / "export"), "--out", str(tmp_path / "out"), "--resamples", "100"]) == 0
    made = json.loads((tmp_path / "out" / "marked.json").read_text(encoding="utf-8"))
    assert made["labels"][0]["figures"]["0"]["value"] == pytest.approx(1)


def drag(page: Any, text: str, width: int) -> None:
    """Select the first `width` pixels of a text by mouse; again where the page was still moving under it."""
    for _ in range(5):
        page.locator(text).scroll_into_view_if_needed()
        box = page.locator(text).bounding_box()
        page.mouse.move(box["x"] + 1, box["y"] + 12)
        page.mouse.down()
        page.mouse.move(box["x"] + width, box["y"] + 12, steps=4)
        page.mouse.up()
        if page.evaluate("text => document.querySelector(text).contains(getSelection().focusNode)", text):
            return
    raise AssertionError(f"{text}: no selection by mouse")


def test_spans_are_marked_by_mouse_and_by_keyboard_in_code_points(
    browser: Any, marking: Studio, tmp_path: Path
) -> None:
    page = opened(browser, marking, "spans")
    page.keyboard.press("s")
    page.keyboard.press("m")
    assert page.locator("#text-first mark").text_content() == "𠮟られてつらいのですね。"
    drag(page, "#text-second", 70)
    page.click(".marker button")
    marked = page.locator("#text-second mark").text_content()
    for key in "12233":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_selector("#studio[data-view=end]")
    found = values(marking, "spans", "phrase", tmp_path / "export")
    assert sorted(map(str, found.values())) == sorted((str([[0, 12]]), str([[0, len(marked)]])))


SELECT = """([selector, place, word]) => { const element = document.querySelectorAll(selector)[place];
  const node = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode(), at = node.data.indexOf(word);
  getSelection().setBaseAndExtent(node, at, node, at + word.length); }"""


def test_the_same_word_has_one_place_on_the_served_pair_and_on_later_ones(
    browser: Any, marking: Studio, tmp_path: Path
) -> None:
    page = opened(browser, marking, "lines")
    page.wait_for_selector("#rating #studio")  # a selection does not outlive the page's move into Gradio's
    word = "二行め"
    for number in (1, 2):
        for selector, place, button in (("#text-first", 0, 0), ("#turns .turn > p", 1, 1)):
            page.evaluate(SELECT, [selector, place, word])
            page.locator(".marker button").nth(button).click()
        for key in "12233":
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.getElementById('track').getAttribute('aria-valuenow') === '{number}'")
    page.wait_for_selector("#studio[data-view=end]")
    marking.service.export("lines", tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "judgments.jsonl").read_text(encoding="utf-8").splitlines()]
    for criterion, text in (("phrase", response_shown(BROKEN)), ("asks", turn_shown(BROKEN))):
        stored = [row["value"] for row in rows if row["criterion"] == criterion and row["value"]]
        assert len(stored) == 2
        assert stored[0] == stored[1]
        ((start, end),) = stored[0]
        assert text[start:end] == word
