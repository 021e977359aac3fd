"""Two real browsers talk to each other in a room: phone and desktop, a tunnel, a conversion, second thoughts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from studio.store.room import asked
from tests import rooms_world as r
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.serving import Studio, serving
from tests.browser.test_looks import axe

pytestmark = pytest.mark.browser
SAID = {
    "ja": ("このごろ眠れません。", "そうでしたか。"),
    "en": ("I cannot sleep.", "Since when?"),
    "ar": ("لا أنام.", "منذ متى؟"),
}
LOCALE = {"ja": "ja-JP", "en": "en-US", "ar": "ar"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with serving(tmp_path_factory.mktemp("rooms"), r.study(seats=7, per_person=3)) as one:
        yield one


@pytest.fixture(scope="module")
def links(studio: Studio) -> list[str]:
    tokens = studio.service.invite("talks", 7)
    for token in tokens:  # a Seat is taken when a link is first opened: in their order here
        studio.service.join(token)
    return [f"{studio.url}/e/{token}" for token in tokens]


class Pages:
    """Opens both sides of a session, each in a browser of its own."""

    def __init__(self, browser: Any, studio: Studio, links: list[str], stack: ExitStack) -> None:
        self.browser, self.studio, self.links, self.stack = browser, studio, links, stack

    def row(self, number: int) -> Any:
        with self.studio.service.store.read() as connection:
            return asked.sessions_of(connection, "talks")[number]

    def lines(self, number: int) -> list[tuple[str, str, str | None]]:
        with self.studio.service.store.read() as connection:
            found = asked.lines(connection, "talks", self.row(number).session_id)
        return [(line.role, line.kind, text) for line, text in found]

    def open(self, seat: int, number: int, device: dict[str, Any], language: str) -> Any:
        context = self.browser.new_context(**device, locale=LOCALE[language])
        self.stack.callback(context.close)
        page = context.new_page()
        page.goto(self.links[seat])
        page.goto(f"{self.studio.url}/s/talks/room/{self.row(number).session_id}?rater=R{seat + 1:03d}")
        return page

    def both(self, number: int, language: str = "ja") -> tuple[Any, Any]:
        """The client's phone and the counsellor's desktop, once both are ready."""
        row = self.row(number)
        client = self.open(row.client_seat, number, PHONE, language)
        counselor = self.open(row.counselor_seat, number, DESKTOP, language)
        for page in (client, counselor):
            page.click("#ready")
        for page in (client, counselor):
            page.wait_for_selector("#talk:not([hidden])")
        return client, counselor


@pytest.fixture
def pages(browser: Any, studio: Studio, links: list[str]) -> Iterator[Pages]:
    with ExitStack() as stack:
        yield Pages(browser, studio, links, stack)


def say(page: Any, text: str) -> None:
    page.fill("#text", text)
    page.click("#composer button[type=submit]")


def reads(page: Any, text: str) -> None:
    page.wait_for_function("text => document.querySelector('#lines').textContent.includes(text)", arg=text)


@pytest.mark.parametrize(("number", "language"), list(enumerate(SAID)))
def test_two_browsers_talk_from_lobby_to_form(pages: Pages, studio: Studio, number: int, language: str) -> None:
    client, counselor = pages.both(number, language)
    first, second = SAID[language]
    say(client, first)
    reads(counselor, first)
    say(counselor, second)
    reads(client, second)
    client.click(".flag")
    counselor.click("#end")
    client.click("#agree")
    for page in (client, counselor):
        page.wait_for_selector("#after:not([hidden])")
    counselor.wait_for_selector("#nothing:not([hidden])")
    for page in (client, counselor):
        page.click("#publish-yes")
    counselor.click("#publish summary")
    counselor.click("#said li:last-child .flag")
    counselor.wait_for_selector("#said li.struck")
    assert axe(counselor, "after", "#room") == []
    client.click("#form-now a")
    client.wait_for_selector("#studio[data-view=pair], #studio[data-view=work], #form")
    assert first in client.inner_text("body")
    session = pages.row(number).session_id
    (row,) = (one for one in studio.service.in_memory("talks").sessions if one.session_id == session)
    assert (row.agreed, [message.struck for message in row.messages]) == (True, [False, True])
    kinds = [kind for _, kind, _ in pages.lines(number)]
    assert kinds == ["ready", "ready", "begun", "said", "said", "ending", "ended"]


def test_a_tunnel_loses_nothing_doubles_nothing_and_keeps_the_order(pages: Pages) -> None:
    client, counselor = pages.both(3)
    say(client, "ひとつめ")
    reads(counselor, "ひとつめ")
    client.context.set_offline(True)
    for text in ("ふたつめ", "みっつめ"):
        say(client, text)
    say(counselor, "聞こえますか")
    client.wait_for_selector("#offline:not([hidden])")
    assert client.locator(".waiting").count() == 2, "what is not committed is not called sent"
    client.context.set_offline(False)
    reads(client, "聞こえますか")
    for text in ("ふたつめ", "みっつめ"):
        reads(counselor, text)
    client.wait_for_function("() => !document.querySelector('.waiting')")
    said = [text for _, kind, text in pages.lines(3) if kind == "said"]
    assert said == ["ひとつめ", "聞こえますか", "ふたつめ", "みっつめ"]
    shown = "els => els.map(el => el.textContent)"
    assert client.eval_on_selector_all(".text", shown) == counselor.eval_on_selector_all(".text", shown) == said


def test_a_page_that_is_closed_in_mid_message_sends_it_when_it_is_opened_again(pages: Pages) -> None:
    client, counselor = pages.both(4)
    client.route("**/api/room", lambda route: route.abort())
    say(client, "閉じるまえに書きました")
    client.wait_for_selector(".waiting")
    address = client.url
    client.close()
    again = client.context.new_page()
    again.goto(address)
    reads(counselor, "閉じるまえに書きました")
    assert [text for _, kind, text in pages.lines(4) if kind == "said"] == ["閉じるまえに書きました"]


def test_enter_that_ends_a_conversion_sends_nothing_and_stop_can_be_taken_back(pages: Pages) -> None:
    client, counselor = pages.both(5)
    field = counselor.locator("#text")
    field.fill("へんかん")
    for facts in ({"isComposing": True}, {"keyCode": 229}):
        field.evaluate(
            "(el, more) => el.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, ...more}))",
            facts,
        )
    assert [kind for _, kind, _ in pages.lines(5)][3:] == []
    field.press("Enter")
    reads(client, "へんかん")
    client.click("#stop")
    counselor.wait_for_selector("#stopping:not([hidden])")
    assert counselor.locator("#unstop").is_hidden(), "only who stops can take it back"
    client.click("#unstop")
    counselor.wait_for_selector("#stopping", state="hidden")
    client.click("#stop")
    for page in (client, counselor):
        page.wait_for_selector("#after:not([hidden])", timeout=20000)
    assert pages.lines(5)[-1][:2] == ("client", "ended")


def test_a_second_tab_of_one_browser_follows_the_first_and_takes_over_when_it_closes(pages: Pages) -> None:
    client, counselor = pages.both(6)
    second = client.context.new_page()
    second.goto(client.url)
    second.wait_for_selector("#elsewhere:not([hidden])")
    say(counselor, "ふたつのタブに")
    reads(client, "ふたつのタブに")
    reads(second, "ふたつのタブに")
    client.close()
    say(counselor, "残ったタブに")
    reads(second, "残ったタブに")


def test_the_pages_pass_axe_and_fit_a_phone_at_twice_the_text(pages: Pages) -> None:
    client, counselor = pages.both(7)
    say(client, "長いことばでもはみ出さない" * 8)
    reads(counselor, "長いことば")
    for page in (client, counselor):
        assert axe(page, "room", "#room") == []
    client.add_style_tag(content=":root { font-size: 200% }")
    for page in (client, counselor):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
