"""Made-up requests to the real application: all answered below 500, in time, without a leak, nothing saved by chance.

The number of requests is printed at the end (`pytest -s`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.service import Service
from studio.store.events import read
from tests import studio_world as w
from tests.studio.test_canary import METHODS, leaks, routes
from tests.studio.test_fuzz import JSON

pytestmark = pytest.mark.slow
ENDLESS = ("heartbeat", "queue/data")
"""Streams without an end; what they carry is asked in test_canary."""
NAMES = ("cookie", "origin", "referer", "host", "content-type", "accept-encoding", "x-forwarded-for", "range")
WORDS = ("", "x", "sleep", "R001", "%00", "..", "<script>", "' OR 1=1 --", "１２", "a" * 200, "null", "-1", "\u202e")
TAILS = ("", "", "", "/", "//", "/..", "/x", ";", "%2f")
AS_JSON = {"content-type": "application/json"}
counted = {"requests": 0, "refused": 0}


@pytest.fixture(scope="module")
def client(world: tuple[Service, Any]) -> Iterator[TestClient]:
    with TestClient(world[1], follow_redirects=False) as made:
        assert made.get(f"/e/{world[0].invite('sleep')[0]}").status_code == 303
        yield made
    print(f"\n{counted['requests']} requests, {counted['refused']} of them refused")


@pytest.fixture(scope="module")
def paths(world: tuple[Service, Any]) -> list[str]:
    found = {path for path in routes(world[1]._application) if not any(part in path for part in ENDLESS)}
    return sorted(found | {"/sign-in", "/out", "/admin/out", "/api/vote", "/e/x", "/o/x", "/s/sleep"})


def last_seq(service: Service) -> int:
    with service.store.read() as connection:
        return max((event.seq for event in read(connection)), default=0)


def check(service: Service, answer: Any, before: int) -> None:
    counted["requests"] += 1
    counted["refused"] += answer.status_code >= 400
    assert answer.status_code < 500
    assert not leaks(answer.text)
    assert answer.headers["x-content-type-options"] == "nosniff"
    saved = '"saved":true' in answer.text.replace(" ", "")
    assert saved or last_seq(service) == before, "nothing is stored without being acknowledged"


tokens = st.sampled_from(WORDS) | st.text(max_size=12)
headers = st.dictionaries(
    st.sampled_from(NAMES), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
)
bodies = st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode())
slow = settings(max_examples=400, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])


@slow
@given(
    data=st.data(), method=st.sampled_from(METHODS), more=headers, body=bodies, query=st.dictionaries(tokens, tokens)
)
def test_any_request_to_any_route(
    world: tuple[Service, Any], client: TestClient, paths: list[str], data: Any, method: str, more: Any, body: bytes,
    query: dict[str, str],
) -> None:  # fmt: skip
    path = data.draw(st.sampled_from(paths)) + data.draw(st.sampled_from(TAILS))
    before = last_seq(world[0])
    content = None if method in ("GET", "HEAD", "OPTIONS") else body
    check(world[0], client.request(method, path, params=query, headers=more, content=content), before)


@slow
@given(body=bodies | JSON.map(lambda v: json.dumps({"submission_id": "0" * 32, "answers": v}).encode()), more=headers)
def test_any_body_to_the_vote_route(
    world: tuple[Service, Any], client: TestClient, body: bytes, more: dict[str, str]
) -> None:
    kept = {name: value for name, value in more.items() if name not in ("cookie", "host", "origin")}
    before = last_seq(world[0])
    check(world[0], client.post("/api/vote", content=body, headers={"content-type": "application/json"} | kept), before)


@slow
@given(data=JSON, more=st.dictionaries(st.sampled_from(["component_id", "session_hash", "fn_name"]), JSON))
def test_any_call_of_the_component(world: tuple[Service, Any], client: TestClient, data: Any, more: Any) -> None:
    number = next(c["id"] for c in client.get("/config").json()["components"] if c["props"].get("elem_id") == "rating")
    call = {"data": data, "component_id": number, "session_hash": "x", "fn_name": "call"} | more
    before = last_seq(world[0])
    check(world[0], client.post("/gradio_api/component_server", content=json.dumps(call), headers=AS_JSON), before)


def test_many_requests_were_made() -> None:
    assert counted["requests"] >= 3 * 100
    assert w.SECRET
