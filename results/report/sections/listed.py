"""Sections of the report to look things up in: possibly harmful responses, disputed items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from results.document import numbers
from results.document.view import Block, Section, Table
from results.record.listed import DisputedItem, FlaggedResponse
from results.report.sections.reader import Reader


def harm(reader: Reader) -> Section:
    """Every response flagged as possibly harmful, and how many there are."""
    flagged = reader.record.flagged
    if not any(counts.rated for counts in flagged.systems.values()):
        return Section("harm", reader.word("harm"), ())
    rows = tuple(
        (reader.name(system), str(counts.rated), str(counts.flagged_by_anyone), str(counts.flagged_by_majority))
        for system, counts in flagged.systems.items()
    )
    keys = ("responses_rated", "flagged_by_anyone", "flagged_by_majority")
    blocks: list[Block] = [Table(("", *map(reader.word, keys)), rows)]
    if flagged.responses:
        header = tuple(map(reader.word, ("item", "system", "flags", "reasons")))
        listed = tuple(_flag(reader, response) for response in flagged.responses)
        blocks.append(Table(header, listed, reader.word("harm_note"), text=True))
    return Section("harm", reader.word("harm"), tuple(blocks))


def _flag(reader: Reader, response: FlaggedResponse) -> tuple[str, str, str, str]:
    reasons = reader.listed([reader.pressed("harm", name) for name in response.reasons])
    flags = f"{response.flags} / {response.raters}"
    return response.item_id, reader.name(response.system), flags, reasons or numbers.DASH


def disputed(reader: Reader) -> Section:
    """The items on which raters differed most, with every answer and the comments."""
    rows = tuple((item.item_id, _answers(reader, item), _comments(reader, item)) for item in reader.record.disputed)
    header = tuple(map(reader.word, ("item", "answers", "comments")))
    table = Table(header, rows, reader.word("disputed_note"), text=True)
    return Section("disputed", reader.word("disputed"), (table,) if rows else ())


def _answers(reader: Reader, item: DisputedItem) -> str:
    """Each answer in words, those for the first system first."""
    first, second = map(reader.name, item.systems)
    times = Counter(answer.margin for answer in item.answers)
    parts = []
    for margin in sorted(times, reverse=True):
        key = "better" if abs(margin) > 1 else "slightly_better"
        words = reader.word(key, name=first if margin > 0 else second) if margin else reader.word("same_short")
        parts.append(f"{times[margin]} × {words}")
    return reader.word("parts").join(parts)


def _comments(reader: Reader, item: DisputedItem) -> str:
    said = [answer for answer in item.answers if answer.comment]
    comments = [reader.word("quoted", text=answer.comment) + _marks(reader, answer.marks) for answer in said]
    return " / ".join(comments) or numbers.DASH


def _marks(reader: Reader, marks: Mapping[str, Mapping[str, int]]) -> str:
    words = [
        f"{reader.label(criterion)} {reader.name(system)}: {reader.point(criterion, value)}"
        for criterion, by_system in marks.items()
        for system, value in by_system.items()
    ]
    return f" ({reader.word('parts').join(words)})" if words else ""
