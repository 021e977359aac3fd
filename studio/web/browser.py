"""What a request says of the browser it comes from: its sessions, its languages, whether it is a phone's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

from tasks.languages import catalogue, tags
from tasks.schema import Language


@dataclass(frozen=True)
class Browser:
    """One browser, as far as a request tells."""

    cookies: Mapping[str, str]
    languages: str
    """The Accept-Language header, '' where there is none."""
    narrow: bool
    """A guess; the page puts it right where it is wrong."""


def browser_of(request: Request) -> Browser:
    """The browser that sent a request."""
    hint = request.headers.get("sec-ch-ua-mobile")
    narrow = hint == "?1" if hint else "Mobi" in request.headers.get("user-agent", "")
    return Browser(request.cookies, request.headers.get("accept-language", ""), narrow)


def spoken_to(header: str, section: str) -> tuple[Language, ...]:
    """The languages of a page before its reader or study is known: the browser's, then English where that is another.

    Args:
        header: Accept-Language, '' where there is none.
        section: whose words the page says.
    """
    return tuple(dict.fromkeys((tags.best_match(header, catalogue.languages(section)), catalogue.SECOND)))
