"""Where somebody wanted to go who has to sign in first: the sign-in leads back to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import quote, unquote

from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.service import Service
from studio.settings import ORGANISER_COOKIE, Settings
from studio.web.lanes import Lane

COOKIE = "studio_wanted"
COOKIE_SECONDS = 1800
HOME = "/admin/"
PAGES = re.compile(
    r"/admin(?:/(?:server|colleagues|new(?:/[^/]+/[a-z]+)?|s/[^/]+(?:/[a-z]+)?|(?:export|report|payment|pairs|publish)/[^/]+)?)?"
)
"""What an organiser opens by its address; Gradio's own requests are not among them."""


def page_of(cookies: Mapping[str, str]) -> str:
    """The page to go to once signed in: the one that was asked for, else the organiser's first one."""
    asked = unquote(cookies.get(COOKIE, ""))
    known = PAGES.fullmatch(asked.partition("?")[0]) is not None and asked.isprintable() and asked.isascii()
    return asked if known else HOME


class SignInFirst:
    """Leads whoever opens an organiser's page without a session to the sign-in, and `/admin` to `/admin/`."""

    def __init__(self, application: ASGIApp, service: Service, settings: Settings, lane: Lane) -> None:
        self._application = application
        self._service, self._settings, self._lane = service, settings, lane

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect, or pass on."""
        opens = scope["type"] == "http" and scope["method"] == "GET" and PAGES.fullmatch(scope["path"])
        answer = await self._elsewhere(Request(scope)) if opens else None
        await (answer or self._application)(scope, receive, send)

    async def _elsewhere(self, request: Request) -> Response | None:
        signed_in = await self._lane.run(self._service.organiser, request.cookies.get(ORGANISER_COOKIE)) is not None
        if not signed_in and "text/html" in request.headers.get("accept", ""):
            return self._sign_in(request)
        return RedirectResponse(HOME, status_code=303) if request.url.path == HOME.rstrip("/") else None

    def _sign_in(self, request: Request) -> Response:
        path, query = request.url.path, request.url.query
        asked = f"{path}?{query}" if query else path
        if request.headers.get("sec-fetch-site") == "cross-site":  # by a link in a mail: the strict cookie stays behind
            return HTMLResponse(f'<!doctype html><meta http-equiv="refresh" content="0;url={escape(asked)}">')
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.set_cookie(
            COOKIE, quote(asked, safe=""), max_age=COOKIE_SECONDS, path="/", httponly=True, samesite="lax",
            secure=self._settings.secure_cookies,
        )  # fmt: skip
        return answer
