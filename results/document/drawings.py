"""The pictures of a report: stacked bars, margins by item, forests of intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from results.document.numbers import DASH, interval, number
from results.document.svg import WIDTH, Drawing, shortened, width_of

LEAST, MOST = 150, 260
"""Room for the names at the left."""


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar: how much, its class of colour, its name."""

    amount: float
    style: str
    name: str


class Estimate(Protocol):
    """A value with its interval; None where undefined."""

    @property
    def value(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


@dataclass(frozen=True)
class Row:
    """One line of a forest plot: value and interval; `whisker` is a second, wider range (leave one out)."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    style: str = "ink"
    whisker: tuple[float | None, float | None] = (None, None)
    strong: bool = False

    @classmethod
    def of(
        cls,
        label: str,
        estimate: Estimate,
        whisker: tuple[float | None, float | None] = (None, None),
        *,
        strong: bool = False,
    ) -> Row:
        """The line of an estimate."""
        return cls(label, estimate.value, estimate.low, estimate.high, "ink", whisker, strong)


def bars(rows: Sequence[tuple[str, Sequence[Segment]]], title: str) -> str:
    """Stacked bars over the full width, the amount written into every part that has room."""
    drawing, left = Drawing(34 * len(rows) + 4, title), _room([label for label, _ in rows])
    for place, (label, segments) in enumerate(rows):
        top = 34 * place + 4
        drawing.text(0, top + 17, shortened(label, left - 12))
        _stack(drawing, segments, left, WIDTH - left, top)
    return drawing.markup()


def _room(labels: Sequence[str]) -> float:
    """Room for the longest label, within bounds."""
    return min(max([LEAST, *(width_of(label) + 14 for label in labels)]), MOST)


def _stack(drawing: Drawing, segments: Sequence[Segment], left: float, room: float, top: float) -> None:
    total = sum(segment.amount for segment in segments)
    for segment in segments:
        width = room * segment.amount / total if total else 0
        drawing.rect(left, top, width - 1, 25, segment.style, f"{segment.name}: {_amount(segment.amount)}")
        if width > width_of(_amount(segment.amount)) + 6:
            drawing.text(left + width / 2, top + 17, _amount(segment.amount), f"t on-{segment.style}", "middle")
        left += width


def _amount(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else number(value)


def item_margins(margins: Sequence[float], mean: Estimate, top: float, ends: tuple[str, str], title: str) -> str:
    """Every item's margin as a thin bar, largest first, with the mean and its interval across them."""
    height, left, right = 190, 40, 12
    drawing = Drawing(height, title)
    ordered = sorted(margins, reverse=True)
    room = WIDTH - left - right
    middle, scale = height / 2, (height / 2 - 18) / top
    for tick in (top, top / 2, 0, -top / 2, -top):
        y = middle - tick * scale
        drawing.line(left, y, WIDTH - right, y, "axis" if tick == 0 else "grid")
        drawing.text(left - 6, y + 4, number(tick, 0 if float(tick).is_integer() else 1, sign=tick != 0), "s", "end")
    if mean.low is not None and mean.high is not None:
        drawing.rect(left, middle - mean.high * scale, room, (mean.high - mean.low) * scale, "band")
    step = room / max(len(ordered), 1)
    for place, margin in enumerate(ordered):
        size = max(abs(margin) * scale, 0.8)
        style = "a" if margin > 1e-9 else "b" if margin < -1e-9 else "tie"
        y = middle - size if margin >= 0 else middle
        drawing.rect(
            left + place * step, y, max(step - min(1.0, step / 4), 0.4), size, style, number(margin, sign=True)
        )
    if mean.value is not None:
        y = middle - mean.value * scale
        drawing.line(left, y, WIDTH - right, y, "mean")
    drawing.text(WIDTH - right, 13, ends[0], "s c-a", "end")
    drawing.text(left, height - 5, ends[1], "s c-b")
    return drawing.markup()


def forest(rows: Sequence[Row], ticks: Sequence[float], title: str, *, digits: int = 2, scale: float = 1) -> str:
    """One line per figure: a dot, its interval, the numbers at the right; the line at 0 is drawn stronger.

    The axis runs over `ticks`, which are in units of the figures; numbers are printed times `scale`.
    """
    low, high = min(ticks), max(ticks)
    left, right = 235, 185
    drawing = Drawing(27 * len(rows) + 30, title)
    room = WIDTH - left - right

    def x(value: float) -> float:
        return left + room * (min(max(value, low), high) - low) / (high - low)

    bottom = 27 * len(rows) + 6
    for tick in ticks:
        drawing.line(x(tick), 2, x(tick), bottom, "axis" if tick == 0 else "grid")
        drawing.text(x(tick), bottom + 16, number(tick * scale, _digits(tick * scale)), "s", "middle")
    for place, row in enumerate(rows):
        _forest_row(drawing, row, 27 * place + 17, x, left, digits, scale)
    return drawing.markup()


def _digits(value: float) -> int:
    return next((digits for digits in (0, 1, 2) if abs(value * 10**digits - round(value * 10**digits)) < 1e-6), 3)


def _forest_row(
    drawing: Drawing, row: Row, y: float, x: Callable[[float], float], left: float, digits: int, scale: float
) -> None:
    style = "t strong" if row.strong else "t"
    drawing.text(0, y + 4, shortened(row.label, left - 14), style)
    if row.value is None:
        drawing.text(WIDTH, y + 4, DASH, style, "end")
        return
    start, end = row.whisker
    if start is not None and end is not None:
        drawing.rect(x(start), y - 10, max(x(end) - x(start), 1), 20, "soft")
    if row.low is not None and row.high is not None:
        drawing.line(x(row.low), y, x(row.high), y, f"range k-{row.style}")
    drawing.dot(x(row.value), y, 5 if row.strong else 4, row.style)
    drawing.text(WIDTH - 112, y + 4, number(row.value * scale, digits), f"{style} num", "end")
    drawing.text(WIDTH, y + 4, interval(row.low, row.high, digits, scale=scale), "s num", "end")


def distributions(rows: Sequence[tuple[str, Sequence[Segment]]], title: str, *, centre: int | None = None) -> str:
    """100 % bars by system; with `centre` the bars are shifted so that the middle of that part lies on one line."""
    drawing = Drawing(34 * len(rows) + 6, title)
    parts = [(label, _as_shares(segments)) for label, segments in rows]
    before = [_before(segments, centre) for _, segments in parts]
    after = [1 - share for share in before]
    left = _room([label for label, _ in rows])
    room = (WIDTH - left) / (max(before, default=0) + max(after, default=1))
    middle = left + room * max(before, default=0)
    if centre is not None:
        drawing.line(middle, 0, middle, 34 * len(rows) + 4, "axis")
    for place, (label, segments) in enumerate(parts):
        top = 34 * place + 5
        drawing.text(0, top + 17, shortened(label, left - 12))
        if segments:
            _shares(drawing, segments, middle - room * before[place], room, top)
        else:
            drawing.text(left, top + 17, DASH)
    return drawing.markup()


def _as_shares(segments: Sequence[Segment]) -> list[Segment]:
    """The segments as shares of their sum; none where there is nothing to share."""
    total = sum(segment.amount for segment in segments)
    return [Segment(segment.amount / total, segment.style, segment.name) for segment in segments] if total else []


def _before(shares: Sequence[Segment], centre: int | None) -> float:
    """How much of the bar lies before the middle of the part `centre`."""
    if centre is None or not shares:
        return 0.0
    return sum(segment.amount for segment in shares[:centre]) + shares[centre].amount / 2


def _shares(drawing: Drawing, shares: Sequence[Segment], left: float, room: float, top: float) -> None:
    for segment in shares:
        width = room * segment.amount
        words = f"{100 * segment.amount:.0f} %"
        drawing.rect(left, top, max(width - 1, 0), 25, segment.style, f"{segment.name}: {words}")
        if width > width_of(words) + 4:
            drawing.text(left + width / 2, top + 17, words, f"t on-{segment.style}", "middle")
        left += width
