"""The organiser's way in, the download, and the mounting of the page behind both."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import Cookie, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from studio.pages.admin.page import blocks, style
from studio.service import Refusal, Service, StudioError
from studio.settings import ORGANISER_COOKIE, Settings

COOKIE_SECONDS = 14 * 86400
ROLES = ("organiser", "viewer")
OrganiserCookie = Annotated[str | None, Cookie(alias=ORGANISER_COOKIE)]


def mount(application: FastAPI, service: Service, settings: Settings, mount_blocks: Callable[..., None]) -> None:
    """Add `/o/TOKEN`, the download and the page itself, each behind the organiser's session."""
    _add_routes(application, service, settings)

    def organiser(request: Request) -> str | None:
        return service.organiser_role(request.cookies.get(ORGANISER_COOKIE))

    mount_blocks(blocks(service, settings), "/admin", auth_dependency=organiser, css=style())


def _add_routes(application: FastAPI, service: Service, settings: Settings) -> None:
    @application.get("/o/{token}")
    def enter(token: str, known: OrganiserCookie = None) -> Response:
        try:
            session = service.organiser_join(token)
        except Refusal:
            if service.organiser_role(known) in ROLES:  # the link was opened here before
                return RedirectResponse("/admin/", status_code=303)
            return HTMLResponse(_used_up(), status_code=404)
        answer = RedirectResponse("/admin/", status_code=303)
        answer.set_cookie(
            ORGANISER_COOKIE, session, max_age=COOKIE_SECONDS, path="/", httponly=True, samesite="strict",
            secure=settings.secure_cookies,
        )  # fmt: skip
        return answer

    @application.get("/admin/export/{study_id}.zip")
    def download(study_id: str, token: OrganiserCookie = None) -> Response:
        role = service.organiser_role(token)
        if role not in ROLES:
            return PlainTextResponse("Not found\n", 404)
        try:
            content = zipped(service, study_id, role)
        except StudioError as error:
            return PlainTextResponse(f"{error}\n", 404)
        name = f'attachment; filename="{study_id}.zip"'
        return Response(content, media_type="application/zip", headers={"content-disposition": name})


def zipped(service: Service, study_id: str, actor: str) -> bytes:
    """The export folder as a zip file."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="studio-export-") as folder:
        written = service.export(study_id, Path(folder) / study_id, actor)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(written.iterdir()):
                archive.write(path, f"{study_id}/{path.name}")
    return packed.getvalue()


def _used_up() -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Studio</title>'
        '<body style="font:1rem/1.7 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem">'
        '<p lang="ja">使用ずみか無効なリンクです。<code>python -m studio sign-in</code> で新しく作れます。'
        "<p>This link has been used or is not valid. <code>python -m studio sign-in</code> makes a new one.</p>"
    )
