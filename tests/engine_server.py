"""A server of a language model for tests: a real one on a socket, whose answers are recorded before it is asked."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the server says to one request."""

    text: str | None = ""
    status: int = 200
    model: str = "small"
    usage: tuple[int, int] | None = None
    finish: str = "stop"
    refusal: str | None = None
    said: str = ""
    """The message of an error."""
    raw: bytes | None = None
    """The whole body, whatever it is."""
    retry_after: str = ""
    delay: float = 0.0
    stream: bool = False
    """`raw` is an event stream, sent event by event."""
    pause: float = 0.0
    """Seconds between its events."""

    def body(self) -> bytes:
        """What is sent."""
        if self.raw is not None:
            return self.raw
        if self.status != 200:
            return json.dumps({"error": {"message": self.said}}).encode()
        message = {"role": "assistant", "content": self.text, "refusal": self.refusal}
        found: dict[str, Any] = {"model": self.model, "choices": [{"message": message, "finish_reason": self.finish}]}
        if self.usage is not None:
            found["usage"] = {"prompt_tokens": self.usage[0], "completion_tokens": self.usage[1]}
        return json.dumps(found, ensure_ascii=False).encode()


@dataclass
class Server:
    """A running server: its address, what it was asked, and what it answers."""

    url: str
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    """Path, headers by lower-case name, body."""
    answers: deque[Answer] = field(default_factory=deque)
    told: dict[str, Any] = field(default_factory=dict)
    """What is answered to GET, by path; everything else is 404."""
    otherwise: Callable[[Any], Answer] | None = None
    """Answers once nothing recorded is left, from the request's body."""

    def then(self, *answers: Answer) -> None:
        """Answer the next requests so, in this order."""
        self.answers.extend(answers)

    @property
    def host(self) -> str:
        """HOST:PORT."""
        return self.url.split("/")[2]


@contextmanager
def serving() -> Iterator[Server]:
    """A server on a free port of this machine, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                assert server.answers or server.otherwise, "more was asked than the test foresees"
                answer = server.answers.popleft() if server.answers else server.otherwise(body)  # type: ignore[misc]
            time.sleep(answer.delay)
            sent = answer.body()
            try:
                self.send_response(answer.status)
                if answer.retry_after:
                    self.send_header("retry-after", answer.retry_after)
                if answer.stream:
                    self.send_header("content-type", "text/event-stream; charset=utf-8")
                self.send_header("content-length", str(len(sent)))
                self.end_headers()
                for part in sent.split(b"\n\n") if answer.stream else (sent,):
                    self.wfile.write(part + b"\n\n" * (answer.stream and part != b""))
                    time.sleep(answer.pause)
            except OSError:  # whoever asked has gone
                pass

        def do_GET(self) -> None:
            found = server.told.get(self.path)
            sent = json.dumps(found or {"error": {"message": "not here"}}).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            pass

    lock = threading.Lock()
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = Server(f"http://127.0.0.1:{http.server_address[1]}/v1")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
