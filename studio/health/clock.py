"""This machine's clock: does it go right, and does it know where it stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from studio.health.finding import Finding

OF_GREENWICH = {"UTC", "GMT", "UCT", "WET", "Z", "Universal", "Zulu", "Greenwich", "IST"}
"""Names a system gives to a zone without offset; Linux gives any other name it does not know none either."""


def looked_at(now: datetime, newest: datetime | None) -> list[Finding]:
    """Findings about a time of this machine's zone, beside `newest`, that of the last event stored (None: none is)."""
    return [_time(now, newest), _zone(now)]


def _time(now: datetime, newest: datetime | None) -> Finding:
    seen = f"{now:%Y-%m-%d %H:%M}"
    if newest is not None and newest > now + timedelta(seconds=60):
        return Finding(
            "mend", "clock", f"{seen}, before what was stored last ({newest:%Y-%m-%d %H:%M} UTC)", "set it by NTP"
        )
    return Finding("good", "clock", seen)


def _zone(now: datetime) -> Finding:
    name, offset = now.tzname() or "", now.strftime("%z")
    if now.utcoffset() == timedelta() and name not in OF_GREENWICH:
        todo = "set TZ or /etc/localtime to one it knows, such as Asia/Tokyo"
        return Finding("mend", "time zone", f"{name!r} is none this machine knows, and is taken for UTC", todo)
    return Finding("good", "time zone", f"{name} ({offset}); times are stored in UTC whatever it is")
