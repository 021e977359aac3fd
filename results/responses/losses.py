"""Held-out loss and perplexity with intervals, from the per-dialogue file that `finetune evaluate` writes.

One line a dialogue: `dialogue_id`, `split`, `band`, `targets` (counsellor tokens), `loss_sum` (nats over them).
Loss is the sum over dialogues of loss_sum by that of targets, so every token weighs alike; perplexity is its exp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from results.responses.texts import read_lines
from results.statistics.estimates import draw, estimate, missing, to_figure
from results.statistics.figure import Figure, Sizes
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from tasks.errors import InputError
from tasks.schema import Record


class LossLine(Record):
    """One dialogue's held-out loss."""

    dialogue_id: str
    split: str
    band: str
    targets: Annotated[int, Field(ge=0)]
    """Tokens the loss is over."""
    loss_sum: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """Sum of their negative log-probabilities, in nats."""


Lines = dict[str, LossLine]
"""A model's losses on one split and band, by dialogue_id, sorted."""


@dataclass(frozen=True)
class LossFile:
    """One model's losses; its name is the file's."""

    name: str
    lines: tuple[LossLine, ...]


@dataclass(frozen=True)
class LossRow:
    """Loss of one model on one split and band ('all' = every band), with the paired difference to the first file."""

    name: str
    split: str
    band: str
    dialogues: int
    targets: int
    loss: Figure
    """Nats per counsellor token."""
    perplexity: Figure
    difference: Figure | None
    """Loss minus the first file's on the same dialogues; None for the first file itself."""

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON, figures with their five keys."""
        figures = {"loss": self.loss, "perplexity": self.perplexity, "difference": self.difference}
        head = {"name": self.name, "split": self.split, "band": self.band}
        counts = {"n_dialogues": self.dialogues, "targets": self.targets}
        return {**head, **counts, **{key: found.five() if found else None for key, found in figures.items()}}


def read_losses(paths: Sequence[Path]) -> tuple[LossFile, ...]:
    """The files' lines; raises InputError with every mistake (a dialogue twice, a negative loss, unknown keys)."""
    errors: list[str] = []
    files = tuple(LossFile(path.stem, _read(path, errors)) for path in paths)
    names = [file.name for file in files]
    errors.extend(f"{name}: a second losses file of this name" for name in set(names) if names.count(name) > 1)
    if errors:
        raise InputError(errors)
    return files


def _read(path: Path, errors: list[str]) -> tuple[LossLine, ...]:
    lines: dict[tuple[str, str], LossLine] = {}
    before = len(errors)
    for place, line in read_lines(path, LossLine, errors):
        if (line.split, line.dialogue_id) in lines:
            errors.append(f"{place}: dialogue_id: found {line.dialogue_id!r} a second time in split {line.split!r}")
        lines[line.split, line.dialogue_id] = line
    if not lines and len(errors) == before:
        errors.append(f"{path}: no losses; one JSON object a line is needed")
    return tuple(lines.values())


def loss_rows(files: Sequence[LossFile], resampling: Resampling) -> tuple[LossRow, ...]:
    """A row for each split, band and file, splits and bands in the order of the files, 'all' first."""
    cells = dict.fromkeys((line.split, band) for file in files for line in file.lines for band in ("all", line.band))
    splits = list(dict.fromkeys(split for split, _ in cells))
    ordered = sorted(cells, key=lambda cell: (splits.index(cell[0]), cell[1] != "all"))
    return tuple(row for split, band in ordered for row in _cell(files, split, band, resampling))


def _cell(files: Sequence[LossFile], split: str, band: str, resampling: Resampling) -> list[LossRow]:
    first = _of(files[0], split, band)
    tables = {file.name: _of(file, split, band) for file in files}
    return [
        _row(name, (split, band), lines, None if name == files[0].name else first, resampling)
        for name, lines in tables.items()
        if lines
    ]


def _of(file: LossFile, split: str, band: str) -> Lines:
    chosen = (line for line in file.lines if line.split == split and band in ("all", line.band))
    return {line.dialogue_id: line for line in sorted(chosen, key=lambda line: line.dialogue_id)}


def _row(name: str, cell: tuple[str, str], lines: Lines, first: Lines | None, resampling: Resampling) -> LossRow:
    sizes = Sizes(items=len(lines))
    obstacle = _obstacle(lines, first) if first is not None else None
    tables = {"own": _table(lines)} | ({"first": _table(first)} if first and not obstacle else {})
    draws = draw(tables, resampling)
    loss = estimate(draws["own"], _loss, Reason.NO_TARGETS)
    difference = missing(obstacle) if obstacle else None
    if "first" in draws:
        difference = loss - estimate(draws["first"], _loss, Reason.NO_TARGETS)
    return LossRow(
        name,
        *cell,
        dialogues=len(lines),
        targets=sum(line.targets for line in lines.values()),
        loss=to_figure(loss, resampling, sizes),
        perplexity=to_figure(estimate(draws["own"], _perplexity, Reason.NO_TARGETS), resampling, sizes),
        difference=to_figure(difference, resampling, sizes) if difference else None,
    )


def _obstacle(lines: Lines, first: Lines) -> Reason | None:
    """Why two files' losses cannot be subtracted; None where they can."""
    if lines.keys() != first.keys():
        return Reason.OTHER_DIALOGUES
    if any(line.targets != first[dialogue_id].targets for dialogue_id, line in lines.items()):
        return Reason.OTHER_TARGETS
    return None


def _table(lines: Lines) -> Array:
    """Targets and loss sums, (D, 2)."""
    return np.array([[line.targets, line.loss_sum] for line in lines.values()], dtype=np.float64)


def _loss(sums: Array) -> Array:
    value: Array = sums[..., 1] / sums[..., 0]
    return value


def _perplexity(sums: Array) -> Array:
    value: Array = np.exp(_loss(sums))
    return value
