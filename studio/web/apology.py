"""What a person reads where a page cannot be given: one text a status, as page, text or JSON.

The words stand in the section `apologies` of the languages' files, by status.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from studio.pages.rating.page import plain
from studio.service.records import Fault, Refused
from studio.web.browser import spoken_to
from tasks.languages import catalogue
from tasks.schema import Words

RETRY_SECONDS = 10
"""A page that failed for a while is asked for again by itself."""
CODES = {
    400: "invalid", 401: "signed_out", 403: "other_site", 404: "not_found", 405: "not_found", 408: "too_slow",
    413: "too_large", 422: "invalid", 429: "too_many", 500: "busy", 503: "busy",
}  # fmt: skip
"""What a page's script reads, by status."""


def known(status: int) -> int:
    """The status whose words are said: 500 for a server's fault without words of its own, else 400."""
    return status if status in CODES else 500 if status >= 500 else 400


def written(status: int, headers: Mapping[str, str], for_script: bool) -> tuple[str, bytes]:
    """(content type, body) of an answer that says no.

    Args:
        headers: the request's, by lower-case name; whoever accepts HTML gets a page, in the browser's language.
        for_script: the path is asked by scripts alone, which read JSON.
    """
    if for_script:
        return "application/json", json.dumps(fault(status), ensure_ascii=False).encode()
    languages = spoken_to(headers.get("accept-language", ""), "apologies")
    said = {tag: catalogue.word("apologies", tag, str(known(status))) for tag in languages}
    if "text/html" in headers.get("accept", ""):
        retry = RETRY_SECONDS if status == 503 else None
        return "text/html; charset=utf-8", plain(str(status), said, retry).encode()
    return "text/plain; charset=utf-8", "".join(f"{text}\n" for text in said.values()).encode()


def fault(status: int) -> dict[str, object]:
    """The same as a refusal is, for scripts."""
    key = str(known(status))
    text = Words({tag: catalogue.word("apologies", tag, key) for tag in catalogue.languages("apologies")})
    return Refused(saved=False, error=Fault.of(CODES[known(status)], text)).as_json()
