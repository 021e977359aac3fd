"""Bodies of requests: how large, how slow, and of what letters they may be."""

from __future__ import annotations

import asyncio

from studio.web.guard.asgi import Message, Receive, Scope, header_map

MAX_UPLOAD_BYTES = 32 * 1024 * 1024
BODY_SECONDS = 60.0
"""For a body to arrive, and a second more for each `BODY_BYTES_A_SECOND` it says it has."""
BODY_BYTES_A_SECOND = 64 * 1024


class SlowBodyError(Exception):
    """A body did not arrive in its time."""


async def whole(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None where it is larger than `limit` bytes; nothing larger is ever held in memory."""
    declared = header_map(scope).get("content-length", "0")
    if not declared.isdigit() or int(declared) > limit:
        return None
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def in_time(scope: Scope, receive: Receive, seconds: float) -> Receive:
    """The body as it comes, until its time is over, however slowly it comes: then SlowBodyError."""
    declared = header_map(scope).get("content-length", "0")
    allowed = seconds + (int(declared) if declared.isdigit() else 0) / BODY_BYTES_A_SECOND
    deadline = asyncio.get_running_loop().time() + allowed
    complete = False

    async def receiving() -> Message:
        nonlocal complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError as error:
            raise SlowBodyError from error
        complete = not message.get("more_body", False)
        return message

    return receiving


def is_text(body: bytes) -> bool:
    """False for what is not UTF-8, before anything reads it: every route takes text or nothing."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read to the application, then whatever the server says next (a disconnect)."""
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving
