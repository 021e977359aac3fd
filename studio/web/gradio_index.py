"""The index page that Gradio makes for mounted Blocks, which our own pages are placed into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INSIDE = "studio.inside"
"""Marks, in an ASGI scope, what this process asks of itself; no request of a browser can carry it."""


async def index_of(application: Any) -> str:
    """The index page of a mounted Gradio application, asked for inside this process."""
    parts: list[bytes] = []
    scope = {
        "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "root_path": "", "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "scheme": "http", "server": ("localhost", 80), "http_version": "1.1",
        "asgi": {"version": "3.0"}, "client": ("127.0.0.1", 0), INSIDE: True,
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await application(scope, receive, send)
    return b"".join(parts).decode("utf-8")
