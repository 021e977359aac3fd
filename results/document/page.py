"""Sections as a page that prints well, and as plain text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from results.document.svg import width_of
from results.document.view import Table
from tasks.languages import scripts, tags

if TYPE_CHECKING:
    import jinja2

_WIDEST = 260
"""Of a cell that stays on one line, in pixels: wider ones hold words, which may be broken."""
_PHONE = 335
"""Pixels of a phone's page, less what letters may be wider than they are taken for."""
_LETTERS, _GAP = 14, 11
"""Pixels of a table's letters, and between its columns."""
TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: object) -> str:
    """A template filled in. A page is one self-contained file: style, figures and text, nothing fetched."""
    return _environment().get_template(template).render(style=style(), **values)


@cache
def style() -> str:
    """The style sheet of pages and pictures."""
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")


def is_broad(table: Table) -> bool:
    """Whether a table is broader than a phone, its words broken where they may be."""
    wraps = bool(table.wraps or table.text)
    widths = [
        max([_unbroken(head), *(_unbroken(cell) if wraps or not place else _kept(cell) for cell in cells)])
        for place, (head, *cells) in enumerate(zip(table.header, *table.rows, strict=True))
    ]
    return sum(widths) + _GAP * (len(widths) - 1) > _PHONE


def _kept(cell: str) -> float:
    """The width of a cell that stays on one line, unless it holds many words."""
    return _unbroken(cell) if width_of(cell) > _WIDEST else width_of(cell, _LETTERS)


def _unbroken(cell: str) -> float:
    """The width of the longest part of a cell that stays on one line."""
    return max(width_of(part, _LETTERS) for part in scripts.unbroken(cell))


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    environment.filters["cell"] = lambda text: text.replace("|", "\\|").replace("\n", " ")
    environment.filters["isolated"] = tags.isolated
    environment.tests["broad"] = is_broad
    environment.tests["wordy"] = lambda cell: width_of(cell) > _WIDEST
    return environment
