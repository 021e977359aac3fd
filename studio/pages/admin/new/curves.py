"""The smallest difference that can be shown by the number of raters, as two curves; figures stand as text beside."""

from __future__ import annotations

from collections.abc import Sequence

from studio.documents.reach import Reach
from studio.pages.admin.html import Raw, Words, text

WIDE, HIGH = 560.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 96.0, 12.0, 34.0
STEP = 0.5
"""Between lines across."""


def chart(found: Sequence[Reach], seats: int, words: Words) -> Raw:
    """The drawing; it fits any width, and the planned number of raters is marked on both curves."""
    last = max(one.raters for one in found)
    values = [value for one in found for value in (one.these, one.large) if value is not None]
    top = STEP * max(1, -(-max(values, default=STEP) // STEP))

    def x(raters: int) -> float:
        return LEFT + (WIDE - LEFT - RIGHT) * raters / last

    def y(value: float) -> float:
        return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * value / top

    across = "".join(
        f'<line x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        for value in (STEP * n for n in range(round(top / STEP) + 1))
    )
    under = "".join(
        f'<text x="{x(one.raters):.1f}" y="{HIGH - BOTTOM + 16:.0f}" text-anchor="middle"'
        f"{' class=now' if one.raters == seats else ''}>{one.raters}</text>"
        for one in _apart(found, seats, last)
    )
    lines = "".join(_curve(found, name, seats, x, y, words) for name in ("large", "these"))
    label = words.say("reach_label", n=seats)
    now = f'<line class="now" x1="{x(seats):.1f}" x2="{x(seats):.1f}" y1="{TOP}" y2="{HIGH - BOTTOM}"/>'
    axis = f'<text x="{(LEFT + WIDE - RIGHT) / 2:.0f}" y="{HIGH - 3:.0f}" text-anchor="middle">'
    return Raw(
        f'<figure class="reach"><svg viewBox="0 0 {WIDE:.0f} {HIGH:.0f}" role="img" aria-label="{text(label)}">'
        f"{across}{under}{now}{lines}{axis}{text(words['plan_raters'])}</text></svg></figure>"
    )


def _apart(found: Sequence[Reach], seats: int, last: int) -> list[Reach]:
    """Those whose numbers have room under the axis; the planned one always."""
    shown: list[Reach] = []
    for one in found:
        near = shown and (one.raters - shown[-1].raters) / last < 0.05
        if one.raters == seats and near:
            shown.pop()
        if one.raters == seats or not near:
            shown.append(one)
    return shown


def _curve(found: Sequence[Reach], name: str, seats: int, x, y, words: Words) -> str:  # type: ignore[no-untyped-def]
    points = [(one.raters, getattr(one, name)) for one in found if getattr(one, name) is not None]
    if not points:
        return ""
    apart = -8 if name == "large" else 17  # one curve's words above it, the other's below: they never meet
    line = " ".join(f"{x(raters):.1f},{y(value):.1f}" for raters, value in points)
    marked = "".join(
        f'<circle cx="{x(raters):.1f}" cy="{y(value):.1f}" r="4.5"/>'
        f'<text x="{x(raters) + 8:.1f}" y="{y(value) + apart:.1f}">{value:.2f}</text>'
        for raters, value in points
        if raters == seats
    )
    raters, value = points[-1]
    end = f'<text x="{x(raters) + 10:.1f}" y="{y(value) + apart / 2:.1f}">{text(words[f"reach_{name}"])}</text>'
    return f'<g class="{name}"><polyline points="{line}"/>{marked}{end}</g>'
