"""What the pages show, before it is HTML or Markdown: sections of paragraphs, pictures and tables in one language."""

from __future__ import annotations

from dataclasses import dataclass

from results.document.svg import Drawn


@dataclass(frozen=True)
class Paragraph:
    """A run of text."""

    text: str
    language: str = ""
    """Its language where that is not the page's."""


@dataclass(frozen=True)
class Picture:
    """A drawing with its caption and the meaning of its colours, (class, words) each."""

    svg: Drawn
    caption: str
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """A table; all columns but the first hold numbers."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    wraps: bool = False
    """True where cells are long enough to be broken when there are many columns."""
    text: bool = False
    """True where the columns hold sentences, not numbers."""


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: str


Block = Paragraph | Picture | Table | Heading


@dataclass(frozen=True)
class Section:
    """A part of the report; `key` is its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]
