"""What readers of a report look up: the most disputed items with every answer, and each response flagged as harmful.

No answer carries a rater's name; a comment stands with the marks of whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import pvariance

from results.export.rows import JudgmentRow
from results.record.listed import DisputedAnswer, DisputedItem, FlagCounts, FlaggedRecord, FlaggedResponse
from results.statistics.figure import finite
from results.statistics.ratings import Pair
from results.study.judged import Judged, signed
from results.study.response_ratings import HARM
from tasks.schema import Criterion

Marks = dict[str, dict[str, int]]
"""Points by criterion and system."""

POINTED = ("scale", "yes_no_unsure")
"""Kinds whose answers are points with words."""

MOST = 10


def disputed(data: Judged, criterion: Criterion, pairs: Sequence[Pair]) -> tuple[DisputedItem, ...]:
    """Up to ten (item, pair) with the widest spread of answers (variance of signed strength), widest first."""
    comments = {row.assignment_id: row.comment for row in data.export.comments if row.comment}
    marks = _marks(row for row in data.rows if row.assignment_id in comments)
    items = [
        DisputedItem(item_id=item_id, systems=pair, variance=finite(spread) or 0.0, answers=answers)
        for (pair, item_id), rows in _by_item(data.of(criterion.criterion_id), pairs).items()
        if len(rows) > 1 and (spread := pvariance([signed(row, pair) or 0 for row in rows])) > 0
        for answers in [_answers(rows, pair, comments, marks)]
    ]
    return tuple(sorted(items, key=lambda item: (-item.variance, item.item_id, item.systems))[:MOST])


def _by_item(rows: Sequence[JudgmentRow], pairs: Sequence[Pair]) -> dict[tuple[Pair, str], list[JudgmentRow]]:
    """The given preferences by the two systems and the item."""
    turned = {frozenset(pair): pair for pair in pairs}
    by_item: dict[tuple[Pair, str], list[JudgmentRow]] = {}
    for row in rows:
        pair = turned.get(frozenset((row.first_system or "", row.second_system or "")))
        if pair is not None and row.strength is not None:
            by_item.setdefault((pair, row.item_id), []).append(row)
    return by_item


def _answers(
    rows: Sequence[JudgmentRow], pair: Pair, comments: Mapping[str, str], marks: Mapping[str, Marks]
) -> tuple[DisputedAnswer, ...]:
    answers = [
        DisputedAnswer(
            margin=signed(row, pair) or 0,
            comment=comments.get(row.assignment_id, ""),
            marks=marks.get(row.assignment_id, {}),
        )
        for row in rows
    ]
    return tuple(sorted(answers, key=lambda answer: (-answer.margin, answer.comment)))


def _marks(rows: Iterable[JudgmentRow]) -> dict[str, Marks]:
    """Points given to responses by assignment: {criterion: {system: value}}, toggles that are off left out.

    Counts, spans and texts have no points whose words could stand beside a comment.
    """
    marks: dict[str, Marks] = {}
    for row in rows:
        system, value, off = row.target.system, row.value, row.criterion_kind == "yes_no_unsure" and not row.value
        if system is not None and row.criterion_kind in POINTED and isinstance(value, int) and not off:
            marks.setdefault(row.assignment_id, {}).setdefault(row.criterion, {})[system] = value
    return marks


def flagged(data: Judged) -> FlaggedRecord:
    """Responses flagged by the criterion `harm`: how many by anyone and by a majority, and each with its reasons."""
    rated: dict[tuple[str, str], list[JudgmentRow]] = {}
    for row in data.of(HARM):
        if row.value is not None and row.target.system is not None:
            rated.setdefault((row.target.system, row.item_id), []).append(row)
    responses = [
        FlaggedResponse(system=system, item_id=item_id, flags=len(flags), raters=len(rows), reasons=_reasons(flags))
        for (system, item_id), rows in sorted(rated.items())
        if (flags := [row for row in rows if row.value == 1])
    ]
    return FlaggedRecord(
        systems={system: _counts(system, rated, responses) for system in data.systems()}, responses=tuple(responses)
    )


def _reasons(flags: Sequence[JudgmentRow]) -> tuple[str, ...]:
    return tuple(sorted({reason for row in flags for reason in row.reason.split("|") if reason}))


def _counts(system: str, rated: Mapping[tuple[str, str], object], responses: Sequence[FlaggedResponse]) -> FlagCounts:
    own = [response for response in responses if response.system == system]
    return FlagCounts(
        rated=sum(1 for of, _ in rated if of == system),
        flagged_by_anyone=len(own),
        flagged_by_majority=sum(2 * response.flags > response.raters for response in own),
    )
