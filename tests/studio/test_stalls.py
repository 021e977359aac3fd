"""A writer that is blocked, a disk that stalls, a file that is moved away: who need not wait does not, and is told."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from studio.pages.rating.files import Files
from studio.service import Service
from studio.settings import RATER_COOKIE, Settings
from studio.store import database
from studio.store.errors import StoreError
from studio.web import lanes
from studio.web.app import build
from tests import studio_world as w
from tests.loops import run

pytestmark = pytest.mark.slow
MOST_SECONDS = 1.0
BROWSER = {"accept": "text/html"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, list[str], Any, Path]]:
    """A studio with two raters and unopened links, whose waits are short."""
    folder = tmp_path_factory.mktemp("stalls")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "BUSY_SECONDS", 2)
        patch.setattr(lanes, "PATIENCE_SECONDS", 1.0)
        here, tokens = w.world(folder, items=30, seats=2)
        yield here, tokens, build(here, Settings()), folder / "studio.sqlite"
        here.store.close()


def asking(application: Any) -> httpx.AsyncClient:
    """A client of the application inside this process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://testserver", timeout=60)


@contextmanager
def blocked(path: Path) -> Iterator[None]:
    """Another process's transaction is being written."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


class Pauses:
    """When the machine itself gave this process no time: a thread that only sleeps wakes late then, whatever waits."""

    def __init__(self) -> None:
        self.late: list[tuple[float, float]] = []
        self.ended = threading.Event()
        threading.Thread(target=self._beat, daemon=True).start()

    def _beat(self) -> None:
        before = time.monotonic()
        while not self.ended.wait(0.01):
            now = time.monotonic()
            self.late.append((now, now - before - 0.01))
            before = now

    def within(self, begin: float, end: float) -> float:
        """Seconds of the longest pause that ended between two times."""
        return max((late for at, late in self.late if begin <= at <= end + 0.01), default=0.0)


async def slowest(client: httpx.AsyncClient, busy: asyncio.Future[Any]) -> float:
    """Seconds of the slowest answer of what needs no database, until `busy` is done; pauses of the machine aside."""
    spans, pauses = [], Pauses()
    while not busy.done():
        for path in ("/healthz", Files.load().entry, "/sign-in", "/theme.css"):
            begin = time.monotonic()
            assert (await client.get(path)).status_code == 200
            spans.append((begin, time.monotonic()))
        await asyncio.sleep(0.05)
    pauses.ended.set()
    return max(end - begin - pauses.within(begin, end) for begin, end in spans)


def test_a_blocked_writer_holds_up_nobody_who_does_not_write(studio: Any) -> None:
    here, _, application, path = studio
    links = here.invite("sleep", 60)

    async def asked() -> list[httpx.Response]:
        async with asking(application) as client:
            joins = asyncio.gather(*(client.get(f"/e/{link}", headers=BROWSER) for link in links))
            assert await slowest(client, joins) < MOST_SECONDS
            return await joins

    with blocked(path):
        answers = run(asked())
    assert {answer.status_code for answer in answers} == {503}
    for answer in answers:
        assert "リンクはそのまま使えます" in answer.text
        assert "Your link still works" in answer.text
    assert here.join(links[0]), "and it does"


def test_a_stalled_disk_holds_up_nobody_who_does_not_write(studio: Any) -> None:
    here, (token, _), application, _ = studio
    pair = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]

    def stall(connection: Any) -> None:
        time.sleep(2.5)

    event.listen(here.store.engine, "commit", stall)

    async def saved() -> Any:
        async with asking(application) as client:
            cookie = {"cookie": f"{RATER_COOKIE}={token}"}
            saving = asyncio.ensure_future(client.post("/api/vote", json=w.form(pair), headers=cookie))
            assert await slowest(client, saving) < MOST_SECONDS
            return (await saving).json()

    try:
        assert run(saved())["saved"] is True
    finally:
        event.remove(here.store.engine, "commit", stall)
    assert here.verify()[1] == []


def test_a_commit_that_fails_is_refused_and_saved_when_it_is_sent_again(studio: Any) -> None:
    here, (_, token), application, _ = studio
    client = TestClient(application)
    form = w.form(here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"])

    def full(connection: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    event.listen(here.store.engine, "commit", full)
    try:
        refused = client.post("/api/vote", json=form, headers={"cookie": f"{RATER_COOKIE}={token}"}).json()
    finally:
        event.remove(here.store.engine, "commit", full)
    assert refused["error"]["code"] == "busy"
    assert client.post("/api/vote", json=form, headers={"cookie": f"{RATER_COOKIE}={token}"}).json()["saved"] is True
    assert here.verify()[1] == []


@pytest.mark.parametrize("what", ["moved", "deleted", "replaced"])
def test_a_file_that_is_not_there_any_more_is_noticed_and_said(tmp_path: Path, what: str) -> None:
    here, (token,) = w.world(tmp_path, seats=1)
    path = tmp_path / "studio.sqlite"
    form = w.form(here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"])
    link = here.invite("sleep")[0]
    away = path.rename(tmp_path / "away.sqlite")
    if what == "deleted":
        away.unlink()
    elif what == "replaced":
        path.write_bytes(w.empty_database())
    assert w.submit(here, token, form)["error"]["code"] == "busy", "the device keeps it"
    with pytest.raises(StoreError, match=r"studio\.sqlite is (not there|another file)"):
        here.studies()
    with pytest.raises(StoreError):
        here.join(link)
    if what == "moved":
        away.rename(path)
        assert w.submit(here, token, form)["saved"] is True
    here.store.close()


def test_a_damaged_file_is_said_in_words(tmp_path: Path) -> None:
    here, _ = w.world(tmp_path, items=30, seats=1)
    link = here.invite("sleep")[0]
    here.store.scrub()
    here.store.close()
    path = tmp_path / "studio.sqlite"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * (size - 8192))
    with pytest.raises(StoreError, match="damaged"):
        here.join(link)
    here.store.close()
