"""The guard: what is reachable, from where, and with which headers."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from studio.settings import Settings
from studio.store.errors import StoreError
from studio.web.guard.guard import Guard
from studio.web.guard.routes import allowed
from studio.web.logs import OncePerMinute, OneLine
from tasks.languages.catalogue import languages

WAYS_IN_GRADIO_OPENS = [
    ("GET", "/gradio_api/deep_link"),
    ("GET", "/gradio_api/file=/etc/passwd"),
    ("GET", "/file=/etc/passwd"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/gradio_api/call/save"),
    ("POST", "/gradio_api/api/predict"),
    ("GET", "/monitoring/summary"),
    ("GET", "/gradio_api/runs"),
    ("GET", "/openapi.json"),
    ("GET", "/gradio_api/openapi.json"),
    ("GET", "/docs"),
    ("POST", "/gradio_api/proxy=http://localhost"),
    ("GET", "/gradio_api/proxy=http://localhost"),
    ("GET", "/login/huggingface"),
    ("POST", "/admin/gradio_api/upload"),
    ("GET", "/admin/gradio_api/file=/etc/passwd"),
    ("GET", "/static/../studio.sqlite"),
    ("GET", "/static//etc/passwd"),
    ("GET", "/s/study/../../admin"),
    ("DELETE", "/api/vote"),
    ("PUT", "/api/vote"),
    ("GET", "/api/vote"),
    ("OPTIONS", "/api/vote"),
    ("POST", "/admin/export/demo.zip"),
]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """An application that echoes foreign origins as Gradio does, and answers with the length of the body."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = [(b"access-control-allow-origin", b"https://evil.example"), (b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": str(len(body)).encode()})


@pytest.fixture
def client() -> TestClient:
    return TestClient(Guard(echo, Settings(), max_body=1000))


@pytest.mark.parametrize(("method", "path"), WAYS_IN_GRADIO_OPENS)
def test_ways_in_that_are_not_listed_are_not_there(client: TestClient, method: str, path: str) -> None:
    assert not allowed(method, path)
    if ".." not in path:  # the client itself would take dot segments out
        assert client.request(method, path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/e/abc_-9",
        "/o/abc",
        "/s/demo",
        "/static/rating/rating.js",
        "/admin",
        "/admin/",
        "/admin/config",
        "/assets/a.js",
    ],
)
def test_pages_are_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_sites_cannot_post(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/vote", headers=headers, content=b"{}").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://testserver"}, {"origin": "http://testserver", "sec-fetch-site": "same-origin"}],
)
def test_the_own_page_can_post(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/vote", headers=headers, content=b"{}")
    assert (answer.status_code, answer.text) == (200, "2")


def test_behind_a_proxy_the_public_host_counts() -> None:
    client = TestClient(Guard(echo, Settings(public_url="https://study.example.org")))
    assert client.post("/api/vote", headers={"origin": "https://study.example.org"}).status_code == 200
    assert client.post("/api/vote", headers={"origin": "https://evil.example"}).status_code == 403
    assert "max-age" in client.get("/").headers["strict-transport-security"]


@pytest.mark.parametrize("public", ["", "https://study.example.org"])
def test_a_request_cannot_claim_another_address(public: str) -> None:
    async def told(scope: Any, receive: Any, send: Any) -> None:
        names = [name.decode() for name, _ in scope["headers"]]
        host = dict(scope["headers"])[b"host"].decode()
        body = f"{scope['scheme']} {host} {[n for n in names if 'forward' in n or 'gradio' in n]}".encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    client = TestClient(Guard(told, Settings(public_url=public)))
    claims = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "forwarded": "host=evil.example"}
    answer = client.get("/", headers=claims | {"x-gradio-server": "http://evil.example"})
    assert answer.text == ("https study.example.org []" if public else "http testserver []")


def test_large_bodies_get_a_clear_error(client: TestClient) -> None:
    assert client.post("/api/vote", content=b"x" * 1000).text == "1000"
    declared = client.post("/api/vote", content=b"x" * 1001)
    streamed = client.post("/api/vote", content=iter([b"x" * 600, b"x" * 600]))
    for answer in (declared, streamed):
        assert answer.status_code == 413
        assert answer.json()["saved"] is False
        assert answer.json()["error"]["code"] == "too_large"
        assert "4,000" in answer.json()["error"]["en"]


def test_bodies_that_are_no_text_are_refused_in_words(client: TestClient) -> None:
    answer = client.post("/api/vote", content=b"\xff{")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid"


def test_headers(client: TestClient) -> None:
    for path in ("/", "/e/x", "/nowhere"):
        headers = client.get(path, headers={"origin": "https://evil.example"}).headers
        assert not [name for name in headers if name.startswith("access-control-")]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http:" not in policy
        assert "frame-ancestors 'self'" in policy
    assert "cache-control" not in client.get("/assets/a.js").headers


@pytest.mark.parametrize(
    ("path", "error", "status"),
    [
        ("/api/vote", KeyError("SECRET"), 500),
        ("/gradio_api/component_server", KeyError("SECRET"), 400),
        ("/gradio_api/component_server", RuntimeError("SECRET"), 500),
        ("/e/SECRET", ValueError("x"), 500),
    ],
)
@pytest.mark.parametrize("told", [False, True])
def test_an_error_becomes_words_without_its_text(
    path: str, error: Exception, status: int, told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        if told:  # as frameworks do before they raise it again
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"SECRET"})
        raise error

    client = TestClient(Guard(failing, Settings()))
    answer = client.request("GET" if path.startswith("/e/") else "POST", path, content=b"")
    assert answer.status_code == status
    if not path.startswith("/e/"):
        assert answer.json()["error"]["ja"]
    assert "SECRET" not in answer.text
    assert "SECRET" not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("studio.web.guard.")
    )


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://]", "//", "a:b:c"])
def test_an_origin_that_is_no_address_is_another_site(client: TestClient, origin: str) -> None:
    assert client.post("/api/vote", headers={"origin": origin}, content=b"{}").status_code == 403


BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize(
    ("error", "status"), [(StoreError("the database does not answer: disk full"), 503), (RuntimeError("SECRET"), 500)]
)
def test_a_person_reads_a_page_in_both_languages(error: Exception, status: int) -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        raise error

    answer = TestClient(Guard(failing, Settings())).get("/e/abc", headers=BROWSER)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "少し待って" in answer.text
    assert "try again in a moment" in answer.text
    assert "SECRET" not in answer.text
    assert "disk full" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 422, 429, 500, 502, 503])
def test_what_a_framework_says_becomes_a_page_for_a_person(status: int) -> None:
    async def refusing(scope: Any, receive: Any, send: Any) -> None:
        kind = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": kind})
        await send({"type": "http.response.body", "body": b'{"detail":"Not Found"}'})

    client = TestClient(Guard(refusing, Settings()))
    answer = client.get("/s/sleep", headers=BROWSER)
    assert answer.status_code in (status, 500)
    assert "detail" not in answer.text
    assert 'lang="en"' in answer.text


def test_the_log_has_one_line_a_minute_for_each_kind_of_error() -> None:
    now = [0.0]
    rule, line = OncePerMinute(lambda: now[0]), OneLine()

    def record(number: int) -> logging.LogRecord:
        try:
            raise OSError(24, "Too many open files, and SECRET text")
        except OSError as error:
            return logging.LogRecord("asyncio", logging.ERROR, "x", 1, "request %s", (number,), (OSError, error, None))

    first = record(0)
    assert rule.filter(first)
    assert not any(rule.filter(record(number)) for number in range(1000))
    now[0] = 61.0
    later = record(1)
    assert rule.filter(later)
    for told in (line.format(first), line.format(later)):
        assert "\n" not in told
        assert "SECRET" not in told
        assert "OSError" in told
    assert "1000 more" in line.format(later)


def test_web_sockets_are_closed(client: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/gradio_api/queue/join"):
        pass


@pytest.mark.parametrize(("site", "status"), [("same-origin", 401), ("cross-site", 403), ("none", 403), (None, 403)])
def test_a_form_of_our_own_pages_has_no_origin_and_is_known_by_its_site(
    world: tuple[Any, Any], site: str | None, status: int
) -> None:
    """Browsers send `Origin: null` with a form on a page without referrer; where it came from stands beside it."""
    with TestClient(world[1]) as client:
        headers = {"origin": "null", **({"sec-fetch-site": site} if site else {})}
        assert client.post("/sign-in", data={"password": "wrong"}, headers=headers).status_code == status


def test_a_report_in_every_language_can_be_reached() -> None:
    assert all(allowed("GET", f"/admin/report/mine.{tag}.html") for tag in languages("report"))
    assert not allowed("GET", "/admin/report/mine.../x.html")
