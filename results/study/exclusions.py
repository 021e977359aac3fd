"""The exclusion rules a study named before it opened: the primary result with and without what they leave out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from results.statistics.agreement.alpha import orientation_free_alpha
from results.statistics.figure import Figure
from results.statistics.preference import Outcome, outcome
from results.statistics.ratings import Pair
from results.statistics.resample import Resampling
from results.study.agreement import level_of
from results.study.judged import Judged, preference_ratings
from results.study.raters import checks_failed, longest_run
from tasks.schema import Criterion, Exclusion

DEFAULTS = {"min_seconds": 10.0, "straight_line": 20.0, "checks_failed": 1.0, "both_unacceptable": None}
"""Thresholds where a rule names none: seconds, answers in a row, failed checks."""
ALL = "all_rules"


@dataclass(frozen=True)
class Excluded:
    """One rule (or all together): what it leaves out, and the primary figures without it."""

    rule: str
    threshold: float | None
    judgments: int
    """Pairs judged that are left out."""
    raters: tuple[str, ...]
    """Raters of whom everything is left out."""
    outcome: Outcome
    alpha: Figure


def exclusions(data: Judged, criterion: Criterion, pair: Pair, resampling: Resampling) -> tuple[Excluded, ...]:
    """One entry per rule of the study, then all together where there are several; () where it names none."""
    rules = data.study.exclusions
    gone: list[tuple[str, float | None, set[str]]] = [
        (rule.rule, _threshold(rule), _assignments(data, rule)) for rule in rules
    ]
    if len(gone) > 1:
        gone.append((ALL, None, set().union(*(assignments for _, _, assignments in gone))))
    return tuple(_without(data, criterion, pair, resampling, *entry) for entry in gone)


def _threshold(rule: Exclusion) -> float | None:
    return rule.threshold if rule.threshold is not None else DEFAULTS[rule.rule]


def _assignments(data: Judged, rule: Exclusion) -> set[str]:
    """Ids of the main assignments that a rule leaves out."""
    finders: dict[str, Callable[[Judged, float], set[str]]] = {
        "min_seconds": _fast,
        "straight_line": _straight,
        "checks_failed": _failed,
        "both_unacceptable": _unacceptable,
    }
    return finders[rule.rule](data, _threshold(rule) or 0.0)


def _fast(data: Judged, seconds: float) -> set[str]:
    return {row.assignment_id for row in data.rows if row.active_seconds is not None and row.active_seconds < seconds}


def _straight(data: Judged, longest: float) -> set[str]:
    return _of_raters(data, {rater for rater in _raters(data) if longest_run(data, rater) >= longest})


def _failed(data: Judged, most: float) -> set[str]:
    return _of_raters(data, {rater for rater in _raters(data) if checks_failed(data.export, rater) >= most})


def _unacceptable(data: Judged, _: float) -> set[str]:
    return {row.assignment_id for row in data.of("both_unacceptable") if row.value == 1}


def _raters(data: Judged) -> set[str]:
    return {row.rater for row in data.rows}


def _of_raters(data: Judged, raters: set[str]) -> set[str]:
    return {row.assignment_id for row in data.rows if row.rater in raters}


def _without(
    data: Judged,
    criterion: Criterion,
    pair: Pair,
    resampling: Resampling,
    rule: str,
    threshold: float | None,
    gone: set[str],
) -> Excluded:
    rows = data.of(criterion.criterion_id)
    remaining = [row for row in rows if row.assignment_id not in gone]
    ratings = preference_ratings(remaining, criterion, [pair])
    lost = {row.rater for row in rows} - {row.rater for row in remaining}
    judged = {row.assignment_id for row in rows if row.value is not None} & gone
    alpha = orientation_free_alpha(ratings, level_of(criterion), resampling)
    return Excluded(rule, threshold, len(judged), tuple(sorted(lost)), outcome(ratings, pair, resampling), alpha)
