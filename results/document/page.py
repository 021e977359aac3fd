"""Sections as a page that prints well, and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from results.document.view import Reader, Section

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).parent / "templates"


def html(name: str, reader: Reader, sections: Sequence[Section]) -> str:
    """A self-contained page from the template `name`.html.j2: style, figures and text in one file, nothing fetched."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return _render(f"{name}.html.j2", reader, sections, style=style)


def markdown(name: str, reader: Reader, sections: Sequence[Section]) -> str:
    """The same without the pictures, from the template `name`.md.j2."""
    return _render(f"{name}.md.j2", reader, sections)


def _render(template: str, reader: Reader, sections: Sequence[Section], **more: str) -> str:
    text: str = (
        _environment()
        .get_template(template)
        .render(
            reader=reader, facts=reader.facts, study=reader.facts["study"], lang=reader.lang, sections=sections, **more
        )
    )
    return text


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
    return environment
