"""What an organiser reads once the results are open: the report's own record, and items with their texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.service.organiser.watching import Shown, shown

if TYPE_CHECKING:
    from results.export.folder import Export
    from results.record.report import ReportRecord
    from results.study.beside.examples import Example


@dataclass(frozen=True)
class Told:
    """An item to read beside the figures: how raters chose, and what they read."""

    example: Example
    shown: Shown


@dataclass(frozen=True)
class Results:
    """The report, and up to three items each on which all agree and on which raters split."""

    record: ReportRecord
    together: tuple[Told, ...]
    split: tuple[Told, ...]


def results(export: Export) -> Results:
    """All of it, from an export; it takes seconds."""
    from results.report.build import build
    from results.study.beside.examples import Examples, examples
    from results.study.exclusions import governed
    from results.study.judged import judged

    record, data = build(export).record, governed(judged(export))
    asked = record.preference.criterion
    found = examples(data, data.study.criterion(asked), data.pairs()) if asked else Examples((), ())
    together, split = (
        tuple(Told(one, shown(export.study, one.item_id, one.systems)) for one in part)
        for part in (found.together, found.split)
    )
    return Results(record, together, split)
