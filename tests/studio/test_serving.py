"""The HTTP server itself, over a real socket."""

from __future__ import annotations

import socket
import threading
from typing import Any

from studio.web.serving import server_of

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
