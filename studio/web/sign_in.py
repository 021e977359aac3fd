"""The organiser's ways in and out: a link that works once, or a password; and the pages that say so."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from studio.pages.admin.session import OrganiserCookie
from studio.passwords import matches
from studio.service import Refusal, Service
from studio.service.organiser.sign_in import SESSION_SECONDS
from studio.service.tokens import repaired
from studio.settings import ORGANISER_COOKIE, Settings
from studio.web import wanted
from studio.web.lanes import Lane


def mount(application: FastAPI, service: Service, settings: Settings, lane: Lane) -> None:
    """Add `/o/TOKEN`, `/sign-in` and `/admin/out`; what asks the database runs in `lane`."""

    @application.get("/o/{token:path}")
    @lane.endpoint
    def enter(request: Request, token: str, known: OrganiserCookie = None) -> Response:
        try:
            session = service.organiser_join(repaired(token))
        except Refusal:
            if service.organiser(known) is not None:  # the link was opened here before
                return RedirectResponse("/admin/", status_code=303)
            return HTMLResponse(page(USED_UP), status_code=404)
        return _welcomed(request, session, settings)

    @application.get("/sign-in")
    async def ask() -> Response:
        return HTMLResponse(page(_ways_in(settings)))

    @application.post("/sign-in")
    async def check(request: Request) -> Response:
        given = parse_qs((await request.body()).decode("utf-8"), keep_blank_values=True).get("password", [""])[0]
        role = await lane.run(role_of, given, settings)
        if role is None:
            return HTMLResponse(page(WRONG + _ways_in(settings)), status_code=401)
        return _welcomed(request, await lane.run(service.organiser_session, role), settings)

    @application.post("/admin/out")
    @lane.endpoint
    def leave(known: OrganiserCookie = None) -> Response:
        service.organiser_leave(known)
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.delete_cookie(ORGANISER_COOKIE, path="/", httponly=True, samesite="strict")
        return answer


def _ways_in(settings: Settings) -> str:
    shown = (FORM if settings.passwords else "") + (HUGGING_FACE if settings.oauth_client_id else "")
    return shown or NO_PASSWORD


def role_of(password: str, settings: Settings) -> str | None:
    """The role whose password this is, or None; every hash is checked, so that time tells nothing."""
    found = [role for role, text in settings.passwords if matches(password, text)]
    return found[0] if found else None


def welcome_by_page(request: Request, session: str, settings: Settings) -> Response:
    """Signed in on the way back from another site: browsers send no strict cookie along a redirect that began there."""
    to = escape(wanted.page_of(request.cookies))
    answer = HTMLResponse(page(f'<meta http-equiv="refresh" content="0;url={to}"><a href="{to}">Studio</a>'))
    _set_cookie(answer, session, settings)
    return answer


def _welcomed(request: Request, session: str, settings: Settings) -> Response:
    answer = RedirectResponse(wanted.page_of(request.cookies), status_code=303)
    _set_cookie(answer, session, settings)
    return answer


def _set_cookie(answer: Response, session: str, settings: Settings) -> None:
    answer.set_cookie(
        ORGANISER_COOKIE, session, max_age=SESSION_SECONDS, path="/", httponly=True, samesite="strict",
        secure=settings.secure_cookies,
    )  # fmt: skip
    answer.delete_cookie(wanted.COOKIE, path="/")


_COMMAND = "<code>python -m studio sign-in</code>"
USED_UP = (
    f'<p lang="ja">使用ずみか無効なリンクです。{_COMMAND} で新しく作れます。</p>'
    f"<p>This link has been used or is not valid. {_COMMAND} makes a new one.</p>"
)
NO_PASSWORD = (
    f'<p lang="ja">パスワードは設定されていません。{_COMMAND} が表示するリンクで入れます。</p>'
    f"<p>No password is set. Come in by the link that {_COMMAND} prints.</p>"
)
WRONG_ACCOUNT = (
    '<p lang="ja" role="alert">このアカウントでは入れません。</p><p role="alert">This account may not come in.</p>'
)
HUGGING_FACE = '<p><a href="/sign-in/hf">Hugging Face</a></p>'
WRONG = '<p lang="ja" role="alert">パスワードが違います。</p><p role="alert">That is not the password.</p>'
FORM = (
    '<form method="post" action="/sign-in"><p><label><span lang="ja">研究担当者のパスワード</span> / '
    'Organiser\'s password<br><input type="password" name="password" autocomplete="current-password" required '
    'autofocus style="font:inherit;padding:.5rem;width:100%;box-sizing:border-box"></label></p>'
    '<p><button style="font:inherit;padding:.5rem 1.5rem"><span lang="ja">入る</span> / Sign in</button></p></form>'
)


def page(body: str, title: str = "Studio") -> str:
    """A plain page around `body`, which is HTML."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<body style="font:1rem/1.7 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem">'
        f"<main>{body}</main>"
    )
