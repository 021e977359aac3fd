"""Sections of the report that say whether raters could tell the systems apart, and by what."""

from __future__ import annotations

from collections.abc import Sequence

from results.document import numbers
from results.document.view import Block, Paragraph, Section, Table
from results.record.figure import Effect
from results.record.listed import LeakRecord
from results.record.raters import BlindingRecord
from results.report.sections.reader import Reader


def blinding(reader: Reader) -> Section:
    """The index of the blinding question, and what differs between the systems' responses."""
    record = reader.record.blinding
    asked = record.right + record.wrong + record.cannot_tell + record.missing + record.left_out
    blocks: list[Block] = [_index(reader, record)] if asked else [Paragraph(reader.word("blinding_not_asked"))]
    gaps = [leak for leak in reader.record.leaks if leak.kind == "gap"]
    return Section("blinding", reader.word("blinding"), (*blocks, *([_gaps(reader, gaps)] if gaps else [])))


def _index(reader: Reader, record: BlindingRecord) -> Table:
    answers = record.right + record.wrong + record.cannot_tell
    counts = reader.word("guesses", right=record.right, wrong=record.wrong, cannot=record.cannot_tell)
    rows = (
        (reader.word("blinding_index"), *reader.cells(record.index, sign=True)),
        (reader.word("adjusted_first"), *reader.cells(record.order.adjusted_first, sign=True)),
        (reader.word("adjusted_second"), *reader.cells(record.order.adjusted_second, sign=True)),
        (reader.word("james"), *reader.cells(record.james)),
    )
    header = (reader.word("n_answers", n=answers), reader.word("value"), reader.word("interval95"))
    return Table(header, rows, f"{counts} {reader.word('blinding_note')}")


def _gaps(reader: Reader, gaps: Sequence[LeakRecord]) -> Table:
    header = ("", *map(reader.word, ("cohens_d", "cliffs_delta", "dominance")))
    rows = tuple(
        (
            _gap(reader, gap),
            *(_effect(reader, gap.effects[name], sign=True) for name in ("cohens_d", "cliffs_delta")),
            _effect(reader, gap.effects["dominance"], 100, 0),
        )
        for gap in gaps
    )
    return Table(header, rows, reader.word("gaps_note"), wraps=True)


def _gap(reader: Reader, gap: LeakRecord) -> str:
    label = reader.word("gap_" + gap.name, pair=reader.versus([gap.system, gap.other or ""]))
    return reader.asked(label) if gap.name == "questions" else label


def _effect(reader: Reader, effect: Effect, scale: float = 1, digits: int = 2, *, sign: bool = False) -> str:
    if effect.value is None:
        return reader.why(effect.reason)
    return numbers.with_interval(effect.value, effect.low, effect.high, digits, scale=scale, sign=sign)
