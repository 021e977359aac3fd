"""Who speaks: every request of a page names its study and Rater, and each of them has a session of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from studio.service import Service
from studio.settings import Settings
from studio.web.app import build
from studio.web.sessions import cookie_name, token_for
from tests import studio_world as w
from tests.studio.test_app import config_of, state_of

WRITING = ("consent", "profile", "submit", "blinding", "finish", "device", "withdraw")
READING = ("state", "answers", "open", "guidelines")


def events(here: Service) -> int:
    with here.store.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one())


def request_of(do: str, assignment_id: str) -> dict[str, Any]:
    """A request that would be carried out, were it the right person's."""
    return {
        "do": do, "version": "x", "agreed": True, "answers": {}, "submission": w.form(assignment_id), "feedback": "x",
        "origin": "http://localhost", "assignment_id": assignment_id,
    }  # fmt: skip


@pytest.mark.parametrize("do", WRITING + READING)
@pytest.mark.parametrize("named", [{"rater": "R002"}, {"study": "other"}, {"study": "sleep", "rater": "R002"}])
def test_a_request_for_another_rater_changes_nothing_and_names_whose_browser_it_is(
    tmp_path: Path, do: str, named: dict[str, str]
) -> None:
    here, tokens = w.world(tmp_path, items=2, seats=2)
    pair = here.dispatch(tokens[0], {"do": "state"})["pairs"][0]["assignment_id"]
    before = events(here)
    reply = here.dispatch(tokens[0], request_of(do, pair) | named)
    assert reply["error"]["code"] == "other_rater"
    assert "R001" in reply["error"]["ja"]
    assert "R001" in reply["error"]["en"]
    assert events(here) == before


@pytest.mark.parametrize("named", [{}, {"study": "sleep"}, {"rater": "R001"}, {"study": None, "rater": None}])
def test_names_that_are_right_or_missing_are_no_mismatch(tmp_path: Path, named: dict[str, Any]) -> None:
    here, (token, _) = w.world(tmp_path, items=2, seats=2)
    pair = here.dispatch(token, {"do": "state"} | named)["pairs"][0]["assignment_id"]
    assert here.dispatch(token, {"do": "submit", "submission": w.form(pair)} | named)["saved"] is True


def test_a_form_saved_without_a_thread_is_the_right_persons_too(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=2, seats=2)
    pair = here.dispatch(tokens[0], {"do": "state"})["pairs"][0]["assignment_id"]
    held = here.submit_now(tokens[0], {"do": "submit", "submission": w.form(pair), "study": "sleep", "rater": "R002"})
    assert held is not None
    assert not held.open
    assert held.commit()["error"]["code"] == "other_rater"


# --- cookies ------------------------------------------------------------------------------------------------------


def named(study: str, rater: str) -> dict[str, str]:
    return {"study": study, "rater": rater}


def test_the_cookie_of_the_named_rater_speaks() -> None:
    both = {cookie_name("s", "R001"): "one", cookie_name("s", "R002"): "two", cookie_name("t", "R001"): "pilot"}
    assert token_for(both, named("s", "R001")) == "one"
    assert token_for(both, named("s", "R002")) == "two"
    assert token_for(both, named("t", "R001")) == "pilot"
    assert token_for(both, named("u", "R001")) is None, "nobody is signed in to this study here"
    assert token_for(both, {}) is None, "an old page must not speak for somebody by chance"
    assert token_for(both, named("s", "R003")) == "one", "so that the refusal says whose browser it is"


def test_the_cookie_of_earlier_versions_still_speaks() -> None:
    old = {"studio_rater": "old"}
    assert token_for(old, {}) == token_for(old, named("s", "R001")) == "old"
    joined = old | {cookie_name("s", "R002"): "two"}
    assert token_for(joined, {}) == "old", "an old page goes on as who it was, whoever joined since"
    assert token_for(joined, named("s", "R001")) == "old"
    assert token_for(joined, named("s", "R002")) == "two"
    assert token_for({cookie_name("s", "R002"): "two"}, {}) == "two"


@pytest.mark.parametrize("name", [7, ["R001"], {"x": 1}, "R0;01", "\x00"])
def test_names_of_any_kind_are_looked_up_without_a_fault(name: Any) -> None:
    assert token_for({cookie_name("s", "R001"): "one"}, {"study": "t", "rater": name}) is None


# --- over HTTP ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Service:
    service = w.service(tmp_path_factory.mktemp("speaks"))
    for study_id in ("pilot", "main"):
        one = w.study(items=4, study_id=study_id)
        service.create_study(one, w.plan(one, 20))
    return service


@pytest.fixture(scope="module")
def application(here: Service) -> Any:
    return build(here, Settings())


@pytest.fixture
def browser(application: Any) -> Iterator[TestClient]:
    with TestClient(application, follow_redirects=False) as client:
        yield client


def come_in(browser: TestClient, here: Service, study_id: str) -> str:
    """Open a new link; the address it leads to."""
    answer = browser.get(f"/e/{here.invite(study_id)[0]}")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def call(browser: TestClient, address: str, request: dict[str, Any]) -> dict[str, Any]:
    """Ask as the page at `address` does."""
    state = state_of(browser.get(address).text)
    component = next(c for c in config_of(browser, address)["components"] if c["props"].get("elem_id") == "rating")
    data = request | {"study": state["study"]["study_id"], "rater": state["rater"]["code"]}
    body = {"data": data, "component_id": component["id"], "session_hash": "x", "fn_name": "call"}
    return dict(browser.post("/gradio_api/component_server", json=body).json())


def done(here: Service, study_id: str) -> dict[str, int]:
    return {row.rater: row.done for row in here.progress(study_id)}


def test_two_raters_in_one_browser_are_two_sessions(browser: TestClient, here: Service) -> None:
    first, second = come_in(browser, here, "main"), come_in(browser, here, "main")
    states = [state_of(browser.get(address).text) for address in (first, second)]
    codes = [state["rater"]["code"] for state in states]
    assert codes[0] != codes[1]
    form = w.form(states[0]["pairs"][0]["assignment_id"])
    assert call(browser, first, {"do": "submit", "submission": form})["saved"] is True
    assert (done(here, "main")[codes[0]], done(here, "main")[codes[1]]) == (1, 0)
    assert call(browser, second, {"do": "withdraw"})["state"]["withdrawn"] is True
    withdrawn = {row.rater: row.withdrawn for row in here.progress("main")}
    assert (withdrawn[codes[0]], withdrawn[codes[1]]) == (False, True)


def test_a_pilot_and_the_main_study_are_two_sessions(browser: TestClient, here: Service) -> None:
    pilot, main = come_in(browser, here, "pilot"), come_in(browser, here, "main")
    for address, study_id in ((pilot, "pilot"), (main, "main")):
        state = state_of(browser.get(address).text)
        assert state["study"]["study_id"] == study_id
        form = w.form(state["pairs"][0]["assignment_id"])
        assert call(browser, address, {"do": "submit", "submission": form})["saved"] is True
        assert done(here, study_id)[state["rater"]["code"]] == 1


def test_a_bare_address_is_never_silently_another_persons(browser: TestClient, here: Service) -> None:
    first = come_in(browser, here, "main")
    assert browser.get("/s/main").status_code == 200, "nobody else is here"
    second = come_in(browser, here, "main")
    asking = browser.get("/s/main")
    assert asking.status_code == 300
    assert "studio-state" not in asking.text
    for address in (first, second):
        assert f'href="{address}"' in asking.text
    assert browser.get("/s/pilot").status_code == 401


def test_a_page_of_somebody_who_is_not_signed_in_says_whose_browser_it_is(browser: TestClient, here: Service) -> None:
    address = come_in(browser, here, "main")
    code = address.split("=")[1]
    answer = browser.get("/s/main?rater=R999")
    assert answer.status_code == 401
    assert f"signed in as {code}" in answer.text
    assert "studio-state" not in answer.text


def test_signing_out_ends_one_persons_session(browser: TestClient, here: Service) -> None:
    first, second = come_in(browser, here, "main"), come_in(browser, here, "main")
    assert browser.post(f"/out?study=main&{first.split('?')[1]}").status_code == 200
    assert browser.get(first).status_code == 401
    assert browser.get(second).status_code == 200
    assert browser.post("/out").status_code == 200, "a page of an earlier version names nobody"
    assert browser.get(second).status_code == 401


def test_a_browser_with_the_cookie_of_an_earlier_version_goes_on(browser: TestClient, here: Service) -> None:
    session, _ = here.join(here.invite("main")[0])
    browser.cookies.set("studio_rater", session)
    state = state_of(browser.get("/s/main").text)
    form = w.form(state["pairs"][0]["assignment_id"])
    assert browser.post("/api/vote", json=form).json()["saved"] is True, "an old page's request names nobody"
    other = come_in(browser, here, "main")
    again = w.form(state["pairs"][1]["assignment_id"])
    assert browser.post("/api/vote", json=again).json()["saved"] is True, "whoever came in since"
    assert state_of(browser.get(other).text)["rater"]["code"] != state["rater"]["code"]
    assert done(here, "main")[state["rater"]["code"]] == 2


@pytest.mark.parametrize("asked", ["study=main&rater=R0%3B%0d%0a", "study=&rater=", "rater=R001", "study=main"])
def test_signing_out_of_what_is_not_there_is_harmless(browser: TestClient, here: Service, asked: str) -> None:
    address = come_in(browser, here, "main")
    assert browser.post(f"/out?{asked}").status_code == 200
    assert browser.get(address).status_code in (200, 401)
