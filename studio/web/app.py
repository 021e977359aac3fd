"""The studio as one ASGI application: FastAPI for identity and saving, Gradio mounted in it, the guard around both."""

from __future__ import annotations

import asyncio
import gzip
import logging
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from studio.demo.records import VisitState
from studio.demo.visits import Visits
from studio.health import answering
from studio.pages.rating.files import Files
from studio.pages.rating.gradio_internals import rest_queue, serve_answers_first
from studio.pages.rating.index import place, prepare
from studio.pages.rating.page import judged_in_text, lost, render, several, title_of, whole
from studio.pages.rating.words import SECTION
from studio.service import Refusal, Service, StudioError
from studio.service.links import Speaker
from studio.service.records import State
from studio.service.refusals import detail
from studio.service.tokens import repaired
from studio.settings import ORGANISER_COOKIE, Settings
from studio.store.errors import StoreError
from studio.web import sign_in as access
from studio.web.browser import Browser, browser_of, spoken_to
from studio.web.desk import DeskPages, add_pages
from studio.web.gradio_index import INSIDE, index_of
from studio.web.guard.guard import Guard
from studio.web.lanes import Lanes
from studio.web.room import listening, routes
from studio.web.room import pages as room_pages
from studio.web.sessions import Cookies, cookie_name, is_session, page_address, token_for, tokens_of_study
from studio.web.wanted import SignInFirst
from tasks.languages import catalogue
from tasks.languages.tags import best_match
from tasks.schema import Language

log = logging.getLogger(__name__)
OLDEST_GRADIO, NEXT_GRADIO = (6, 16), (7, 0)
COOKIE_SECONDS = 180 * 24 * 3600
Rated = Service | Visits
"""What the rating page talks to: the service, or in the public demo the visits."""
READING = ("state", "answers", "open", "guidelines")
"""What raters ask that changes nothing, so that no page waits for a form."""


def build(service: Service, settings: Settings, visits: Visits | None = None) -> Guard:
    """The whole studio behind its guard; run it with uvicorn, one process.

    Args:
        service: the open service; every route calls it and nothing else.
        settings: where browsers reach the studio, for cookies and the Origin check.
        visits: the public demo, where that is what is served.

    Gradio makes an event loop of its own wherever none runs and leaves it open, so the parts are put together inside
    one that is closed again.
    """
    check_gradio(version("gradio"))
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _guarded(asyncio.run(_put_together_soon(service, settings, visits)), settings)
    return _guarded(_put_together(service, settings, visits), settings)


def _guarded(application: FastAPI, settings: Settings) -> Guard:
    return Guard(application, settings, leaving=application.state.rooms.close)


def check_gradio(found: str) -> None:
    """Refuse a Gradio with published vulnerabilities. StudioError for one older than 6.16 or a next major one."""
    parts = tuple(int(part) for part in found.split(".")[:2] if part.isdigit())
    if not OLDEST_GRADIO <= parts < NEXT_GRADIO:
        raise StudioError(
            f"gradio {found} is installed; allowed: 6.16 or newer, below 7: pip install 'gradio>=6.16,<7'"
        )


async def _put_together_soon(service: Service, settings: Settings, visits: Visits | None) -> FastAPI:
    return _put_together(service, settings, visits)


def _put_together(service: Service, settings: Settings, visits: Visits | None) -> FastAPI:
    catalogue.languages("refusals")  # reads every language once, before the first refusal has to be said
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    lanes = Lanes(service.store.is_sqlite)
    _add_refusal(application)
    _add_entrance(application, service, settings, lanes)
    access.mount(application, service, settings, lanes.organisers)
    answering.mount(application, service, settings)
    application.add_middleware(SignInFirst, service=service, settings=settings, lane=lanes.organisers)
    if settings.oauth_client_id:
        _mount_oauth(application, service, settings, lanes)
    files = Files.load()
    pages = RatingPages(application, service, visits, files, lanes)
    room_files = Files.load(room_pages.STATIC, "room", shared=("device.js",))
    rooms = room_pages.RoomPages(service, room_files, lanes)
    room_pages.mount(application, rooms, room_files)
    _add_landing(application, service, settings, pages, lanes, visits)
    _add_rating(application, pages, files, rooms)
    application.state.rooms = listening.Rooms(service, lanes)
    routes.mount(application, application.state.rooms)
    _mount_admin(application, service, settings, lanes)
    _mount_rating(application, pages, files)  # last: it takes every path that is left
    return application


# --- who comes in -----------------------------------------------------------------------------------------------


def _add_entrance(application: FastAPI, service: Service, settings: Settings, lanes: Lanes) -> None:
    """Personal links become a cookie; opening one any number of times, by anybody's mail scanner, uses up nothing."""

    @application.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    def joined(token: str) -> tuple[str, Speaker]:
        session, _ = service.join(repaired(token))
        return session, service.speakers([session])[0]

    @application.get("/e/{token:path}")
    async def enter(request: Request, token: str) -> Response:
        try:
            session, speaker = await lanes.joins.run(joined, token)
        except Refusal as refusal:
            return HTMLResponse(lost(refusal.as_json()["error"], _spoken(request)), status_code=404)
        answer = RedirectResponse(page_address(speaker), status_code=303)
        _set_cookie(answer, cookie_name(speaker.study_id, speaker.rater), session, settings)
        return answer

    @application.post("/out")
    @lanes.readers.endpoint
    def leave(request: Request, study: str | None = None, rater: str | None = None) -> Response:
        """Ends one Rater's session in this browser; an old page, which names nobody, ends the one it speaks with."""
        answer = JSONResponse({"out": True})
        token = token_for(request.cookies, {"study": study, "rater": rater})
        leaving = [Speaker(study, rater)] if study and rater else service.speakers([token or ""])
        for name, value in request.cookies.items():
            if is_session(name) and service.speakers([value]) in (leaving, []):
                answer.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=settings.secure_cookies)
        return answer


def _mount_oauth(application: FastAPI, service: Service, settings: Settings, lanes: Lanes) -> None:
    from studio.web import oauth

    provider = oauth.Provider(
        settings.oauth_address, settings.oauth_client_id, settings.oauth_client_secret, settings.organisers
    )
    oauth.mount(application, service, settings, provider, lanes.organisers)


def _add_refusal(application: FastAPI) -> None:
    """A body that is no JSON object is refused in words; FastAPI's own answer would repeat what was sent."""

    @application.exception_handler(RequestValidationError)
    def refused(request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse(Refusal("invalid", detail("json")).as_json(), 422)


def _set_cookie(answer: Response, name: str, session: str, settings: Settings) -> None:
    answer.set_cookie(
        name, session, max_age=COOKIE_SECONDS, path="/", httponly=True, samesite="lax",
        secure=settings.secure_cookies,
    )  # fmt: skip


# --- the rating page --------------------------------------------------------------------------------------------


class RatingPages:
    """Serves the rating page: Gradio's index, read once from the mounted Blocks, with the rater's first pair in it."""

    def __init__(
        self, application: FastAPI, service: Service, visits: Visits | None, files: Files, lanes: Lanes
    ) -> None:
        self._application = application
        self._service = service
        self._rated: Rated = visits or service
        self._files = files
        self._lanes = lanes
        self._index: str | None = None

    async def answer(self, cookies: Cookies, request: Any) -> dict[str, Any]:
        """What the service says to a request from a browser that holds these cookies.

        A form's statements run here and now where no other writer has to be waited for, since a thread beside this one
        slows both (docs/scaling.md); its commit, which waits for the disk, and everything else are done in a thread.
        """
        asked = isinstance(request, dict)
        token = token_for(cookies, request) if asked else None
        do = request.get("do") if asked else None
        try:
            if do == "submit":
                async with self._lanes.commits.turn():
                    held = self._rated.submit_now(token, request)
                    if held is not None:
                        return await self._lanes.commits.thread(held.commit) if held.open else held.reply
            lane = self._lanes.readers if do in READING else self._lanes.savers
            return await lane.run(self._rated.dispatch, token, request)
        except StoreError as error:  # no turn in time; the device keeps the answers and tries again
            log.error("%s: %s", do, error)
            return Refusal("busy").as_json()

    async def page(self, browser: Browser, study_id: str, rater: str | None) -> tuple[int, str]:
        """(status, HTML) for this Rater of the study; 401 with a kind page where the browser is not signed in as such,
        503 with one that asks again where the database does not answer.

        Without `rater` it is the only one who is signed in to the study here; where there are several, the page asks.
        """
        if rater is None:
            raters = await self._lanes.readers.run(self._raters, browser.cookies, study_id)
            if len(raters) != 1:
                addresses = {code: page_address(Speaker(study_id, code)) for code in raters}
                spoken = spoken_to(browser.languages, SECTION)
                return (300, several(addresses, spoken)) if raters else (401, lost(None, spoken))
            rater = raters[0]
        return await self._page_of(browser, {"do": "state", "study": study_id, "rater": rater}, State)

    async def visit(self, browser: Browser) -> tuple[int, str]:
        """(status, HTML) for whoever comes to the public demo."""
        return await self._page_of(browser, {"do": "state"}, VisitState)

    async def _page_of(self, browser: Browser, request: dict[str, Any], kind: type[State]) -> tuple[int, str]:
        reply = await self.answer(browser.cookies, request)
        if "error" in reply:
            if reply["error"]["code"] == "busy":
                raise StoreError("the page asks again")
            return 401, lost(reply["error"], spoken_to(browser.languages, SECTION))
        state = kind.model_validate(reply)
        language = _language(state, browser)
        body = await run_in_threadpool(render, state, language, browser.narrow)
        index, title, in_text = await self._prepared(), title_of(state, language), judged_in_text(state)
        return 200, place(index, body=body, assets=self._files, language=language, title=title, in_text=in_text)

    def _raters(self, cookies: Cookies, study_id: str) -> list[str]:
        """Codes of those who are signed in to a study in one browser."""
        speakers = self._service.speakers(tokens_of_study(cookies, study_id))
        return [speaker.rater for speaker in speakers if speaker.study_id == study_id]

    async def _prepared(self) -> str:
        if self._index is None:
            self._index = prepare(await index_of(self._application.routes[-1].app))  # type: ignore[attr-defined]
        return self._index


def _language(state: State, browser: Browser) -> Language:
    """The Rater's own choice, else the study's language that suits the browser best."""
    offered, chosen = whole(state).languages, state.rater.language
    return chosen if chosen in offered else best_match(browser.languages, offered)


def _spoken(request: Request) -> tuple[Language, ...]:
    return spoken_to(browser_of(request).languages, SECTION)


def _add_landing(
    application: FastAPI, service: Service, settings: Settings, pages: RatingPages, lanes: Lanes, visits: Visits | None
) -> None:
    @application.get("/")
    async def landing(request: Request) -> Response:
        if visits is not None:
            status, html = await pages.visit(browser_of(request))
            return _compressed(request, html, status)
        new = settings.space and not await lanes.readers.run(service.studies)
        return HTMLResponse(access.first_visit(request, settings) if new else lost(None, _spoken(request)))


def _add_rating(application: FastAPI, pages: RatingPages, files: Files, rooms: room_pages.RoomPages) -> None:
    @application.get("/s/{study_id}")
    async def rating(request: Request, study_id: str, rater: str | None = None, language: str = "") -> Response:
        browser = browser_of(request)
        sessions = await rooms.own(browser, study_id, rater, language) if rater else None
        status, html = (200, sessions) if sessions else await pages.page(browser, study_id, rater)
        return _compressed(request, html, status)

    @application.get("/s/{study_id}/form")
    async def form(request: Request, study_id: str, rater: str | None = None) -> Response:
        """The client's form about a session that is over."""
        status, html = await pages.page(browser_of(request), study_id, rater)
        return _compressed(request, html, status)

    @application.post("/api/vote")
    async def vote(request: Request, submission: dict[str, Any]) -> JSONResponse:
        return JSONResponse(await pages.answer(request.cookies, {"do": "submit", "submission": submission}))

    @application.get("/static/rating/{version}/{name}")
    async def static(request: Request, version: str, name: str) -> Response:
        return files.response(version, name, request.headers.get("accept-encoding", ""))


def _compressed(request: Request, html: str, status: int) -> Response:
    content, headers = html.encode("utf-8"), {"vary": "accept-encoding", "cache-control": "no-store"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = gzip.compress(content, 6), "gzip"
    return Response(content, status, headers, media_type="text/html; charset=utf-8")


# --- Gradio -----------------------------------------------------------------------------------------------------


def _mount_rating(application: FastAPI, pages: RatingPages, files: Files) -> None:
    """One component: it adopts the node already on the page; its server function is the page's only transport."""
    from studio.pages.rating.component import blocks

    _mount(application, blocks(pages.answer, files.entry), "/")
    serve_answers_first(application, application.routes[-1].app)  # type: ignore[attr-defined]


def _mount(application: FastAPI, blocks: Any, path: str, **more: Any) -> None:
    """Gradio without anything that records, shows or fetches more than the page needs."""
    import gradio as gr

    blocks.queue(default_concurrency_limit=None, api_open=False)
    rest_queue(blocks)
    theme = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"])
    gr.mount_gradio_app(
        application, blocks, path=path, theme=theme, footer_links=[], run_history=False, ssr_mode=False,
        enable_monitoring=False, mcp_server=False, show_error=False, **more,
    )  # fmt: skip


def _mount_admin(application: FastAPI, service: Service, settings: Settings, lanes: Lanes) -> None:
    """The organiser's desk, behind its own check: its pages, downloads and forms, and Gradio under them."""
    from studio.pages import admin
    from studio.pages.admin.component import blocks

    lane = lanes.organisers
    files = Files.load(admin.STATIC, "desk")
    pages = DeskPages(service, settings, files, lane)
    admin.mount(application, service, settings, lane)
    add_pages(application, pages)

    @application.get("/static/desk/{version}/{name}")
    async def static(request: Request, version: str, name: str) -> Response:
        return files.response(version, name, request.headers.get("accept-encoding", ""))

    async def organiser(request: Request) -> str | None:
        if request.scope.get(INSIDE):
            return "studio"
        return await lane.run(service.organiser_role, request.cookies.get(ORGANISER_COOKIE))

    _mount(application, blocks(pages.reply, files.entry), "/admin", auth_dependency=organiser)
    pages.gradio = application.routes[-1].app  # type: ignore[attr-defined]
