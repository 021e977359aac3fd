"""The download, and the mounting of the page, both behind the organiser's session."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import Cookie, FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from studio.pages.admin.page import blocks, style
from studio.service import Service, StudioError
from studio.settings import ORGANISER_COOKIE, Settings

OrganiserCookie = Annotated[str | None, Cookie(alias=ORGANISER_COOKIE)]


def mount(application: FastAPI, service: Service, settings: Settings, mount_blocks: Callable[..., None]) -> None:
    """Add `/o/TOKEN`, the download and the page itself, each behind the organiser's session."""
    _add_routes(application, service)

    def organiser(request: Request) -> str | None:
        return service.organiser_role(request.cookies.get(ORGANISER_COOKIE))

    mount_blocks(blocks(service, settings), "/admin", auth_dependency=organiser, css=style())


def _add_routes(application: FastAPI, service: Service) -> None:
    @application.get("/admin/export/{study_id}.zip")
    def download(study_id: str, token: OrganiserCookie = None) -> Response:
        someone = service.organiser(token)
        if someone is None:
            return PlainTextResponse("Not found\n", 404)
        try:
            content = zipped(service, study_id, someone.actor)
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
