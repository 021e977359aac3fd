"""A study's course in time as a small SVG: what was judged, what is planned, an even pace to the last day."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta

from studio.pages.admin.html import Raw, moment, text
from studio.service.organiser.course import Course

WIDE, HIGH = 600.0, 150.0
TOP = 6.0
"""Room above the line of all that is planned."""
POINTS = 80
LEAST = timedelta(days=1)
"""An axis is never shorter."""


def chart(course: Course, due: str, label: str) -> Raw:
    """The drawing with its axis; `due`: the last day, ISO 8601, or ''. It fits any width; figures stand as text."""
    start, now = datetime.fromisoformat(course.began_at), datetime.fromisoformat(course.now)
    times = [datetime.fromisoformat(at) for at in course.judged_at]
    start = min([start, *times[:1]])
    last = datetime.fromisoformat(due).replace(tzinfo=UTC) + timedelta(days=1) if due else now
    end = max(now, last, start + LEAST)
    stop = times[-1] if times and len(times) >= course.total else now

    def place(at: datetime, count: float) -> str:
        x = WIDE * ((at - start) / (end - start))
        y = HIGH - (HIGH - TOP) * count / max(course.total, 1)
        return f"{x:.1f},{y:.1f}"

    moments = [start + (stop - start) * n / POINTS for n in range(POINTS + 1)]
    points = " ".join(place(at, bisect_right(times, at)) for at in moments)
    plan = (
        f'<polyline class="plan" points="{place(start, 0)} {place(last, course.total)}"/>'
        if due and last > start
        else ""
    )
    return Raw(
        f'<figure class="course"><div class="amounts"><span>{course.total}</span><span>0</span></div>'
        f'<svg viewBox="0 0 {WIDE:.0f} {HIGH:.0f}" preserveAspectRatio="none" role="img" aria-label="{text(label)}">'
        f'<line x1="0" y1="{TOP}" x2="{WIDE}" y2="{TOP}"/><line x1="0" y1="{HIGH}" x2="{WIDE}" y2="{HIGH}"/>'
        f'<polygon points="{place(start, 0)} {points} {place(stop, 0)}"/>{plan}<polyline points="{points}"/></svg>'
        f"<figcaption>{moment(start.isoformat(), 'date')}{moment(_shown(end), 'date')}</figcaption></figure>"
    )


def _shown(end: datetime) -> str:
    """The end of the axis as a time within its last day."""
    return (end - timedelta(seconds=1)).isoformat()
