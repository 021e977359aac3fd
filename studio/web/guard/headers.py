"""Headers: what a request may claim, whose page sent it, and what every answer carries."""

from __future__ import annotations

from urllib.parse import urlsplit

from studio.health.way import CAME_BY_PROXY
from studio.settings import Settings
from studio.web.guard.asgi import Message, Scope, Send
from studio.web.guard.routes import immutable

FORWARDED = ("forwarded", "x-forwarded-", "x-gradio-server", "x-original-", "x-rewrite-")
"""Headers by which a request can claim to have come to another address; the settings alone say that."""
_SAME_SITE = {"same-origin", "none"}


def as_browsers_asked(scope: Scope, host: str, scheme: str) -> Scope:
    """The request as browsers made it: to the public `host` ('': there is none), and without claims of another."""
    headers = [(n, v) for n, v in scope["headers"] if not n.decode("latin-1").lower().startswith(FORWARDED)]
    scope = {**scope, CAME_BY_PROXY: any(n.lower() == b"x-forwarded-for" for n, _ in scope["headers"])}
    if not host:
        return {**scope, "headers": headers}
    headers = [(b"host", host.encode()), *(h for h in headers if h[0].lower() != b"host")]
    return {**scope, "headers": headers, "scheme": scheme}


def same_origin(headers: dict[str, str]) -> bool:
    """True unless a browser says that another site's page sends this. Browsers send Origin with every POST."""
    if headers.get("sec-fetch-site", "none") not in _SAME_SITE:
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    if origin == "null":  # what browsers say of a form on a page without referrer, as ours are
        return headers.get("sec-fetch-site") == "same-origin"
    return _host_of(origin) == headers.get("host", "").lower() != ""


def _host_of(origin: str) -> str:
    """Host and port of an Origin header, lower-case; '' for what is no address."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def guarded(scope: Scope, send: Send, own: list[tuple[bytes, bytes]]) -> Send:
    """Adds `own`, the security headers, and takes away what Gradio echoes to foreign origins."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(n, v) for n, v in message.get("headers", []) if not n.lower().startswith(b"access-control-")]
            names = {n.lower() for n, _ in kept}
            extra = [(n, v) for n, v in own if n not in names]
            if b"cache-control" not in names and not immutable(scope["path"]):
                extra.append((b"cache-control", b"no-store"))
            if any(n.lower() == b"content-type" and v.startswith(b"text/event-stream") for n, v in kept):
                extra.append((b"x-accel-buffering", b"no"))  # nginx passes a stream on as it comes
            message = {**message, "headers": kept + extra}
        await send(message)

    return sending


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
