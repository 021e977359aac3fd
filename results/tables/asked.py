"""The table that a command line asks for: columns, the rows that are meant, and a block for each value of `--by`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence

from results.tables import cells as rows
from results.tables import judgments
from results.tables.cells import Cells
from results.tables.reading import header, read
from tasks.errors import InputError
from tasks.intake.faults import Faults
from tasks.intake.options import file_answers

WHOLE = ""
"""The name of the one block of a table that is not taken apart."""


def is_own(options: argparse.Namespace) -> bool:
    """Whether the file is judgments.csv of an export, or its JSON Lines or Parquet form."""
    return judgments.is_own(header(options.file, file_answers(options)))


def asked(options: argparse.Namespace, columns: Sequence[str], splits: Iterable[str], faults: Faults) -> Cells:
    """The rows that are meant.

    Args:
        columns: which are needed beside those of `--where` and `--by`.
        splits: those in which `--split` takes cells apart.
    """
    wanted = [*columns, *(one.column for one in options.where), *options.by]
    cells = rows.selected(read(options.file, wanted, faults, file_answers(options)), options.where)
    return rows.split(cells, splits, options.split) if options.split else cells


def own(options: argparse.Namespace, prepared: Callable[[Cells], Cells], faults: Faults) -> Cells:
    """The rows of judgments.csv that are meant: main judgments, unless `--where kind=…` names others."""
    cells = asked(options, judgments.COLUMNS, ["value"], faults)
    if judgments.is_simulated(options.file):
        cells = cells.noting("These judgments are simulated (manifest.json beside the file).")
    if not any(one.column == "kind" for one in options.where):
        cells = judgments.main_alone(cells)
    cells = prepared(cells)
    if "criterion" not in options.by:
        judgments.refuse_several(cells)
    return cells


def blocks(options: argparse.Namespace, cells: Cells, faults: Faults) -> dict[str, Cells]:
    """The rows by the value of `--by`; all of them under '' without it."""
    if not options.by:
        return {WHOLE: cells}
    cells.require(options.by, faults)
    faults.refuse()
    return rows.blocks(cells, options.by, faults)


def refuse_unnamed(options: argparse.Namespace, **needed: object) -> None:
    """Raises InputError where a column that is needed was not named, with the columns of the file."""
    lacking = [f"--{name}" for name, given in needed.items() if not given]
    if lacking:
        columns = list(header(options.file, file_answers(options))[:20])
        raise InputError([f"{options.file}: a column must be named by {', '.join(lacking)}; the file has {columns}"])
