"""What the pages show, before it is HTML or Markdown: sections of paragraphs, pictures and tables in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from results.document import numbers
from results.document.words import reason, word
from tasks.schema import Language

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Paragraph:
    """A run of text."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A drawing with its caption and the meaning of its colours, (class, words) each."""

    svg: str
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


@dataclass(frozen=True)
class Reader:
    """The facts in one language: words, names of systems, labels of criteria."""

    facts: Facts
    lang: Language

    def word(self, key: str, **values: object) -> str:
        """The words for `key`, with {names} filled in."""
        return word(key, self.lang).format(**values) if values else word(key, self.lang)

    def name(self, system: str) -> str:
        """A system's display name."""
        if system == "pair":
            return self.word("pair")
        return next(str(s["names"][self.lang]) for s in self.facts["study"]["systems"] if s["system_id"] == system)

    def criterion(self, criterion: str) -> Mapping[str, Any]:
        """The facts of a criterion."""
        found: Mapping[str, Any] = next(c for c in self.facts["study"]["criteria"] if c["criterion"] == criterion)
        return found

    def label(self, criterion: str) -> str:
        """A criterion's label."""
        return str(self.criterion(criterion)["label"][self.lang])

    def point(self, criterion: str, value: int) -> str:
        """The words of a point of a criterion's scale."""
        for point in self.criterion(criterion)["points"]:
            if point["value"] == value:
                return str(point["words"][self.lang])
        return self.word(f"yes_no_{value}")

    def pressed(self, criterion: str, reason_id: str) -> str:
        """The words of a reason pressed beside a criterion; its id where the study has none."""
        for known in self.criterion(criterion)["reasons"]:
            if known["reason"] == reason_id:
                return str(known["words"][self.lang])
        return reason_id

    def versus(self, systems: Sequence[str]) -> str:
        """`A − B`."""
        return " − ".join(self.name(system) for system in systems)

    def cells(self, figure: Mapping[str, Any], digits: int = 2, scale: float = 1) -> tuple[str, str]:
        """Value and interval of a figure as two cells; the reason in place of the interval where undefined."""
        value = figure["value"]
        text = numbers.number(None if value is None else value * scale, digits)
        if figure["low"] is None:
            return text, reason(figure["reason"], self.lang) or numbers.DASH
        return text, numbers.interval(figure, digits, scale=scale)
