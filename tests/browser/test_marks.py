"""Labels of utterances and spans of responses, given in the text itself, through the real page to their agreement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from results.__main__ import main
from tests.browser.serving import Studio, serving
from tests.browser.studies import labelled, spanned

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def marking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with serving(tmp_path_factory.mktemp("marking"), labelled(6), spanned()) as studio:
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
        assert "3" in page.text_content("#alerted")  # nothing is saved while labels are missing
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
    assert made["labels"][0]["0"]["value"] == pytest.approx(1)


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
