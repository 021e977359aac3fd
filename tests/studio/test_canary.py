"""The canary: every route of the application, and of Gradio in it, asked as a rater; no body names what is hidden."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Mount

from studio.intake.door import Share, bring, taken, write
from studio.service import Service
from studio.settings import ORGANISER_COOKIE, Settings
from studio.web.app import build
from studio.web.guard.guard import Guard
from studio.web.guard.routes import allowed
from tasks.design.planning import plan
from tasks.schema import Study
from tasks.study.study_form import Head
from tests import studio_world as w

pytestmark = pytest.mark.slow

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
FILLED = {"token": "x", "study_id": "sleep", "session_hash": "canary", "version": "0", "name": "rating.js"}


@pytest.fixture
def rater(world: tuple[Service, Any]) -> Iterator[TestClient]:
    """A client signed in as a new rater."""
    with TestClient(world[1], follow_redirects=False) as client:
        assert client.get(f"/e/{world[0].invite('sleep')[0]}").status_code == 303
        yield client


def leaks(text: str) -> list[str]:
    """What must never reach a rater, found in a body; JSON escapes are read as the characters they mean."""
    read = text + text.encode("utf-8", "replace").decode("unicode_escape", "replace")
    return [secret for secret in (w.SECRET, w.REFERENCE) if secret in text or secret in read]


def routes(application: Any, prefix: str = "") -> Iterator[str]:
    """Every path the application or anything mounted in it answers, with its parameters filled in."""
    for route in getattr(application, "routes", []):
        if hasattr(route, "original_router"):  # FastAPI keeps an included router whole
            prefixed = prefix + route.include_context.prefix
            yield from routes(route.original_router, prefixed)
            continue
        path = prefix + re.sub(r"{(\w+)(?::\w+)?}", lambda found: FILLED.get(found[1], "x"), route.path)
        yield path
        if isinstance(route, Mount):
            yield from routes(route.app, path.rstrip("/"))


def test_every_route_of_the_application_is_silent(world: tuple[Service, Any], rater: TestClient) -> None:
    guard = world[1]
    assert isinstance(guard, Guard)
    paths = sorted(set(routes(guard._application)))
    assert len(paths) > 60, "Gradio's own routes were not found"
    reached = 0
    for path in paths:
        if "heartbeat" in path or "queue/data" in path:  # streams without an end; what they carry is asked below
            continue
        for method in METHODS if allowed("GET", path) or allowed("POST", path) else ("GET", "POST"):
            body = {"data": [], "session_hash": "canary"} if method not in ("GET", "HEAD", "OPTIONS") else None
            answer = rater.request(method, path, json=body)
            reached += answer.status_code < 400
            assert answer.status_code < 500, (method, path, answer.status_code)
            assert not leaks(answer.text), (method, path)
    assert reached > 10


def test_the_whole_road_names_nothing(world: tuple[Service, Any], rater: TestClient) -> None:
    bodies = [rater.get("/s/sleep").text]
    token = w.session(rater)

    def ask(**request: Any) -> dict[str, Any]:
        answer = world[0].dispatch(token, request)
        bodies.append(json.dumps(answer, ensure_ascii=False))
        return answer

    now = ask(do="state")
    version = now["study"]["consent"]["version"]
    ask(do="consent", version=version, agreed=True)
    now = ask(do="profile", answers={"years": 0})["state"]
    while now["step"] != "end":
        if now["blinding"]:
            now = ask(do="blinding")["state"]
        pair = now["pairs"][0]
        form = w.form(pair["assignment_id"])
        if pair["question"]:
            form["answers"] = [{"criterion": "blinding", "side": "pair", "value": "cannot_tell"}]
        broken = form | {"submission_id": "0" * 32, "answers": [{"criterion": "x", "side": "pair", "value": 9}]}
        bodies.append(rater.post("/api/vote", json=broken).text)
        answer = rater.post("/api/vote", json=form)
        bodies.append(answer.text)
        now = answer.json()["state"]
        ask(do="answers")
        ask(do="open", assignment_id=pair["assignment_id"])
        bodies.append(rater.get("/s/sleep").text)
    ask(do="finish", feedback="ok")
    ask(do="guidelines")
    assert len(bodies) > 30
    assert [leaks(body) for body in bodies if leaks(body)] == []


def imported(folder: Path) -> Study:
    """A study of a table whose file, columns, source ids and systems all have the hidden name in them."""
    table = folder / f"{w.SECRET}.csv"
    rows = [f"{w.SECRET}-{n},相談者：眠れません{n}。,それはつらいですね{n}。,いつからですか{n}。" for n in range(4)]
    table.write_text("\n".join([f"番号,相談内容,{w.SECRET}-1,モデル{w.SECRET}", *rows]), encoding="utf-8")
    answers = {"answers": f"{w.SECRET}-1,モデル{w.SECRET}", "provenance": "roleplay"}
    brought = bring([table], answers)
    mapping, found = taken(brought, Share())
    return write(found, mapping, brought.hashes, Head("imported", w.words("title"), seats=2), folder / "imported")


def test_an_imported_study_names_nothing(tmp_path: Path) -> None:
    """Names of systems, source ids, the file and the mapping stay with the organiser, on the whole road of a rater."""
    study = imported(tmp_path)
    assert w.SECRET in json.dumps(study.systems[0].manifest)
    assert w.SECRET in (tmp_path / "imported" / "mapping.json").read_text("utf-8")
    here = w.service(tmp_path)
    here.create_study(study, plan(study))
    with TestClient(build(here, Settings()), follow_redirects=False) as client:
        assert client.get(f"/e/{here.invite('imported')[0]}").status_code == 303
        token = w.session(client)
        bodies = [client.get("/s/imported").text]
        now = here.dispatch(token, {"do": "state"})
        here.dispatch(token, {"do": "consent", "version": now["study"]["consent"]["version"], "agreed": True})
        now = here.dispatch(token, {"do": "state"})
        seen = set[str]()
        while now["step"] != "end" and now["pairs"]:
            bodies.append(json.dumps(now, ensure_ascii=False))
            seen |= set(re.findall("眠れません([0-9])。", bodies[-1]))
            answer = client.post("/api/vote", json=w.form(now["pairs"][0]["assignment_id"]))
            bodies += [answer.text, client.get("/s/imported").text]
            now = answer.json()["state"]
        bodies.append(json.dumps(here.dispatch(token, {"do": "finish", "feedback": ""}), ensure_ascii=False))
    assert seen == set("0123")
    assert [leaks(body) for body in bodies if leaks(body)] == []


def test_a_rater_cannot_reach_the_organiser(world: tuple[Service, Any], rater: TestClient) -> None:
    own = rater.get("/config").json()
    texts = json.dumps(own)
    assert "admin" not in texts
    for path in ("/admin/config", "/admin/gradio_api/info"):
        assert rater.get(path).status_code == 401, path
    for path in ("/admin/", "/admin/s/sleep", "/admin/s/sleep/results"):
        assert rater.get(path).status_code == 404, path
    call = {"data": {"path": "/admin/"}, "component_id": 0, "fn_name": "call", "session_hash": "canary"}
    assert rater.post("/admin/gradio_api/component_server", json=call).status_code == 401
    assert rater.get("/admin/export/sleep.zip").status_code == 404
    with TestClient(world[1], follow_redirects=False) as organiser:
        assert organiser.get(f"/o/{world[0].organiser_link()}").status_code == 303
        assert organiser.get("/admin/export/sleep.zip").status_code == 403  # an open study stays blinded
        me = world[0].organiser(organiser.cookies[ORGANISER_COOKIE])
        assert me is not None
        world[0].looked("sleep", me.actor, "preference: the canary looks")
        assert organiser.get("/admin/export/sleep.zip").content[:2] == b"PK"
        assert organiser.get("/s/sleep").status_code == 401


def test_logs_a_rater_can_cause_name_nothing(
    world: tuple[Service, Any], rater: TestClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        rater.get("/s/sleep")
        rater.post("/api/vote", json={"submission_id": "0" * 32, "assignment_id": "A" * 22})
        rater.post("/api/vote", content=b"\xff{")
        rater.get("/s/other")
        world[0].dispatch("wrong", {"do": "submit", "submission": {"left": "x"}})
    printed = capfd.readouterr()
    token = w.session(rater)
    ours = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore")))
    for text in (ours, printed.out, printed.err):
        assert not leaks(text)
        assert token not in text


def test_hidden_words_are_found_where_they_are_put(tmp_path: Path) -> None:
    """The canary itself sings: the same scan finds the names in what only organisers get."""
    here, _ = w.world(tmp_path, items=1)
    folder = here.export("sleep", tmp_path / "export")
    assert leaks((folder / "study.json").read_text("utf-8")) == [w.SECRET]
    assert leaks(json.dumps(w.REFERENCE)) == [w.REFERENCE]
