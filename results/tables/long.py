"""Judgments in long form, one value of one rater a row, from any way in which a table may hold them.

| the table has | named by |
|---|---|
| a row for each value | `--rater`, `--value` |
| a column for each rater | `--raters` |
| all ratings of a unit in one cell, by position or beside a cell of names | `--value`, and `--rater` for names |
| one judge, whom no column names | `--value` alone |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from results.tables.cells import Cell, Cells
from tasks.intake.faults import Faults

ONE_JUDGE = "judge"
"""What the rater is called whom no column names."""


@dataclass
class Long:
    """N values. `place`: of each, its row in the table; `column`: where it stands, for messages."""

    place: list[int] = field(default_factory=list)
    column: list[str] = field(default_factory=list)
    rater: list[str] = field(default_factory=list)
    value: list[Cell] = field(default_factory=list)

    def add(self, place: int, column: str, rater: str, value: Cell) -> None:
        """One value more."""
        self.place.append(place)
        self.column.append(column)
        self.rater.append(rater)
        self.value.append(value)


def of_columns(cells: Cells, raters: Sequence[str]) -> Long:
    """From one column a rater: a rater is called as the column is."""
    long = Long()
    for rater in raters:
        for place, value in enumerate(cells.columns[rater]):
            long.add(place, rater, rater, value)
    return long


def of_rows(cells: Cells, rater: str | None, value: str, faults: Faults, *, sets: bool = False) -> Long:
    """From one column of values. A list is one rating for each rater, or where `sets` the labels of one rating."""
    long = Long()
    names: Sequence[Cell] = cells.columns[rater] if rater else [ONE_JUDGE] * len(cells.rows)
    for place, (name, cell) in enumerate(zip(names, cells.columns[value], strict=True)):
        if isinstance(cell, str) or sets:
            long.add(place, value, _one(cells, place, rater or "", name, faults), cell)
            continue
        listed = _names(cells, place, rater or "", name, cell, value, faults)
        for who, part in zip(listed, cell, strict=False):
            long.add(place, value, who, part)
    return long


def _one(cells: Cells, place: int, column: str, name: Cell, faults: Faults) -> str:
    if isinstance(name, str):
        return name
    rule = "allowed: one name, as the value is one"
    faults.add(rule, row=cells.rows[place], column=column, found=f"{len(name)} names")
    return ""


def _names(
    cells: Cells, place: int, column: str, name: Cell, cell: Sequence[str], value: str, faults: Faults
) -> Sequence[str]:
    """Who gave each rating of a list: as the list of names says, or by position."""
    row = cells.rows[place]
    if not column:
        return [str(number) for number in range(1, len(cell) + 1)]
    if isinstance(name, str):
        rule = "allowed: a text, a number, true or false (or as many names of raters; a set of labels needs --distance)"
        faults.add(rule, row=row, column=value, found="a list")
        return ()
    if len(name) != len(cell):
        rule = f"allowed: as many names as column {value} has ratings, {len(cell)}"
        faults.add(rule, row=row, column=column, found=f"{len(name)} names")
    return name
