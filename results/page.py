"""report.html and report.md: the same sections, once as a page that prints well, once as plain text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from results import sections_appendix, sections_blinding, sections_further, sections_outcome, sections_quality
from results.view import Facts, Reader, Section
from tasks.schema import Language

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).parent / "templates"


def html(facts: Facts, lang: Language) -> str:
    """A self-contained page: style, figures and text in one file, no script, nothing fetched."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return _render("report.html.j2", facts, lang, style=style)


def markdown(facts: Facts, lang: Language) -> str:
    """The same without the pictures."""
    return _render("report.md.j2", facts, lang)


def _render(name: str, facts: Facts, lang: Language, **more: str) -> str:
    reader = Reader(facts, lang)
    template = _environment().get_template(name)
    text: str = template.render(
        reader=reader, facts=facts, lang=lang, study=facts["study"], sections=sections(reader), **more
    )
    return text


def sections(reader: Reader) -> tuple[Section, ...]:
    """All sections that have something to show."""
    made = (
        sections_outcome.preference(reader),
        sections_further.further(reader),
        sections_outcome.ratings(reader),
        sections_outcome.questions(reader),
        sections_further.harm(reader),
        sections_quality.agreement(reader),
        sections_quality.raters(reader),
        sections_further.disputed(reader),
        sections_quality.order(reader),
        sections_blinding.blinding(reader),
        sections_quality.methods(reader),
        sections_quality.data(reader),
        sections_appendix.appendix(reader),
    )
    return tuple(section for section in made if section.blocks)


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
