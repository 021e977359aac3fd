"""Predictions of judges from files: verdicts as `studio judge` writes them, or any table of who would be preferred."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from results.export.folder import Export
from results.study.judged import judged, preference_of
from results.tables.winners import Pair, outcomes
from tasks.errors import InputError
from tasks.intake.faults import Faults, quoted
from tasks.intake.table import Column, Table, open_table, read_table
from tasks.judges import verdict_file
from tasks.judges.verdict_file import Form
from tasks.schema import Criterion, Verdict, VerdictAnswer
from tasks.schema.mistakes import mistake, place_of

COLUMNS = ("item_id", "first_system", "second_system")
ANSWERS = ("preference", "winner")


def with_predictions(export: Export, paths: Sequence[Path]) -> tuple[Verdict, ...]:
    """The verdicts of an export and of files beside it.

    Raises:
        InputError: what `read` refuses, or a judge that stands in two places.
    """
    found = {verdict.judge: f"the export's {verdict_file.NAME}" for verdict in export.verdicts}
    verdicts = list(export.verdicts)
    for path in paths:
        more = read(path, export)
        for judge in sorted({verdict.judge for verdict in more}):
            if judge in found:
                raise InputError(f"{path}: judge {judge!r} stands in {found[judge]} too; each needs its own name")
            found[judge] = str(path)
        verdicts += more
    return tuple(verdicts)


def read(path: Path, export: Export) -> tuple[Verdict, ...]:
    """The verdicts of one file, of the study's preference where it is a table.

    A table has the columns `item_id`, `first_system`, `second_system` (the order in which they were shown), either
    `preference` (a point of the scale, negative = the first) or `winner` (a system's name, first, second or tie), and
    `judge` where it holds several; else the judge is called after the file.

    Raises:
        InputError: every fault by line and field: other items or systems, a pair in one order twice, another scale.
    """
    keys = _first_keys(path)
    if {"dialogue_id", "values"} <= keys:
        raise InputError(f"{path}: predicts ratings of whole dialogues; python -m results rated reads it")
    if "judge" in keys and keys & {"answers", "failed"}:
        return verdict_file.read(path, export.study)
    criterion = preference_of(judged(export))
    if criterion is None:
        raise InputError(f"{path}: the study asked for no preference that could be predicted")
    return _of_table(path, export, criterion)


def _first_keys(path: Path) -> set[str]:
    """Keys of the first line, where that is a JSON object; of any other file none."""
    try:
        with path.open(encoding="utf-8-sig") as lines:
            first = json.loads(next((line for line in lines if line.strip()), ""))
    except (OSError, ValueError):
        return set()
    return set(first) if isinstance(first, dict) else set()


def _of_table(path: Path, export: Export, criterion: Criterion) -> tuple[Verdict, ...]:
    header = open_table(path).header
    answers = [name for name in ANSWERS if name in header]
    if len(answers) != 1:
        found = " and ".join(answers) or "neither"
        raise InputError(f"{path}: found {found} of the columns {' and '.join(ANSWERS)}; allowed: one of them")
    faults = Faults(str(path))
    named = [Column("judge", needed=True)] if "judge" in header else []
    needed = [Column(name, needed=True) for name in (*COLUMNS, answers[0])]
    table = read_table(path, [*needed, *named], faults=faults)
    faults.refuse()
    values = (_points if answers[0] == "preference" else _won)(table, criterion, faults)
    judges = table.cells["judge"] if named else [_called(path)] * len(table.rows)
    verdicts = _verdicts(table, judges, values, criterion, faults)
    _check(verdicts, table, Form.of(export.study), faults)
    faults.refuse()
    return tuple(verdicts)


def _called(path: Path) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", path.name.split(".")[0]).lstrip("_.-")[:80] or "judge"


def _points(table: Table, criterion: Criterion, faults: Faults) -> list[int]:
    """Points of the scale, as they stand; 0 in place of a fault."""
    allowed = {str(value): value for value in criterion.values()}
    for cell, row in zip(table.cells["preference"], table.rows, strict=True):
        if cell.strip().removeprefix("+") not in allowed:
            rule = f"allowed: {', '.join(allowed)}, negative = the first system"
            faults.add(rule, row=row, column="preference", found=quoted(cell))
    return [allowed.get(cell.strip().removeprefix("+"), 0) for cell in table.cells["preference"]]


def _won(table: Table, criterion: Criterion, faults: Faults) -> list[int]:
    """The smallest step of the scale towards the winner, negative = the first; 0 = a tie, or a fault."""
    step = min(value for value in criterion.values() if value > 0)
    pairs = [Pair(*both) for both in zip(table.cells["first_system"], table.cells["second_system"], strict=True)]
    words = table.cells["winner"]
    won = outcomes(pairs, words, table.rows, ["winner"] * len(words), {}, faults)
    return [-step * (outcome or 0) for outcome in won]


def _verdicts(
    table: Table, judges: Sequence[str], values: Sequence[int], criterion: Criterion, faults: Faults
) -> list[Verdict]:
    """One a row. What is no verdict, such as a system beside itself, is a fault, and all are refused at once."""
    found = []
    columns = (table.cells[name] for name in COLUMNS)
    for row, judge, item, first, second, value in zip(table.rows, judges, *columns, values, strict=True):
        answer = VerdictAnswer(criterion=criterion.criterion_id, target="pair", value=value)
        fields = {"judge": judge, "item_id": item, "first_system": first, "second_system": second, "answers": (answer,)}
        try:
            found.append(Verdict.model_validate(fields))
        except ValidationError as error:
            for detail in error.errors():
                faults.add(mistake(detail, Verdict), row=row, column=".".join(map(str, place_of(detail))))
    faults.refuse()
    return found


def _check(verdicts: Sequence[Verdict], table: Table, form: Form, faults: Faults) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for row, verdict in zip(table.rows, verdicts, strict=True):
        for wrong in form.problems(verdict):
            faults.add(wrong, row=row)
        key = (verdict.judge, verdict.item_id, *verdict.order)
        if key in seen:
            faults.add(
                f"{' '.join(key)} stands in row {seen[key]} already; a pair is judged once in each order", row=row
            )
        seen.setdefault(key, row)


def notes(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What to know of the verdicts before any figure, a sentence each, by judge."""
    for judge in sorted({verdict.judge for verdict in verdicts}):
        own = [verdict for verdict in verdicts if verdict.judge == judge]
        orders = {(verdict.item_id, *verdict.order) for verdict in own}
        alone = sum((item, second, first) not in orders for item, first, second in orders)
        if alone:
            yield f"judge {judge}: {alone} of {len(own)} verdicts are of a pair shown in one order only"
        failed = sum(verdict.failed is not None for verdict in own)
        if failed:
            yield f"judge {judge}: {failed} of {len(own)} verdicts have no answer; such a pair is as nobody judges it"
