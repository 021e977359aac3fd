"""Raters' sessions in one browser: a cookie for each study and Rater, so that two people are two sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from studio.service.links import Speaker
from studio.settings import RATER_COOKIE

Cookies = Mapping[str, str]


def cookie_name(study_id: str, rater: str) -> str:
    """The name of the cookie that holds a Rater's session in a study."""
    return f"{RATER_COOKIE}.{study_id}.{rater}"


def is_session(name: str) -> bool:
    """True for a cookie that holds a Rater's session."""
    return name == RATER_COOKIE or name.startswith(f"{RATER_COOKIE}.")


def page_address(speaker: Speaker) -> str:
    """Where a Rater's page is: it names the Rater, so that a tab stays the same person's when it is reloaded."""
    return f"/s/{speaker.study_id}?{urlencode({'rater': speaker.rater})}"


def token_for(cookies: Cookies, request: Mapping[str, Any]) -> str | None:
    """The session token a page's request speaks with; whether it is the right person's, the service decides.

    A request that names study and Rater speaks with their cookie, else with the one that versions before 0.2.0 set,
    else with another Rater's of the study, so that the refusal can say whose browser this is now. A request without
    names comes from an old page: it speaks with the old cookie, or with the only one there is.
    """
    study_id, rater = request.get("study"), request.get("rater")
    old = cookies.get(RATER_COOKIE)
    if study_id is None or rater is None:
        every = _beginning(cookies, f"{RATER_COOKIE}.")
        return old or (every[0] if len(every) == 1 else None)
    others = _beginning(cookies, f"{RATER_COOKIE}.{study_id}.")
    return cookies.get(cookie_name(study_id, rater)) or old or (others[0] if others else None)


def tokens_of_study(cookies: Cookies, study_id: str) -> list[str]:
    """Every session token that may be for this study; the old cookie may be for another."""
    old = [cookies[RATER_COOKIE]] if RATER_COOKIE in cookies else []
    return [*_beginning(cookies, cookie_name(study_id, "")), *old]


def _beginning(cookies: Cookies, start: str) -> list[str]:
    return [value for name, value in cookies.items() if name.startswith(start)]
