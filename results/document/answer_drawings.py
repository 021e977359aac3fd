"""The picture of a report's first page: two systems' items and margins, or the ranks of three or more systems."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from results.document.drawings import Estimate, room_for
from results.document.numbers import number
from results.document.svg import NARROW, Drawing, both, shortened, width_of

NUMBERS = 130
"""Room for numbers at the right of a broad picture."""


@dataclass(frozen=True)
class Side:
    """A part of the bar of items, from the left: its name, how many items, its class of colour."""

    name: str
    items: int
    style: str


@both
def margins(
    width: int,
    sides: Sequence[Side],
    rows: Sequence[tuple[str, Estimate]],
    top: float,
    smallest: float | None,
    title: str,
) -> str:
    """Items by whom they went to, and the mean margin of each row with its interval, towards the same sides.

    Args:
        sides: the second system, neither, the first system.
        rows: the estimands, (label, margin) each; the first is drawn solid, others dotted.
        top: the strongest answer that could be given.
        smallest: the smallest effect that matters, drawn as a band about 0; None where none was named.
    """
    narrow = width == NARROW
    left, step = (18.0, 40) if narrow else (room_for([label for label, _ in rows]), 28)
    bottom = 66 + step * len(rows)
    drawing = Drawing(bottom + 24, title, width)
    _items(drawing, sides)
    limit = reach([estimate for _, estimate in rows], top, smallest)
    x = _axis(left, width - (18 if narrow else 40), limit)
    if smallest is not None and smallest < limit:
        drawing.rect(x(-smallest), 60, x(smallest) - x(-smallest), bottom - 60, "soft")
    for tick in (-limit, -limit / 2, 0, limit / 2, limit):
        drawing.line(x(tick), 60, x(tick), bottom, "axis" if tick == 0 else "grid")
        drawing.text(x(tick), bottom + 16, _tick(tick), "s", "middle")
    ends = (0.0, width) if narrow else (x(-limit), x(limit))
    room = (ends[1] - ends[0]) / 2 - 6
    drawing.text(ends[0], 50, shortened(f"← {sides[0].name}", room, 11.5), f"s c-{sides[0].style}")
    drawing.text(ends[1], 50, shortened(f"{sides[-1].name} →", room, 11.5), f"s c-{sides[-1].style}", "end")
    for place, (label, estimate) in enumerate(rows):
        y = 66 + step * place + (26 if narrow else 14)
        drawing.text(0, y - 13 if narrow else y + 4, shortened(label, width if narrow else left - 10), "t strong")
        _range(drawing, estimate, y, x, dotted=place > 0)
    return drawing.markup()


def reach(estimates: Sequence[Estimate], top: float, smallest: float | None) -> float:
    """How far the axis runs to either side: to the next half point beyond all that is drawn, 0.5 to `top`."""
    ends = [abs(end) for one in estimates for end in (one.value, one.low, one.high) if end is not None]
    return min(top, max(0.5, math.ceil(2 * max([*ends, smallest or 0])) / 2))


def _tick(value: float) -> str:
    digits = next(d for d in (0, 1, 2) if float(value * 10**d).is_integer())
    return number(value, digits, sign=value != 0)


def _axis(left: float, right: float, limit: float) -> Callable[[float], float]:
    middle, scale = (left + right) / 2, (right - left) / 2 / limit
    return lambda value: middle + scale * min(max(value, -limit), limit)


def _items(drawing: Drawing, sides: Sequence[Side]) -> None:
    """The bar of items; a name stands in its part where there is room, else the number alone."""
    total, left = sum(side.items for side in sides), 0.0
    for side in sides:
        width = drawing.width * side.items / total if total else 0
        words = f"{side.name} {side.items}"
        drawing.rect(left, 0, max(width - 2, 0), 30, side.style, words)
        said = words if width_of(words) + 12 < width else str(side.items) if width > 18 else ""
        drawing.text(left + width / 2 - 1, 20, said, f"t strong on-{side.style}", "middle")
        left += width


def _range(drawing: Drawing, estimate: Estimate, y: float, x: Callable[[float], float], *, dotted: bool) -> None:
    """An interval with its ends and its value: solid and filled, or dotted and hollow."""
    if estimate.low is not None and estimate.high is not None:
        drawing.line(x(estimate.low), y, x(estimate.high), y, "reach dotted" if dotted else "reach")
        for end in (estimate.low, estimate.high):
            drawing.line(x(end), y - 5, x(end), y + 5, "reach thin")
    if estimate.value is not None:
        drawing.dot(x(estimate.value), y, 6, "hollow" if dotted else "ink")


@dataclass(frozen=True)
class Ranks:
    """One system: its name, its mean margin, and of each estimand the ranks that are possible, best and worst."""

    name: str
    margin: float
    ranges: tuple[tuple[int, int], ...]

    def words(self) -> str:
        """`+0.41 · 1 · 1–3`."""
        ranges = (f"{low}" if low == high else f"{low}–{high}" for low, high in self.ranges)
        return " · ".join([number(self.margin, sign=True), *ranges])


@both
def ranks(width: int, systems: Sequence[Ranks], title: str) -> str:
    """Each system's possible ranks, best at the left: solid for the first estimand, dotted for others."""
    narrow, count = width == NARROW, len(systems)
    left, right = (0.0, 0) if narrow else (room_for([system.name for system in systems]), NUMBERS)
    over = 34 if narrow else 0
    step, slot = 36 + over, (width - left - right) / count
    drawing = Drawing(step * count + 26, title, width)

    def x(rank: float) -> float:
        return left + slot * (rank - 0.5)

    for rank in range(1, count + 1):
        drawing.line(x(rank), 4, x(rank), step * count, "grid")
        drawing.text(x(rank), step * count + 18, str(rank), "s", "middle")
    for place, system in enumerate(systems):
        top = step * place
        drawing.text(0, top + (14 if narrow else 21), shortened(system.name, (left or width) - 10), "t strong")
        at, anchor = (0, "start") if narrow else (width, "end")
        drawing.text(at, top + (31 if narrow else 21), system.words(), "t num", anchor)
        for line, (best, worst) in enumerate(system.ranges):
            y = top + over + 10 + 12 * line
            ends = x(best) - 0.32 * slot, x(worst) + 0.32 * slot
            drawing.line(ends[0], y, ends[1], y, "reach dotted" if line else "reach")
    return drawing.markup()
