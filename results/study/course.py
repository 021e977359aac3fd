"""Whether a comparison holds over time and under other readings of what was left out: exploratory, one pair at a time.

Trends are slopes of a linear model with errors clustered by dialogue and rater
(results/statistics/regression/clustered.py), over the position in a rater's own order and over days since the first
judgment. `cannot judge` counted as 'about the same', and ties left out, show what either reading would have given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from results.export.columns import Rows
from results.export.rows import JudgmentRow
from results.statistics.at_large import FEWEST_RATERS, margin_at_large
from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.preference import mean_margin
from results.statistics.ratings import Pair
from results.statistics.reasons import Reason
from results.statistics.regression import clustered
from results.statistics.resample import Array, Resampling
from results.study.judged import Judged, compared, preference_ratings
from tasks.schema import Criterion

METHOD = "slope of a linear model, errors clustered by dialogue and rater (CR2)"
_FEWEST_VOTES = 20
_SECONDS_OF_A_DAY = 86_400
_UNKNOWN = undefined(Reason.TIME_UNKNOWN, METHOD, Sizes(0, 0, 0))
"""Trends of imported judgments whose times no file says: the order of its rows is none of time."""


@dataclass(frozen=True)
class Course:
    """One pair over time, and under other readings; margins are positive for the pair's first system."""

    margin_per_ten: Figure
    """Change of the margin over ten positions."""
    strength_per_ten: Figure
    """Change of how strong answers are, 0..2, over ten positions; falling = tiring or growing careful."""
    pace_per_ten: Figure
    """Factor of the seconds a pair takes over ten positions; below 1 = faster."""
    margin_per_day: Figure
    unable_as_same: Figure
    """The margin with 'cannot judge' counted as 'about the same'."""
    without_ties: Figure
    """The margin of decisive answers alone."""


def course(data: Judged, criterion: Criterion, pair: Pair, resampling: Resampling) -> Course:
    """The figures of one pair, whichever side its systems stood on; null with the reason where there is too little."""
    rows = compared(data.of(criterion.criterion_id), pair)
    judged = rows.where(np.isfinite(rows.columns.strength))
    margins, position = judged.columns.signed(pair), judged.columns.position / 10
    seconds = np.array([row.active_seconds or 0.0 for row in judged], dtype=np.float64)
    timed = seconds > 0
    pace = _slope(np.log(seconds[timed]), position[timed], judged.where(timed))
    timed_all = all(row.submitted_at for row in judged)
    known = timed_all or data.study.imported is None
    return Course(
        margin_per_ten=_slope(margins, position, judged) if known else _UNKNOWN,
        strength_per_ten=_slope(np.abs(margins), position, judged) if known else _UNKNOWN,
        pace_per_ten=pace.moved(lambda slope: float(np.exp(slope))) if known else _UNKNOWN,
        margin_per_day=_slope(margins, _days(judged), judged) if timed_all else _UNKNOWN,
        unable_as_same=_margin(data, criterion, pair, [_as_same(row) for row in rows], resampling),
        without_ties=_margin(data, criterion, pair, judged.where(judged.columns.strength > 0), resampling),
    )


def _slope(values: Array, over: Array, rows: Rows) -> Figure:
    """Change of the values for one unit of `over`, both shape (N,), one entry a row."""
    dialogue, rater = rows.columns.dialogue.codes, rows.columns.rater.codes
    sizes = Sizes(len(np.unique(dialogue)), len(np.unique(rater)), len(rows))
    reason = _obstacle(over, sizes)
    if reason is not None:
        return undefined(reason, METHOD, sizes)
    term = clustered.fit(np.column_stack([np.ones(len(over)), over - over.mean()]), values, dialogue, rater)[1]
    if term.high - term.low < 1e-9:
        return Figure(term.value, method=METHOD, reason=Reason.NO_VARIATION, sizes=sizes)
    return Figure(term.value, term.low, term.high, METHOD, None, sizes)


def _obstacle(over: Array, sizes: Sizes) -> Reason | None:
    if sizes.judgments < _FEWEST_VOTES:
        return Reason.FEW_VOTES
    if sizes.raters < FEWEST_RATERS:
        return Reason.FEW_RATERS
    if sizes.items <= FEWEST_DIALOGUES:
        return Reason.FEW_DIALOGUES
    return Reason.NO_TIME if float(over.max() - over.min()) < 1e-9 else None


def _days(rows: Sequence[JudgmentRow]) -> Array:
    """Days since the first of the rows."""
    at = [datetime.fromisoformat(row.submitted_at).timestamp() for row in rows]
    return (np.array(at) - min(at, default=0.0)) / _SECONDS_OF_A_DAY


def _as_same(row: JudgmentRow) -> JudgmentRow:
    if row.value is None and row.reason.startswith("cannot_judge"):
        return row.model_copy(update={"value": 0, "strength": 0, "reason": ""})
    return row


def _margin(
    data: Judged, criterion: Criterion, pair: Pair, rows: Sequence[JudgmentRow], resampling: Resampling
) -> Figure:
    """The mean margin of these rows, for whom the study's primary comparison names."""
    table = preference_ratings(rows, criterion, [pair])
    if data.study.primary.estimand == "raters_at_large":
        return margin_at_large(table).figure
    return mean_margin(table, resampling)
