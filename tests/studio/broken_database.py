"""Every route of the studio, asked while its database is locked, full or damaged: what is answered, what is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from studio.pages.rating.files import Files
from studio.service import Service
from studio.store.events import read
from studio.web.app import build
from tests import studio_world as w
from tests.studio.test_access import PASSWORD, SETTINGS

BROWSER = {"accept": "text/html"}
WORDS = ("リンクはそのまま使えます", "Your link still works")
RATERS = ("/s/sleep", "/s/sleep?rater=R001", "/s/other", "/config", "/gradio_api/info")
TABLE = b"id,dialogue,A,B\n1,Client: I cannot sleep.,I see.,Since when?\n"
DRAFT = "a-draft"
"""Stands in an address for the draft of the world."""
ORGANISERS = (
    *(
        "/admin",
        "/admin/",
        "/admin/s/sleep",
        "/admin/s/sleep/quality",
        "/admin/config",
        "/admin/new",
        "/admin/new?lang=en",
        f"/admin/new/{DRAFT}/file",
        "/admin/publish/sleep",
    ),
    *("/admin/export/sleep.zip", "/admin/report/sleep.zip", "/admin/report/sleep.ja.html"),
    *("/admin/payment/sleep.csv", "/admin/pairs/sleep.jsonl"),
)
READS_NOTHING = ("/healthz", "/sign-in", "/", "/theme.css")


@dataclass(frozen=True)
class World:
    """A studio with one study, a browser in which a Rater and an organiser are signed in, and what is not used yet."""

    here: Service
    client: TestClient
    form: dict[str, Any]
    link: str
    organiser_link: str
    draft_id: str

    def last_seq(self) -> int:
        """The number of the last event."""
        with self.here.store.read() as connection:
            return max(event.seq for event in read(connection))


@contextmanager
def studio(here: Service) -> Iterator[World]:
    """The world in a store that is empty."""
    study = w.study(items=6)
    here.create_study(study, w.plan(study, seats=4))
    links = here.invite("sleep", 2)
    with TestClient(build(here, SETTINGS), follow_redirects=False, raise_server_exceptions=False) as client:
        client.get(f"/o/{here.organiser_link()}")
        client.get(f"/e/{links[0]}")
        pair = here.dispatch(w.session(client), {"do": "state"})["pairs"][0]["assignment_id"]
        draft_id = here.begin_draft(contents={"t.csv": TABLE}).draft_id
        yield World(here, client, w.form(pair), links[1], here.organiser_link(), draft_id)


def requests(world: World) -> dict[str, dict[str, Any]]:
    """Method and path of every route -> what is sent along. The last ones sign out."""
    number = {"component_id": 1, "session_hash": "x", "fn_name": "call", "data": {"do": "state"}}
    nothing: dict[str, Any] = {}
    links = (f"/e/{world.link}", "/e/unknown", f"/o/{world.organiser_link}", "/o/unknown")
    organisers = (path.replace(DRAFT, world.draft_id) for path in ORGANISERS)
    gets = (*READS_NOTHING, Files.load().entry, *RATERS, *organisers, *links)
    return {
        **{f"GET {path}": nothing for path in gets},
        f"HEAD /e/{world.link}": nothing,
        "POST /api/vote": {"json": world.form},
        "POST /gradio_api/component_server": {"json": number},
        "POST /admin/gradio_api/component_server": {"json": {**number, "data": {"path": "/admin/s/sleep/results"}}},
        "POST /admin/new": {"data": {"lang": "en"}, "files": {"files": ("t.csv", TABLE)}},
        "POST /admin/publish/sleep": {"data": {"to": "a/b"}},
        "POST /sign-in": {"data": {"password": PASSWORD}},
        "POST /out?study=sleep&rater=R001": nothing,
        "POST /admin/out": nothing,
    }


def check(world: World, request: str, sent: dict[str, Any]) -> int:
    """The status of one request: words and no error of the program, whatever state the database is in."""
    method, path = request.split()
    answer = world.client.request(method, path, headers=BROWSER, **sent)
    assert answer.status_code < 500 or answer.status_code == 503, (request, answer.status_code, answer.text[:300])
    assert "Traceback" not in answer.text
    if method == "GET" and path in READS_NOTHING:
        assert answer.status_code == 200, request
    if answer.status_code == 503 and method == "GET":
        assert all(words in answer.text for words in WORDS), request
        assert 'http-equiv="refresh"' in answer.text, "the page asks again by itself"
    if path.startswith("/s/sleep"):
        assert answer.status_code in (200, 503), "who is signed in is never told that they are not"
    if path == "/api/vote":
        assert json.loads(answer.text)["saved"] is False
        assert json.loads(answer.text)["error"]["code"] in ("busy", "signed_out")
    return answer.status_code


def check_every_route(world: World) -> dict[str, int]:
    """Status by request; nothing that was asked changes who is signed in for what is asked after it."""
    cookies, found = dict(world.client.cookies), {}
    for request, sent in requests(world).items():
        world.client.cookies.clear()
        world.client.cookies.update(cookies)
        found[request] = check(world, request, sent)
    world.client.cookies.clear()
    world.client.cookies.update(cookies)
    return found


def check_it_goes_on(world: World, before: int) -> None:
    """Once the database is well again: nothing was stored meanwhile, and what was refused works."""
    assert world.last_seq() == before, "nothing was half written"
    check_it_works(world)


def check_it_works(world: World) -> None:
    """The tables follow from the log, and what was refused is taken."""
    assert world.here.verify()[1] == []
    answer = world.client.post("/api/vote", json=world.form)
    assert answer.json()["saved"] is True
    assert world.client.get(f"/e/{world.link}").status_code == 303
    assert world.client.get(f"/o/{world.organiser_link}").status_code == 303
    assert world.here.verify()[1] == []
