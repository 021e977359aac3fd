"""A report in one language: its sections, laid out once and written as HTML, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results.document import latex, page
from results.document.view import Paragraph, Section
from results.record.report import ReportRecord
from results.report.sections import (
    appendix,
    blinding,
    declared,
    further,
    imported,
    listed,
    outcome,
    over_time,
    quality,
    ratings,
)
from results.report.sections.beside import judges, unequal
from results.report.sections.front import Front
from results.report.sections.reader import Reader
from results.report.sections.sessions import sessions
from tasks.languages.tag import Language


@dataclass(frozen=True)
class Pages:
    """The sections of a report in one language, from which every file of that language is written."""

    reader: Reader
    sections: tuple[Section, ...]

    def html(self) -> str:
        """The whole report as one page: the first part stands alone, the others are folded on screens."""
        sentences = tuple(map(Paragraph, self.reader.record.answer[self.reader.lang]))
        whole = Section("answer-whole", self.reader.word("answer_whole"), sentences)
        return self._render("report.html.j2", (whole, *self.sections))

    def markdown(self) -> str:
        """The whole report as Markdown, without pictures."""
        return self._render("report.md.j2", self.sections)

    def latex(self) -> dict[str, str]:
        """LaTeX by file name of every table; a simulated study says so in every caption."""
        mark = self.reader.word("simulated") if self.reader.record.study.simulated else ""
        return latex.latex_tables(self.sections, mark)

    def _render(self, template: str, sections: Sequence[Section]) -> str:
        record, front = self.reader.record, Front(self.reader)
        answer = record.answer[self.reader.lang]
        return page.render(template, reader=self.reader, record=record, front=front, answer=answer, sections=sections)


def lay_out(record: ReportRecord, language: Language) -> Pages:
    """The report in a language: all sections that have something to show, in order."""
    reader = Reader(record, language)
    sections = _of_sessions(reader) if record.sessions is not None else _of_responses(reader)
    return Pages(reader, tuple(section for section in sections if section.blocks))


def _of_sessions(reader: Reader) -> tuple[Section, ...]:
    return (further.deviations(reader), *sessions.sessions(reader), quality.methods(reader), quality.data(reader))


def _of_responses(reader: Reader) -> tuple[Section, ...]:
    return (
        imported.imported(reader),
        declared.declared(reader),
        declared.stopping(reader),
        further.deviations(reader),
        listed.examples(reader),
        outcome.preference(reader),
        further.further(reader),
        ratings.ratings(reader),
        ratings.questions(reader),
        listed.harm(reader),
        quality.agreement(reader),
        unequal.unequal(reader),
        quality.raters(reader),
        listed.disputed(reader),
        quality.order(reader),
        over_time.over_time(reader),
        blinding.blinding(reader),
        judges.judges(reader),
        quality.methods(reader),
        quality.data(reader),
        appendix.appendix(reader),
    )
