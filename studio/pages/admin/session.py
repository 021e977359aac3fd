"""The organiser's cookie, and who may act by it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Cookie
from fastapi.responses import PlainTextResponse, Response

from studio.service import Service
from studio.service.links import Organiser
from studio.settings import ORGANISER_COOKIE

OrganiserCookie = Annotated[str | None, Cookie(alias=ORGANISER_COOKIE)]


def acting_organiser(service: Service, token: str | None) -> Organiser | None:
    """The organiser signed in by `token`; None for a viewer, who changes nothing, and for everybody else."""
    someone = service.organiser(token)
    return someone if someone is not None and someone.role == "organiser" else None


def not_found() -> Response:
    """The answer to whoever may not know that a page is there."""
    return PlainTextResponse("Not found\n", 404)
