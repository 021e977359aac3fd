"""Where the sign-in leads back to, and in which language the organiser's pages open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from studio.service import Service
from studio.settings import ORGANISER_COOKIE, Settings
from studio.web.app import build
from studio.web.wanted import COOKIE, HOME, PAGES, page_of
from tests import studio_world as w
from tests.studio.test_access import PASSWORD, SETTINGS

BROWSER = {"accept": "text/html,application/xhtml+xml", "sec-fetch-site": "none"}
PLACES = [
    "/admin/",
    "/admin/new?lang=en",
    "/admin/new/abc-1/file",
    "/admin/report/sleep.ja.html",
    "/admin/publish/sleep",
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return w.world(tmp_path_factory.mktemp("wanted"))[0]


@pytest.fixture(scope="module")
def application(here: Service) -> Any:
    return build(here, SETTINGS)


@pytest.fixture
def browser(application: Any) -> Iterator[TestClient]:
    with TestClient(application, follow_redirects=False, headers=BROWSER) as client:
        yield client


def sign_in(browser: TestClient) -> str:
    return browser.post("/sign-in", data={"password": PASSWORD}).headers["location"]


@pytest.mark.parametrize("place", PLACES)
def test_who_is_signed_out_signs_in_and_goes_on_where_they_wanted_to(browser: TestClient, place: str) -> None:
    answer = browser.get(place)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert sign_in(browser) == place
    assert COOKIE not in browser.cookies, "asked for once"
    browser.post("/admin/out")
    assert sign_in(browser) == HOME


def test_a_link_that_works_once_leads_there_too(browser: TestClient, here: Service) -> None:
    browser.get("/admin/new")
    assert browser.get(f"/o/{here.organiser_link()}").headers["location"] == "/admin/new"


def test_the_page_is_found_without_its_slash(browser: TestClient) -> None:
    assert browser.get("/admin").headers["location"] == "/sign-in"
    assert sign_in(browser) == "/admin"
    assert browser.get("/admin").headers["location"] == HOME
    assert browser.get(HOME).status_code == 200


def test_a_link_in_a_mail_is_asked_again_with_the_cookie_that_stayed_behind(browser: TestClient) -> None:
    answer = browser.get("/admin/new?lang=en", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert 'content="0;url=/admin/new?lang=en"' in answer.text


@pytest.mark.parametrize("path", ["/admin/config", "/admin/export/sleep.zip"])
def test_scripts_are_told_no_and_not_led_about(browser: TestClient, path: str) -> None:
    answer = browser.get(path, headers={"accept": "application/json"})
    assert answer.status_code in (401, 404)
    assert COOKIE not in browser.cookies


@given(st.text(max_size=60) | st.from_regex(PAGES, fullmatch=True))
def test_a_forged_cookie_leads_to_no_other_site_and_adds_no_header(text: str) -> None:
    place = page_of({COOKIE: quote(text, safe="")})
    assert place == HOME or PAGES.fullmatch(place.partition("?")[0])
    assert place.startswith("/admin")
    assert place.isprintable()


@pytest.mark.parametrize(
    "text", ["//evil.example", "https://evil.example/admin/", "/admin/\r\nset-cookie: x=1", "/out"]
)
def test_these_lead_to_the_first_page(text: str) -> None:
    assert page_of({COOKIE: quote(text, safe="")}) == HOME


def language(browser: TestClient, accept: str, address: str = "/admin/new") -> str:
    page = browser.get(address, headers={"accept-language": accept}).text
    found = re.search(r'<html\s+lang="([^"]+)"', page)
    return found[1] if found else ""


def test_the_organisers_pages_open_in_the_browsers_language_then_in_the_chosen_one(browser: TestClient) -> None:
    sign_in(browser)
    assert language(browser, "en-GB,ja;q=0.5") == "en"
    assert language(browser, "ja") == "ja"
    assert language(browser, "ja", "/admin/new?lang=en") == "en"
    assert language(browser, "ja") == "en", "kept by the server"
    assert language(browser, "ja", "/admin/new?lang=xx") == "en", "what is not offered changes nothing"


def test_a_choice_belongs_to_a_session_and_to_whom_an_account_names(tmp_path: Path) -> None:
    here = w.world(tmp_path)[0]
    first, other = (here.organiser_session("organiser") for _ in range(2))
    here.organiser_speaks(first, "en")
    assert [here.organiser_language(token) for token in (first, other, None, "x")] == ["en", None, None, None]
    here.organiser_speaks(here.organiser_session("organiser", "a-san"), "en")
    assert here.organiser_language(here.organiser_session("organiser", "a-san")) == "en"
    assert here.organiser_language(here.organiser_session("organiser", "b-san")) is None
    assert here.verify()[1] == []


def test_a_raters_session_keeps_no_language_for_the_organisers_page(tmp_path: Path) -> None:
    here, (rater,) = w.world(tmp_path, items=1, seats=1)
    here.organiser_speaks(rater, "en")
    assert here.organiser_language(rater) is None
    with TestClient(build(here, Settings()), cookies={ORGANISER_COOKIE: rater}, headers=BROWSER) as client:
        assert client.get("/admin/new", follow_redirects=False).headers["location"] == "/sign-in"
