"""The section of imported judgments: whose files they are, what was left out, and what cannot be known."""

from __future__ import annotations

from results.document.view import Paragraph, Section
from results.importing.known import sentences
from results.report.sections.reader import Reader


def imported(reader: Reader) -> Section:
    """One paragraph a fact; no block for the studio's own judgments."""
    found = reader.record.study.imported
    simulated = reader.record.study.simulated
    said = sentences(found, reader.lang, simulated=simulated) if found is not None else ()
    return Section("imported", reader.word("imported"), tuple(map(Paragraph, said)))
