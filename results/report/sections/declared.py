"""The section of the tests that were declared beforehand: all of them, by family, and nothing else."""

from __future__ import annotations

from results.document import numbers
from results.document.view import Section, Table
from results.record.hypotheses import DeclaredTest
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
