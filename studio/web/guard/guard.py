"""The guard around everything: an allow-list of routes, the Origin check, security headers, a limit on bodies.

Pure ASGI, so that streams pass through. Whatever is not in ROUTES is 404, whoever asks: Gradio's upload, file, call,
run, deep_link, monitoring and openapi routes are simply not there. Who may see `/admin` is decided behind it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from studio.service.refusals import Refusal, detail
from studio.settings import MAX_BODY_BYTES, Settings
from studio.web.guard import answers, bodies
from studio.web.guard.asgi import Application, Message, Receive, Scope, Send, header_map
from studio.web.guard.headers import as_browsers_asked, guarded, same_origin, security_headers
from studio.web.guard.routes import GUESSED, LINKS, UPLOADED, USED_UP_BY_OPENING, allowed
from studio.web.guess_limit import GuessLimit

log = logging.getLogger(__name__)


class CutShortError(Exception):
    """An answer ended in an error after it had begun, which is in the log; the server closes the connection."""


class Guard:
    """Wraps the whole application. `settings.public_url` is the address browsers see, whatever a request says of it."""

    def __init__(
        self,
        application: Application,
        settings: Settings,
        max_body: int = MAX_BODY_BYTES,
        guesses: GuessLimit | None = None,
        body_seconds: float = bodies.BODY_SECONDS,
        leaving: Callable[[], None] = lambda: None,
    ) -> None:
        self._application = application
        self.leaving = leaving
        """Ends the streams that would hold the server up when it is to stop."""
        self._body_seconds = body_seconds
        self._behind_proxy = settings.behind_proxy
        self._max_body = max_body
        self._guesses = guesses or GuessLimit()
        public = urlsplit(settings.public_url)
        self._public_host, self._public_scheme = public.netloc.lower(), public.scheme
        self._headers = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or pass on one connection."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
        elif scope["type"] == "http":
            address = self._address(scope)
            asked = as_browsers_asked(scope, self._public_host, self._public_scheme)
            answering = guarded(asked, send, self._headers)
            if GUESSED.fullmatch(scope["path"]):
                await self._guess(asked, receive, answering, address)
            else:
                await self._http(asked, receive, answering)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _guess(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        """One try at a link or password: refused for a while after many wrong ones from the same address."""
        wait = self._guesses.wait_seconds(address)
        again = ((b"retry-after", b"%d" % wait),)
        if wait and not LINKS.fullmatch(scope["path"]):
            await answers.refuse(send, scope, 429, again)
            return
        wrong = False

        async def watching(message: Message) -> None:
            nonlocal wrong
            if message["type"] == "http.response.start":
                wrong = message["status"] in (401, 404)
            if not (wrong and wait):
                await send(message)

        await self._http(scope, receive, watching)
        if wrong and wait:
            await answers.refuse(send, scope, 429, again)
        elif wrong:
            self._guesses.failed(address)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not allowed(scope["method"], scope["path"]):
            await answers.refuse(send, scope, 404)
            return
        if scope["method"] == "HEAD":
            await self._head(scope, receive, send)
            return
        if scope["method"] == "GET":
            await self._caught(scope, receive, send)
            return
        if not same_origin(header_map(scope)):
            await answers.refuse(send, scope, 403)
            return
        if UPLOADED.fullmatch(scope["path"]):
            await self._upload(scope, receive, send)
            return
        try:
            body = await bodies.whole(scope, bodies.in_time(scope, receive, self._body_seconds), self._max_body)
        except bodies.SlowBodyError:
            await answers.refuse(send, scope, 408, answers.CLOSING)
            return
        if body is None:
            await answers.refuse(send, scope, 413, answers.CLOSING)
        elif not bodies.is_text(body):
            refusal = Refusal("invalid", detail("utf8"))
            text = json.dumps(refusal.as_json(), ensure_ascii=False).encode()
            await answers.answer(send, 400, text, "application/json")
        else:
            await self._caught(scope, bodies.replay(body, receive), send)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What GET would answer, without its body; a link that works once is not opened."""
        if USED_UP_BY_OPENING.fullmatch(scope["path"]):
            await answers.answer(send, 200, b"", "text/html; charset=utf-8")
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._caught({**scope, "method": "GET"}, receive, bodiless)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A file on its way, refused where it says or turns out to be too large."""
        declared = header_map(scope).get("content-length", "")
        if not declared.isdigit() or int(declared) > bodies.MAX_UPLOAD_BYTES:
            await answers.refuse(send, scope, 413, answers.CLOSING)
            return
        await self._caught(scope, bodies.in_time(scope, receive, self._body_seconds), send)

    async def _caught(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The one place where an error of the program becomes an answer: in words, without its text, and logged."""
        begun, refused = False, 0

        async def sending(message: Message) -> None:
            nonlocal begun, refused
            if message["type"] == "http.response.start" and not begun:
                refused = message["status"] if answers.says_no_without_words(scope, message) else 0
            if not refused:  # what frameworks say of an error is held back
                begun = True
                await send(message)

        error: Exception | None = None
        try:
            await self._application(scope, receive, sending)
        except Exception as caught:  # noqa: BLE001 - here errors of the program end
            error = caught
        if begun and error is not None:
            log.error("%s: cut short", answers.place(scope), exc_info=error)
            raise CutShortError from None
        if error is not None or refused >= 500:
            await answers.apologise(send, scope, error)
        elif refused:
            await answers.refuse(send, scope, refused)

    def _address(self, scope: Scope) -> str:
        """Whom a guess is counted for: what the proxy before the studio says last, or the other end."""
        client = scope.get("client")
        told = [v for n, v in scope["headers"] if n.lower() == b"x-forwarded-for"] if self._behind_proxy else []
        return told[-1].decode("latin-1").split(",")[-1].strip() if told else str(client[0] if client else "")
