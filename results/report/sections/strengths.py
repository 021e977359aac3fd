"""The strengths of three or more systems as the report draws them."""

from __future__ import annotations

from results.document import drawings, numbers
from results.document.drawings import Row
from results.document.view import Block, Heading, Paragraph, Picture, Table
from results.record.figure import OfSystems
from results.record.preference import Strengths
from results.report.sections.reader import Reader


def strongest_first(strengths: Strengths) -> list[tuple[str, OfSystems]]:
    """Systems and their figures, those of equal strength by id."""
    return sorted(strengths.systems.items(), key=lambda entry: (-(entry[1].value or 0), entry[0]))


def strength_table(reader: Reader, strengths: Strengths) -> Table:
    """Place, system, strength and interval, strongest first."""
    rows = tuple(
        (f"{place}. {reader.name(system)}", *reader.cells(figure, sign=True))
        for place, (system, figure) in enumerate(strongest_first(strengths), 1)
    )
    return Table((reader.word("system"), reader.word("value"), reader.word("interval95")), rows)


def strengths_of(reader: Reader, strengths: Strengths) -> list[Block]:
    """A forest of centred log worths, strongest first; a sentence where the model has no fit."""
    heading = Heading(reader.word("strengths"))
    if not strengths.finite:
        return [heading, Paragraph(reader.why(strongest_first(strengths)[0][1].reason))]
    return [heading, picture(reader, strengths)]


def picture(reader: Reader, strengths: Strengths, most: int | None = None) -> Picture:
    """The forest of all systems, or of the `most` strongest; the model has a fit."""
    figures = strongest_first(strengths)[:most]
    ends = [abs(end) for _, f in figures for end in (f.low, f.high, f.value) if end is not None]
    top = 0.5 * (int(max(ends) / 0.5) + 1)
    rows = [Row.of(reader.name(system), figure, strong=True) for system, figure in figures]
    drawing = drawings.forest(rows, [step * top / 2 for step in range(-2, 3)], reader.word("strengths"))
    return Picture(drawing, reader.word("strengths_caption", nu=numbers.number(strengths.ties_nu)))
