"""What each rater did: how much, how long, how decisively, how consistently, and how far the others agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

import numpy as np

from results.export.columns import Coded, Rows
from results.export.folder import Export
from results.export.rows import AssignmentRow, JudgmentRow
from results.record.raters import RaterRecord
from results.statistics.figure import finite
from results.statistics.resample import Array
from results.study.judged import Judged
from tasks.schema import Criterion

Row = TypeVar("Row", AssignmentRow, JudgmentRow)


def rater_records(data: Judged) -> tuple[RaterRecord, ...]:
    """One record per rater with a main assignment, by pseudonym."""
    scaled = [c.criterion_id for c in data.study.criteria if c.of == "response" and measured(c)]
    leanings = {criterion: severities(data, criterion) for criterion in scaled}
    own, main = _by_rater(data.preferences), _by_rater(row for row in data.export.assignments if row.kind == "main")
    rest, repeats, checks = _with_rest(data.preferences), _repeats(data.export), _by_rater(_check_rows(data.export))
    better = _better(data.export)
    return tuple(
        _Acts(main.get(rater, []), own.get(rater, []), repeats.get(rater, []), checks.get(rater, []), better).record(
            rater, rest.get(rater), {criterion: by_rater.get(rater) for criterion, by_rater in leanings.items()}
        )
        for rater in data.rows.columns.rater.names
    )


def measured(criterion: Criterion) -> bool:
    """Whether the values of a criterion can be averaged."""
    return criterion.kind in ("scale", "count") and criterion.level != "nominal"


def _by_rater(rows: Iterable[Row]) -> dict[str | None, list[Row]]:
    """The rows of each rater, in their order."""
    groups: dict[str | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.rater, []).append(row)
    return groups


@dataclass(frozen=True)
class _Acts:
    """What one rater did."""

    main: Sequence[AssignmentRow]
    preferences: Sequence[JudgmentRow]
    repeats: Sequence[bool]
    checks: Sequence[JudgmentRow]
    better: Mapping[str, str]

    def record(self, rater: str, with_rest: float | None, severity: Mapping[str, float | None]) -> RaterRecord:
        seconds = [row.active_seconds for row in self.main if row.active_seconds is not None]
        status = Counter(row.left if row.status == "left" else row.status for row in self.main)
        strengths = [row.strength for row in self.preferences if row.strength is not None]
        strongest = max((2, *strengths))
        return RaterRecord(
            rater=rater,
            judged=status["submitted"],
            cannot_judge=status["cannot_judge"],
            skipped=status["skipped"],
            revised=sum(row.revision > 0 for row in self.main),
            median_seconds=finite(median(seconds)) if seconds else None,
            total_seconds=finite(sum(seconds)),
            tie_rate=_share([strength == 0 for strength in strengths]),
            strong_rate=_share([strength == strongest for strength in strengths]),
            longest_run_of_one_answer=_longest_run(self.preferences),
            agreement_with_rest=with_rest,
            severity=severity,
            repeats=len(self.repeats),
            repeats_same_choice=_share(self.repeats),
            checks=len(self.checks),
            checks_failed=_failed(self.checks, self.better),
        )


def _share(hits: Sequence[bool]) -> float | None:
    """The share that is true; None of none."""
    return finite(sum(hits) / len(hits)) if hits else None


def longest_run(data: Judged, rater: str) -> int:
    """The most preferences in a row (in the order given) that are the same choice with the same strength."""
    return _longest_run([row for row in data.preferences if row.rater == rater])


def severities(data: Judged, criterion: str) -> dict[str, float | None]:
    """By rater: mean over shared responses of the own value minus the others' mean, in points of the scale."""
    given = data.of(criterion).first_given
    given = given.at(np.isfinite(given.value))
    _, response = np.unique(given.item.codes * len(given.unit.names) + given.unit.codes, return_inverse=True)
    others = np.bincount(response)[response] - 1
    shared = others > 0
    total = np.bincount(response, given.value)[response]
    gaps = given.value - (total - given.value) / np.maximum(others, 1)
    return _means(given.rater.at(shared), gaps[shared])


def _repeats(export: Export) -> dict[str | None, list[bool]]:
    """By rater: of each preference of a pair shown again with sides exchanged, whether the same system was chosen."""
    again = {row.assignment_id: row.repeats for row in export.assignments if row.kind == "repeat"}
    if not again:
        return {}
    answers = {row.assignment_id: row for row in export.judgments if row.criterion_kind == "preference"}
    same: dict[str | None, list[bool]] = {}
    for shown, before in again.items():
        new, old = answers.get(shown), answers.get(before or "")
        if new and old and new.strength is not None and old.strength is not None:
            same.setdefault(new.rater, []).append(new.chosen_system == old.chosen_system)
    return same


def checks_failed(export: Export, rater: str) -> int:
    """Attention checks on which this rater chose the other response, or neither."""
    return _failed([row for row in _check_rows(export) if row.rater == rater], _better(export))


def _failed(checks: Sequence[JudgmentRow], better: Mapping[str, str]) -> int:
    return sum(row.chosen_system != better.get(row.item_id) for row in checks)


def _better(export: Export) -> dict[str, str]:
    return {check.item.item_id: check.better for check in export.study.checks}


def _check_rows(export: Export) -> list[JudgmentRow]:
    return [
        row
        for row in export.judgments
        if row.kind == "check" and row.criterion_kind == "preference" and row.value is not None
    ]


def _longest_run(preferences: Sequence[JudgmentRow]) -> int:
    answers = [(row.chosen_system, row.strength) for row in preferences]
    longest = run = 0
    for place, answer in enumerate(answers):
        run = run + 1 if place and answer == answers[place - 1] else 1
        longest = max(longest, run)
    return longest


def _with_rest(preferences: Rows) -> dict[str, float | None]:
    """By rater: mean over items of the share of the other raters who chose alike; not there where none shares any."""
    given = preferences.columns.last_given()
    _, item = np.unique(given.item.codes * len(given.unit.names) + given.unit.codes, return_inverse=True)
    choice = item * (len(given.chosen.names) + 1) + given.chosen.codes + 1
    others, alike = np.bincount(item)[item] - 1, np.bincount(choice)[choice] - 1
    shared = others > 0
    return _means(given.rater.at(shared), alike[shared] / others[shared])


def _means(rater: Coded, values: Array) -> dict[str, float | None]:
    """Mean of each rater's values; not there for a rater without one."""
    number, total = np.bincount(rater.codes), np.bincount(rater.codes, values)
    return {rater.names[place]: finite(float(total[place] / number[place])) for place in np.flatnonzero(number)}
