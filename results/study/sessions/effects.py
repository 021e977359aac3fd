"""The client's form: means over sessions, and how much of the variance lies between clients and between counsellors.

Variances by Henderson's method I (`results.statistics.components`), sessions as votes, clients in place of dialogues
and counsellors in place of raters. Their shares have jackknife intervals that leave out one client with all sessions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from results.export.sessions import SessionRow
from results.record.figure import FigureRecord
from results.record.sessions.held import RatedBySessions, TickedBox
from results.statistics.components import Votes, variances
from results.statistics.estimates import Estimate, group_places, missing, to_figure
from results.statistics.figure import Figure
from results.statistics.means import mean_figure
from results.statistics.ratings import Indices
from results.statistics.reasons import Reason
from results.statistics.resample import Array
from results.study.raters import measured
from results.study.sessions.held import Held, by_client, sizes
from tasks.data.feedback import DIMENSIONS, FLAGS, Flags, score_of
from tasks.schema import Criterion, Study

SCORE = "score"
"""The published score of all 20 items, beside the criteria."""
_NOTHING = 1e-12
Values = Mapping[str, float]
"""By session."""
Split = Array | Reason
"""(client's share, counsellor's share) of a variance, or why they cannot be told."""


def items(held: Held, study: Study) -> tuple[RatedBySessions, ...]:
    """Every criterion of the form that can be averaged, in its order."""
    asked = [criterion for criterion in study.criteria if criterion.of == "item" and measured(criterion)]
    return tuple(_rated(held, criterion.criterion_id, _given(held, criterion.criterion_id)) for criterion in asked)


def score(held: Held) -> RatedBySessions | None:
    """The published score of sessions with all 20 items; None where there is none."""
    whole = {
        session: float(score_of(int(sum(form[one.key] for one in DIMENSIONS)), _flags(form)))
        for session, form in held.forms.items()
        if all(one.key in form for one in DIMENSIONS)
    }
    return _rated(held, SCORE, whole) if any(row.session_id in whole for row in held.rows) else None


def boxes(held: Held, study: Study) -> tuple[TickedBox, ...]:
    """The boxes of the form, in its order."""
    asked = [criterion for criterion in study.criteria if criterion.of == "item" and criterion.toggle]
    return tuple(_box(held, criterion) for criterion in asked)


def _box(held: Held, criterion: Criterion) -> TickedBox:
    given = list(_given(held, criterion.criterion_id).values())
    return TickedBox(criterion=criterion.criterion_id, ticked=sum(value == 1 for value in given), forms=len(given))


def _flags(form: Mapping[str, float]) -> Flags:
    return Flags(*(form.get(flag.key) == 1 for flag in FLAGS))


def _given(held: Held, criterion: str) -> Values:
    return {row.session_id: form[criterion] for row in held.rated if criterion in (form := held.forms[row.session_id])}


def _rated(held: Held, name: str, values: Values) -> RatedBySessions:
    rows = [row for row in held.rated if row.session_id in values]
    given = np.array([values[row.session_id] for row in rows], dtype=np.float64)
    if not rows:
        nothing = FigureRecord.of(Figure(None, reason=Reason.NO_SESSIONS))
        return RatedBySessions(criterion=name, mean=nothing, client=nothing, counselor=nothing)
    sums = by_client(np.column_stack([given, np.ones_like(given)]), rows)
    mean = mean_figure(sums, "mean over sessions", sizes(rows), held.resampling, Reason.NO_SESSIONS)
    client, counselor = _shares(held, rows, given)
    return RatedBySessions(
        criterion=name,
        mean=FigureRecord.of(mean),
        client=FigureRecord.of(client),
        counselor=FigureRecord.of(counselor),
    )


def _shares(held: Held, rows: Sequence[SessionRow], given: Array) -> tuple[Figure, Figure]:
    """Shares of the variance between clients and between counsellors."""
    places = np.array(group_places([row.client_seat for row in rows]), dtype=np.int64)
    seats = np.array([row.counselor_seat for row in rows], dtype=np.int64)
    whole = _split(given, places, seats)
    others = [places != one for one in range(places.max() + 1)]
    left_out = [_split(given[kept], places[kept], seats[kept]) for kept in others if kept.any()]
    return _share(held, rows, whole, left_out, 0), _share(held, rows, whole, left_out, 1)


def _share(
    held: Held, rows: Sequence[SessionRow], whole: Split, left_out: Sequence[Split], part: Literal[0, 1]
) -> Figure:
    """A part of `whole`, with the interval from what it is without each client."""
    method = "share of variance by Henderson's method I"
    if isinstance(whole, Reason):
        return replace(to_figure(missing(whole), held.resampling, sizes(rows)), method=method)
    draws = np.array([np.nan if isinstance(one, Reason) else one[part] for one in left_out], dtype=np.float64)
    figure = to_figure(Estimate(float(whole[part]), draws, "jackknife"), held.resampling, sizes(rows))
    named = replace(figure, method=f"{method}; {figure.method}" if figure.method else method)
    if named.low is None or named.high is None:
        return named
    return replace(named, low=max(named.low, 0.0), high=min(named.high, 1.0))


def _split(given: Array, clients: Indices, counselors: Indices) -> Split:
    """(client's share, counsellor's share) of the variance of the values, shapes (S,); the reason where undefined."""
    if float(np.ptp(given)) <= _NOTHING:
        return Reason.NO_VARIANCE
    client = np.unique(clients, return_inverse=True)[1].astype(np.int64)
    counselor = np.unique(counselors, return_inverse=True)[1].astype(np.int64)
    if client.max() == 0 or counselor.max() == 0:
        return Reason.EFFECTS_JOINED
    found = variances(Votes(given, client, counselor, np.full(len(given), 1 / len(given))))
    if found is None:
        return Reason.EFFECTS_JOINED
    total = float(found.sum())
    return found[:2] / total if total > _NOTHING else Reason.NO_VARIANCE
