"""Figures of a score report's JSON as cells of its tables and lines of its pictures."""

from __future__ import annotations

from results.document import numbers
from results.document.drawings import Row
from results.record.figure import Effect


def bounds(figure: Effect, digits: int = 2, *, scale: float = 1, sign: bool = False) -> str:
    """The interval of a figure, `[0.12, 0.58]`; `–` where it has none."""
    return numbers.interval(figure.low, figure.high, digits, scale=scale, sign=sign)


def forest_row(label: str, figure: Effect, style: str = "ink", *, strong: bool = False) -> Row:
    """A figure as a line of a forest."""
    return Row(label, figure.value, figure.low, figure.high, style, strong=strong)
