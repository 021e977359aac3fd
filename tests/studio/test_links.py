"""Links as people and mail programs hand them on, looked at and opened; and names as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from studio.service import Service, StudioError
from studio.service.tokens import repaired
from studio.settings import Settings
from studio.web.app import build
from studio.web.guess_limit import MOST_FAILURES
from tests import studio_world as w

BESIDE = [
    "/",
    ".",
    ")",
    "。",
    " ",
    "%20",
    "」",
    "）",
    ",",
    "、",
    "!",
    "?",
    ";",
    ":",
    "'",
    "*",
    "…",
    "%0A",
    ").",
    "です。",
    ">",
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Service:
    service = w.service(tmp_path_factory.mktemp("links"))
    one = w.study(items=1)
    service.create_study(one, w.plan(one, 40))
    return service


@pytest.fixture(scope="module")
def application(here: Service) -> Any:
    return build(here, Settings())


@pytest.fixture
def client(application: Any) -> Iterator[TestClient]:
    application._guesses._failures.clear()
    with TestClient(application, follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("beside", BESIDE)
def test_what_stands_behind_a_link_is_no_part_of_it(client: TestClient, here: Service, beside: str) -> None:
    answer = client.get(f"/e/{here.invite('sleep')[0]}{beside}")
    assert answer.status_code == 303, answer.text
    assert client.get(f"/o/{here.organiser_link()}{beside}").status_code == 303


@pytest.mark.parametrize("link", ["<{}>", "「{}」", "({})", "{}です", "{}-", "{}_", "{}AndThenMore"])
def test_a_token_is_taken_out_of_what_runs_on(here: Service, link: str) -> None:
    token = here.invite("sleep")[0]
    assert repaired(link.format(token)) == token


@pytest.mark.parametrize("path", ["/e/。", "/e/x.", "/e/%20", "/e/a/b", "/e/", "/e//", "/s/sleep。", "/nothing"])
def test_what_cannot_be_repaired_gets_a_page_in_words(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code in (401, 404)
    assert "リンク" in answer.text
    assert "link" in answer.text


@pytest.mark.parametrize(
    "path", ["/healthz", "/", "/sign-in", "/s/sleep", "/e/unknown", "/admin/", "/static/rating/x/y.js"]
)
def test_head_goes_where_get_goes(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""


def test_who_only_looks_at_a_link_that_works_once_does_not_use_it_up(client: TestClient, here: Service) -> None:
    link = here.organiser_link()
    assert client.head(f"/o/{link}").status_code == 200
    assert client.get(f"/o/{link}").status_code == 303


def test_a_valid_link_passes_after_many_wrong_ones_from_the_same_address(client: TestClient, here: Service) -> None:
    for number in range(MOST_FAILURES):
        assert client.get(f"/e/wrong{number}").status_code == 404
    assert client.get("/e/wrong").status_code == 429
    assert client.post("/sign-in", data={"password": "x"}).status_code == 429, "a password is guessed more easily"
    assert client.get(f"/e/{here.invite('sleep')[0]}").status_code == 303
    assert client.get(f"/o/{here.organiser_link()}").status_code == 303
    assert client.get("/e/wrong").status_code == 429


@pytest.mark.parametrize("bad", ["A\x00B", "A\nB", "\x1b[31mA", "A\x7f", "A\x85"])
def test_names_with_control_characters_are_refused_in_words(tmp_path: Path, bad: str) -> None:
    here, _ = w.world(tmp_path, items=1)
    before = len(here.audit("sleep"))
    with pytest.raises(StudioError) as caught:
        here.invite_people("sleep", [("佐藤", "a@example.org"), (bad, ""), ("x", bad)])
    assert "person 2: name: found" in str(caught.value)
    assert "person 3: mail: found" in str(caught.value)
    assert len(here.audit("sleep")) == before, "nobody was invited"
    assert len(here.invite_people("sleep", [("山田 花子", "hana@example.org")])) == 1
