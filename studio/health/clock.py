"""This machine's clock: does it go right, and does it know where it stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from studio.health.finding import Finding, told

OF_GREENWICH = {"UTC", "GMT", "UCT", "WET", "Z", "Universal", "Zulu", "Greenwich", "IST"}
"""Names a system gives to a zone without offset; Linux gives any other name it does not know none either."""


def looked_at(now: datetime, newest: datetime | None) -> list[Finding]:
    """Findings about a time of this machine's zone, beside `newest`, that of the last event stored (None: none is)."""
    return [_time(now, newest), _zone(now)]


def _time(now: datetime, newest: datetime | None) -> Finding:
    seen = f"{now:%Y-%m-%d %H:%M}"
    if newest is not None and newest > now + timedelta(seconds=60):
        return told("mend", "clock", "clock_before", "clock_do", now=seen, newest=f"{newest:%Y-%m-%d %H:%M}")
    return Finding("good", "clock", seen)


def _zone(now: datetime) -> Finding:
    name, offset = now.tzname() or "", now.strftime("%z")
    if now.utcoffset() == timedelta() and name not in OF_GREENWICH:
        return told("mend", "time zone", "zone_unknown", "zone_unknown_do", zone=repr(name))
    return told("good", "time zone", "zone_good", zone=f"{name} ({offset})")
