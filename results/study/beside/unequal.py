"""Raters of unequal care: Dawid and Skene's model of every criterion of few answers that many raters judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from results.export.columns import Rows
from results.record.agreement import UnequalRecord
from results.statistics.agreement.dawid_skene import dawid_skene
from results.statistics.figure import finite
from results.statistics.ratings import Pair, Ratings, ratings
from results.study.judged import Judged, preference_ratings, target_ratings
from tasks.schema import Criterion

FEWEST_RATERS, FEWEST_UNITS = 5, 20
FEWEST_EACH = 3
"""Raters, units, and answers a unit on average, from which the model is fitted."""
FEWEST_OF_AN_ANSWER = 5.0
"""Units' worth of an answer that was given at all: rarer ones cannot be told from slips."""
TIE = "tie"


def unequal(data: Judged) -> Iterator[UnequalRecord]:
    """One record for each pair of a preference, each nominal criterion and each label, where enough raters judged."""
    for criterion in data.study.criteria:
        rows = data.of(criterion.criterion_id)
        if criterion.kind == "preference":
            for pair in data.listed():
                table = preference_ratings(rows, criterion, [pair])
                yield from _fitted(criterion, _choices(table), (pair[1], TIE, pair[0]), pair)
        elif criterion.kind == "labels":
            for point in criterion.points:
                yield from _fitted(criterion, _given(rows, point.value), ("0", "1"), label=point.value)
        elif criterion.kind == "yes_no_unsure" or criterion.level == "nominal":
            table = target_ratings(rows, criterion)
            yield from _fitted(criterion, table, tuple(f"{value:g}" for value in table.domain))


def _given(rows: Rows, label: int) -> Ratings:
    """Whether a label was given, 0 or 1, of each utterance or item that a rater labelled."""
    listed = {(row.item_id, row.target, row.rater): row for row in rows if isinstance(row.value, list)}
    return ratings(
        [(item, target) for item, target, _ in listed],
        [rater for _, _, rater in listed],
        [int(label in row.value) for row in listed.values() if isinstance(row.value, list)],
        [row.dialogue for row in listed.values()],
        domain=(0, 1),
    )


def _choices(table: Ratings) -> Ratings:
    """Strengths as -1, 0, 1 = second system, tie, first system."""
    value = np.sign(table.numbers).astype(np.int64) + 1
    return replace(table, value=value, domain=np.array([-1.0, 0.0, 1.0]))


def _fitted(
    criterion: Criterion, table: Ratings, answers: tuple[str, ...], pair: Pair | None = None, label: int | None = None
) -> Iterator[UnequalRecord]:
    sizes = table.sizes()
    counts = table.counts()
    rated = counts.sum(axis=1) > 0
    units = int(rated.sum())
    if sizes.raters < FEWEST_RATERS or units < FEWEST_UNITS or sizes.judgments < FEWEST_EACH * units:
        return
    shares = counts[rated] / counts[rated].sum(axis=1, keepdims=True)
    worth = shares.sum(axis=0)
    if (worth[worth > 0] < FEWEST_OF_AN_ANSWER).any() or np.count_nonzero(worth) < 2:
        return
    fit = dawid_skene(table.unit, table.rater, table.value, len(answers))
    top = counts[rated] == counts[rated].max(axis=1, keepdims=True)
    likeliest = fit.chances[: len(rated)][rated[: len(fit.chances)]].argmax(axis=1)
    yield UnequalRecord(
        criterion=criterion.criterion_id,
        systems=pair,
        label=label,
        units=units,
        raters=sizes.raters,
        judgments=sizes.judgments,
        plain=_named(answers, shares.mean(axis=0).tolist()),
        fitted=_named(answers, fit.shares.tolist()),
        accuracy={
            str(table.rater_names[rater]): finite(float(fit.accuracy[rater])) for rater in np.unique(table.rater)
        },
        moved=int((~top[np.arange(units), likeliest]).sum()),
        converged=fit.converged,
    )


def _named(answers: tuple[str, ...], shares: list[float]) -> dict[str, float]:
    return {answer: finite(share) or 0.0 for answer, share in zip(answers, shares, strict=True)}
