"""The wire of rooms on a real server and real sockets: streams, coming back, signs, the end of the server."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from studio.service import Service
from studio.settings import Settings
from studio.web.app import build
from studio.web.lanes import Lanes
from studio.web.room.listening import Rooms
from studio.web.serving import server_of
from studio.web.sessions import cookie_name
from tests import rooms_world as r

pytestmark = pytest.mark.slow
_open: list[http.client.HTTPConnection | http.client.HTTPResponse] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Whatever a test opened is closed after it."""
    yield
    while _open:
        _open.pop().close()


class Page:
    """One side's page: acts by POST, hears by an event stream."""

    def __init__(self, port: int, side: r.Side, rater: str) -> None:
        self.port, self.side = port, side
        self.names = {"study": "talks", "rater": rater, "session": side.session}
        self.headers = {"cookie": f"{cookie_name('talks', rater)}={side.token}", "content-type": "application/json"}

    def post(self, do: str, **more: Any) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", "/api/room", json.dumps({**self.names, "do": do, **more}), self.headers)
            reply: dict[str, Any] = json.loads(connection.getresponse().read())
            return reply
        finally:
            connection.close()

    def say(self, text: str, do: str = "say") -> dict[str, Any]:
        return self.post(do, text=text, uuid=str(uuid.uuid4()))

    def get(self, path: str, **more: Any) -> http.client.HTTPResponse:
        query = "&".join(f"{name}={value}" for name, value in {**self.names, **more}.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", f"/api/room/{path}?{query}", headers=self.headers)
        answer = connection.getresponse()
        _open.extend((connection, answer))
        return answer

    def stream(self, after: int = 0, **headers: str) -> Iterator[dict[str, Any]]:
        """Events as they come: {"id"?, "event"?, "data"}."""
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.get("stream", after=after)
        assert answer.status == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
        one: dict[str, Any] = {}
        while line := answer.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                one[name] = json.loads(value) if name in ("data", "id") else value
            elif one:
                yield one
                one = {}


def lines(stream: Iterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The next numbered lines of a stream."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        one = next(stream)
        if "id" in one:
            assert one["id"] == one["data"]["id"]
            found.append(one["data"])
    return found


def sign(stream: Iterator[dict[str, Any]], name: str) -> dict[str, Any]:
    """The next sign of this name."""
    return next(one["data"] for one in stream if one.get("event") == name)


@contextmanager
def served(here: Service) -> Iterator[int]:
    guard = build(here, Settings())
    server = server_of(guard, leaving=guard.leaving)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=30)
            here.store.close()


@pytest.fixture(scope="module")
def clock() -> r.HandClock:
    return r.HandClock()


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, clock: r.HandClock) -> Iterator[tuple[Service, list[str], int]]:
    here, tokens = r.world(tmp_path_factory.mktemp("rooms"), clock, seats=7, per_person=3)
    with served(here) as port:
        yield here, tokens, port


Studio = tuple[Service, list[str], int]


def pages(studio: Studio, number: int) -> tuple[Page, Page]:
    """Both sides' pages of a session that has begun."""
    here, tokens, port = studio
    two = r.begun(here, tokens, number)
    raters = [f"R{tokens.index(side.token) + 1:03d}" for side in two]
    return Page(port, two[0], raters[0]), Page(port, two[1], raters[1])


def test_what_one_says_the_other_reads_at_once_and_both_in_one_order(studio: Studio) -> None:
    client, counselor = pages(studio, 0)
    mine, theirs = client.stream(), counselor.stream()
    assert [one["kind"] for one in lines(mine, 3)] == ["ready", "ready", "begun"]
    assert sign(theirs, "presence")["partner"] == "here"
    said = [(client if n % 3 else counselor).say(f"{n}")["id"] for n in range(12)]
    assert said == list(range(4, 16))
    heard = lines(theirs, 12)
    assert [one["text"] for one in heard] == [f"{n}" for n in range(12)]
    assert lines(mine, 12) == heard
    client.post("typing")
    assert sign(theirs, "typing") == {"role": "client"}


def test_who_comes_back_reads_on_from_the_last_line_by_query_by_header_and_by_plain_reading(studio: Studio) -> None:
    client, counselor = pages(studio, 1)
    for n in range(5):
        client.say(f"{n}")
    assert [one["text"] for one in lines(counselor.stream(after=5), 3)] == ["2", "3", "4"]
    assert [one["text"] for one in lines(counselor.stream(after=0, last_event_id="6"), 2)] == ["3", "4"]
    del counselor.headers["last-event-id"]
    read = json.loads(counselor.get("events", after=7).read())
    assert ([one["text"] for one in read["events"]], read["more"]) == (["4"], False)


def test_more_than_a_page_of_lines_is_read_to_its_end(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.service.room.looking.PAGE_LINES", 3)
    client, counselor = pages(studio, 2)
    for n in range(10):
        client.say(f"{n}")
    assert [one["id"] for one in lines(counselor.stream(), 13)] == list(range(1, 14))
    assert json.loads(counselor.get("events", after=2).read())["more"] is True


def test_a_stop_is_told_when_its_time_is_over_and_the_stream_ends_with_the_session(
    studio: Studio, clock: r.HandClock
) -> None:
    client, counselor = pages(studio, 3)
    theirs = counselor.stream()
    client.post("stop")
    clock.on(seconds=11)
    found = lines(theirs, 5)
    assert [(one["kind"], one.get("why")) for one in found[3:]] == [("stopping", None), ("ended", "stopped")]
    assert list(theirs) == []
    assert counselor.say("遅い")["error"]["code"] == "room_over"


def test_strangers_hear_nothing_and_what_is_no_number_is_none(studio: Studio) -> None:
    client, _ = pages(studio, 4)
    stranger = Page(client.port, r.Side(studio[0], "x" * 43, client.side.session, "client"), "R001")
    assert stranger.get("stream").status == 403
    assert json.loads(stranger.get("events").read())["error"]["code"] == "signed_out"
    assert stranger.post("say", text="a", uuid="0" * 32)["error"]["code"] == "signed_out"
    for after in ("-1", "a", "9" * 40, ""):
        assert len(json.loads(client.get("events", after=after).read())["events"]) == 3
    for more in ({"text": ""}, {"text": "a" * 4001}, {"text": None}, {"text": "a", "uuid": "1"}, {"text": "\ud800"}):
        assert client.post("say", **{"uuid": "0" * 32, **more})["error"]["code"] in ("invalid", "too_large")


def test_a_line_that_comes_between_reading_and_listening_is_heard(studio: Studio) -> None:
    client, counselor = pages(studio, 6)
    cookies = {"cookie": "", **dict([counselor.headers["cookie"].split("=", 1)])}
    asked = {**counselor.names, "after": 3}

    async def opened() -> list[bytes]:
        rooms = Rooms(studio[0], Lanes(sqlite=True))
        first = await rooms.read(cookies, asked)
        client.side.say("あいだに")
        stream = rooms.stream(cookies, asked, first)
        try:
            return [await anext(stream), await anext(stream)]
        finally:
            await stream.aclose()
            rooms.close()

    said, presence = asyncio.run(opened())
    assert "あいだに" in said.decode()
    assert presence.startswith(b"event: presence")


def test_a_further_stream_of_one_side_ends_its_oldest(studio: Studio) -> None:
    client, _ = pages(studio, 5)
    streams = [client.stream() for _ in range(5)]
    for stream in streams:
        assert lines(stream, 3)
    assert [one for one in streams[0] if "id" in one] == []
    client.say("まだいます")
    assert lines(streams[-1], 1)[0]["text"] == "まだいます"


def test_the_server_stops_at_once_though_streams_are_open(tmp_path: Path) -> None:
    here, tokens = r.world(tmp_path, r.HandClock())
    with served(here) as port:
        client, _ = pages((here, tokens, port), 0)
        mine = client.stream()
        lines(mine, 3)
        begin = time.monotonic()
    assert time.monotonic() - begin < 4, "uvicorn alone waits five seconds for them"
    assert list(mine)[1:] == []


def test_killed_under_talk_nothing_acknowledged_is_missing_doubled_or_out_of_order(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """benchmarks/rooms.py --kills 200 does the same for longer."""
    from benchmarks import rooms
    from benchmarks.studio_load import Server, free_port
    from studio.settings import sqlite_url

    url, port = sqlite_url(tmp_path / "studio.sqlite"), free_port()
    pairs = rooms.prepared(url, port, 2)
    server = Server(url, port, tmp_path)
    try:
        server.start()
        asyncio.run(rooms.killed(server, pairs, 3, url))
    finally:
        server.close()
    said = capfd.readouterr().out
    assert "missing 0, doubled 0, out of order 0, unheard 0; log and tables differ in 0" in said
    assert int(said.split("acknowledged ")[1].split(",")[0]) > 0
