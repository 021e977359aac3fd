"""How the guard says no: a page to a person, JSON to a script, and an error of the program in words, logged."""

from __future__ import annotations

import logging
import re

from studio.store.errors import StoreError
from studio.web import apology
from studio.web.guard.asgi import Message, Scope, Send, header_map
from studio.web.guard.bodies import SlowBodyError

log = logging.getLogger(__name__)

FORGED = (KeyError, TypeError, ValueError)
"""What Gradio raises where a call names what it does not have."""
_GRADIO = re.compile(r"(?:/admin)?/gradio_api/")
_FOR_SCRIPTS = re.compile(r"/api/.*|.*/gradio_api/.*|/out")
CLOSING = ((b"connection", b"close"),)
"""The rest of the body is on its way and nobody reads it."""
RETRYING = ((b"retry-after", str(apology.RETRY_SECONDS).encode()),)


def says_no_without_words(scope: Scope, message: Message) -> bool:
    """True for a framework's answer to an error, and for one that a person would see as bare JSON or text."""
    if message["status"] == 500:
        return True
    types = [value for name, value in message.get("headers", []) if name.lower() == b"content-type"]
    worded = bool(types) and types[-1].startswith(b"text/html")
    return message["status"] >= 400 and not worded and "text/html" in header_map(scope).get("accept", "")


async def apologise(send: Send, scope: Scope, error: Exception | None) -> None:
    """What becomes of an error of the program: words for the person, and one line in the log.

    503 where the database does not answer, 408 for a body that did not come, 400 for a call that names what Gradio does
    not have, else 500.
    """
    if isinstance(error, StoreError):
        log.error("%s: %s", place(scope), error)
        await refuse(send, scope, 503, RETRYING)
    elif isinstance(error, SlowBodyError):
        await refuse(send, scope, 408, CLOSING)
    elif _GRADIO.match(scope["path"]) is not None and isinstance(error, FORGED):
        await refuse(send, scope, 400)
    else:
        log.error("%s: %s", place(scope), type(error).__name__, exc_info=error)
        await refuse(send, scope, 500)


def place(scope: Scope) -> str:
    """Where it happened, without what may be a personal link."""
    parts = scope["path"].split("/")
    shown = scope["path"] if "gradio_api" in parts else f"/{parts[1]}/…"
    return f"{scope['method']} {shown}"


async def refuse(send: Send, scope: Scope, status: int, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """Say no in words: a page to a person, JSON to a script."""
    for_script = _FOR_SCRIPTS.fullmatch(scope["path"]) is not None
    content_type, body = apology.written(status, header_map(scope), for_script)
    await answer(send, status, body, content_type, more)


async def answer(
    send: Send, status: int, body: bytes, content_type: str, more: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """A whole answer; `more` are further headers."""
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *more]})
    await send({"type": "http.response.body", "body": body})
