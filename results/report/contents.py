"""What a report holds: its sections, in order."""

from __future__ import annotations

from results.document import page
from results.document.view import Facts, Reader, Section
from results.report.sections import appendix, blinding, further, outcome, quality
from tasks.schema import Language


def sections(reader: Reader) -> tuple[Section, ...]:
    """All sections that have something to show."""
    made = (
        outcome.preference(reader),
        further.further(reader),
        outcome.ratings(reader),
        outcome.questions(reader),
        further.harm(reader),
        quality.agreement(reader),
        quality.raters(reader),
        further.disputed(reader),
        quality.order(reader),
        blinding.blinding(reader),
        quality.methods(reader),
        quality.data(reader),
        appendix.appendix(reader),
    )
    return tuple(section for section in made if section.blocks)


def html(facts: Facts, lang: Language) -> str:
    """The whole report as one page."""
    reader = Reader(facts, lang)
    return page.html("report", reader, sections(reader))


def markdown(facts: Facts, lang: Language) -> str:
    """The whole report as Markdown, without pictures."""
    reader = Reader(facts, lang)
    return page.markdown("report", reader, sections(reader))
