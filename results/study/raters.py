"""What each rater did: how much, how long, how decisively, how consistently, and how far the others agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np

from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.record.raters import RaterRecord
from results.statistics.figure import finite
from results.study.judged import Judged
from tasks.schema import Criterion


def rater_records(data: Judged) -> tuple[RaterRecord, ...]:
    """One record per rater with a main assignment, by pseudonym."""
    scaled = [c.criterion_id for c in data.study.criteria if c.of == "response" and measured(c)]
    leanings = {criterion: severities(data, criterion) for criterion in scaled}
    preferences = [row for row in data.rows if row.criterion_kind == "preference"]
    return tuple(
        _record(data, rater, preferences, {criterion: by_rater.get(rater) for criterion, by_rater in leanings.items()})
        for rater in sorted({row.rater for row in data.rows})
    )


def measured(criterion: Criterion) -> bool:
    """Whether the values of a criterion can be averaged."""
    return criterion.kind in ("scale", "count") and criterion.level != "nominal"


def _record(
    data: Judged, rater: str, preferences: Sequence[JudgmentRow], severity: Mapping[str, float | None]
) -> RaterRecord:
    main = [row for row in data.export.assignments if row.kind == "main" and row.rater == rater]
    seconds = [row.active_seconds for row in main if row.active_seconds is not None]
    status = Counter(row.left if row.status == "left" else row.status for row in main)
    own = [row for row in preferences if row.rater == rater]
    strengths = [row.strength for row in own if row.strength is not None]
    repeats = _repeats(data.export, rater)
    return RaterRecord(
        rater=rater,
        judged=status["submitted"],
        cannot_judge=status["cannot_judge"],
        skipped=status["skipped"],
        revised=sum(row.revision > 0 for row in main),
        median_seconds=finite(median(seconds)) if seconds else None,
        total_seconds=finite(sum(seconds)),
        tie_rate=_share([strength == 0 for strength in strengths]),
        strong_rate=_share([strength == max((2, *strengths)) for strength in strengths]),
        longest_run_of_one_answer=_longest_run([(row.chosen_system, row.strength) for row in own]),
        agreement_with_rest=_with_rest(rater, preferences),
        severity=severity,
        repeats=len(repeats),
        repeats_same_choice=_share(repeats),
        checks=len(_check_rows(data.export, rater)),
        checks_failed=checks_failed(data.export, rater),
    )


def _share(hits: Sequence[bool]) -> float | None:
    """The share that is true; None of none."""
    return finite(sum(hits) / len(hits)) if hits else None


def longest_run(data: Judged, rater: str) -> int:
    """The most preferences in a row (in the order given) that are the same choice with the same strength."""
    rows = [row for row in data.rows if row.criterion_kind == "preference" and row.rater == rater]
    return _longest_run([(row.chosen_system, row.strength) for row in rows])


def severities(data: Judged, criterion: str) -> dict[str, float | None]:
    """By rater: mean over shared responses of the own value minus the others' mean, in points of the scale."""
    values_of: dict[tuple[str, str], dict[str, float]] = {}
    for row in data.of(criterion):
        if isinstance(row.value, (int, float)):
            values_of.setdefault((row.item_id, row.target), {}).setdefault(row.rater, row.value)
    gaps: dict[str, list[float]] = {}
    for values in values_of.values():
        total, others = sum(values.values()), len(values) - 1
        for rater, value in values.items() if others else ():
            gaps.setdefault(rater, []).append(value - (total - value) / others)
    return {rater: finite(sum(own) / len(own)) for rater, own in gaps.items()}


def _repeats(export: Export, rater: str) -> list[bool]:
    """Of each preference of a pair shown again with sides exchanged, whether the same system was chosen."""
    first = {row.assignment_id: row.repeats for row in export.assignments if row.kind == "repeat"}
    answers = {row.assignment_id: row for row in export.judgments if row.criterion_kind == "preference"}
    return [
        answers[old].chosen_system == answers[new].chosen_system
        for new, old in first.items()
        if old in answers and new in answers and answers[new].rater == rater
        if answers[old].strength is not None and answers[new].strength is not None
    ]


def checks_failed(export: Export, rater: str) -> int:
    """Attention checks on which this rater chose the other response, or neither."""
    better = {check.item.item_id: check.better for check in export.study.checks}
    return sum(row.chosen_system != better.get(row.item_id) for row in _check_rows(export, rater))


def _check_rows(export: Export, rater: str) -> list[JudgmentRow]:
    return [
        row
        for row in export.judgments
        if row.kind == "check" and row.criterion_kind == "preference" and row.rater == rater and row.value is not None
    ]


def _longest_run(answers: Sequence[object]) -> int:
    longest = run = 0
    for place, answer in enumerate(answers):
        run = run + 1 if place and answer == answers[place - 1] else 1
        longest = max(longest, run)
    return longest


def _with_rest(name: str, rows: Sequence[JudgmentRow]) -> float | None:
    """Mean over items of the share of the other raters who chose as this one did; None where none overlaps."""
    chosen: dict[tuple[str, frozenset[str | None]], dict[str, str | None]] = {}
    for row in rows:
        if row.strength is not None:
            pair = frozenset((row.first_system, row.second_system))
            chosen.setdefault((row.item_id, pair), {})[row.rater] = row.chosen_system
    shares = [
        np.mean([other == votes[name] for rater, other in votes.items() if rater != name])
        for votes in chosen.values()
        if name in votes and len(votes) > 1
    ]
    return finite(float(np.mean(shares))) if shares else None
