"""Values with their intervals on one axis, drawn as wide as there is room; every number stands beside them as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.pages.admin.html import Raw, text

HIGH = 20


@dataclass(frozen=True)
class Axis:
    """An axis from `least` to `most`, which is drawn from left to right in every language.

    Attributes:
        marks: values at which a thin line stands.
        band: values between which the ground is darker.
        measure: what is drawn of a value, e.g. its logarithm.
    """

    least: float
    most: float
    marks: tuple[float, ...] = ()
    band: tuple[float, float] | None = None
    measure: Callable[[float], float] = float

    def place(self, value: float) -> float:
        """Where a value stands, 0..100; what lies beyond the axis stands at its end."""
        least, most = self.measure(self.least), self.measure(self.most)
        return 100 * min(max((self.measure(value) - least) / (most - least), 0), 1)


def span(axis: Axis, value: float | None, low: float | None = None, high: float | None = None, kind: str = "") -> Raw:
    """A dot and its interval; the axis alone where there is no value. `kind`: `hollow`, `warn`, or ''."""
    parts = []
    if axis.band is not None:
        left, right = map(axis.place, axis.band)
        parts.append(f'<rect x="{left:.1f}" width="{right - left:.1f}" height="{HIGH}"/>')
    parts += [_line(axis.place(mark), axis.place(mark), "mark", 0, HIGH) for mark in axis.marks]
    if value is not None:
        if low is not None and high is not None:
            parts.append(_line(axis.place(low), axis.place(high), "range"))
        at = axis.place(value)
        parts += [_line(at, at, "dot"), *([_line(at, at, "hole")] if kind == "hollow" else [])]
    return Raw(
        f'<svg class="span {kind}" viewBox="0 0 100 {HIGH}" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def _line(start: float, end: float, style: str, top: float = HIGH / 2, bottom: float = HIGH / 2) -> str:
    return f'<line class="{style}" x1="{start:.1f}" x2="{end:.1f}" y1="{top:g}" y2="{bottom:g}"/>'


def ticks(axis: Axis, values: Sequence[tuple[float, str]]) -> Raw:
    """The words under an axis, each where its value stands."""
    words = "".join(f'<span style="left:{axis.place(at):.1f}%">{text(word)}</span>' for at, word in values)
    return Raw(f'<div class="ticks" aria-hidden="true">{words}</div>')


def share_bar(parts: Sequence[tuple[float, str, str]]) -> Raw:
    """Amounts side by side as parts of one bar: (amount, class of colour, words); words stand where there is room."""
    total = sum(amount for amount, _, _ in parts)
    shown = "".join(
        f'<span class="{style}" style="flex-grow:{amount:g}">{text(words) if amount >= total / 12 else ""}</span>'
        for amount, style, words in parts
        if amount
    )
    return Raw(f'<div class="shares" aria-hidden="true">{shown}</div>')
