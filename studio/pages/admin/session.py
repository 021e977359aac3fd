"""The organiser's cookie, and who may act by it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, ParamSpec, Protocol, TypeVar

from fastapi import Cookie
from fastapi.responses import PlainTextResponse, Response

from studio.pages.admin.html import LANGUAGES
from studio.service import Service
from studio.service.organiser.sign_in import Organiser
from studio.settings import ORGANISER_COOKIE
from tasks.languages import tags
from tasks.languages.tag import Language

P = ParamSpec("P")
T = TypeVar("T")
OrganiserCookie = Annotated[str | None, Cookie(alias=ORGANISER_COOKIE)]


class Asks(Protocol):
    """A request, of the application or of Gradio."""

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name."""


class Threads(Protocol):
    """Where work that waits for the database or takes seconds is done, so that no other request waits for it."""

    async def run(self, act: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """What `act` returns."""

    def endpoint(self, act: Callable[P, T]) -> Callable[P, Awaitable[T]]:
        """A route's function that runs there."""


def acting_organiser(service: Service, token: str | None, study_id: str | None = None) -> Organiser | None:
    """The organiser of a study (None: of the whole desk) signed in by `token`; None for viewers and everybody else."""
    someone = service.organiser(token)
    return someone if someone is not None and someone.role_in(study_id) == "organiser" else None


def language_of(service: Service, request: Asks, token: str | None, asked: str = "") -> Language:
    """The language a page is shown in: the one that is asked for, kept from now on; else the one kept; else what the
    browser prefers.
    """
    if asked in LANGUAGES:
        service.organiser_speaks(token, asked)
        return asked
    chosen = service.organiser_language(token)
    if chosen in LANGUAGES:
        return chosen
    return tags.best_match(request.headers.get("accept-language", ""), LANGUAGES)


def not_found() -> Response:
    """The answer to whoever may not know that a page is there."""
    return PlainTextResponse("Not found\n", 404)
