"""What each rater did: how much, how long, how decisively, and how far the others agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

from results.figure import finite
from results.judged import Judged
from results.rows import AssignmentRow, JudgmentRow


def rater_facts(data: Judged) -> list[dict[str, Any]]:
    """One entry per rater with a main assignment, by pseudonym."""
    preferences = [row for row in data.rows if row.criterion_kind == "preference"]
    main = [row for row in data.export.assignments if row.kind == "main" and row.rater is not None]
    names = sorted({row.rater for row in data.rows})
    return [
        {
            "rater": name,
            **_work([row for row in main if row.rater == name]),
            **_habits([row for row in preferences if row.rater == name]),
            "agreement_with_rest": _with_rest(name, preferences),
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
