"""The pictures of a score report: SVG with real text, one beside each table."""

from __future__ import annotations

from collections.abc import Sequence

from results.document.drawings import forest
from results.document.numbers import number
from results.document.svg import NARROW, Drawing, Drawn, both, shortened
from results.record.figure import FigureRecord
from results.record.scores import Bin, ValueRow
from results.scores.cells import forest_row

Correlations = Sequence[Sequence[float | None]]
SHADES = ("q0", "q1", "q2", "q3", "q4")


def predictors(rows: Sequence[tuple[str, FigureRecord, bool]], measure: str, title: str) -> Drawn:
    """A forest of one measure over predictors: label, figure, and whether it is the model's row, which is strong."""
    top = max((figure.high or figure.value or 0) for _, figure, _ in rows)
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1.0] if top <= 1 else [0, 0.5, 1.0, 1.5, 2.0]
    if measure in ("pearson", "spearman", "kappa"):
        ticks = [-0.2, *ticks]
    lines = [forest_row(label, figure, "a" if strong else "ink", strong=strong) for label, figure, strong in rows]
    return forest(lines, ticks, title, digits=3)


@both
def by_value(width: int, rows: Sequence[ValueRow], title: str) -> str:
    """How often each value was given by clients and predicted, side by side."""
    drawing, top = Drawing(210, title, width), max(max(row.n, row.model.predicted) for row in rows) or 1
    margin = 0 if width == NARROW else 30
    slot = (width - margin) / len(rows)
    bar = min(40, slot / 2 - 4)
    for place, row in enumerate(rows):
        left = margin + place * slot
        for shift, amount, style in ((0, row.n, "tie"), (bar + 4, row.model.predicted, "a")):
            height = 150 * amount / top
            drawing.rect(left + shift, 170 - height, bar, height, style, str(amount))
            drawing.text(left + shift + bar / 2, 165 - height, str(amount), "s", "middle")
        drawing.text(left + bar + 2, 192, str(row.value), "t", "middle")
    return drawing.markup()


@both
def calibration(width: int, bins: Sequence[Bin], title: str, ends: tuple[str, str]) -> str:
    """Stated chance (across) against how often it came true (up); dots grow with the number of statements.

    `ends`: what the two axes mean, across and up.
    """
    drawing, size, left = _square(width, title)
    most = max(entry.n for entry in bins)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x, y = left + size * tick, 10 + size * (1 - tick)
        drawing.line(left, y, left + size, y, "grid")
        drawing.line(x, 10, x, 10 + size, "grid")
        drawing.text(left - 8, y + 4, number(tick), "s", "end")
        drawing.text(x, 10 + size + 16, number(tick), "s", "middle")
    drawing.line(left, 10 + size, left + size, 10, "axis")
    for entry in bins:
        if entry.stated is not None and entry.seen is not None:
            radius = 3 + 9 * (entry.n / most) ** 0.5
            drawing.dot(left + size * entry.stated, 10 + size * (1 - entry.seen), radius, "a")
    _axes(drawing, size, left, ends)
    return drawing.markup()


@both
def totals(width: int, points: Sequence[Sequence[float | None]], title: str, ends: tuple[str, str]) -> str:
    """Predicted score (across) against the client's (up), one dot a dialogue; `ends`: what the two axes mean."""
    drawing, size, left = _square(width, title)
    for tick in (0, 25, 50, 75, 100):
        x, y = left + size * tick / 100, 10 + size * (1 - tick / 100)
        drawing.line(left, y, left + size, y, "grid")
        drawing.text(left - 8, y + 4, str(tick), "s", "end")
        drawing.text(x, 10 + size + 16, str(tick), "s", "middle")
    drawing.line(left, 10 + size, left + size, 10, "axis")
    for total, true in points:
        if total is not None and true is not None:
            drawing.dot(left + size * total / 100, 10 + size * (1 - true / 100), 2.6, "a")
    _axes(drawing, size, left, ends)
    return drawing.markup()


def _square(width: int, title: str) -> tuple[Drawing, float, float]:
    """A drawing, the side of the square in it, and where that begins; on phones the upward axis is named above it."""
    narrow = width == NARROW
    return Drawing(330, title, width), 262 if narrow else 280, 34 if narrow else 60


def _axes(drawing: Drawing, size: float, left: float, ends: tuple[str, str]) -> None:
    """What the two axes mean, across and up."""
    drawing.text(left + size / 2, 326, ends[0], "s", "middle")
    if drawing.width == NARROW:
        drawing.text(left + 4, 24, ends[1], "s")
    else:
        drawing.text(left + size + 16, 24, ends[1], "s")


@both
def heat(width: int, names: Sequence[str], upper: Correlations, lower: Correlations, title: str) -> str:
    """Correlations of items: above the diagonal the clients' ratings, below it the predictions.

    On phones the squares carry no numbers, and the names stand below.
    """
    narrow, count = width == NARROW, len(names)
    left = 20 if narrow else 200
    cell = (width - left) / count
    drawing = Drawing(cell * count + 24 + (16 * count if narrow else 0), title, width)
    for row, name in enumerate(names):
        label = f"{row + 1} {name}"
        drawing.text(0, cell * row + cell * 0.68, str(row + 1) if narrow else shortened(label, left - 8, 11), "s")
        if narrow:
            drawing.text(0, cell * count + 36 + 16 * row, shortened(label, width, 11), "s")
        drawing.text(left + cell * (row + 0.5), cell * count + 14, str(row + 1), "s", "middle")
        for column in range(count):
            value = 1.0 if row == column else (upper if column > row else lower)[row][column]
            style = "tie" if value is None else _shade(value)
            hint = f"{row + 1} × {column + 1}: {number(value)}"
            drawing.rect(left + cell * column, cell * row, cell - 1, cell - 1, style, hint)
            if row != column and value is not None and not narrow:
                mark = f"s on-{style}" if style in ("q3", "q4") else "s"
                drawing.text(left + cell * (column + 0.5), cell * (row + 0.64), _short(value), mark, "middle")
    return drawing.markup()


def _shade(value: float) -> str:
    return SHADES[min(len(SHADES) - 1, max(0, int(value * len(SHADES))))]


def _short(value: float) -> str:
    return number(value).replace("0.", ".")
