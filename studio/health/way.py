"""The way between a browser and the studio: does what is sent arrive, and does it arrive at once."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from studio.health.address import Door
from studio.health.finding import Finding
from studio.health.finding import told as found

PATH = "/healthz/way"
COOKIE = "studio_way"
CAME_BY_PROXY = "studio.forwarded"
"""In the scope of a request: True where something on its way said for whom it asks."""
PAUSE_SECONDS = 0.4
"""Between the first and the last line of the stream; a proxy that gathers lines sends both at once."""
CLOCK_SECONDS = 30.0
"""Clocks that differ by more make times of judgments doubtful."""
KEPT = ("content-security-policy", "x-content-type-options", "referrer-policy")
"""Headers of every answer that no proxy should take away."""


class Seen(NamedTuple):
    """What came back: what the studio says it got, the answer's headers, seconds between first and last line."""

    told: dict[str, Any]
    headers: dict[str, str]
    between: float


def looked_at(door: Door, now: datetime) -> tuple[list[Finding], dict[str, Any] | None]:
    """Findings about the way, and what the studio said of itself; None where no studio answered."""
    try:
        first = _stream(door, "")
        cookie = first.headers.get("set-cookie", "").partition(";")[0]
        second = _stream(door, cookie)
        posted = _posted(door)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, ValueError):
            return [found("mend", "studio", "studio_other", "studio_do")], None
        return [found("mend", "studio", "studio_silent", "studio_do", error=f"{error}")], None
    return [
        found("good", "studio", "studio_answers"),
        _cookies(cookie, second),
        _streams(first, second),
        _kept(first),
        *_claims(door, first.told, posted),
        _time(first.told, now),
    ], first.told


def _cookies(cookie: str, second: Seen) -> Finding:
    if cookie.startswith(f"{COOKIE}=") and second.told.get("cookie") == cookie.partition("=")[2]:
        return found("good", "cookies", "cookies_good")
    return found("mend", "cookies", "cookies_lost", "cookies_lost_do")


def _streams(*seen: Seen) -> Finding:
    between = max(one.between for one in seen)
    if between > PAUSE_SECONDS / 2:
        return found("good", "streams", "streams_good")
    return found("mend", "streams", "streams_held", "streams_held_do")


def _kept(seen: Seen) -> Finding:
    lost = [name for name in KEPT if name not in seen.headers]
    if lost:
        return found("look", "headers", "headers_lost", "headers_lost_do", names=", ".join(lost))
    return found("good", "headers", "headers_good")


def _claims(door: Door, told: dict[str, Any], posted: int) -> Iterator[Finding]:
    """Does the studio know under which address it is seen, and who comes."""
    made = str(told.get("links")).rstrip("/")
    if made != door.url:
        yield found("mend", "links", "links_other", "links_do", made=made, url=door.url)
    else:
        yield found("good", "links", "links_good", url=door.url)
    if posted != 204:
        yield found("mend", "saving", "saving_refused", "saving_do", status=str(posted), url=door.url)
    else:
        yield found("good", "saving", "saving_good")
    if told.get("forwarded") and not told.get("behind_proxy"):
        yield found("mend", "proxy", "proxy_untold", "proxy_untold_do")
    elif told.get("behind_proxy") and not told.get("forwarded"):
        yield found("mend", "proxy", "proxy_silent", "proxy_silent_do")


def _time(told: dict[str, Any], now: datetime) -> Finding:
    apart = abs((datetime.fromisoformat(str(told["now"])) - now).total_seconds())
    if apart > CLOCK_SECONDS:
        return found("mend", "clocks", "clocks_apart", "clocks_do", seconds=f"{apart:.0f}")
    return found("good", "clocks", "clocks_good")


def _stream(door: Door, cookie: str) -> Seen:
    """Reads the stream of PATH. ValueError where what comes is none."""
    connection = door.connect()
    try:
        connection.request(
            "GET", PATH, headers={"Accept": "text/event-stream", **({"Cookie": cookie} if cookie else {})}
        )
        answer = connection.getresponse()
        if answer.status != 200 or not answer.headers.get("content-type", "").startswith("text/event-stream"):
            raise ValueError(f"{PATH}: {answer.status}")
        told = json.loads(answer.readline().decode("utf-8").removeprefix("data:"))
        began = time.monotonic()
        answer.read()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if not isinstance(told, dict) or "instance" not in told:
            raise ValueError(f"{PATH}: no studio")
        return Seen(told, headers, time.monotonic() - began)
    finally:
        connection.close()


def _posted(door: Door) -> int:
    """The status of a request as one of our pages would send it."""
    connection = door.connect()
    try:
        connection.request("POST", PATH, body=b"{}", headers={"Origin": door.url, "Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()
