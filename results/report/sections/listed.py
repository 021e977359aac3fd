"""Sections of the report to look things up in: possibly harmful responses, disputed items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from results.document import numbers
from results.document.view import Block, Heading, Paragraph, Section, Table
from results.record.listed import DisputedItem, ExampleText, FlaggedResponse
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


def examples(reader: Reader) -> Section:
    """The examples of the first page with all their words."""
    blocks: list[Block] = []
    for one in reader.record.examples:
        title = f"{reader.word(f'example_{one.rule}')} ({one.item_id})"
        blocks += [Heading(title), *_whole(reader, reader.word("example_last"), one.last)]
        for system, response in zip(one.systems, one.responses, strict=True):
            blocks += _whole(reader, reader.name(system), response)
    note = [Paragraph(reader.word("examples_rule"))] if blocks else []
    return Section("examples", reader.word("examples"), (*note, *blocks))


def _whole(reader: Reader, label: str, said: ExampleText) -> list[Paragraph]:
    """A text as it was written, then its translation where this reader is shown one."""
    told = reader.told(said)
    written = Paragraph(f"{label}: {reader.word('quoted', text=said.text)}", said.language)
    return [written, Paragraph(reader.word("example_translated", text=told.text))] if told.translated else [written]


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
