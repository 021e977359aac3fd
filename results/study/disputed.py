"""What readers of a report look up: the most disputed items with every answer, and each response flagged as harmful.

No answer carries a rater's name; a comment stands with the marks of whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import pvariance
from typing import Any

from results.export.rows import JudgmentRow
from results.statistics.figure import finite
from results.statistics.ratings import Pair
from results.study.judged import Judged, compared, signed
from tasks.schema import Criterion

MOST = 10
HARM = "harm"


def disputed(data: Judged, criterion: Criterion, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Up to ten (item, pair) with the widest spread of answers (variance of signed strength), widest first."""
    rows = data.of(criterion.criterion_id)
    found = []
    for pair in pairs:
        by_item: dict[str, list[JudgmentRow]] = {}
        for row in compared(rows, pair):
            if row.strength is not None:
                by_item.setdefault(row.item_id, []).append(row)
        for item_id, given in by_item.items():
            spread = pvariance([signed(row, pair) or 0 for row in given])
            if len(given) > 1 and spread > 0:
                found.append((spread, item_id, pair, given))
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    comments = {row.assignment_id: row.comment for row in data.export.comments if row.comment}
    marks = _marks(data)
    return [
        {
            "item_id": item_id,
            "systems": list(pair),
            "variance": finite(spread),
            "answers": _answers(given, pair, comments, marks),
        }
        for spread, item_id, pair, given in found[:MOST]
    ]


def _answers(
    given: Sequence[JudgmentRow], pair: Pair, comments: Mapping[str, str], marks: Mapping[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    answers = [
        {
            "margin": signed(row, pair),
            "comment": comments.get(row.assignment_id, ""),
            "marks": marks.get(row.assignment_id, {}) if row.assignment_id in comments else {},
        }
        for row in given
    ]
    return sorted(answers, key=lambda answer: (-(answer["margin"] or 0), str(answer["comment"])))


def _marks(data: Judged) -> dict[str, dict[str, Any]]:
    """Values of the response criteria by assignment: {criterion: {system: value}}, toggles that are off left out."""
    found: dict[str, dict[str, Any]] = {}
    for row in data.rows:
        system, off = row.target.system, row.criterion_kind == "yes_no_unsure" and not row.value
        if system is not None and row.value is not None and not off:
            found.setdefault(row.assignment_id, {}).setdefault(row.criterion, {})[system] = row.value
    return found


def flagged(data: Judged) -> dict[str, Any]:
    """Responses flagged by the criterion `harm`: how many by anyone and by a majority, and each with its reasons."""
    rated: dict[tuple[str, str], list[JudgmentRow]] = {}
    for row in data.of(HARM):
        if row.value is not None and row.target.system is not None:
            rated.setdefault((row.target.system, row.item_id), []).append(row)
    listed = []
    for (system, item_id), rows in sorted(rated.items()):
        flags = [row for row in rows if row.value == 1]
        if flags:
            reasons = sorted({reason for row in flags for reason in row.reason.split("|") if reason})
            listed.append(
                {"system": system, "item_id": item_id, "flags": len(flags), "raters": len(rows), "reasons": reasons}
            )
    return {"systems": {system: _counts(system, rated, listed) for system in data.systems()}, "responses": listed}


def _counts(system: str, rated: Mapping[tuple[str, str], object], listed: Sequence[dict[str, Any]]) -> dict[str, int]:
    own = [one for one in listed if one["system"] == system]
    return {
        "rated": sum(1 for of, _ in rated if of == system),
        "flagged_by_anyone": len(own),
        "flagged_by_majority": sum(2 * one["flags"] > one["raters"] for one in own),
    }
