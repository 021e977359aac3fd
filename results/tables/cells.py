"""Chosen columns of a table or of JSON records, row by row, and the rows of them that are meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from results.tables.options import Where
from tasks.errors import InputError
from tasks.intake import labels
from tasks.intake.faults import Faults, quoted
from tasks.intake.text import visible

Cell = str | tuple[str, ...]
"""A text ('' where nothing stands), or the entries of a cell that lists several."""
_BETWEEN = "\x1f"
"""Between the parts of a name made of several columns: ASCII's own sign for it, which no name holds."""


@dataclass(frozen=True)
class Cells:
    """N rows.

    Attributes:
        name: what messages call the file.
        columns: N cells by column.
        rows: the N row numbers, as a spreadsheet or an editor shows them.
        places: what a row is called where no column names it: its number, and its place inside a record.
        notes: what was taken for what, to be shown before any figure.
    """

    name: str
    columns: Mapping[str, Sequence[Cell]]
    rows: Sequence[int]
    places: Sequence[str]
    notes: tuple[str, ...] = ()

    def only(self, chosen: Sequence[int]) -> Cells:
        """Some of the rows, by their place in this table."""
        columns = {name: [cells[place] for place in chosen] for name, cells in self.columns.items()}
        rows = [self.rows[place] for place in chosen]
        return replace(self, columns=columns, rows=rows, places=[self.places[place] for place in chosen])

    def noting(self, *notes: str) -> Cells:
        """The same rows, with further notes."""
        return replace(self, notes=(*self.notes, *notes))

    def texts(self, column: str, faults: Faults) -> list[str]:
        """The texts of a column; a cell that lists several is a fault and ''."""
        for row, cell in zip(self.rows, self.columns[column], strict=True):
            if not isinstance(cell, str):
                faults.add("allowed: a text, a number, true or false", row=row, column=column, found="a list")
        return [cell if isinstance(cell, str) else "" for cell in self.columns[column]]

    def require(self, columns: Iterable[str], faults: Faults) -> None:
        """A fault for each cell of some columns in which nothing can be seen."""
        for column in columns:
            for row, cell in zip(self.rows, self.columns[column], strict=True):
                for text in (cell,) if isinstance(cell, str) else cell:
                    if not visible(text):
                        found = f"{quoted(text)}, in which nothing can be seen" if text.strip() else ""
                        rule = "a name is needed" if found else "is empty; a name is needed"
                        faults.add(rule, row=row, column=column, found=found)

    def named(self, columns: Sequence[str], faults: Faults) -> list[str]:
        """What each row is called by one column or by several together; '' where one of them is empty."""
        if not columns:
            return list(self.places)
        if len(columns) == 1:
            return self.texts(columns[0], faults)
        together = zip(*(self.texts(column, faults) for column in columns), strict=True)
        return [_BETWEEN.join(parts) if all(parts) else "" for parts in together]

    def parted(self, column: str, names: Sequence[str], faults: Faults) -> Cells:
        """With a column for each part of the cells of a column; a fault for each cell that has not that many."""
        parts: list[tuple[str, ...]] = []
        for row, cell in zip(self.rows, self.columns[column], strict=True):
            listed = (cell,) if isinstance(cell, str) else cell
            if len(listed) != len(names):
                found = ", ".join(listed)
                faults.add(f"allowed: {len(names)} parts", row=row, column=column, found=quoted(found))
            parts.append(listed if len(listed) == len(names) else ("",) * len(names))
        made = {name: [part[place] for part in parts] for place, name in enumerate(names)}
        return replace(self, columns={**self.columns, **made})

    def changed(self, column: str, change: Callable[[Cell], Cell]) -> Cells:
        """With every cell of a column changed."""
        return replace(self, columns={**self.columns, column: [change(cell) for cell in self.columns[column]]})


def said(name: str) -> str:
    """A name of several columns as messages say it."""
    return name.replace(_BETWEEN, " / ")


def stands_for(cell: str, code: str) -> bool:
    """Whether a cell is what a person names: the same text, or the same number in another writing."""
    if cell == code:
        return True
    value = labels.number(cell)
    return value is not None and value == labels.number(code)


def is_missing(cell: str, code: str) -> bool:
    """Whether a cell is a code for a missing value: what `stands_for` says, or beginning as `N/A*` says."""
    return stands_for(cell, code) or (code.endswith("*") and cell.startswith(code[:-1]))


def meant(cell: str, meanings: Mapping[str, str]) -> str | None:
    """What a word is read as; None where nothing is said of it."""
    if not cell:
        return None
    return next((meaning for word, meaning in meanings.items() if stands_for(cell, word)), None)


def selected(cells: Cells, wanted: Iterable[Where]) -> Cells:
    """The rows that have every wanted value. Raises InputError where none is left, with the values that are there."""
    for column, value, other in wanted:
        here = cells.columns[column]
        chosen = [place for place, cell in enumerate(here) if _is(cell, value) != other]
        asked = f"{'another value than ' if other else ''}{quoted(value)}"
        if not chosen:
            found = labels.counts(cell for cell in here if isinstance(cell, str))
            listed = ", ".join(f"{quoted(cell)} {count}" for cell, count in list(found.items())[:20])
            none = f"{cells.name}, column {column}: no row has {asked}; found: {listed or 'nothing'}"
            raise InputError([none])
        note = f"column {column}: {asked} stands in {len(chosen)} of {len(here)} rows, which are taken"
        cells = cells.only(chosen).noting(note)
    return cells


def _is(cell: Cell, value: str) -> bool:
    return isinstance(cell, str) and stands_for(cell.strip(), value)


def blocks(cells: Cells, columns: Sequence[str], faults: Faults) -> dict[str, Cells]:
    """The rows by what they are called in some columns, in the order of their first row."""
    rows: dict[str, list[int]] = {}
    for place, name in enumerate(cells.named(columns, faults)):
        rows.setdefault(said(name), []).append(place)
    return {name: cells.only(chosen) for name, chosen in rows.items()}


def split(cells: Cells, columns: Iterable[str], mark: str) -> Cells:
    """With the texts of some columns taken apart at a mark; an empty text stays one."""
    for column in columns:
        cells = cells.changed(column, lambda cell: _apart(cell, mark))
    return cells


def _apart(cell: Cell, mark: str) -> Cell:
    if not isinstance(cell, str) or not cell.strip():
        return cell
    return tuple(part.strip() for part in cell.split(mark))
