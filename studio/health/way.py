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
        why = "something answers, but not this version of the studio" if isinstance(error, ValueError) else str(error)
        todo = "look whether the port is the studio's and whether the proxy passes every path on to it"
        return [Finding("mend", "studio", why, todo)], None
    return [
        Finding("good", "studio", "answers"),
        _cookies(cookie, second),
        _streams(first, second),
        _kept(first),
        *_claims(door, first.told, posted),
        _time(first.told, now),
    ], first.told


def _cookies(cookie: str, second: Seen) -> Finding:
    if cookie.startswith(f"{COOKIE}=") and second.told.get("cookie") == cookie.partition("=")[2]:
        return Finding("good", "cookies", "come and go")
    return Finding(
        "mend", "cookies", "do not survive the way", "let the proxy pass Cookie and Set-Cookie on; nobody can sign in"
    )


def _streams(*seen: Seen) -> Finding:
    between = max(one.between for one in seen)
    if between > PAUSE_SECONDS / 2:
        return Finding("good", "streams", "arrive line by line")
    todo = "switch buffering off at the proxy (nginx: proxy_buffering off), or the organiser's page waits"
    return Finding("mend", "streams", "are held back until they end", todo)


def _kept(seen: Seen) -> Finding:
    lost = [name for name in KEPT if name not in seen.headers]
    if lost:
        return Finding("look", "headers", f"{', '.join(lost)} taken away on the way", "let the proxy pass them on")
    return Finding("good", "headers", "of safety arrive")


def _claims(door: Door, told: dict[str, Any], posted: int) -> Iterator[Finding]:
    """Does the studio know under which address it is seen, and who comes."""
    if str(told.get("links")).rstrip("/") != door.url:
        todo = f"set STUDIO_PUBLIC_URL={door.url}, or look at the address that is set"
        yield Finding("mend", "links", f"the studio makes them with {told.get('links')}, not with {door.url}", todo)
    else:
        yield Finding("good", "links", f"begin with {door.url}")
    if posted != 204:
        todo = f"set STUDIO_PUBLIC_URL={door.url}, or let the proxy pass Host on"
        yield Finding("mend", "saving", f"what pages send is refused ({posted})", todo)
    else:
        yield Finding("good", "saving", "what pages send is taken")
    if told.get("forwarded") and not told.get("behind_proxy"):
        todo = "set STUDIO_BEHIND_PROXY=1; limits count everybody as one person else"
        yield Finding("mend", "proxy", "stands before the studio, which is not told so", todo)
    elif told.get("behind_proxy") and not told.get("forwarded"):
        todo = "let the proxy send X-Forwarded-For, or unset STUDIO_BEHIND_PROXY"
        yield Finding("mend", "proxy", "is expected, but does not say for whom it asks", todo)


def _time(told: dict[str, Any], now: datetime) -> Finding:
    apart = abs((datetime.fromisoformat(str(told["now"])) - now).total_seconds())
    if apart > CLOCK_SECONDS:
        return Finding(
            "mend", "clocks", f"of the studio and of this machine are {apart:.0f} s apart", "set both by NTP"
        )
    return Finding("good", "clocks", "of the studio and of this machine agree")


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
