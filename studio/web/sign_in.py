"""The organiser's ways in and out: a link that works once, or a password; and the pages that say so."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup, escape

from studio.pages.admin.session import OrganiserCookie
from studio.passwords import matches
from studio.service import Refusal, Service
from studio.service.organiser.sign_in import SESSION_SECONDS
from studio.service.tokens import repaired
from studio.settings import ORGANISER_COOKIE, Settings
from studio.web import wanted
from studio.web.browser import spoken_to
from studio.web.lanes import Lane
from tasks.languages import catalogue
from tasks.languages.tags import direction
from tasks.schema import Language


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
            return HTMLResponse(page(said(request, "used_up")), status_code=404)
        return _welcomed(request, session, settings)

    @application.get("/sign-in")
    async def ask(request: Request) -> Response:
        return HTMLResponse(page(_ways_in(request, settings)))

    @application.post("/sign-in")
    async def check(request: Request) -> Response:
        given = parse_qs((await request.body()).decode("utf-8"), keep_blank_values=True).get("password", [""])[0]
        role = await lane.run(role_of, given, settings)
        if role is None:
            return HTMLResponse(page(said(request, "wrong", alarm=True) + _ways_in(request, settings)), status_code=401)
        return _welcomed(request, await lane.run(service.organiser_session, role), settings)

    @application.post("/admin/out")
    @lane.endpoint
    def leave(known: OrganiserCookie = None) -> Response:
        service.organiser_leave(known)
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.delete_cookie(ORGANISER_COOKIE, path="/", httponly=True, samesite="strict")
        return answer


def first_visit(request: Request, settings: Settings) -> str:
    """The landing page of a Space that holds no study yet: who comes in, which secret is missing; no secret's value."""
    parts = [said(request, "new_studio")]
    if settings.fleeting:
        told = {"space": settings.space, "copy": f"{settings.space}-copy"}
        parts += [said(request, "new_token", values=told), SETTINGS.format(settings.space)]
    if settings.oauth_client_id:
        parts += [said(request, "new_enter", values={"names": ", ".join(settings.organisers)}), HUGGING_FACE]
    elif not settings.passwords:
        parts.append(said(request, "new_oauth"))
    return page(Markup("").join(parts))


def _ways_in(request: Request, settings: Settings) -> Markup:
    ways = [_form(request)] if settings.passwords else []
    ways += [HUGGING_FACE] if settings.oauth_client_id else []
    return Markup("").join(ways) or said(request, "no_password")


def role_of(password: str, settings: Settings) -> str | None:
    """The role whose password this is, or None; every hash is checked, so that time tells nothing."""
    found = [role for role, text in settings.passwords if matches(password, text)]
    return found[0] if found else None


def welcome_by_page(request: Request, session: str, settings: Settings) -> Response:
    """Signed in on the way back from another site: browsers send no strict cookie along a redirect that began there."""
    to = wanted.page_of(request.cookies)
    answer = HTMLResponse(page(WELCOME.format(to, to)))
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


WELCOME = Markup('<meta http-equiv="refresh" content="0;url={}"><a href="{}">Studio</a>')
COMMAND = Markup("<code>python -m studio sign-in</code>")
SETTINGS = Markup('<p><a href="https://huggingface.co/spaces/{0}/settings">huggingface.co/spaces/{0}/settings</a></p>')
HUGGING_FACE = Markup('<p><a href="/sign-in/hf">Hugging Face</a></p>')
FIELD = Markup(
    '<p><label>{}<br><input type="password" name="password" autocomplete="current-password" required autofocus '
    'style="font:inherit;padding:.5rem;width:100%;box-sizing:border-box"></label></p>'
)
FORM = Markup(
    '<form method="post" action="/sign-in">{}'
    '<p><button style="font:inherit;padding:.5rem 1.5rem">{}</button></p></form>'
)


def said(request: Request, key: str, alarm: bool = False, values: Mapping[str, str] = MappingProxyType({})) -> Markup:
    """One paragraph for each language of the browser's person, with the command where the text names it."""
    role = Markup(' role="alert"') if alarm else Markup("")
    return Markup("").join(
        Markup('<p lang="{}" dir="{}"{}>{}</p>').format(tag, direction(tag), role, text)
        for tag, text in _texts(request, key, values).items()
    )


def _texts(request: Request, key: str, values: Mapping[str, str] = MappingProxyType({})) -> dict[Language, Markup]:
    languages = spoken_to(request.headers.get("accept-language", ""), "sign_in")
    texts = {tag: escape(catalogue.word("sign_in", tag, key, **values)) for tag in languages}
    return {tag: Markup(text.replace("{command}", COMMAND)) for tag, text in texts.items()}


def _form(request: Request) -> Markup:
    words = [
        Markup(" / ").join(
            Markup('<span lang="{}" dir="{}">{}</span>').format(tag, direction(tag), text)
            for tag, text in _texts(request, key).items()
        )
        for key in ("password", "enter")
    ]
    return FORM.format(FIELD.format(words[0]), words[1])


def page(body: Markup, title: str = "Studio") -> str:
    """A plain page around `body`."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<body style="font:1rem/1.7 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem">'
        f"<main>{body}</main>"
    )
