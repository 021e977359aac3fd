"""Tables of the command line: codes that stand for a missing value, and what is said of a table before any figure."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.intake import labels
from tasks.intake.faults import quoted
from tasks.intake.table import Table
from tasks.intake.text import folded, visible

MISSING_HELP = "values that stand for a missing one, as n/a,99 (write --missing=-1 where the first begins with -)"
SIDES = frozenset({"left", "right", "first", "second", "a", "b", "model_a", "model_b", "左", "右"})
TIES = frozenset({"tie", "tie(bothbad)", "both", "bothbad", "neither", "same", "equal", "draw", "引き分け", "同じ"})


def add_missing(parser: argparse.ArgumentParser) -> None:
    """Add `--missing V1,V2` to a command."""
    parser.add_argument("--missing", type=_codes, default=(), metavar="V1,V2,…", help=MISSING_HELP)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for part in text.split(",") if (code := part.strip()))


@dataclass(frozen=True)
class Values:
    """A column of values of which some are missing.

    Attributes:
        cells: N texts, '' where the value is missing.
        counts: how often each value stands there, the most frequent first.
        missing: how many are missing.
        notes: what a reader must know of them before any figure.
    """

    cells: Sequence[str]
    counts: dict[str, int]
    missing: int
    notes: tuple[str, ...]


def values_of(table: Table, column: str, codes: Sequence[str], *, equal_numbers: bool = True) -> Values:
    """The values of a column without those that stand for a missing one: empty, blank, or named by `codes`."""
    written = table.cells[column]
    missing = {code: sum(_stands_for(cell, code) for cell in written) for code in codes}
    cells = [cell if visible(cell) and not any(_stands_for(cell, code) for code in codes) else "" for cell in written]
    counts, empty = labels.counts(cells), cells.count("")
    notes = [labels.categories_note(column, counts, empty)]
    notes += [_code_note(column, code, count) for code, count in missing.items()]
    notes += labels.alike_notes(column, counts, equal_numbers=equal_numbers and labels.numbers(counts) is not None)
    notes += labels.missing_notes(column, counts)
    return Values(cells, counts, empty, tuple(notes))


def _stands_for(cell: str, code: str) -> bool:
    value = labels.number(cell)
    return cell == code or (value is not None and value == labels.number(code))


def _code_note(column: str, code: str, count: int) -> str:
    taken = f"taken as missing in {count} rows" if count else "to be taken as missing, stands nowhere"
    return f"column {column}: {quoted(code)}, {taken}"


def names_notes(table: Table, *columns: str) -> list[str]:
    """A note for each group of names in some columns, read as one list, that differ by their writing alone."""
    cells = [cell for column in columns for cell in table.cells[column]]
    return labels.alike_notes(" and ".join(columns), labels.counts(cells))


def sides_note(column: str, counts: dict[str, int]) -> list[str]:
    """A note where the values are sides of a pair: agreement on sides says nothing of the systems that stood there."""
    names = {folded(value) for value in counts}
    if not names <= SIDES | TIES or len(names & SIDES) < 2:
        return []
    return [
        f"column {column}: {', '.join(map(quoted, counts))} look like sides of a pair, not systems; if sides were"
        " drawn, this compares positions: python -m results preference resolves them to systems"
    ]
