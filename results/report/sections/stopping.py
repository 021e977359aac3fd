"""The section of a study that may stop: its looks, how it ended, and what ending early costs."""

from __future__ import annotations

from results.document import numbers
from results.document.view import Block, Paragraph, Section, Table
from results.record.stopping import LookRecord, StoppingRecord
from results.report.sections.reader import Reader


def stopping(reader: Reader) -> Section:
    """How it ended and the looks that were taken; no block of a study that declared none."""
    record = reader.record.stopping
    blocks: list[Block] = []
    if record is not None:
        blocks = [*map(Paragraph, _told(reader, record)), *([_looks(reader, record)] if record.looks else [])]
    return Section("stopping", reader.word("stopping"), tuple(blocks))


def ended_early(reader: Reader) -> str | None:
    """That the study ended early by its rule, on how much; '' where it went to its end, None where no rule was."""
    record = reader.record.stopping
    if record is None:
        return None
    return _early(reader, record) if _is_early(record) else ""


def _is_early(record: StoppingRecord) -> bool:
    return record.stopped_at is not None and record.items < record.items_planned


def _early(reader: Reader, record: StoppingRecord) -> str:
    shown = {"look": record.stopped_at, "of": reader.record.study.looks}
    return reader.word("stopping_early", items=record.items, planned=record.items_planned, **shown)


def _told(reader: Reader, record: StoppingRecord) -> list[str]:
    """How it ended, the test against its bound with the repeated interval, the price, and departures."""
    counts = {"taken": len(record.looks), "of": reader.record.study.looks}
    how = reader.word("stopping_end", items=record.items, planned=record.items_planned, **counts)
    said = [_early(reader, record) if _is_early(record) else how]
    if record.stopped_at is not None and record.items > record.items_at_look:
        said.append(reader.word("stopping_beyond", n=record.items - record.items_at_look))
    margin = reader.record.preference.pairs[0].margin
    value, interval = reader.cells(margin, sign=True)
    p_value, level = numbers.p_value(record.p_nominal), numbers.number(record.level, 4)
    said.append(reader.word("stopping_test", p=p_value, level=level, value=value, interval=interval))
    said.append(reader.word("stopping_price" if _is_early(record) else "stopping_whose"))
    if record.departure is not None:
        said.append(reader.word(f"stopping_{record.departure}"))
    return said


def _looks(reader: Reader, record: StoppingRecord) -> Table:
    header = ("look", "act_at", "items", "stopping_level", "stopping_answer")
    return Table(tuple(map(reader.word, header)), tuple(_look(reader, one) for one in record.looks), text=True)


def _look(reader: Reader, one: LookRecord) -> tuple[str, ...]:
    return (
        f"{one.look} / {reader.record.study.looks}",
        one.at[:16].replace("T", " "),
        str(one.items),
        numbers.number(one.level, 4),
        reader.word("stopping_enough" if one.enough else "stopping_go_on"),
    )
