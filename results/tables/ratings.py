"""Ratings from any table: what the values are, in which order they stand, and every fault by its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from results.tables.cells import Cell, Cells, said
from results.tables.long import Long, of_columns, of_rows
from results.tables.values import Values, names_notes, sides_note, values_of
from tasks.errors import InputError
from tasks.intake.faults import Faults, quoted
from tasks.intake.labels import missing_notes, number

if TYPE_CHECKING:
    from results.statistics.ratings import Ratings


class Names(NamedTuple):
    """The columns of a table of ratings; () or None where there is none."""

    unit: tuple[str, ...]
    """Together they name the unit; () = each row is one."""
    rater: str | None
    value: str | None
    raters: tuple[str, ...] = ()
    """One column a rater, in place of `rater` and `value`."""
    cluster: tuple[str, ...] = ()
    """The resampling unit; () = the unit."""

    def needed(self) -> tuple[str, ...]:
        """Columns in which every row has something."""
        return (*self.unit, *self.cluster, *([self.rater] if self.rater else []))

    def all(self) -> tuple[str, ...]:
        """Every column."""
        return (*self.needed(), *([self.value] if self.value else []), *self.raters)


@dataclass(frozen=True)
class Meaning:
    """How values are to be read.

    Attributes:
        level: level of measurement, of values that are no sets.
        order: all values, lowest first; () where the table has them all.
        missing: values that stand for a missing rating, beside empty ones.
        map: words that are read as other words.
        sets: each value is a set of labels.
    """

    level: str = "nominal"
    order: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    map: Mapping[str, str] | None = None
    sets: bool = False


@dataclass(frozen=True)
class Reading:
    """The ratings of a table.

    Attributes:
        numeric: the values are numbers, and of a level at which they count as such.
        sets: the sets of labels that occur, in the order of the ratings' values; () where values are no sets.
        notes: what was taken for what, to be shown before any figure.
    """

    ratings: Ratings
    numeric: bool
    sets: tuple[frozenset[str], ...]
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


@dataclass(frozen=True)
class Rows:
    """N ratings and where they stand: units, raters and resampling units by name, places in the table, row numbers."""

    place: Sequence[int]
    unit: Sequence[str]
    rater: Sequence[str]
    cluster: Sequence[str]
    value: Sequence[Cell]
    row: Sequence[int]
    column: Sequence[str]


def rows_of(cells: Cells, names: Names, faults: Faults, *, sets: bool = False) -> Rows:
    """The ratings of a table in long form; a unit in two resampling units is a fault."""
    long = _long(cells, names, faults, sets=sets)
    units = cells.named(names.unit, faults)
    clusters = cells.named(names.cluster, faults) if names.cluster else units
    found = Rows(
        long.place,
        [units[place] for place in long.place],
        long.rater,
        [clusters[place] for place in long.place],
        long.value,
        [cells.rows[place] for place in long.place],
        long.column,
    )
    if names.cluster:
        one_cluster_each(found.unit, found.cluster, found.row, ", ".join(names.cluster), faults)
    return found


def _long(cells: Cells, names: Names, faults: Faults, *, sets: bool) -> Long:
    if names.raters:
        return of_columns(cells, names.raters)
    return of_rows(cells, names.rater, names.value or "", faults, sets=sets)


def one_cluster_each(
    units: Sequence[str], clusters: Sequence[str], rows: Sequence[int], column: str, faults: Faults
) -> None:
    """A fault for each row in which a unit lies in another resampling unit than before."""
    first: dict[str, tuple[str, int]] = {}
    for unit, cluster, row in zip(units, clusters, rows, strict=True):
        before, where = first.setdefault(unit, (cluster, row))
        if unit and cluster and before != cluster:
            rule = f"unit '{said(unit)}' stands under '{said(before)}' in row {where}; allowed: one each"
            faults.add(rule, row=row, column=column, found=quoted(said(cluster)))


def read_ratings(cells: Cells, names: Names, meaning: Meaning, faults: Faults) -> Reading:
    """The ratings of a table.

    Raises:
        InputError: every fault gathered, every value that is none of the scale, and every second rating of a unit by
            a rater.
    """
    rows = rows_of(cells, names, faults, sets=meaning.sets)
    column = names.value or ", ".join(names.raters)
    read = _sets if meaning.sets else _values
    domain, values, made = read(rows, column, meaning, faults)
    _second_ratings(rows, [value is not None for value in values], faults)
    if faults:
        raise InputError([*faults.lines(), *missing_notes(column, made.counts)])
    notes = [*cells.notes, *made.notes, *(_names_notes(rows, names))]
    from results.statistics.ratings import ratings

    table = ratings(rows.unit, rows.rater, values, dialogue=rows.cluster, domain=domain.values)
    return Reading(table, domain.numeric, domain.sets, tuple(notes))


class _Domain(NamedTuple):
    values: Sequence[float | str]
    numeric: bool = False
    sets: tuple[frozenset[str], ...] = ()


_Read = tuple[_Domain, Sequence[float | str | None], Values]


def _values(rows: Rows, column: str, meaning: Meaning, faults: Faults) -> _Read:
    """The values of a scale, None where missing."""
    written = [cell if isinstance(cell, str) else "" for cell in rows.value]
    for cell, row, where in zip(rows.value, rows.row, rows.column, strict=True):
        if not isinstance(cell, str):
            faults.add("allowed: a text, a number, true or false", row=row, column=where, found="a list")
    made = values_of(column, written, meaning.missing, meaning.map)
    scale = scale_of(list(made.counts), meaning.level, list(meaning.order))
    known = set(scale.domain)
    for row, where, cell in zip(rows.row, rows.column, made.cells, strict=True):
        if cell and scale.value(cell) not in known:
            faults.add(f"allowed: {scale.allowed}, or nothing", row=row, column=where, found=quoted(cell))
    noted = Values(made.cells, made.counts, (*made.notes, *sides_note(column, made.counts)))
    numeric = scale.as_numbers and meaning.level != "nominal"
    return _Domain(scale.domain, numeric), [scale.value(cell) if cell else None for cell in made.cells], noted


def _sets(rows: Rows, column: str, meaning: Meaning, faults: Faults) -> _Read:
    """Sets of labels, each by its place among those that occur; an empty list is the empty set, an empty cell missing.

    Labels that stand for a missing value are left out; a cell of nothing but those is missing.
    """
    labels = [label for cell in rows.value for label in ((cell,) if isinstance(cell, str) else cell)]
    made = values_of(column, labels, meaning.missing, meaning.map, equal_numbers=False)
    read, place = iter(made.cells), []
    for cell in rows.value:
        place.append(_set_of(cell, [next(read) for _ in range(1 if isinstance(cell, str) else len(cell))]))
    sets = sorted({labels for labels in place if labels is not None}, key=sorted)
    number_of = {labels: float(number) for number, labels in enumerate(sets)}
    values = [None if labels is None else number_of[labels] for labels in place]
    return _Domain(list(number_of.values()), sets=tuple(sets)), values, made


def _set_of(cell: Cell, labels: Sequence[str]) -> frozenset[str] | None:
    found = frozenset(label for label in labels if label)
    return None if not found and (isinstance(cell, str) or cell) else found


def _names_notes(rows: Rows, names: Names) -> Iterator[str]:
    if names.unit:
        yield from names_notes(", ".join(names.unit), rows.unit)
    if names.rater:
        yield from names_notes(names.rater, rows.rater)


# --- the scale ----------------------------------------------------------------------------------------------------


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


def _second_ratings(rows: Rows, rated: Sequence[bool], faults: Faults) -> None:
    """A fault for each rating of a unit by a rater who has rated it already."""
    first: dict[tuple[str, str], int] = {}
    for entry, (unit, rater, given) in enumerate(zip(rows.unit, rows.rater, rated, strict=True)):
        if not (unit and rater and given) or (before := first.setdefault((unit, rater), entry)) == entry:
            continue
        value = rows.value[entry]
        rule = f"rater '{rater}' rated unit '{said(unit)}' in row {rows.row[before]} already"
        found = quoted(value if isinstance(value, str) else ", ".join(value))
        faults.add(rule, row=rows.row[entry], column=rows.column[entry], found=found)
