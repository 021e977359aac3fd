"""Coming in by an account: the code flow against a provider on this machine, and every way in which it must fail."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.service import Service
from studio.settings import ORGANISER_COOKIE, Settings, from_environment
from studio.web import oauth
from studio.web.guard.guard import Guard
from studio.web.lanes import Lane
from tests import studio_world as w

PUBLIC = "https://study.example.org"


class Provider(ThreadingHTTPServer):
    """Vouches for one account, once per code."""

    name: Any = "organiser-san"
    codes = ("right",)


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_POST(self) -> None:
        given = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        basic = base64.b64encode(b"client:s3cret").decode()
        fine = self.headers["authorization"] == f"Basic {basic}" and given["code"][0] in self.server.codes
        fine = fine and given["redirect_uri"] == [f"{PUBLIC}/sign-in/hf/back"]
        self._say(200 if fine else 400, {"access_token": "token"} if fine else {"error": "invalid_grant"})

    def do_GET(self) -> None:
        fine = self.headers["authorization"] == "Bearer token"
        self._say(200 if fine else 401, {"preferred_username": self.server.name})

    def _say(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def studio(provider: Provider, tmp_path: Path) -> tuple[Service, TestClient]:
    here, _ = w.world(tmp_path)
    application, settings = FastAPI(openapi_url=None), Settings(public_url=PUBLIC)
    known = oauth.Provider(f"http://127.0.0.1:{provider.server_port}", "client", "s3cret", ("organiser-san",))
    oauth.mount(application, here, settings, known, Lane(2))
    return here, TestClient(Guard(application, settings), base_url=PUBLIC, follow_redirects=False)


def state_of(client: TestClient) -> str:
    answer = client.get("/sign-in/hf")
    assert answer.status_code == 303
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{PUBLIC}/sign-in/hf/back"]
    assert "secret" not in answer.headers["location"]
    return asked["state"][0]


def test_a_known_account_comes_in_and_is_named_in_the_audit_log(studio: tuple[Service, TestClient]) -> None:
    here, client = studio
    answer = client.get("/sign-in/hf/back", params={"code": "right", "state": state_of(client)})
    assert answer.status_code == 200, "a page, because a strict cookie does not travel along a redirect from elsewhere"
    assert "url=/admin/" in answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "secure" in cookie
    found = here.organiser(client.cookies[ORGANISER_COOKIE])
    assert found is not None
    assert found.actor == "organiser:organiser-san"
    assert here.audit("sleep")[-1].actor == found.actor


@pytest.mark.parametrize("wrong", ["state", "no state", "code", "account", "no name", "provider gone", "replay"])
def test_nobody_else_comes_in(studio: tuple[Service, TestClient], provider: Provider, wrong: str) -> None:
    _, client = studio
    given = {"code": "right", "state": state_of(client)}
    if wrong == "state":
        given["state"] = "another"
    if wrong == "no state":
        client.cookies.clear()
    if wrong == "code":
        given["code"] = "guessed"
    if wrong in ("account", "no name"):
        provider.name = "somebody-else" if wrong == "account" else None
    if wrong == "provider gone":
        provider.shutdown()
        provider.server_close()
    if wrong == "replay":
        assert client.get("/sign-in/hf/back", params=given).status_code == 200
        client.cookies.delete(ORGANISER_COOKIE)
    answer = client.get("/sign-in/hf/back", params=given)
    assert answer.status_code == 401
    assert ORGANISER_COOKIE not in client.cookies
    assert "s3cret" not in answer.text


def test_accounts_are_used_only_where_organisers_are_named() -> None:
    space = {"OAUTH_CLIENT_ID": "a", "OAUTH_CLIENT_SECRET": "hidden", "SPACE_HOST": "x.hf.space"}
    assert from_environment(space).oauth_client_id == ""
    named = from_environment(space | {"STUDIO_ORGANISERS": "one, two"})
    assert (named.organisers, named.oauth_address) == (("one", "two"), "https://huggingface.co")
    assert "hidden" not in repr(named)
