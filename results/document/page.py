"""Sections as a page that prints well, and as plain text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from results.document.svg import width_of
from tasks.languages import tags

if TYPE_CHECKING:
    import jinja2

_WIDEST = 260
"""Of a cell that stays on one line, in pixels: wider ones hold words, which may be broken."""
TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: object) -> str:
    """A template filled in. A page is one self-contained file: style, figures and text, nothing fetched."""
    return _environment().get_template(template).render(style=style(), **values)


@cache
def style() -> str:
    """The style sheet of pages and pictures."""
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")


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
    environment.tests["wordy"] = lambda cell: width_of(cell) > _WIDEST
    return environment
