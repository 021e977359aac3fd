"""The guard around everything: an allow-list of routes, the Origin check, security headers, a limit on bodies.

Pure ASGI, so that streams pass through. Whatever is not in ROUTES is 404, whoever asks: Gradio's upload, file, call,
run, deep_link, monitoring and openapi routes are simply not there. Who may see `/admin` is decided behind it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from studio.service.refusals import Refusal, detail
from studio.settings import MAX_BODY_BYTES, Settings
from studio.store.errors import StoreError
from studio.web import apology
from studio.web.guess_limit import GuessLimit

log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_ID = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}"
_TOKEN = r"[A-Za-z0-9_-]{1,100}"
_LINK = r"[^/]{1,200}/?"
"""A token with whatever came along with the link; the route takes the token out of it."""
_FILE = r"[A-Za-z0-9_@.\-/ ]+"
_BLOCKS = rf"(?:/admin|/s/{_ID}|/studio)?"
"""Where Gradio pages may be mounted."""

ROUTES: dict[str, tuple[re.Pattern[str], ...]] = {
    "GET": tuple(
        re.compile(pattern)
        for pattern in (
            r"/",
            r"/healthz",
            rf"/[eo]/{_LINK}",
            r"/sign-in(?:/hf(?:/back)?)?",
            rf"/s/{_ID}/?",
            r"/admin/?",
            r"/admin/(?:new|template\.(?:xlsx|csv))",
            rf"/admin/(?:export|report)/{_ID}\.zip",
            rf"/admin/report/{_ID}\.(?:ja|en)\.html",
            rf"/admin/payment/{_ID}\.csv",
            rf"/admin/pairs/{_ID}\.jsonl",
            rf"/admin/publish/{_ID}",
            rf"/static/{_FILE}",
            rf"{_BLOCKS}/(?:favicon\.ico|robots\.txt|manifest\.json|config|theme\.css)",
            rf"{_BLOCKS}/(?:assets|static|svelte)/{_FILE}",
            rf"{_BLOCKS}/gradio_api/(?:startup-events|queue/data|info|app_id|theme\.css|heartbeat/{_TOKEN})",
        )
    ),
    "POST": tuple(
        re.compile(pattern)
        for pattern in (
            r"/api/vote",
            r"/out",
            r"/admin/(?:out|new|launch)",
            rf"/admin/publish/{_ID}",
            r"/sign-in",
            r"/admin/gradio_api/queue/join",  # the rater's page has no event to join
            rf"{_BLOCKS}/gradio_api/component_server",
        )
    ),
}
"""Every route a browser can reach; patterns match the whole path."""

UPLOADED = re.compile(r"/admin/new")
"""Where an organiser sends files: the body is passed on as it comes, and the session is asked for before it is read."""
MAX_UPLOAD_BYTES = 32 * 1024 * 1024
GUESSED = re.compile(r"/[eo]/[^/]+/?|/sign-in(?:/hf/back)?")
"""Where a wrong link or password is a guess."""
LINKS = re.compile(r"/[eo]/[^/]+/?")
"""Guesses of 256 bits: a right one is let in, however many wrong ones came from its address."""
USED_UP_BY_OPENING = re.compile(r"/o/.*")
"""What a program that only looks (HEAD) must not open."""
FORWARDED = ("forwarded", "x-forwarded-", "x-gradio-server", "x-original-", "x-rewrite-")
"""Headers by which a request can claim to have come to another address; the settings alone say that."""
BODY_SECONDS = 60.0
"""For a body to arrive, and a second more for each `BODY_BYTES_A_SECOND` it says it has."""
BODY_BYTES_A_SECOND = 64 * 1024
FORGED = (KeyError, TypeError, ValueError)
"""What Gradio raises where a call names what it does not have."""
_GRADIO = re.compile(r"(?:/admin)?/gradio_api/")
_FOR_SCRIPTS = re.compile(r"/api/.*|.*/gradio_api/.*|/out")
_SAME_SITE = {"same-origin", "none"}


CLOSING = ((b"connection", b"close"),)
"""The rest of the body is on its way and nobody reads it."""
RETRYING = ((b"retry-after", str(apology.RETRY_SECONDS).encode()),)


class SlowBodyError(Exception):
    """A body did not arrive in its time."""


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
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._application = application
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
            asked = self._as_asked(scope)
            guarded = self._guarded(asked, send)
            if GUESSED.fullmatch(scope["path"]):
                await self._guess(asked, receive, guarded, address)
            else:
                await self._http(asked, receive, guarded)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _guess(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        """One try at a link or password: refused for a while after many wrong ones from the same address."""
        wait = self._guesses.wait_seconds(address)
        again = ((b"retry-after", b"%d" % wait),)
        if wait and not LINKS.fullmatch(scope["path"]):
            await _refuse(send, scope, 429, again)
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
            await _refuse(send, scope, 429, again)
        elif wrong:
            self._guesses.failed(address)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not allowed(scope["method"], scope["path"]):
            await _refuse(send, scope, 404)
            return
        if scope["method"] == "HEAD":
            await self._head(scope, receive, send)
            return
        if scope["method"] == "GET":
            await self._caught(scope, receive, send)
            return
        if not self._same_origin(_header_map(scope)):
            await _refuse(send, scope, 403)
            return
        if UPLOADED.fullmatch(scope["path"]):
            await self._upload(scope, receive, send)
            return
        try:
            body = await _body(scope, _in_time(scope, receive, self._body_seconds), self._max_body)
        except SlowBodyError:
            await _refuse(send, scope, 408, CLOSING)
            return
        if body is None:
            await _refuse(send, scope, 413, CLOSING)
        elif not _is_text(body):
            refusal = Refusal("invalid", detail("utf8"))
            text = json.dumps(refusal.as_json(), ensure_ascii=False).encode()
            await _answer(send, 400, text, "application/json")
        else:
            await self._caught(scope, _replay(body, receive), send)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What GET would answer, without its body; a link that works once is not opened."""
        if USED_UP_BY_OPENING.fullmatch(scope["path"]):
            await _answer(send, 200, b"", "text/html; charset=utf-8")
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._caught({**scope, "method": "GET"}, receive, bodiless)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A file on its way, refused where it says or turns out to be too large."""
        declared = _header_map(scope).get("content-length", "")
        if not declared.isdigit() or int(declared) > MAX_UPLOAD_BYTES:
            await _refuse(send, scope, 413, CLOSING)
            return
        await self._caught(scope, _in_time(scope, receive, self._body_seconds), send)

    async def _caught(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The one place where an error of the program becomes an answer: in words, without its text, and logged."""
        begun, refused = False, 0

        async def sending(message: Message) -> None:
            nonlocal begun, refused
            if message["type"] == "http.response.start" and not begun:
                refused = message["status"] if _says_no_without_words(scope, message) else 0
            if not refused:  # what frameworks say of an error is held back
                begun = True
                await send(message)

        error: Exception | None = None
        try:
            await self._application(scope, receive, sending)
        except Exception as caught:  # noqa: BLE001 - here errors of the program end
            error = caught
        if begun and error is not None:
            log.error("%s: cut short", _place(scope), exc_info=error)
            raise CutShortError from None
        if error is not None or refused >= 500:
            await _apologise(send, scope, error)
        elif refused:
            await _refuse(send, scope, refused)

    def _address(self, scope: Scope) -> str:
        """Whom a guess is counted for: what the proxy before the studio says last, or the other end."""
        client = scope.get("client")
        told = [v for n, v in scope["headers"] if n.lower() == b"x-forwarded-for"] if self._behind_proxy else []
        return told[-1].decode("latin-1").split(",")[-1].strip() if told else str(client[0] if client else "")

    def _as_asked(self, scope: Scope) -> Scope:
        """The request as browsers made it: to the public address where there is one, and without claims of another."""
        headers = [(n, v) for n, v in scope["headers"] if not n.decode("latin-1").lower().startswith(FORWARDED)]
        if not self._public_host:
            return {**scope, "headers": headers}
        headers = [(b"host", self._public_host.encode()), *(h for h in headers if h[0].lower() != b"host")]
        return {**scope, "headers": headers, "scheme": self._public_scheme}

    def _same_origin(self, headers: dict[str, str]) -> bool:
        """True unless a browser says that another site's page sends this. Browsers send Origin with every POST."""
        if headers.get("sec-fetch-site", "none") not in _SAME_SITE:
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        if origin == "null":  # what browsers say of a form on a page without referrer, as ours are
            return headers.get("sec-fetch-site") == "same-origin"
        return _host_of(origin) == headers.get("host", "").lower() != ""

    def _guarded(self, scope: Scope, send: Send) -> Send:
        """Adds the security headers, and takes away what Gradio echoes to foreign origins."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(n, v) for n, v in message.get("headers", []) if not n.lower().startswith(b"access-control-")]
                names = {n.lower() for n, _ in kept}
                extra = [(n, v) for n, v in self._headers if n not in names]
                if b"cache-control" not in names and not _immutable(scope["path"]):
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": kept + extra}
            await send(message)

        return sending


def allowed(method: str, path: str) -> bool:
    """True for a route of the allow-list; HEAD goes where GET goes. Paths with dot segments are never allowed."""
    routes = ROUTES.get("GET" if method == "HEAD" else method, ())
    if ".." in path.split("/") or "//" in path:
        return False
    return any(pattern.fullmatch(path) for pattern in routes)


def security_headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    """No third parties, no sniffing, no referrer. Gradio compiles its pages' code, hence 'unsafe-eval'."""
    frames = "'self' https://huggingface.co" if settings.environment == "spaces" else "'self'"
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        f"object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {frames}"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cross-origin-resource-policy": "same-origin",
        "x-robots-tag": "noindex, nofollow",
    }
    if settings.secure_cookies:
        headers["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _immutable(path: str) -> bool:
    """Files that say nothing about a study and may be cached."""
    return re.fullmatch(rf"{_BLOCKS}/(?:assets|static|svelte)/.*", path) is not None


def _header_map(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def _body(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None where it is larger than `limit` bytes; nothing larger is ever held in memory."""
    declared = _header_map(scope).get("content-length", "0")
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


def _in_time(scope: Scope, receive: Receive, seconds: float) -> Receive:
    """The body as it comes, until its time is over, however slowly it comes: then SlowBodyError."""
    declared = _header_map(scope).get("content-length", "0")
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


def _is_text(body: bytes) -> bool:
    """False for what is not UTF-8, before anything reads it: every route takes text or nothing."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _host_of(origin: str) -> str:
    """Host and port of an Origin header, lower-case; '' for what is no address."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read to the application, then whatever the server says next (a disconnect)."""
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


def _says_no_without_words(scope: Scope, message: Message) -> bool:
    """True for a framework's answer to an error, and for one that a person would see as bare JSON or text."""
    if message["status"] == 500:
        return True
    types = [value for name, value in message.get("headers", []) if name.lower() == b"content-type"]
    worded = bool(types) and types[-1].startswith(b"text/html")
    return message["status"] >= 400 and not worded and "text/html" in _header_map(scope).get("accept", "")


async def _apologise(send: Send, scope: Scope, error: Exception | None) -> None:
    """What becomes of an error of the program: words for the person, and one line in the log.

    503 where the database does not answer, 408 for a body that did not come, 400 for a call that names what Gradio does
    not have, else 500.
    """
    if isinstance(error, StoreError):
        log.error("%s: %s", _place(scope), error)
        await _refuse(send, scope, 503, RETRYING)
    elif isinstance(error, SlowBodyError):
        await _refuse(send, scope, 408, CLOSING)
    elif _GRADIO.match(scope["path"]) is not None and isinstance(error, FORGED):
        await _refuse(send, scope, 400)
    else:
        log.error("%s: %s", _place(scope), type(error).__name__, exc_info=error)
        await _refuse(send, scope, 500)


def _place(scope: Scope) -> str:
    """Where it happened, without what may be a personal link."""
    parts = scope["path"].split("/")
    shown = scope["path"] if "gradio_api" in parts else f"/{parts[1]}/…"
    return f"{scope['method']} {shown}"


async def _refuse(send: Send, scope: Scope, status: int, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """Say no in words: a page to a person, JSON to a script."""
    for_script = _FOR_SCRIPTS.fullmatch(scope["path"]) is not None
    content_type, body = apology.written(status, _header_map(scope), for_script)
    await _answer(send, status, body, content_type, more)


async def _answer(
    send: Send, status: int, body: bytes, content_type: str, more: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *more]})
    await send({"type": "http.response.body", "body": body})
