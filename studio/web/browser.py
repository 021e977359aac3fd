"""What a request says of the browser it comes from: its sessions, its languages, whether it is a phone's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request

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


def preferred(header: str, offered: Sequence[Language]) -> Language:
    """Which of the languages offered an Accept-Language header likes best (RFC 9110, 12.5.4); the first by default.

    `en-GB` likes `en`; of equal weights the one named first wins; what cannot be read is left out.
    """
    liked: list[tuple[float, int, Language]] = []
    for place, part in enumerate(header[:1000].split(",")):
        tag, _, weight = part.partition(";")
        base = tag.strip().lower().split("-")[0]
        for language in offered[:1] if base == "*" else offered:
            if base in (language, "*"):
                liked.append((-_weight(weight), place, language))
    return min(liked)[2] if liked and min(liked)[0] < 0 else offered[0]


def _weight(text: str) -> float:
    """The q of a language range, 0..1; 1 where none is given, 0 where it cannot be read."""
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
