"""The section of raters of unequal care: the model's shares beside the plain ones."""

from __future__ import annotations

from results.document import numbers
from results.document.view import Block, Paragraph, Section, Table
from results.record.agreement import UnequalRecord
from results.report.sections.reader import Reader
from results.study.beside.unequal import TIE


def unequal(reader: Reader) -> Section:
    """Shares of answers as they were given and by the model; nothing where too few raters judged each unit."""
    entries = reader.record.unequal
    blocks: list[Block] = [Paragraph(reader.word("unequal_text"))] if entries else []
    blocks += [_shares(reader, entry) for entry in entries]
    blocks += [_raters(reader, entries)] if entries else []
    return Section("unequal", reader.exploratory(reader.word("unequal")), tuple(blocks))


def _shares(reader: Reader, entry: UnequalRecord) -> Table:
    rows = tuple(
        (_answer(reader, entry, answer), numbers.percent(share), numbers.percent(entry.fitted[answer]))
        for answer, share in entry.plain.items()
    )
    moved = reader.word("unequal_moved", moved=entry.moved, of=entry.units, raters=entry.raters)
    note = moved if entry.converged else f"{moved} {reader.word('unequal_open')}"
    return Table((_label(reader, entry), reader.word("unequal_plain"), reader.word("unequal_fitted")), rows, note)


def _label(reader: Reader, entry: UnequalRecord) -> str:
    label = reader.label(entry.criterion)
    if entry.label is not None:
        return f"{label}: {reader.point(entry.criterion, entry.label)}"
    return label if entry.systems is None else f"{label}: {reader.versus(entry.systems)}"


def _answer(reader: Reader, entry: UnequalRecord, answer: str) -> str:
    if entry.label is not None:
        return reader.word(f"yes_no_{answer}")
    if entry.systems is None:
        return reader.point(entry.criterion, int(answer))
    return reader.point(entry.criterion, 0) if answer == TIE else reader.name(answer)


def _raters(reader: Reader, entries: tuple[UnequalRecord, ...]) -> Table:
    """How often each rater gives the model's answer, a column for each table above."""
    raters = sorted({rater for entry in entries for rater in entry.accuracy})
    rows = tuple((rater, *(numbers.percent(entry.accuracy.get(rater)) for entry in entries)) for rater in raters)
    header = (reader.word("rater"), *(_label(reader, entry) for entry in entries))
    return Table(header, rows, reader.word("unequal_note"), wraps=True)
