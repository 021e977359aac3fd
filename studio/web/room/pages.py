"""The room's pages: a Rater's list of sessions, one room, and the form afterwards, which is the rating page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from studio.pages.room import STATIC, page
from studio.service import Refusal, Service
from studio.service.room.records import OwnSessions, Room
from studio.web.browser import Browser, browser_of
from studio.web.lanes import Lanes
from studio.web.sessions import token_for
from tasks.languages.tags import best_match
from tasks.schema import Language

if TYPE_CHECKING:
    from studio.pages.rating.files import Files

NO_STORE = {"cache-control": "no-store"}
__all__ = ["STATIC", "RoomPages", "mount"]


class RoomPages:
    """Renders what the service says of a Rater's rooms."""

    def __init__(self, service: Service, files: Files, lanes: Lanes) -> None:
        self._service = service
        self._files = files
        self._lanes = lanes

    async def own(self, browser: Browser, study_id: str, rater: str, wished: str) -> str | None:
        """The list of sessions; None where the study has none, or the rating page has to ask something first."""
        request = {"study": study_id, "rater": rater}
        try:
            state = await self._lanes.readers.run(self._service.rooms.own, token_for(browser.cookies, request), request)
        except Refusal:
            return None
        return page.own(state, _language(state, browser, wished), self._files)

    async def room(self, browser: Browser, study_id: str, session: str, rater: str, wished: str) -> str | None:
        """The room; None where it is not this browser's."""
        request = {"do": "look", "study": study_id, "rater": rater, "session": session}
        try:
            state = await self._lanes.rooms.run(self._service.rooms.look, token_for(browser.cookies, request), request)
        except Refusal:
            return None
        return page.room(state, _language(state, browser, wished), self._files)


def _language(state: Room | OwnSessions, browser: Browser, wished: str) -> Language:
    """What the address asks for, else the Rater's own choice, else the study's language that suits the browser best."""
    for chosen in (wished, state.language):
        if chosen in state.languages:
            return chosen
    return best_match(browser.languages, state.languages)


def mount(application: FastAPI, pages: RoomPages, files: Files) -> None:
    """The room's page and its files; the list of sessions stands at the rating page's address."""

    @application.get("/s/{study_id}/room/{session}")
    async def room(request: Request, study_id: str, session: str, rater: str = "", language: str = "") -> Response:
        html = await pages.room(browser_of(request), study_id, session, rater, language)
        if html is None:  # the rating page says why, or asks for consent
            return RedirectResponse(f"/s/{study_id}" + (f"?rater={rater}" if rater.isalnum() else ""), 303)
        return HTMLResponse(html, headers=NO_STORE)

    @application.get("/static/room/{version}/{name}")
    async def static(request: Request, version: str, name: str) -> Response:
        return files.response(version, name, request.headers.get("accept-encoding", ""))
