"""What each rater did: how much, how long, how decisively, how consistently, and how far the others agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

from results.export.folder import Export
from results.export.rows import AssignmentRow, JudgmentRow
from results.statistics.figure import finite
from results.study.judged import Judged


def rater_facts(data: Judged) -> list[dict[str, Any]]:
    """One entry per rater with a main assignment, by pseudonym."""
    preferences = [row for row in data.rows if row.criterion_kind == "preference"]
    main = [row for row in data.export.assignments if row.kind == "main" and row.rater is not None]
    names = sorted({row.rater for row in data.rows})
    scaled = [c for c in data.study.criteria if c.of == "response" and c.kind in ("scale", "count")]
    scales = {c.criterion_id: severities(data, c.criterion_id) for c in scaled}
    return [
        {
            "rater": name,
            **_work([row for row in main if row.rater == name]),
            **_habits([row for row in preferences if row.rater == name]),
            "agreement_with_rest": _with_rest(name, preferences),
            "severity": {criterion: found.get(name) for criterion, found in scales.items()},
            **_repeats(data.export, name),
            **_checks(data.export, name),
        }
        for name in names
    ]


def _work(rows: Sequence[AssignmentRow]) -> dict[str, Any]:
    seconds = [row.active_seconds for row in rows if row.active_seconds is not None]
    status = Counter(row.left if row.status == "left" else row.status for row in rows)
    return {
        "judged": status["submitted"],
        "cannot_judge": status["cannot_judge"],
        "skipped": status["skipped"],
        "revised": sum(row.revision > 0 for row in rows),
        "median_seconds": finite(median(seconds)) if seconds else None,
        "total_seconds": finite(sum(seconds)),
    }


def _habits(rows: Sequence[JudgmentRow]) -> dict[str, Any]:
    strengths = [row.strength for row in rows if row.strength is not None]
    count = len(strengths)
    return {
        "tie_rate": finite(strengths.count(0) / count) if count else None,
        "strong_rate": finite(sum(s == max((2, *strengths)) for s in strengths) / count) if count else None,
        "longest_run_of_one_answer": _longest_run([(row.chosen_system, row.strength) for row in rows]),
    }


def longest_run(data: Judged, rater: str) -> int:
    """The most preferences in a row (in the order given) that are the same choice with the same strength."""
    rows = [row for row in data.rows if row.criterion_kind == "preference" and row.rater == rater]
    return _longest_run([(row.chosen_system, row.strength) for row in rows])


def severities(data: Judged, criterion: str) -> dict[str, float | None]:
    """By rater: mean over shared responses of the own value minus the others' mean, in points of the scale."""
    given: dict[tuple[str, str], dict[str, float]] = {}
    for row in data.of(criterion):
        if isinstance(row.value, (int, float)):
            given.setdefault((row.item_id, row.target), {}).setdefault(row.rater, row.value)
    gaps: dict[str, list[float]] = {}
    for values in given.values():
        total, others = sum(values.values()), len(values) - 1
        for rater, value in values.items() if others else ():
            gaps.setdefault(rater, []).append(value - (total - value) / others)
    return {rater: finite(sum(own) / len(own)) for rater, own in gaps.items()}


def _repeats(export: Export, rater: str) -> dict[str, Any]:
    """Preferences of pairs shown again with sides exchanged: how many, and the share with the same choice."""
    first = {row.assignment_id: row.repeats for row in export.assignments if row.kind == "repeat"}
    given = {row.assignment_id: row for row in export.judgments if row.criterion_kind == "preference"}
    both = [
        (given[old].chosen_system, given[new].chosen_system)
        for new, old in first.items()
        if old in given and new in given and given[new].rater == rater
        if given[old].strength is not None and given[new].strength is not None
    ]
    same = sum(one == two for one, two in both)
    return {"repeats": len(both), "repeats_same_choice": finite(same / len(both)) if both else None}


def _checks(export: Export, rater: str) -> dict[str, Any]:
    """Attention checks judged, and failed: the defensible answer was not chosen."""
    rows = _check_rows(export, rater)
    return {"checks": len(rows), "checks_failed": checks_failed(export, rater)}


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
