"""What `doctor` asks a running studio: a stream in two lines, a cookie, and what arrived of the request."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from studio.health.way import CAME_BY_PROXY, COOKIE, PATH, PAUSE_SECONDS
from studio.service import Service
from studio.settings import Settings
from studio.store.upkeep.serving import INSTANCE


def mount(application: FastAPI, service: Service, settings: Settings) -> None:
    """Anybody may ask; nothing here says what is not seen from outside already."""

    @application.get(PATH)
    async def stream(request: Request) -> StreamingResponse:
        answer = StreamingResponse(_lines(_told(request, service, settings)), media_type="text/event-stream")
        answer.set_cookie(
            COOKIE, secrets.token_hex(4), max_age=60, path=PATH, httponly=True, samesite="lax",
            secure=settings.secure_cookies,
        )  # fmt: skip
        return answer

    @application.post(PATH)
    async def posted() -> Response:
        return Response(status_code=204)


def _told(request: Request, service: Service, settings: Settings) -> dict[str, Any]:
    copy = service.copy_status()
    return {
        "instance": INSTANCE,
        "links": settings.base_url,
        "cookie": request.cookies.get(COOKIE),
        "forwarded": bool(request.scope.get(CAME_BY_PROXY)),
        "behind_proxy": settings.behind_proxy,
        "copy_gap_seconds": None if copy is None else copy.gap_seconds,
        "now": datetime.now(UTC).isoformat(),
    }


async def _lines(told: dict[str, Any]) -> AsyncIterator[str]:
    yield f"data: {json.dumps(told)}\n\n"
    await asyncio.sleep(PAUSE_SECONDS)
    yield "data: {}\n\n"
