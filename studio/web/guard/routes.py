"""The allow-list: every route that a browser can reach; whatever is not here is 404, whoever asks."""

from __future__ import annotations

import re

_ID = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}"
_TOKEN = r"[A-Za-z0-9_-]{1,100}"
_LINK = r"[^/]{1,200}/?"
"""A token with whatever came along with the link; the route takes the token out of it."""
_LANGUAGE = r"[A-Za-z0-9-]{2,35}"
_FILE = r"[A-Za-z0-9_@.\-/ ]+"
_BLOCKS = rf"(?:/admin|/s/{_ID}|/studio)?"
"""Where Gradio pages may be mounted."""

ROUTES: dict[str, tuple[re.Pattern[str], ...]] = {
    "GET": tuple(
        re.compile(pattern)
        for pattern in (
            r"/",
            r"/healthz(?:/way)?",
            rf"/[eo]/{_LINK}",
            r"/sign-in(?:/hf(?:/back)?)?",
            rf"/s/{_ID}/?",
            rf"/s/{_ID}/(?:room/{_ID}|form)",
            r"/api/room/(?:stream|events)",
            r"/admin/?",
            rf"/admin/(?:s/{_ID}(?:/[a-z]+)?|new/{_TOKEN}/[a-z]+)",
            rf"/admin/preview/{_TOKEN}",
            r"/admin/(?:new|server|colleagues|template\.(?:xlsx|csv))",
            rf"/admin/(?:export|report)/{_ID}\.zip",
            rf"/admin/report/{_ID}\.{_LANGUAGE}\.html",
            rf"/admin/payment/{_ID}\.csv",
            rf"/admin/pairs/{_ID}\.jsonl",
            rf"/admin/votes/{_ID}\.(?:csv|xlsx)",
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
            r"/api/(?:vote|room)",
            r"/out",
            r"/healthz/way",
            r"/admin/(?:out|new)",
            rf"/admin/publish/{_ID}",
            r"/sign-in",
            rf"{_BLOCKS}/gradio_api/component_server",
        )
    ),
}
"""Every route a browser can reach; patterns match the whole path."""

UPLOADED = re.compile(r"/admin/new")
"""Where an organiser sends files: the body is passed on as it comes, and the session is asked for before it is read."""
GUESSED = re.compile(r"/[eo]/[^/]+/?|/sign-in(?:/hf/back)?")
"""Where a wrong link or password is a guess."""
LINKS = re.compile(r"/[eo]/[^/]+/?")
"""Guesses of 256 bits: a right one is let in, however many wrong ones came from its address."""
USED_UP_BY_OPENING = re.compile(r"/o/.*")
"""What a program that only looks (HEAD) must not open."""


def allowed(method: str, path: str) -> bool:
    """True for a route of the allow-list; HEAD goes where GET goes. Paths with dot segments are never allowed."""
    routes = ROUTES.get("GET" if method == "HEAD" else method, ())
    if ".." in path.split("/") or "//" in path:
        return False
    return any(pattern.fullmatch(path) for pattern in routes)


def immutable(path: str) -> bool:
    """Files that say nothing about a study and may be cached."""
    return re.fullmatch(rf"{_BLOCKS}/(?:assets|static|svelte)/.*", path) is not None
