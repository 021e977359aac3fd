"""Ratings from any table with a unit, a rater and a value: what the values are, and every fault by its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from results.commands.input_table import names_notes, sides_note, values_of
from tasks.errors import InputError
from tasks.intake.faults import Faults, quoted
from tasks.intake.labels import missing_notes, number
from tasks.intake.table import Table

if TYPE_CHECKING:
    from results.statistics.ratings import Ratings


class Names(NamedTuple):
    """The columns of a table of ratings."""

    unit: str
    rater: str
    value: str


@dataclass(frozen=True)
class Reading:
    """The ratings of a table.

    Attributes:
        numeric: the values are numbers, and of a level at which they count as such.
        notes: what was taken for what, to be shown before any figure.
    """

    ratings: Ratings
    numeric: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """The values that may occur, in order. `as_numbers`: cells count by their number, so that 1 and 1.0 are one."""

    domain: Sequence[float | str]
    as_numbers: bool
    allowed: str

    def value(self, cell: str) -> float | str:
        """The value that a cell holds, or the cell itself where it holds none of them."""
        value = number(cell) if self.as_numbers else None
        return cell if value is None else value


def read_ratings(
    table: Table, names: Names, level: str, order: list[str] | None, missing: Sequence[str], faults: Faults
) -> Reading:
    """The ratings of a table.

    Args:
        order: all values, lowest first; None where the table has them all.
        missing: values that stand for a missing rating, beside empty ones.
        faults: those of the table, to be said together with those of the ratings.

    Raises:
        InputError: every value that is none of the scale, and every second rating of a unit by a rater.
    """
    from results.statistics.ratings import ratings

    values = values_of(table, names.value, missing)
    scale = scale_of(list(values.counts), level, order)
    known = set(scale.domain)
    for row, cell in zip(table.rows, values.cells, strict=True):
        if cell and scale.value(cell) not in known:
            faults.add(f"allowed: {scale.allowed}, or nothing", row=row, column=names.value, found=quoted(cell))
    _second_ratings(table, names, values.cells, faults)
    if faults:
        raise InputError([*faults.lines(), *missing_notes(names.value, values.counts)])
    numbers = [scale.value(cell) if cell else None for cell in values.cells]
    units, raters = table.cells[names.unit], table.cells[names.rater]
    notes = [*table.notes, *values.notes, *sides_note(names.value, values.counts)]
    notes += names_notes(table, names.unit) + names_notes(table, names.rater)
    numeric = scale.as_numbers and level != "nominal"
    return Reading(ratings(units, raters, numbers, domain=scale.domain), numeric, tuple(notes))


def scale_of(labels: Sequence[str], level: str, order: list[str] | None) -> Scale:
    """The scale of some labels, or of `order`, which lists all of them, lowest first."""
    words = list(dict.fromkeys(order)) if order else sorted(labels)
    numbers = [value for word in words if (value := _number(word, level)) is not None]
    as_numbers = len(numbers) == len(words)
    if level in ("interval", "ratio") or (level == "ordinal" and not order):
        as_numbers = True  # anything else among the cells is a fault
    elif level == "ordinal":
        as_numbers = as_numbers and numbers == sorted(numbers)
    allowed = f"one of {order}" if order else f"a number{' of 0 or more' if level == 'ratio' else ''}"
    if level == "ordinal" and not order:
        allowed = "a number, or words named in their order by --order"
    return Scale(sorted(set(numbers)) if as_numbers else words, as_numbers, allowed)


def _number(word: str, level: str) -> float | None:

    value = number(word)
    return None if value is None or (level == "ratio" and value < 0) else value


def _second_ratings(table: Table, names: Names, values: Sequence[str], faults: Faults) -> None:
    """A fault for each rating of a unit by a rater who has rated it already."""

    first: dict[tuple[str, str], int] = {}
    rows = zip(table.rows, table.cells[names.unit], table.cells[names.rater], values, strict=True)
    for row, unit, rater, value in rows:
        if unit and rater and value and first.setdefault((unit, rater), row) != row:
            before = f"rater '{rater}' rated unit '{unit}' in row {first[unit, rater]} already"
            faults.add(before, row=row, column=names.value, found=quoted(value))
