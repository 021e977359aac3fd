"""The exclusion rules a study named before it opened: what they leave out, and the primary result either way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from results.statistics.agreement.alpha import orientation_free_alpha
from results.statistics.at_large import margin_at_large
from results.statistics.figure import Figure
from results.statistics.preference import outcome
from results.statistics.ratings import Pair
from results.statistics.resample import Resampling
from results.statistics.signflip import Test
from results.study.agreement import level_of
from results.study.judged import Judged, preference_ratings
from results.study.raters import checks_failed, longest_run
from tasks.schema import Criterion, Exclusion

DEFAULTS = {"min_seconds": 10.0, "straight_line": 20.0, "checks_failed": 1.0, "both_unacceptable": None}
"""Thresholds where a rule names none: seconds, answers in a row, failed checks."""
ALL, NO_RULE = "all_rules", "no_rule"


@dataclass(frozen=True)
class Excluded:
    """No rule, one, or all together: what it leaves out, and the primary figures without it, for whom they speak."""

    rule: str
    threshold: float | None
    all_rules: bool
    """Whether every rule of the study is applied."""
    judgments: int
    """Pairs judged that are left out."""
    raters: tuple[str, ...]
    """Raters of whom everything is left out."""
    margin: Figure
    test: Test
    won: int
    """Items won by the pair's first system."""
    lost: int
    tied: int
    alpha: Figure


def exclusions(data: Judged, criterion: Criterion, pair: Pair, resampling: Resampling) -> tuple[Excluded, ...]:
    """Without any rule, one entry per rule, then all together where there are several; () where the study names none.

    `data` is all that was judged.
    """
    rules = data.study.exclusions
    if not rules:
        return ()
    named = [(rule.rule, threshold(rule), _assignments(data, rule)) for rule in rules]
    every: set[str] = set().union(*(assignments for _, _, assignments in named))
    entries = [(NO_RULE, None, set[str]()), *named, *([(ALL, None, every)] if len(named) > 1 else [])]
    return tuple(
        _without(data, criterion, pair, resampling, _Rule(*entry, all_rules=entry is entries[-1])) for entry in entries
    )


def governed(data: Judged) -> Judged:
    """What the figures rest on: all that was judged, without what the rules leave out where they govern."""
    if data.study.primary.exclusions != "govern":
        return data
    gone = left_out(data)
    kept = np.array([row.assignment_id not in gone for row in data.rows], dtype=np.bool_)
    return replace(data, rows=data.rows.where(kept))


def left_out(data: Judged) -> set[str]:
    """Ids of the main assignments that any rule of the study leaves out."""
    return set().union(*(_assignments(data, rule) for rule in data.study.exclusions))


def threshold(rule: Exclusion) -> float | None:
    """What a rule leaves out by; None where it has no threshold."""
    return rule.threshold if rule.threshold is not None else DEFAULTS[rule.rule]


def _assignments(data: Judged, rule: Exclusion) -> set[str]:
    """Ids of the main assignments that a rule leaves out."""
    finders: dict[str, Callable[[Judged, float], set[str]]] = {
        "min_seconds": _fast,
        "straight_line": _straight,
        "checks_failed": _failed,
        "both_unacceptable": _unacceptable,
    }
    return finders[rule.rule](data, threshold(rule) or 0.0)


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


@dataclass(frozen=True)
class _Rule:
    name: str
    threshold: float | None
    gone: set[str]
    """Assignments that are left out."""
    all_rules: bool


def _without(data: Judged, criterion: Criterion, pair: Pair, resampling: Resampling, rule: _Rule) -> Excluded:
    rows = data.of(criterion.criterion_id)
    remaining = [row for row in rows if row.assignment_id not in rule.gone]
    ratings = preference_ratings(remaining, criterion, [pair])
    judged = {row.assignment_id for row in rows if row.value is not None} & rule.gone
    found = outcome(ratings, pair, resampling)
    margin, test = found.margin, found.margin_test
    if data.study.primary.estimand == "raters_at_large":
        wide = margin_at_large(ratings)
        margin, test = wide.figure, wide.test
    return Excluded(
        rule=rule.name,
        threshold=rule.threshold,
        all_rules=rule.all_rules,
        judgments=len(judged),
        raters=tuple(sorted({row.rater for row in rows} - {row.rater for row in remaining})),
        margin=margin,
        test=test,
        won=found.items_won,
        lost=found.items_lost,
        tied=found.items_tied,
        alpha=orientation_free_alpha(ratings, level_of(criterion), resampling),
    )
