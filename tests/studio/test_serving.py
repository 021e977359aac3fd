"""The HTTP server itself, over a real socket."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from studio.settings import Settings
from studio.web.connections import BoundedConnection, backlog_of, most_open
from studio.web.guard.guard import Guard
from studio.web.serving import open_files, server_of

pytestmark = pytest.mark.slow

MOST_BYTES = 1_000_000
"""Fifteen times what h11 takes; sent in pauses, so that a busy machine has seconds to answer."""


async def hello(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})


def sent_before_an_answer(port: int) -> tuple[int, bytes]:
    """Bytes of headers a server takes before it says something, and what it says."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as made:
        made.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n")
        sent = 0
        while sent < MOST_BYTES:
            try:
                made.sendall(b"X-More: " + b"a" * 8000 + b"\r\n")
                sent += 8000
                made.settimeout(0.05)
                return sent, made.recv(100)
            except TimeoutError:
                continue
            except ConnectionError:
                break
    return sent, b""


def test_endless_headers_are_refused_before_they_fill_the_memory() -> None:
    server = server_of(hello)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        sent, answer = sent_before_an_answer(listening.getsockname()[1])
        server.should_exit = True
        thread.join(timeout=20)
    assert sent < MOST_BYTES
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431")) or not answer


@contextmanager
def served(application: Any, **bounds: Any) -> Iterator[int]:
    """The port of a server whose connections have these bounds."""
    server = server_of(application)
    server.config.http = type("Connection", (BoundedConnection,), bounds)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def status(port: int, path: str = "/", **request: Any) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(request.pop("method", "GET"), path, **request)
        return connection.getresponse().status
    finally:
        connection.close()


HELD = {
    "nothing": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: here\r\nX-More: ",
    "half a body": b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nhalf",
    "a stream": b"GET /stream HTTP/1.1\r\nHost: here\r\n\r\n",
    "an idle connection": b"GET / HTTP/1.1\r\nHost: here\r\n\r\n",
}


async def patient(scope: Any, receive: Any, send: Any) -> None:
    """Reads what is posted, streams without an end, greets."""
    if scope["type"] != "http":
        return
    while scope["method"] == "POST" and (await receive()).get("more_body"):
        pass
    endless = scope["path"] == "/stream"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello", "more_body": endless})
    while endless and (await receive())["type"] != "http.disconnect":
        pass


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("bounds", [{"most": 20}, {"most_from_one_address": 20}])
def test_sockets_that_wait_lock_nobody_out(held: str, bounds: dict[str, int]) -> None:
    with served(patient, **bounds) as port, ExitStack() as stack:
        strangers = []
        for _ in range(60):
            strangers.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)))
            strangers[-1].sendall(HELD[held])
        assert status(port) == 200
        time.sleep(0.1)
        closed = sum(_is_closed(one) for one in strangers)
        assert 60 - 20 <= closed < 60, "the longest waiting made room, the others stay"


def test_streams_make_room_the_oldest_first_once_they_have_begun() -> None:
    with served(patient, most=8) as port, ExitStack() as stack:
        streams = []
        for _ in range(24):
            streams.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)))
            streams[-1].sendall(HELD["a stream"])
            assert streams[-1].recv(15) == b"HTTP/1.1 200 OK", "the newest is let in, however many there were"
        time.sleep(0.1)
        assert [_is_closed(one) for one in streams] == [True] * 16 + [False] * 8


@pytest.mark.parametrize("held", HELD)
def test_a_class_that_opens_its_pages_again_and_again_locks_nobody_out(held: str) -> None:
    """Connections of one address are closed as fast as new ones come; whoever asks meanwhile is answered.

    As in the studio, more may be open than the server takes over in one turn of its loop: where that is not so, the
    connections of one turn close each other before the first of them was read.
    """
    stop = threading.Event()
    most = max(100, backlog_of(open_files()) * 5 // 4)

    def reopening() -> None:
        opened: deque[socket.socket] = deque()
        while not stop.is_set():
            opened.append(socket.create_connection(("127.0.0.1", port), timeout=5))
            opened[-1].sendall(HELD[held])
            if len(opened) > 2 * most:
                opened.popleft().close()
            time.sleep(0.001)
        while opened:
            opened.popleft().close()

    with served(patient, most_from_one_address=most) as port:
        thread = threading.Thread(target=reopening)
        thread.start()
        try:
            assert [status(port) for _ in range(40)] == [200] * 40
        finally:
            stop.set()
            thread.join(timeout=20)


def _is_closed(one: socket.socket) -> bool:
    one.setblocking(False)
    try:
        while one.recv(1000):
            pass
        return True
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@pytest.mark.parametrize("held", ["nothing", "half a head"])
def test_a_head_has_a_deadline_however_slowly_its_bytes_come(held: str) -> None:
    with served(patient, head_seconds=0.6) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as made:
        begin = time.monotonic()
        made.sendall(HELD[held])
        answer = b""
        while time.monotonic() - begin < 5:
            made.settimeout(0.1)
            try:
                if held != "nothing":
                    made.sendall(b"a")
                answer = made.recv(1000)
                break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert time.monotonic() - begin < 3
        assert answer.startswith(b"HTTP/1.1 408") or not answer


def test_a_second_request_has_a_deadline_of_its_own_and_a_pause_has_none() -> None:
    with served(patient, head_seconds=0.4) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        for pause in (0.0, 0.8):
            time.sleep(pause)
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"hello"
        connection.close()


def test_a_body_that_does_not_come_is_refused_in_words() -> None:
    with served(Guard(patient, Settings(), body_seconds=0.5)) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as made:
            made.sendall(b"POST /api/vote HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n{")
            answer = made.recv(1000)
            assert answer.startswith(b"HTTP/1.1 408")
            assert made.recv(1000) or True
        assert status(port, "/api/vote", method="POST", body=b"{}") == 200


def test_an_answer_that_is_not_read_has_a_deadline() -> None:
    ended = threading.Event()

    async def large(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(2000):
                await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            ended.set()

    with (
        served(large, unread_seconds=0.3) as port,
        socket.create_connection(("127.0.0.1", port), timeout=5) as made,
    ):
        made.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert ended.wait(5), "what was sent to nobody ends"


@pytest.mark.parametrize("files", [64, 256, 1024, 4096, 65536, 1048576])
def test_open_connections_leave_files_for_the_database(files: int) -> None:
    assert most_open(files) + backlog_of(files) <= max(files - 100, 32)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_the_limit_of_files_is_raised_as_far_as_the_system_lets() -> None:
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (300, 900));"
        "from studio.web.serving import open_files; print(open_files(), resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "900 (900, 900)"


def test_a_stranger_cannot_name_an_address() -> None:
    """Connections of this machine too: a page on it, or an unmeant tunnel, is not a proxy."""
    seen = []

    async def told(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            seen.append((scope["client"][0], scope["scheme"]))
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with served(told) as port:
        status(port, headers={"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"})
    assert seen == [("127.0.0.1", "http")]
