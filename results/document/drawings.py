"""The pictures of a report: stacked bars, margins by item, forests of intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from results.document.numbers import DASH, interval, number
from results.document.svg import NARROW, Drawing, both, shortened, width_of

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


@both
def bars(width: int, rows: Sequence[tuple[str, Sequence[Segment]]], title: str) -> str:
    """Stacked bars, the amount written into every part that has room; on phones each label stands over its bar."""
    place = _Bars.of(width, [label for label, _ in rows])
    drawing = Drawing(place.step * len(rows) + 4, title, width)
    for line, (label, segments) in enumerate(rows):
        top = place.label(drawing, line, label)
        _stack(drawing, segments, place.left, width - place.left, top)
    return drawing.markup()


@dataclass(frozen=True)
class _Bars:
    """Where rows of bars stand: `left` of them is room for labels, or none, where each stands over its bar."""

    left: float
    step: int

    @classmethod
    def of(cls, width: int, labels: Sequence[str]) -> _Bars:
        return cls(0, 52) if width == NARROW else cls(room_for(labels), 34)

    def label(self, drawing: Drawing, line: int, label: str) -> float:
        """Write a row's label; gives the top of its bar."""
        top = self.step * line + 4
        if self.left:
            drawing.text(0, top + 17, shortened(label, self.left - 12))
            return top
        drawing.text(0, top + 12, shortened(label, drawing.width))
        return top + 18


def room_for(labels: Sequence[str]) -> float:
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


@both
def item_margins(
    width: int, margins: Sequence[float], mean: Estimate, top: float, ends: tuple[str, str], title: str
) -> str:
    """Every item's margin as a thin bar, largest first, with the mean and its interval across them."""
    height, left, right = 190, 30 if width == NARROW else 40, 4 if width == NARROW else 12
    drawing = Drawing(height, title, width)
    ordered = sorted(margins, reverse=True)
    room = width - left - right
    middle, scale = height / 2, (height / 2 - 18) / top
    for tick in (top, top / 2, 0, -top / 2, -top):
        y = middle - tick * scale
        drawing.line(left, y, width - right, y, "axis" if tick == 0 else "grid")
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
        drawing.line(left, y, width - right, y, "mean")
    drawing.text(width - right, 13, ends[0], "s c-a", "end")
    drawing.text(left, height - 5, ends[1], "s c-b")
    return drawing.markup()


@both
def forest(
    width: int, rows: Sequence[Row], ticks: Sequence[float], title: str, *, digits: int = 2, scale: float = 1
) -> str:
    """One line per figure: a dot, its interval, the numbers at the right; the line at 0 is drawn stronger.

    The axis runs over `ticks`, which are in units of the figures; numbers are printed times `scale`. On phones label
    and numbers stand over the line, the numbers in a line of their own where a label leaves them no room.
    """
    numbered = [(row, _numbers(row, digits, scale)) for row in rows]
    over = 0 if width != NARROW else 1 if all(_beside(width, *one) for one in numbered) else 2
    low, high, step = min(ticks), max(ticks), 27 + 17 * over
    left, right = (14, 14) if over else (235, 185)
    drawing = Drawing(step * len(rows) + 30, title, width)

    def x(value: float) -> float:
        return left + (width - left - right) * (min(max(value, low), high) - low) / (high - low)

    bottom = step * len(rows) + 6
    for tick in ticks if not over else (ticks[0], *(tick for tick in ticks[1:-1] if tick == 0), ticks[-1]):
        drawing.line(x(tick), 2, x(tick), bottom, "axis" if tick == 0 else "grid")
        drawing.text(x(tick), bottom + 16, number(tick * scale, _digits(tick * scale)), "s", "middle")
    for place, (row, numbers) in enumerate(numbered):
        _forest_row(drawing, row, numbers, step * place + 17, x, over, left)
    return drawing.markup()


def _digits(value: float) -> int:
    return next((digits for digits in (0, 1, 2) if abs(value * 10**digits - round(value * 10**digits)) < 1e-6), 3)


def _numbers(row: Row, digits: int, scale: float) -> tuple[str, str]:
    """A row's value and interval as they are printed."""
    if row.value is None:
        return DASH, ""
    return number(row.value * scale, digits), interval(row.low, row.high, digits, scale=scale)


def _beside(width: int, row: Row, numbers: tuple[str, str]) -> bool:
    """Whether a label leaves room for the numbers on its line."""
    return width_of(row.label) + width_of(" ".join(numbers)) + 8 <= width


def _forest_row(
    drawing: Drawing,
    row: Row,
    numbers: tuple[str, str],
    top: float,
    x: Callable[[float], float],
    over: int,
    left: float,
) -> None:
    """`over`: lines of words over the row's own; 0 where they stand beside it."""
    style, y, written = "t strong" if row.strong else "t", top + 17 * over, top + 17 * max(over - 1, 0) + 4
    drawing.text(0, top + 4, shortened(row.label, drawing.width if over else left - 14), style)
    value, bounds = numbers
    if over:
        place, anchor = (0, "start") if over > 1 else (drawing.width, "end")
        drawing.text(place, written, f"{value} {bounds}".removesuffix(f" {DASH}"), "s", anchor)
    else:
        drawing.text(drawing.width - 112 if bounds else drawing.width, written, value, f"{style} num", "end")
        drawing.text(drawing.width, written, bounds, "s num", "end")
    if row.value is not None:
        _estimate(drawing, row, y, x)


def _estimate(drawing: Drawing, row: Row, y: float, x: Callable[[float], float]) -> None:
    """The dot of a row, its interval, and the wider range behind both."""
    start, end = row.whisker
    if start is not None and end is not None:
        drawing.rect(x(start), y - 10, max(x(end) - x(start), 1), 20, "soft")
    if row.low is not None and row.high is not None:
        drawing.line(x(row.low), y, x(row.high), y, f"range k-{row.style}")
    drawing.dot(x(row.value or 0), y, 5 if row.strong else 4, row.style)


@both
def distributions(
    width: int, rows: Sequence[tuple[str, Sequence[Segment]]], title: str, *, centre: int | None = None
) -> str:
    """100 % bars by system; with `centre` the bars are shifted so that the middle of that part lies on one line."""
    place = _Bars.of(width, [label for label, _ in rows])
    drawing = Drawing(place.step * len(rows) + 6, title, width)
    parts = [(label, _as_shares(segments)) for label, segments in rows]
    before = [_before(segments, centre) for _, segments in parts]
    after = [1 - share for share in before]
    left = place.left
    room = (width - left) / (max(before, default=0) + max(after, default=1))
    middle = left + room * max(before, default=0)
    if centre is not None:
        drawing.line(middle, 0, middle, place.step * len(rows) + 4, "axis")
    for line, (label, segments) in enumerate(parts):
        top = place.label(drawing, line, label)
        if segments:
            _shares(drawing, segments, middle - room * before[line], room, top)
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
