"""The values of a table: codes that stand for a missing one, and what is said of values before any figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.tables.cells import is_missing, meant, said, stands_for
from results.tables.winners import is_side, is_tie
from tasks.intake import labels
from tasks.intake.faults import quoted
from tasks.intake.text import visible


@dataclass(frozen=True)
class Values:
    """N values of which some are missing.

    Attributes:
        cells: N texts, '' where the value is missing.
        counts: how often each value stands there, the most frequent first.
        notes: what a reader must know of them before any figure.
    """

    cells: Sequence[str]
    counts: dict[str, int]
    notes: tuple[str, ...]


def values_of(
    column: str,
    written: Sequence[str],
    codes: Sequence[str],
    meanings: Mapping[str, str] | None = None,
    *,
    equal_numbers: bool = True,
) -> Values:
    """The values of a column without those that stand for a missing one: empty, blank, or named by `codes`.

    `meanings`: words that are read as other words, after the missing ones are left out.
    """
    missing = {code: sum(is_missing(cell, code) for cell in written) for code in codes}
    cells = [cell if visible(cell) and not any(is_missing(cell, code) for code in codes) else "" for cell in written]
    notes = [_code_note(column, code, count) for code, count in missing.items()]
    if meanings:
        notes += _meaning_notes(column, labels.counts(cells), meanings)
        cells = [meant(cell, meanings) or cell for cell in cells]
    counts, empty = labels.counts(cells), cells.count("")
    notes.insert(0, labels.categories_note(column, counts, empty))
    notes += labels.alike_notes(column, counts, equal_numbers=equal_numbers and labels.numbers(counts) is not None)
    notes += labels.missing_notes(column, counts)
    return Values(cells, counts, tuple(notes))


def _meaning_notes(column: str, counts: Mapping[str, int], meanings: Mapping[str, str]) -> list[str]:
    found = {word: sum(count for cell, count in counts.items() if stands_for(cell, word)) for word in meanings}
    return [
        f"column {column}: {quoted(word)} is read as {quoted(meanings[word])} in {count} rows"
        if count
        else f"column {column}: {quoted(word)}, to be read as {quoted(meanings[word])}, stands nowhere"
        for word, count in found.items()
    ]


def _code_note(column: str, code: str, count: int) -> str:
    taken = f"taken as missing in {count} rows" if count else "to be taken as missing, stands nowhere"
    return f"column {column}: {quoted(code)}, {taken}"


def names_notes(column: str, *lists: Sequence[str]) -> list[str]:
    """A note for each group of names, in some lists read as one, that differ by their writing alone."""
    cells = [said(cell) for names in lists for cell in names]
    return labels.alike_notes(column, labels.counts(cells))


def sides_note(column: str, counts: Mapping[str, int]) -> list[str]:
    """A note where the values are sides of a pair: agreement on sides says nothing of the systems that stood there."""
    sides = [value for value in counts if is_side(value)]
    if len(sides) < 2 or not all(is_side(value) or is_tie(value) for value in counts):
        return []
    return [
        f"column {column}: {', '.join(map(quoted, counts))} look like sides of a pair, not systems. Compared here is"
        " whether raters chose the same place: raters who chose the same system, shown to them on different sides,"
        " count as disagreeing. For the systems: python -m results preference, with --left and --right"
    ]
