"""Organisers by their Hugging Face account, on a Space with `hf_oauth: true`: the code flow of OpenID Connect.

Only names in `STUDIO_ORGANISERS` come in, and colleagues who were added by their account. No token is
kept: the account's name is read once and forgotten with it.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Cookie, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from studio.service import Refusal, Service
from studio.settings import Settings
from studio.web.lanes import Lane
from studio.web.sign_in import page, said, welcome_by_page

STATE_COOKIE = "studio_oauth"
CALLBACK = "/sign-in/hf/back"
TIMEOUT_SECONDS = 15
StateCookie = Annotated[str | None, Cookie(alias=STATE_COOKIE)]


@dataclass(frozen=True)
class Provider:
    """Who vouches for accounts, and how this studio is known there. A Space gets these as variables."""

    address: str
    client_id: str
    client_secret: str
    names: tuple[str, ...]
    """Accounts that are organisers."""


class OAuthError(Exception):
    """The provider did not vouch; str() is for the log and holds no secret."""


def mount(application: FastAPI, service: Service, settings: Settings, provider: Provider, lane: Lane) -> None:
    """Add the way to the provider and the way back."""
    back = f"{settings.base_url}{CALLBACK}"

    @application.get("/sign-in/hf")
    async def away() -> Response:
        state = secrets.token_urlsafe(24)
        asked = {"client_id": provider.client_id, "redirect_uri": back, "scope": "openid profile"}
        query = urlencode(asked | {"response_type": "code", "state": state})
        answer = RedirectResponse(f"{provider.address}/oauth/authorize?{query}", status_code=303)
        answer.set_cookie(STATE_COOKIE, state, max_age=600, path="/sign-in", httponly=True, samesite="lax",
                          secure=settings.secure_cookies)  # fmt: skip
        return answer

    @application.get(CALLBACK)
    @lane.endpoint
    def returned(request: Request, code: str = "", state: str = "", kept: StateCookie = None) -> Response:
        if not kept or not hmac.compare_digest(kept.encode(), state.encode()):
            return HTMLResponse(page(said(request, "wrong_account", alarm=True)), 401)
        try:
            name = account(provider, code, back)
        except OAuthError:
            return HTMLResponse(page(said(request, "wrong_account", alarm=True)), 401)
        try:
            known = name in provider.names
            session = service.organiser_session("organiser", name) if known else service.account_session(name)
        except Refusal:
            return HTMLResponse(page(said(request, "wrong_account", alarm=True)), 401)
        answer = welcome_by_page(request, session, settings)
        answer.delete_cookie(STATE_COOKIE, path="/sign-in")
        return answer


def account(provider: Provider, code: str, back: str) -> str:
    """The name of the account that a code stands for. OAuthError where the provider does not say one."""
    form = urlencode({"grant_type": "authorization_code", "code": code[:2000], "redirect_uri": back}).encode()
    basic = base64.b64encode(f"{provider.client_id}:{provider.client_secret}".encode()).decode()
    token = _ask(f"{provider.address}/oauth/token", form, f"Basic {basic}").get("access_token")
    if not isinstance(token, str):
        raise OAuthError("no access token")
    name = _ask(f"{provider.address}/oauth/userinfo", None, f"Bearer {token}").get("preferred_username")
    if not isinstance(name, str) or not name:
        raise OAuthError("no account name")
    return name


def _ask(address: str, body: bytes | None, authorization: str) -> dict[str, Any]:
    request = urllib.request.Request(address, body, {"authorization": authorization, "accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            found = json.loads(answer.read(100_000))
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise OAuthError(f"{address}: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise OAuthError(f"{address}: no JSON object")
    return found
