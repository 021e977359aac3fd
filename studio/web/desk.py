"""The desk's pages as they are served, and the one road by which they ask: Gradio's component server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from studio.documents.preview import preview
from studio.health import checkup
from studio.health.finding import Finding
from studio.health.watch import Watch
from studio.pages.admin import desk
from studio.pages.admin.asked import Answer, Asked
from studio.pages.admin.html import WORDS, words_in
from studio.pages.admin.session import language_of, not_found
from studio.pages.rating import preview as looked_at
from studio.pages.rating.files import Files
from studio.pages.rating.index import place, prepare
from studio.service import Refusal, Service
from studio.settings import ORGANISER_COOKIE, Settings
from studio.store.errors import StoreError
from studio.web.gradio_index import index_of
from studio.web.lanes import Lane
from tasks.errors import InputError

Page = Mapping[str, Any]


class DeskPages:
    """Serves the desk: each page whole, and after that what is asked from it. `prepared` gives Gradio's index page."""

    def __init__(self, service: Service, settings: Settings, files: Files, lane: Lane) -> None:
        self._service, self._settings, self._files, self._lane = service, settings, files, lane
        self._health = Watch(self._looked_at)
        self.rating = Files.load()
        """The rating page's own files, for looking at it."""
        self.gradio: Any = None
        """The mounted Blocks; set once they are."""
        self._index = ""

    async def page(self, request: Request) -> Response:
        """The page at an address, for whoever is signed in; 404 for everybody else."""
        asked = await self._lane.run(
            self.asked, request.cookies, request.headers.get("accept-language", ""), request.url.path,
            request.url.query, request.query_params.get("lang", ""),
        )  # fmt: skip
        shown = None if asked is None else await self._lane.run(desk.show, asked)
        if asked is None or shown is None:
            return not_found()
        if not self._index:
            self._index = prepare(await index_of(self.gradio), "/admin")
        html = place(self._index, body=shown.html, assets=self._files, language=asked.words.language, title=shown.title)
        return HTMLResponse(html, headers={"cache-control": "no-store"})

    async def preview(self, request: Request, draft_id: str) -> Response:
        """The first pair of a draft's study as raters would see it, for its organisers; 404 for everybody else."""
        parts = (request.cookies, request.headers.get("accept-language", ""), f"/admin/new/{draft_id}/plan", "", "")
        asked = await self._lane.run(self.asked, *parts, request.query_params.get("lang", ""))
        if asked is None or not asked.acts:
            return not_found()
        made = await self._lane.run(self._preview, asked, "phone" in request.query_params)
        return not_found() if made is None else HTMLResponse(made, headers={"cache-control": "no-store"})

    def _preview(self, asked: Asked, narrow: bool) -> str | None:
        kept = asked.service.draft(asked.draft_id or "")
        if kept is None or kept.draft.study is None:
            return None
        try:
            return looked_at.page(preview(kept.draft.study), self.rating, asked.words.language, narrow)
        except InputError:
            return None

    async def reply(self, cookies: Mapping[str, str], accepted: str, data: dict[str, Any]) -> dict[str, Any]:
        """What becomes of a request of the desk's script: a page, or what an act said and the page after it."""
        try:
            return await self._lane.run(self._reply, cookies, accepted, data)
        except StoreError:
            spoken = str(data.get("language", ""))
            return {"told": Refusal("busy").text(words_in(spoken).language), "kind": "warn"}

    def _reply(self, cookies: Mapping[str, str], accepted: str, data: dict[str, Any]) -> dict[str, Any]:
        wanted = (str(data.get(name, "")) for name in ("path", "query", "language"))
        path, query, language = wanted
        asked = self.asked(cookies, accepted, path, query.removeprefix("?"), "", language)
        if asked is None:
            return {}
        name = data.get("do")
        answer = desk.act(asked, str(name), _given(data.get("given"))) if name else Answer()
        told: dict[str, Any] = {"told": answer.told, "kind": answer.kind, "shown": answer.shown, "go": answer.go}
        if answer.stay or answer.go:
            return told
        shown = desk.show(asked)
        return {} if shown is None else told | {"html": shown.html, "title": shown.title}

    def asked(
        self, cookies: Mapping[str, str], accepted: str, path: str, query: str, chosen: str, spoken: str = ""
    ) -> Asked | None:
        """Who asks for which page, in the language chosen now (`chosen`) or before; None for whoever may not."""
        token = cookies.get(ORGANISER_COOKIE)
        someone, where = self._service.organiser(token), desk.place_of(path)
        if someone is None or where is None:
            return None
        language = spoken if spoken in WORDS else language_of(self._service, _Headers(accepted), token, chosen)
        return Asked(
            self._service, self._settings, someone, WORDS[language], self._health, *where, query=dict(parse_qsl(query))
        )

    def _looked_at(self) -> Iterator[Finding]:
        now = datetime.now(UTC).astimezone()
        return checkup.looked_at(self._settings.base_url, self._service.store.url, now, own=True)


class _Headers:
    """A request's headers, as far as the choice of a language needs them."""

    def __init__(self, accepted: str) -> None:
        self.headers: Mapping[str, str] = {"accept-language": accepted}


def _given(sent: Any) -> dict[str, list[str]]:
    """The fields of a form; whatever is no list of texts is left out."""
    fields = sent.items() if isinstance(sent, dict) else ()
    return {
        str(name): [str(value) for value in values if isinstance(value, str)]
        for name, values in fields
        if isinstance(values, list)
    }


def add_pages(application: FastAPI, pages: DeskPages) -> None:
    """Add the addresses of the desk's pages."""
    application.get("/admin/preview/{draft_id}")(pages.preview)
    for path in (
        "/admin/",
        "/admin/s/{study_id}",
        "/admin/s/{study_id}/{page}",
        "/admin/server",
        "/admin/colleagues",
        "/admin/new",
        "/admin/new/{draft_id}/{step}",
    ):
        application.get(path)(pages.page)
