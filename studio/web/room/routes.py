"""The three routes of the wire."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from studio.service import Refusal
from studio.web.room.listening import Rooms

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def mount(application: FastAPI, rooms: Rooms) -> None:
    """The three routes of the wire."""

    @application.post("/api/room")
    async def act(request: Request, asked: dict[str, Any]) -> JSONResponse:
        return JSONResponse(await rooms.act(request.cookies, asked), headers=HEADERS)

    @application.get("/api/room/events")
    async def events(request: Request) -> JSONResponse:
        try:
            heard = await rooms.read(request.cookies, _asked(request))
        except Refusal as refusal:
            return JSONResponse(refusal.as_json(), headers=HEADERS)
        return JSONResponse(heard.reply, headers=HEADERS)

    @application.get("/api/room/stream")
    async def stream(request: Request) -> Response:
        asked = _asked(request)
        try:
            first = await rooms.read(request.cookies, asked)
        except Refusal as refusal:
            return JSONResponse(refusal.as_json(), 403, headers=HEADERS)
        return StreamingResponse(
            rooms.stream(request.cookies, asked, first), media_type="text/event-stream", headers=HEADERS
        )


def _asked(request: Request) -> dict[str, Any]:
    """The query; a browser that comes back by itself says in a header which line it had last."""
    asked: dict[str, Any] = dict(request.query_params)
    last = request.headers.get("last-event-id", "")
    after = last if last.isdigit() else str(asked.get("after", "0"))
    asked["after"] = int(after) if after.isdigit() and len(after) < 10 else 0
    return asked
