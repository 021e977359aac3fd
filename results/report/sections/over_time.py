"""The section on time and on what was left out: trends over position and days, other readings of missing and tied."""

from __future__ import annotations

from results.document.view import Block, Heading, Section, Table
from results.record.preference import PairRecord
from results.report.sections.reader import Reader


def over_time(reader: Reader) -> Section:
    """Whether each comparison that a conclusion rests on drifts, or hangs on a reading; exploratory throughout."""
    pairs = [pair for pair in reader.record.preference.pairs if pair.role != "exploratory"]
    blocks: list[Block] = []
    for pair in pairs:
        if len(pairs) > 1:
            blocks.append(Heading(reader.versus(pair.systems)))
        blocks.append(_table(reader, pair))
    return Section("over_time", reader.word("over_time"), tuple(blocks))


def _table(reader: Reader, pair: PairRecord) -> Table:
    course = pair.course
    rows = (
        (reader.word("margin_per_ten"), *reader.cells(course.margin_per_ten, sign=True)),
        (reader.word("margin_per_day"), *reader.cells(course.margin_per_day, sign=True)),
        (reader.word("strength_per_ten"), *reader.cells(course.strength_per_ten, sign=True)),
        (reader.word("pace_per_ten"), *reader.cells(course.pace_per_ten)),
        (reader.word("unable_as_same"), *reader.cells(course.unable_as_same, sign=True)),
        (reader.word("without_ties"), *reader.cells(course.without_ties, sign=True)),
    )
    first, second = map(reader.name, pair.systems)
    header = ("", reader.word("value"), reader.word("interval95"))
    return Table(header, rows, reader.word("over_time_note", first=first, second=second))
