"""The studio as one application, over HTTP: entrance, page, saving, and what no response body may hold."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from studio.pages.rating.files import FOLDER, Files
from studio.pages.rating.gradio_internals import MOST_SESSIONS
from studio.pages.rating.index import IndexChangedError, prepare
from studio.service import Service
from studio.settings import Settings, sqlite_url
from studio.store.database import Store
from studio.web.app import build
from tasks.design.planning import plan
from tests.browser.studies import SECRETS, study


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    store = Store(sqlite_url(tmp_path_factory.mktemp("app") / "studio.sqlite"))
    made = Service(store)
    for one in (study(6, seats=20), study(4, whole=True, translated=True, study_id="whole", seats=6, blinding=2)):
        made.create_study(one, plan(one))
    return made


@pytest.fixture(scope="module")
def application(service: Service) -> Any:
    return build(service, Settings())


@pytest.fixture
def client(application: Any) -> Iterator[TestClient]:
    with TestClient(application, follow_redirects=False) as made:
        yield made


@pytest.fixture
def rater(client: TestClient, service: Service) -> TestClient:
    """A client that has opened its personal link to the plain study."""
    answer = client.get(f"/e/{service.invite('kotoba')[0]}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/s/kotoba?rater=R")
    return client


def state_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="studio-state">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])["state"]  # type: ignore[no-any-return]


def form_for(pair: dict[str, Any], value: int = -1) -> dict[str, Any]:
    sides = [("question_amount", 0), ("empathy", 2)]
    answers = [{"criterion": "preference", "side": "pair", "value": value}]
    answers += [{"criterion": c, "side": side, "value": v} for c, v in sides for side in ("first", "second")]
    number = f"{abs(hash((pair['assignment_id'], value))):032x}"[:32]
    return {"submission_id": number, "assignment_id": pair["assignment_id"], "answers": answers}


def test_a_personal_link_becomes_a_cookie_that_scripts_cannot_read(client: TestClient, service: Service) -> None:
    link = service.invite("kotoba")[0]
    answers = [client.get(f"/e/{link}") for _ in range(3)]
    assert {a.status_code for a in answers} == {303}, "opening a link uses up nothing"
    cookie = answers[0].headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert link not in cookie


def test_cookies_travel_by_https_alone_where_browsers_come_by_https(service: Service) -> None:
    secure = build(service, Settings(public_url="https://study.example.org"))
    with TestClient(secure, follow_redirects=False) as client:
        assert "secure" in client.get(f"/e/{service.invite('kotoba')[0]}").headers["set-cookie"].lower()


@pytest.mark.parametrize("path", ["/", "/e/unknown", "/s/kotoba", "/s/other"])
def test_without_a_valid_link_a_kind_page_in_both_languages_says_what_to_do(client: TestClient, path: str) -> None:
    client.cookies.clear()
    answer = client.get(path)
    assert answer.status_code == {"/": 200, "/e/unknown": 404}.get(path, 401)
    assert "リンクを確かめてください" in answer.text
    assert "Please check your link" in answer.text


def test_the_page_holds_the_first_pair_before_any_script_has_run(rater: TestClient) -> None:
    page = rater.get("/s/kotoba").text
    state = state_of(page)
    markup = page.split('<script type="application/json"')[0]
    for text in (state["pairs"][0]["responses"][0]["text"], state["pairs"][0]["turns"][-1]["text"]):
        assert text in markup
    assert page.index('<script type="module" src="/static/rating/') < page.index("assets/index-")
    assert '<html\n\tlang="ja"' in page
    assert "<gradio-app" in page
    assert "raw.githubusercontent" not in page
    assert len(state["pairs"]) == 3, "the next two pairs are on the device"


def test_the_component_and_the_plain_route_answer_alike(rater: TestClient) -> None:
    state = state_of(rater.get("/s/kotoba").text)
    first, second = state["pairs"][:2]
    plain = rater.post("/api/vote", json=form_for(first)).json()
    component = next(c for c in config_of(rater)["components"] if c["props"].get("elem_id") == "rating")
    call = {
        "data": {"do": "submit", "submission": form_for(second)}, "component_id": component["id"],
        "session_hash": "x", "fn_name": "call",
    }  # fmt: skip
    through_gradio = rater.post("/gradio_api/component_server", json=call).json()
    assert plain["saved"]
    assert through_gradio["saved"]
    assert through_gradio["state"]["rater"]["done"] == 2
    assert set(plain) == set(through_gradio)


def test_while_another_process_writes_a_save_waits_and_the_studio_answers(rater: TestClient, service: Service) -> None:
    pair = state_of(rater.get("/s/kotoba").text)["pairs"][0]
    other = sqlite3.connect(service.store.url.removeprefix("sqlite:///"), isolation_level=None)
    with ThreadPoolExecutor(1) as pool, closing(other):
        other.execute("BEGIN IMMEDIATE")
        saving = pool.submit(rater.post, "/api/vote", json=form_for(pair))
        assert [rater.get(path).status_code for path in ("/healthz", "/s/kotoba") * 5] == [200] * 10
        assert not wait([saving], timeout=0.2).done
        other.execute("ROLLBACK")
        assert saving.result(timeout=20).json()["saved"]


def config_of(client: TestClient, address: str = "/s/kotoba") -> dict[str, Any]:
    found = re.search(r"window\.gradio_config = (.*?);</script>", client.get(address).text, re.S)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_sessions_that_strangers_invent_do_not_fill_the_memory(client: TestClient, application: Any) -> None:
    number = next(c["id"] for c in client.get("/config").json()["components"] if c["props"].get("elem_id") == "rating")
    call = {"data": {"do": "state"}, "component_id": number, "fn_name": "call"}
    for invented in range(MOST_SESSIONS + 50):
        assert client.post("/gradio_api/component_server", json=call | {"session_hash": f"s{invented}"}).is_success
    held = application._application.routes[-1].app.state_holder
    assert len(held.session_data) == len(held.time_last_used) == MOST_SESSIONS


def test_a_stranger_cannot_save(client: TestClient, rater: TestClient) -> None:
    pair = state_of(rater.get("/s/kotoba").text)["pairs"][0]
    client.cookies.clear()
    reply = client.post("/api/vote", json=form_for(pair)).json()
    assert reply["error"]["code"] == "signed_out"


@pytest.mark.parametrize("body", ["[]", '"x"', "{", "null"])
def test_bad_bodies_are_refused_and_change_nothing(rater: TestClient, body: str) -> None:
    answer = rater.post("/api/vote", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 422)
    assert not answer.json().get("saved")
    assert state_of(rater.get("/s/kotoba").text)["rater"]["done"] == 0


def test_files_are_compressed_kept_by_browsers_and_under_30_kilobytes(client: TestClient, rater: TestClient) -> None:
    page = rater.get("/s/kotoba").text
    addresses = sorted(set(re.findall(r"/static/rating/\w+/\w+\.(?:js|css)", page)))
    sizes = []
    for address in addresses:
        answer = client.get(address, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        sizes.append(int(answer.headers["content-length"]))
    assert len(addresses) <= 8
    assert sum(sizes) < 30_000
    assert client.get("/static/rating/000000000000/rating.js").status_code == 404


def test_of_modules_comments_alone_stay_behind() -> None:
    sent = Files.load()
    for path in (path for path in FOLDER.iterdir() if path.suffix == ".js"):
        lines, comment = [], False
        for line in path.read_text(encoding="utf-8").splitlines():
            comment = comment or line.lstrip().startswith("/*")
            if not comment and not line.lstrip().startswith("//"):
                lines.append(line)
            comment = comment and not line.endswith("*/")
        assert sent.contents[path.name].decode().splitlines() == lines, path.name


def test_no_body_a_rater_can_reach_names_a_system_or_the_humans_turn(client: TestClient, service: Service) -> None:
    client.get(f"/e/{service.invite('whole')[0]}")
    page = client.get("/s/whole").text
    assets = sorted(set(re.findall(r'"(?:\./|/)?((?:assets|static)/[^"]+\.(?:js|css))"', page)))
    paths = [
        "/",
        "/s/whole",
        "/config",
        "/theme.css",
        "/robots.txt",
        "/gradio_api/info",
        "/gradio_api/app_id",
        "/healthz",
    ]
    for path in [*paths, *(f"/{asset}" for asset in assets), "/admin/", "/admin/config", "/s/kotoba"]:
        assert not leaks(client.get(path).text), path
    component = next(
        c for c in config_of(client_with(client, service))["components"] if c["props"].get("elem_id") == "rating"
    )
    for request in (
        {"do": "state"},
        {"do": "answers"},
        {"do": "guidelines"},
        {"do": "nothing"},
        {"do": "open", "assignment_id": "x"},
    ):
        call = {"data": request, "component_id": component["id"], "session_hash": "x", "fn_name": "call"}
        assert not leaks(client.post("/gradio_api/component_server", json=call).text), request


def client_with(client: TestClient, service: Service) -> TestClient:
    client.get(f"/e/{service.invite('kotoba')[0]}")
    return client


def leaks(text: str) -> list[str]:
    words = {part for secret in SECRETS for part in (secret, secret.split("-")[0]) if part != "canary"}
    return [word for word in words if word.lower() in text.lower()]


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/run/predict",
        "/gradio_api/queue/status",
        "/openapi.json",
        "/docs",
        "/monitoring",
    ],
)
def test_gradio_s_other_routes_are_not_there(rater: TestClient, path: str) -> None:
    assert rater.get(path).status_code == 404
    assert rater.post(path, json={}).status_code == 404


def test_signing_out_takes_the_cookie_away(rater: TestClient) -> None:
    assert rater.post("/out").status_code == 200
    rater.cookies.clear()
    assert rater.get("/s/kotoba").status_code == 401


def test_a_changed_gradio_index_is_named_not_served() -> None:
    with pytest.raises(IndexChangedError, match="base"):
        prepare("<html></html>")


def test_hostile_texts_cannot_leave_their_places(tmp_path: Path) -> None:
    bad = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}} &amp; \u2028\u202e"
    one = study(3, study_id="hostile")
    items = tuple(i.model_copy(update={"turns": (i.turns[0].model_copy(update={"text": bad}),)}) for i in one.items)
    shown = tuple(r.model_copy(update={"text": bad}) for r in one.responses)
    hostile = one.model_copy(
        update={"items": items, "responses": shown, "title": one.title.model_copy(update={"ja": bad})}
    )
    service = Service(Store(sqlite_url(tmp_path / "hostile.sqlite")))
    service.create_study(hostile, plan(hostile))
    with TestClient(build(service, Settings())) as client:
        page = client.get(f"/e/{service.invite('hostile')[0]}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "alert(1)" in state_of(page)["pairs"][0]["turns"][0]["text"]


def test_the_space_serves_its_study_folders_or_the_demo(tmp_path: Path) -> None:
    from app import arguments

    assert arguments(tmp_path / "missing") == ["demo"]
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.yaml").write_text("study_id: x\n", encoding="utf-8")
    assert arguments(tmp_path) == ["serve", str(tmp_path / "a"), str(tmp_path / "b")]
