"""The sections of what was declared beforehand: the tests by family, and the looks of a study that may stop."""

from __future__ import annotations

from results.document import numbers
from results.document.view import Block, Paragraph, Section, Table
from results.record.hypotheses import DeclaredTest
from results.record.stopping import LookRecord, StoppingRecord
from results.report.sections.ratings import measured
from results.report.sections.reader import Reader


def declared(reader: Reader) -> Section:
    """Every declared test with its corrected p-value; no block where the primary comparison alone was named."""
    tests = reader.record.hypotheses
    header = ("family", "claim", "whose", "difference", "interval95", "test", "holm", "shown")
    ordered = sorted(tests, key=lambda one: one.family)
    table = Table(
        tuple(map(reader.word, header)), tuple(_row(reader, one) for one in ordered), reader.word("declared_note")
    )
    return Section("declared", reader.word("declared"), (table,) if tests else ())


def _row(reader: Reader, one: DeclaredTest) -> tuple[str, ...]:
    return (
        reader.word(f"family_{one.family}"),
        _claim(reader, one),
        reader.word(f"answer_whose_{one.estimand}"),
        *reader.cells(one.difference, sign=True),
        numbers.p_value(one.test.p_value),
        numbers.p_value(one.p_holm),
        reader.word("shown_yes" if one.holds else "shown_no"),
    )


def _claim(reader: Reader, one: DeclaredTest) -> str:
    first, second = map(reader.name, one.systems)
    criterion = reader.label(one.criterion)
    if one.measure is not None:
        values = [point.value for point in reader.record.criterion(one.criterion).points]
        criterion = f"{criterion} ({measured(reader, one.criterion, values, one.measure)})"
    return reader.word(
        f"claim_{one.claim}", criterion=criterion, first=first, second=second, margin=numbers.number(one.margin)
    )


# --- looks before the end ---------------------------------------------------------------------------------------


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
    return record.information < 1


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
        said.append(reader.word("stopping_went_on" if record.departure == "went_on" else "stopping_ended_early"))
    return said


def _looks(reader: Reader, record: StoppingRecord) -> Table:
    header = ("look", "act_at", "items", "stopping_level", "stopping_answer")
    return Table(tuple(map(reader.word, header)), tuple(_look_row(reader, one) for one in record.looks), text=True)


def _look_row(reader: Reader, one: LookRecord) -> tuple[str, ...]:
    return (
        f"{one.look} / {reader.record.study.looks}",
        one.at[:16].replace("T", " "),
        str(one.items),
        numbers.number(one.level, 4),
        reader.word("stopping_enough" if one.enough else "stopping_go_on"),
    )
