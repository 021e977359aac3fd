"""The page's JavaScript modules by themselves: in Chromium, on the page as rendered, with no server behind it.

Each `test("name", …)` of tests/browser/modules/*.test.js is a test here, run on a fresh page at an address that is no
secure context. Requests are answered from the files; whatever else a page asks for fails the test.
"""

from __future__ import annotations

import random
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
from tasks.schema import Criterion, Point, Words
from tests.browser.conftest import DESKTOP, PHONE
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
    "screen": study(2),
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
def state_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], State]:
    """A module's state, of a rater who begins to judge; each made once."""
    folder = tmp_path_factory.mktemp("modules")

    def make(module: str) -> State:
        made = STUDIES[module]
        service = Service(Store(sqlite_url(folder / f"{module}.sqlite")))
        service.create_study(made, plan(made))
        token, _ = service.join(service.invite(made.study_id)[0])
        return State.model_validate(service.dispatch(token, {"do": "state"}))

    return cache(make)


@pytest.fixture(scope="module")
def body_of(state_of: Callable[[str], State]) -> Callable[[str], str]:
    """A module's page as served: shell, first pair and state."""
    return cache(lambda module: SHELL.format(render(state_of(module))))


@pytest.fixture(scope="module")
def window(browser: Any) -> Iterator[Any]:
    context = browser.new_context(locale="en-GB", **DESKTOP)
    yield context.new_page()
    context.close()


def serve(route: Any, body: str, asked: list[str]) -> None:
    """Answers from the files; what else is asked for goes into `asked`."""
    path = route.request.url.removeprefix(ADDRESS)
    file = (TESTS if path.startswith("/modules/") else FOLDER) / path.rsplit("/", 1)[-1]
    if path == "/":
        route.fulfill(body=body, content_type="text/html; charset=utf-8")
    elif path.startswith(("/modules/", "/static/")) and file.exists():
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    else:
        asked.append(path)
        route.abort()


@pytest.mark.parametrize(("module", "name"), names())
def test_module(window: Any, body_of: Callable[[str], str], module: str, name: str) -> None:
    asked: list[str] = []
    window.unroute_all()
    window.route("**/*", lambda route: serve(route, body_of(module), asked))
    window.goto(f"{ADDRESS}/")
    window.evaluate("localStorage.clear()")
    window.evaluate(
        "async ([file, name]) => { await import(file); await (await import('/modules/check.js')).run(name); }",
        [f"/modules/{module}.test.js", name],
    )
    assert not asked


COMPARE = """async (cases) => {
  const { draw } = await import('/static/pair.js');
  const parts = (root) => [...root.querySelectorAll('#turns > *, .card .text, .card .translation')];
  return cases.filter(({ html, pair }) => {
    const served = parts(new DOMParser().parseFromString(html, 'text/html'));
    draw(pair);
    return parts(document).some((element, place) => !element.isEqualNode(served[place]));
  }).map(({ pair }) => pair);
}"""


def drawn_pairs(count: int) -> list[dict[str, Any]]:
    """Pairs of every length around the limits of the fold, with letters of every width, translated or not."""
    drawing = random.Random(5)
    letters = "あ漢aé😀𠮟 \n<&'\""

    def text(most: int) -> str:
        return "x" + "".join(drawing.choices(letters, k=drawing.randint(0, most))) + "x"

    def said(most: int) -> dict[str, str]:
        return {"text": text(most)} | ({"translation": text(20)} if drawing.random() < 0.3 else {})

    return [
        {
            "turns": [
                {"role": ("client", "counselor")[n % 2], **said(drawing.choice((30, 80, 320)))}
                for n in range(drawing.randint(1, 12))
            ],
            "responses": [said(50), said(50)],
        }
        for _ in range(count)
    ]


@pytest.mark.parametrize("narrow", [False, True])
def test_server_and_page_fold_and_draw_a_pair_alike(
    browser: Any, body_of: Callable[[str], str], state_of: Callable[[str], State], narrow: bool
) -> None:
    """The server draws the first pair, pair.js the later ones: two programs, one markup."""
    body, state = body_of("pair"), state_of("pair")
    first = state.pairs[0]
    pairs = [type(first).model_validate(first.model_dump() | made) for made in drawn_pairs(40)]
    cases = [
        {
            "html": render(state.model_copy(update={"pairs": (pair,)}), narrow=narrow),
            "pair": pair.model_dump(mode="json"),
        }
        for pair in pairs
    ]
    context = browser.new_context(locale="ja-JP", **(PHONE if narrow else DESKTOP))
    page = context.new_page()
    page.route("**/*", lambda route: serve(route, body, []))
    page.goto(f"{ADDRESS}/")
    page.evaluate(
        "import('/static/screen.js').then(({ learn }) =>"
        " learn(JSON.parse(document.getElementById('studio-state').textContent).words, 'ja'))"
    )
    assert page.evaluate(COMPARE, cases) == []
    context.close()
