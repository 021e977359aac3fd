"""A small SVG writer: shapes and real text on a fixed width, coloured by the classes of the page's style sheet."""

from __future__ import annotations

from html import escape
from unicodedata import bidirectional, category, east_asian_width

WIDTH = 720


class Drawing:
    """One figure, 720 units wide. `title` is read aloud in place of the picture."""

    def __init__(self, height: float, title: str) -> None:
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
        head = f'<svg viewBox="0 0 {WIDTH} {_n(self.height)}" role="img" aria-label="{escape(self.title, quote=True)}">'
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
