"""The HTTP interface: models, conversations and completions, whole or streamed; who goes away is not answered on."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from finetune.generation.engine import Draft, Row
from finetune.serving.replies import DONE, Form, event, refusal
from finetune.serving.requests import Chat, Completion, RefusedError, Served, read
from finetune.serving.worker import Ask, Worker
from tasks.engine.client import is_loopback

MOST_BYTES = 4_000_000
"""Of one request."""
GONE = 499
"""The status of an answer that nobody reads: nginx's word for a client that has left."""


def build(systems: Sequence[Served], worker: Worker, token: str) -> FastAPI:
    """The interface over systems whose asks the worker answers.

    Args:
        token: every request has to bring it; "" = none is asked for, and only names of this machine are answered to,
            so that no web page reaches the server by a name of its own.
    """
    app = FastAPI(title="kokoro-studio", docs_url=None, redoc_url=None, openapi_url=None)
    names = {served.name: served for served in systems}

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)
        headers = {"retry-after": "2"} if error.status == 429 else None
        return JSONResponse(refusal(error), error.status, headers)

    app.add_exception_handler(RefusedError, refused)

    @app.get("/v1/models")
    async def models(request: Request) -> dict[str, Any]:
        guard(request, token)
        return {"object": "list", "data": [_card(served) for served in systems]}

    @app.get("/v1/models/{name}")
    async def model(request: Request, name: str) -> dict[str, Any]:
        guard(request, token)
        return _card(_found(names, name))

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> Response:
        guard(request, token)
        asked = read(Chat, await body_of(request))
        served = _found(names, asked.model)
        form = Form(True, f"chatcmpl-{secrets.token_hex(12)}", asked.model)
        return await _answer(request, asked, form, worker, served, [served.chat(asked)])

    @app.post("/v1/completions")
    async def completions(request: Request) -> Response:
        guard(request, token)
        asked = read(Completion, await body_of(request))
        served = _found(names, asked.model)
        form = Form(False, f"cmpl-{secrets.token_hex(12)}", asked.model)
        return await _answer(request, asked, form, worker, served, served.completions(asked))

    return app


def guard(request: Request, token: str) -> None:
    """Lets a request pass.

    Raises:
        RefusedError: without the token, or, where none is asked for, under a name that is not this machine's.
    """
    if token:
        given = request.headers.get("authorization", "").encode()
        if not secrets.compare_digest(given, f"Bearer {token}".encode()):
            raise RefusedError("the bearer token is missing or another one", 401, "invalid_api_key")
    elif not is_loopback(request.url.hostname or ""):
        raise RefusedError(f"found host {request.url.hostname!r}; allowed: 127.0.0.1, localhost", 403, "host")


async def body_of(request: Request) -> Any:
    """The JSON of a request.

    Raises:
        RefusedError: it is none, says it is something else, or is too large.
    """
    if "json" not in request.headers.get("content-type", ""):
        raise RefusedError("content-type: allowed: application/json", 415)
    raw = b""
    async for part in request.stream():
        raw += part
        if len(raw) > MOST_BYTES:
            raise RefusedError(f"the request is larger than {MOST_BYTES:,} bytes", 413)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"the body is no JSON: {error}") from error


def _card(served: Served) -> dict[str, Any]:
    return {"id": served.name, "object": "model", "created": 0, "owned_by": "kokoro-studio", **served.facts}


def _found(names: Mapping[str, Served], name: str) -> Served:
    if name not in names:
        raise RefusedError(f"model: found {name[:80]!r}; allowed: {', '.join(names)}", 404, "model_not_found")
    return names[name]


class _Asked:
    """The asks of one request, and what the worker says of them, in the order it was said."""

    def __init__(self, served: Served, rows: Sequence[Row], streamed: bool) -> None:
        self.prompt_tokens = sum(len(row.prompt) for row in rows)
        self._loop = asyncio.get_running_loop()
        self._said: asyncio.Queue[tuple[int, str | Draft | RefusedError]] = asyncio.Queue()
        self.asks = [
            Ask(served, row, self._hears(number), self._hears(number) if streamed else None)
            for number, row in enumerate(rows)
        ]

    def _hears(self, number: int) -> Callable[[str | Draft | RefusedError], None]:
        def hear(said: str | Draft | RefusedError) -> None:
            with suppress(RuntimeError):  # the server has ended
                self._loop.call_soon_threadsafe(self._said.put_nowait, (number, said))

        return hear

    async def said(self) -> AsyncIterator[tuple[int, str | Draft]]:
        """Pieces and drafts with their prompts' numbers, until every prompt has its draft.

        Raises:
            RefusedError: the model failed or has ended.
        """
        left = len(self.asks)
        try:
            while left:
                number, said = await self._said.get()
                if isinstance(said, RefusedError):
                    raise said
                left -= isinstance(said, Draft)
                yield number, said
        finally:
            for ask in self.asks:
                ask.gone.set()

    async def drafts(self) -> list[Draft]:
        """Of every prompt, in order."""
        found = {number: said async for number, said in self.said() if isinstance(said, Draft)}
        return [found[number] for number in range(len(self.asks))]


async def _answer(
    request: Request, asked: Chat | Completion, form: Form, worker: Worker, served: Served, rows: Sequence[Row]
) -> Response:
    asking = _Asked(served, rows, asked.stream)
    worker.put(asking.asks)
    if asked.stream:
        told = _streamed(asking, form, asked.stream_options.get("include_usage", False))
        return StreamingResponse(told, media_type="text/event-stream", headers={"cache-control": "no-store"})
    drafts = asyncio.ensure_future(asking.drafts())
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((drafts, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not drafts.done():
            return Response(status_code=GONE)
        return JSONResponse(form.whole(drafts.result(), asking.prompt_tokens))
    finally:
        for task in (drafts, leaving):
            task.cancel()
        await asyncio.gather(drafts, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    """Returns when the client is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _streamed(asking: _Asked, form: Form, counted: bool) -> AsyncIterator[bytes]:
    drafts: list[Draft] = []
    if begun := form.begun():
        yield begun
    try:
        async for number, said in asking.said():
            if isinstance(said, Draft):
                drafts.append(said)
                yield form.ended(number, said)
            else:
                yield form.piece(number, said)
    except RefusedError as error:
        yield event(refusal(error))
        return
    finally:
        for ask in asking.asks:
            ask.gone.set()
    if counted:
        yield form.counted(drafts, asking.prompt_tokens)
    yield DONE
