"""Quality and results in a browser: both come by themselves once computed, without a fault of access or a scroll."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.serving import Studio, serving
from tests.browser.test_looks import axe
from tests.studio.opened_studies import judged, made, prefers

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with serving(tmp_path_factory.mktemp("results")) as running:
        judged(running.service, made("many", ("calm", "plain", "long"), items=4), 3, prefers("calm", 3))
        judged(running.service, made("two"), 3, prefers("calm", 3))
        yield running


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_quality_and_results_are_read(browser: Any, desk: Studio, phone: bool) -> None:
    scheme, language = ("dark", "ja-JP") if phone else ("light", "en-US")
    page = browser.new_context(locale=language, color_scheme=scheme, **(PHONE if phone else DESKTOP)).new_page()
    page.goto(f"{desk.url}/o/{desk.service.organiser_link()}")
    ways = {"two/quality": "#habits", **({"many/results": ".matrix"} if phone else {"two/results": ".figure"})}
    for address, shown in ways.items():
        if address.endswith("results"):
            desk.service.close_study(address.split("/")[0])
            desk.service.open_results(address.split("/")[0], "organiser")
        page.goto(f"{desk.url}/admin/s/{address}")
        page.wait_for_selector(f"#page {shown}", timeout=60000)
        assert page.evaluate("document.documentElement.scrollWidth") <= (390 if phone else 1440), address
        assert axe(page, address, ".desk") == []
    page.context.close()
