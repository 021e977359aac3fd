"""Texts as raters meet them: hostile, very long; a device whose clock is wrong; practice asked again at the gate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tasks.schema import Design, Item, Practice, Response, Study, Turn, Words
from tests.browser.conftest import DESKTOP, PHONE, Open, answer, saved, view
from tests.browser.serving import Studio, serving
from tests.browser.studies import GOOD, OTHER, study

pytestmark = pytest.mark.browser
HOSTILE = (
    '<img src="https://elsewhere.example/x.png" onerror="document.title=1"><script>document.title=2</script>',
    "**太字** ![絵](https://elsewhere.example/y.png) [リンク](https://elsewhere.example) `code` # 見出し",
    "\u202eあべこべ\u202c שלום مرحبا \u200fみぎ",
    "{{ 7*7 }} ${7*7} </textarea></script><!-- \u2028 --> &amp; =1+1",
)
SENTENCE = "話しているうちに、自分でも何がつらいのかわからなくなってきて、ことばにすると少しちがう気もするんです。"
HISTORY, RESPONSE = (SENTENCE * 120)[:5900], (SENTENCE * 18)[:900]


def made(study_id: str, turns: list[str], responses: tuple[str, str], **design: Any) -> Study:
    """Two items of the same turns and responses: the first is drawn by the server, the second by the page."""
    roles = ("client", "counselor")
    items = tuple(
        Item(
            item_id=f"{study_id}{n}",
            turns=tuple(Turn(role=roles[k % 2], text=text) for k, text in enumerate(turns)),
        )
        for n in range(2)
    )
    given = tuple(
        Response(item_id=item.item_id, system_id=system, text=text)
        for item in items
        for system, text in zip((GOOD, OTHER), responses, strict=True)
    )
    plain = study(2, study_id=study_id, seats=6)
    return plain.model_copy(
        update={"items": items, "responses": given, "design": Design(seats=6, blinding=0, **design)}
    )


def gated() -> Study:
    """One practice pair whose first response is the better one, before two pairs."""
    plain = made("gated", ["眠れません。"], ("つらいですね。", "薬は飲みましたか。"), practice_gate=True)
    item = Item(item_id="p1", turns=(Turn(role="client", text="練習です。"),))
    pair = tuple(Response(item_id="p1", system_id=f"practice-{n}", text=f"練習の応答{n}") for n in (1, 2))
    words = Words(ja="一つめは気持ちを受けとめています。", en="The first takes in the feeling.")
    practice = Practice(item=item, responses=(pair[0], pair[1]), feedback=words, better="practice-1")
    return plain.model_copy(update={"practice": (practice,)})


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    hostile = made("hostile", [*HOSTILE, "どうしたらいいですか。"], (HOSTILE[0], HOSTILE[1]))
    quarter = len(HISTORY) // 5
    parts = [HISTORY[n * quarter : (n + 1) * quarter] for n in range(5)]
    long = made("long", parts, (RESPONSE, RESPONSE[::-1]))
    with serving(tmp_path_factory.mktemp("texts"), hostile, long, gated()) as running:
        yield running


def test_hostile_texts_are_shown_as_text_and_fetch_nothing(browser: Any, studio: Studio) -> None:
    context = browser.new_context(locale="ja-JP", **DESKTOP)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(studio.link("hostile"))
    page.wait_for_selector("#studio[data-ready]", state="attached")
    for number in range(2):
        if number:
            answer(page)
            page.keyboard.press("Enter")
            page.wait_for_function("document.getElementById('count').textContent === '1 / 2'")
        shown = page.evaluate(
            "[...document.querySelectorAll('#turns .turn > p:first-of-type')].map(p => p.textContent)"
        )
        assert [text.replace("\u2028", "\n") for text in shown[:4]] == [
            text.replace("\u2028", "\n") for text in HOSTILE
        ]
        both = {page.locator(f"#text-{side}").text_content() for side in ("first", "second")}
        assert both == {HOSTILE[0], HOSTILE[1]}
        assert page.locator("#turns img, #turns script, #turns a, .text img, .text script, .text a").count() == 0
    page.wait_for_timeout(300)
    assert page.title() == "応答の読み比べ"
    assert not [url for url in asked if not url.startswith((studio.url, "data:", "blob:"))]
    context.close()


@pytest.mark.parametrize("phone", [False, True])
def test_a_long_history_and_long_responses_are_all_there_and_keep_their_place(opened: Open, phone: bool) -> None:
    page = opened("long", phone=phone)
    page.wait_for_selector("#rating #studio")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("h")
    turns = page.locator("#turns .turn > p:first-of-type")
    assert "".join(turns.nth(n).inner_text() for n in range(5)) == HISTORY[: 5 * (len(HISTORY) // 5)]
    assert {len(str(page.locator(f"#text-{side}").text_content())) for side in ("first", "second")} == {900}
    dock = page.locator(".dock").bounding_box()
    height = page.evaluate("innerHeight")
    assert dock["y"] + dock["height"] <= height + 1, "the dock stays in view"
    choice = page.locator(".chooser").first.bounding_box()
    assert 0 <= choice["y"] < height, "the choice stays in view"
    if not phone:
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "panes scroll, the page does not"
        hidden = page.evaluate("const r = document.getElementById('reading-first'); r.scrollHeight > r.clientHeight")
        assert hidden, "a long response scrolls inside its card"


@pytest.mark.parametrize("when", ["1999-01-01T00:00:00Z", "2061-07-28T00:00:00Z"])
def test_a_device_whose_clock_is_wrong_loses_nothing(browser: Any, studio: Studio, when: str) -> None:
    context = browser.new_context(locale="ja-JP", **PHONE)
    page = context.new_page()
    page.clock.set_system_time(when)
    page.goto(studio.link("long"))
    page.wait_for_selector("#studio[data-ready]", state="attached")
    for number in (1, 2):
        answer(page)
        page.click("#save")
        page.wait_for_function(f"document.getElementById('track').getAttribute('aria-valuenow') === '{number}'")
    saved(page)
    page.wait_for_selector("[data-shown=end]:not([hidden])")
    context.close()


def test_the_gate_asks_practice_again_and_says_why(opened: Open) -> None:
    page = opened("gated")
    first = page.locator("#text-first").text_content() == "練習の応答1"
    for right in (False, False, True):
        assert "練習" in str(page.locator("#count").text_content())
        answer(page, ("1" if first == right else "5") + "2233")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-shown=feedback]:not([hidden])")
        assert "気持ちを受けとめて" in str(page.locator("#feedback-text").text_content())
        saved(page)
        assert page.locator("#practice-ready").is_visible() is right
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-shown=pair]:not([hidden])")
        if not right:
            assert "もう一度" in str(page.locator("#banner").text_content())
    assert page.locator("#count").text_content() == "0 / 2"
    assert view(page) == "pair"
