"""The page's JavaScript modules by themselves: in Chromium, on the page as rendered, with no server behind it.

Each `test("name", …)` of tests/browser/modules/*.test.js is a test here, run on a fresh page at an address that is no
secure context. Requests are answered from the files; whatever else a page asks for fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from studio.pages.rating.files import FOLDER, TYPES
from studio.pages.rating.page import render
from studio.service import Service
from studio.service.records import State
from studio.settings import sqlite_url
from studio.store.database import Store
from tasks.design.planning import plan
from tasks.schema import Criterion, Point, Study, Words
from tests.browser.conftest import DESKTOP
from tests.browser.studies import labelled, spanned, study

pytestmark = pytest.mark.browser
TESTS = Path(__file__).with_name("modules")
NAME = re.compile(r'^test\("([^"]+)"', re.MULTILINE)
ADDRESS = "http://studio.test"
SHELL = '<!doctype html><html lang="ja"><head><link rel="stylesheet" href="/static/rating.css"></head><body>{}</body>'
STUDIES = {
    "device": study(2),
    "form": study(2, "full", whole=True, blinding=1),
    "pair": study(2, translated=True),
    "marks": labelled(6),
    "spans": spanned(
        Criterion(
            criterion_id="asks", of="utterance", kind="spans", label=Words(ja="問い", en="Asks"), required=False,
            points=tuple(Point(value=v, words=Words(ja=w, en=w)) for v, w in ((1, "open"), (2, "closed"))),
        )
    ),
}  # fmt: skip


def names() -> list[tuple[str, str]]:
    """(module, test) of every test in the folder."""
    files = sorted(TESTS.glob("*.test.js"))
    return [(file.name.split(".")[0], name) for file in files for name in NAME.findall(file.read_text("utf-8"))]


def test_every_module_has_its_tests() -> None:
    assert {module for module, _ in names()} == set(STUDIES)


@pytest.fixture(scope="module")
def body_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """A module's page: shell, first pair and state of a rater who begins to judge; each made once."""
    folder = tmp_path_factory.mktemp("modules")
    return cache(lambda module: _body(folder, module, STUDIES[module]))


def _body(folder: Path, module: str, made: Study) -> str:
    service = Service(Store(sqlite_url(folder / f"{module}.sqlite")))
    service.create_study(made, plan(made))
    token, _ = service.join(service.invite(made.study_id)[0])
    state = service.dispatch(token, {"do": "state"})
    assert "error" not in state
    return SHELL.format(render(State.model_validate(state)))


@pytest.fixture(scope="module")
def window(browser: Any) -> Iterator[Any]:
    context = browser.new_context(locale="en-GB", **DESKTOP)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("module", "name"), names())
def test_module(window: Any, body_of: Callable[[str], str], module: str, name: str) -> None:
    asked: list[str] = []

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(ADDRESS)
        file = (TESTS if path.startswith("/modules/") else FOLDER) / path.rsplit("/", 1)[-1]
        if path == "/":
            route.fulfill(body=body_of(module), content_type="text/html; charset=utf-8")
        elif path.startswith(("/modules/", "/static/")) and file.exists():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            asked.append(path)
            route.abort()

    window.unroute_all()
    window.route("**/*", answer)
    window.goto(f"{ADDRESS}/")
    window.evaluate("localStorage.clear()")
    window.evaluate(
        "async ([file, name]) => { await import(file); await (await import('/modules/check.js')).run(name); }",
        [f"/modules/{module}.test.js", name],
    )
    assert not asked
