"""Sections of the report that say whether raters could tell the systems apart, and by what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from results.document.view import Block, Paragraph, Reader, Section, Table


def blinding(reader: Reader) -> Section:
    """The index of the blinding question, and what differs between the systems' responses."""
    facts = reader.facts["blinding"]
    asked = facts["right"] + facts["wrong"] + facts["cannot_tell"] + facts["missing"] + facts["left_out"]
    blocks: list[Block] = [_index(reader, facts)] if asked else [Paragraph(reader.word("blinding_not_asked"))]
    gaps = [leak for leak in reader.facts["leaks"] if leak["kind"] == "gap"]
    return Section("blinding", reader.word("blinding"), (*blocks, *([_gaps(reader, gaps)] if gaps else [])))


def _index(reader: Reader, facts: Mapping[str, Any]) -> Table:
    given = facts["right"] + facts["wrong"] + facts["cannot_tell"]
    counts = reader.word("guesses", right=facts["right"], wrong=facts["wrong"], cannot=facts["cannot_tell"])
    rows = [
        (reader.word("blinding_index"), *reader.cells(facts["index"])),
        (reader.word("adjusted_first"), *reader.cells(facts["order"]["adjusted_first"])),
        (reader.word("adjusted_second"), *reader.cells(facts["order"]["adjusted_second"])),
        (reader.word("james"), *reader.cells(facts["james"])),
    ]
    header = (reader.word("n_answers", n=given), reader.word("value"), reader.word("interval95"))
    return Table(header, tuple(rows), f"{counts} {reader.word('blinding_note')}")


def _gaps(reader: Reader, gaps: list[Mapping[str, Any]]) -> Table:
    header = ("", reader.word("has_more"), "Cohen’s d", "Cliff’s δ", reader.word("dominance"))
    rows = tuple(
        (
            reader.word("gap_" + gap["name"]),
            " > ".join((reader.name(gap["system"]), reader.name(gap["other"]))),
            *(_effect(reader, gap["effects"][name]) for name in ("cohens_d", "cliffs_delta")),
            _effect(reader, gap["effects"]["dominance"], 100, 0),
        )
        for gap in gaps
    )
    return Table(header, rows, reader.word("gaps_note"), wraps=True)


def _effect(reader: Reader, figure: Mapping[str, Any], scale: float = 1, digits: int = 2) -> str:
    value, interval = reader.cells(figure, digits, scale)
    return value if figure["low"] is None else f"{value} ({interval})"
