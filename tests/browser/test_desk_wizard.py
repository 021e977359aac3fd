"""From an Excel file to the launch on the pages alone: clicks and typed fields counted, axe on each step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.service import Service
from studio.settings import Settings, sqlite_url
from studio.store.database import Store
from tests.browser.combinations import long
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.serving import running
from tests.browser.test_looks import axe
from tests.sixty_files import as_xlsx

pytestmark = pytest.mark.browser
ROWS = [
    ["番号", "相談内容", "GPT-4", "ベースモデル", "備考"],
    [
        "1",
        "相談者：眠れません。\nカウンセラー：いつからですか。\n相談者：先週からです。",
        "つらいですね。",
        "何時に寝ますか。",
        "x",
    ],
    ["2", "相談者：朝が起きられません。", "起きようとしているのですね。", "何時に起きますか。", "y"],
    ["3", "相談者：友だちと話せません。", "話したいのですね。", "誰とですか。", ""],
]
MOST_CLICKS, MOST_TYPED = 15, 3


class Hand:
    """What an organiser does, counted."""

    def __init__(self, page: Any, width: int) -> None:
        self.page, self.width, self.clicks, self.typed = page, width, 0, 0

    def click(self, where: str) -> None:
        self.page.locator(where).first.click()
        self.clicks += 1

    def type(self, name: str, value: str) -> None:
        self.page.locator(f"[name={name}]").fill(value)
        self.typed += 1

    def arrive(self, step: str) -> None:
        self.page.wait_for_selector(f"[data-page={step}]")
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, step
        assert axe(self.page, step, ".desk") == []


@pytest.mark.parametrize(
    ("language", "screen", "theme"),
    [
        ("ja-JP", DESKTOP, "light"),
        long("en-US", PHONE, "dark"),
        *(long(tag, PHONE, "dark") for tag in ("ar", "ko", "zh-CN")),
        *(long(tag, DESKTOP, "light") for tag in ("de", "es", "fr")),
    ],
)
def test_from_an_excel_file_to_the_launch(
    browser: Any, tmp_path: Path, language: str, screen: dict[str, Any], theme: str
) -> None:
    service = Service(Store(sqlite_url(tmp_path / "studio.sqlite")))
    with running(service, Settings()) as studio:
        page = browser.new_context(locale=language, color_scheme=theme, **screen).new_page()
        page.goto(f"{studio.url}/o/{service.organiser_link()}")
        page.goto(f"{studio.url}/admin/new")
        hand = Hand(page, screen["viewport"]["width"])
        hand.arrive("new")
        sheet = {"name": "相談.xlsx", "mimeType": "application/octet-stream", "buffer": as_xlsx({"表": ROWS})}
        page.locator("input[type=file]").set_input_files(sheet)
        hand.clicks += 2  # the button, and the file in the system's window
        hand.arrive("file")
        assert page.locator(".said.client").count() == 2, "the first item as it was read stands beside the file"
        hand.click("[name='answer.provenance'][value=roleplay]")
        hand.click(".step-foot .primary")
        hand.arrive("questions")
        hand.click(".step-foot .primary")
        hand.arrive("texts")
        hand.type("contact", "you@example.org")
        hand.click(".step-foot .primary")
        hand.arrive("plan")
        hand.click(".step-foot .primary")
        hand.arrive("launch")
        hand.click("[name=despite]")  # nobody else can open this computer's address
        hand.click(".step-foot .primary")
        hand.arrive("people")
        (study,) = service.studies()
        assert [one.name for one in service.study(study.study_id).systems] == ["GPT-4", "ベースモデル"]
        assert service.drafts() == []
        assert hand.clicks <= MOST_CLICKS, hand.clicks
        assert hand.typed <= MOST_TYPED, hand.typed
        page.context.close()


MOST_TABS = 90
FOCUSED = """(where) => {
  const at = document.activeElement;
  const { outlineStyle, boxShadow } = getComputedStyle(at);
  if (outlineStyle === 'none' && boxShadow === 'none') return `unseen: ${at.outerHTML.slice(0, 80)}`;
  return at.matches(where) ? 'there' : '';
}"""


def tab_to(page: Any, where: str) -> None:
    """Press Tab until something is focused; whatever is focused on the way is seen to be."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED, where)
        if found:
            assert found == "there", found
            return
    raise AssertionError(f"{where} is not reached by {MOST_TABS} tabs")


@pytest.mark.parametrize("width", [1280, long(390)])
def test_the_whole_way_by_keyboard_alone_with_text_of_twice_the_size(browser: Any, tmp_path: Path, width: int) -> None:
    service = Service(Store(sqlite_url(tmp_path / "studio.sqlite")))
    with running(service, Settings()) as studio:
        page = browser.new_context(locale="en-US", viewport={"width": width, "height": 800}).new_page()
        page.goto(f"{studio.url}/o/{service.organiser_link()}")
        page.goto(f"{studio.url}/admin/new")
        page.wait_for_selector("#desk-root[data-ready]")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        tab_to(page, "form[data-do=demo] button")
        page.keyboard.press("Enter")
        for step in ("questions", "texts", "plan", "launch"):
            page.wait_for_selector(f"[data-page={step}]")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, step
            if step == "texts":
                tab_to(page, "[name=contact]")
                page.keyboard.type("you@example.org")
            if step == "launch":
                page.wait_for_selector("[name=despite]")
                tab_to(page, "[name=despite]")
                page.keyboard.press("Space")
            tab_to(page, ".step-foot .primary")
            page.keyboard.press("Enter")
        page.wait_for_selector("[data-page=people]")
        assert page.evaluate("document.activeElement.id") == "page"
        page.context.close()
    assert len(service.studies()) == 1
