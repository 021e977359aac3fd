"""A small SVG writer: shapes and real text, coloured by the classes of the page's style sheet.

Every picture is drawn twice: for paper and desktops, and anew for phones, where the style sheet shows that one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from html import escape
from typing import Concatenate, NamedTuple, ParamSpec
from unicodedata import bidirectional, category, east_asian_width

WIDTH, NARROW = 720, 300
"""Units of a picture on paper and desktops, and on phones of 320 pixels."""

Given = ParamSpec("Given")


class Drawn(NamedTuple):
    """One picture as two SVG elements."""

    broad: str
    narrow: str


def both(draw: Callable[Concatenate[int, Given], str]) -> Callable[Given, Drawn]:
    """A way to draw at a width, as one that draws at both."""

    @wraps(draw)
    def drawn(*given: Given.args, **named: Given.kwargs) -> Drawn:
        return Drawn(draw(WIDTH, *given, **named), draw(NARROW, *given, **named))

    return drawn


class Drawing:
    """One figure, `width` units wide. `title` is read aloud in place of the picture."""

    def __init__(self, height: float, title: str, width: int = WIDTH) -> None:
        self.width = width
        self.height = height
        self.title = title
        self._parts: list[str] = []

    def text(self, x: float, y: float, words: str, style: str = "t", anchor: str = "start") -> None:
        """Words with their baseline at y; `anchor` is start, middle or end."""
        place = f'x="{_n(x)}" y="{_n(y)}"'
        self._parts.append(f'<text {place} class="{style}" text-anchor="{anchor}">{escape(_isolated(words))}</text>')

    def rect(self, x: float, y: float, width: float, height: float, style: str, title: str = "") -> None:
        """A filled box; `title` shows on pointing at it."""
        hint = f"<title>{escape(title)}</title>" if title else ""
        box = f'x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0))}" height="{_n(height)}"'
        self._parts.append(f'<rect {box} class="{style}">{hint}</rect>')

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        """A straight line."""
        ends = f'x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
        self._parts.append(f'<line {ends} class="{style}"/>')

    def dot(self, x: float, y: float, radius: float, style: str) -> None:
        """A filled circle."""
        self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" class="{style}"/>')

    def markup(self) -> str:
        """The SVG element, ready to stand inside a page."""
        size = "narrow" if self.width == NARROW else "broad"
        box, said = f"0 0 {self.width} {_n(self.height)}", escape(self.title, quote=True)
        head = f'<svg class="{size}" viewBox="{box}" role="img" aria-label="{said}">'
        return head + "".join(self._parts) + "</svg>"


def _isolated(words: str) -> str:
    """Words of a script written from right to left as a run of their own: a picture itself runs from left to right."""
    return f"\u2068{words}\u2069" if any(bidirectional(char) in ("R", "AL") for char in words) else words


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def width_of(words: str, size: float = 13) -> float:
    """About how wide words are drawn: a full-width character is one em, a mark without width 0, any other 0.55."""
    return sum(_em(char) * size for char in words)


def _em(char: str) -> float:
    return 1 if east_asian_width(char) in "WF" else 0 if category(char) in ("Cf", "Mn") else 0.55


def shortened(words: str, room: float, size: float = 13) -> str:
    """The words, cut with … where they would be wider than `room`."""
    if width_of(words, size) <= room:
        return words
    while words and width_of(words + "…", size) > room:
        words = words[:-1]
    return words + "…"
