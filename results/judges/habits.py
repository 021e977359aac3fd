"""How a judge goes with the raters, with the order of showing, and with what can be counted of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from results.judges.contenders import Gaps
from results.judges.sheet import Sheet, mean_of
from results.record.figure import FigureRecord
from results.record.judges import Feature, JudgeAgreement, Leaning, Position
from results.statistics.agreement.jackknife import coefficient_figure
from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.means import mean_figure
from results.statistics.ratings import Indices
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue
from results.statistics.shares import share_figure
from results.study.judged import Judged
from results.study.position_bias import order
from tasks.schema import Criterion, Verdict

_NONE = 1e-12
_UNTOLD: Mapping[Feature, Reason] = {
    "longer": Reason.NO_RESPONSES,
    "more_questions": Reason.NO_DETECTOR,
    "minimal": Reason.NO_MINIMAL_RULE,
}
"""Why a leaning is undefined where no response can be told by it."""


def agreement(sheet: Sheet, resampling: Resampling) -> Iterator[JudgeAgreement]:
    """Judge and raters, and raters among themselves, on the same units of every pair of systems."""
    for number, pair in enumerate(sheet.pairs):
        here = (sheet.pair == number) & np.isfinite(sheet.choice) & np.isfinite(sheet.votes.means)
        choice, humans, dialogue = sheet.choice[here], sheet.votes.choice[here], sheet.dialogue[here]
        given = np.isfinite(humans)
        same = (humans == choice[:, None]).sum(axis=1)
        counts = np.stack([(humans == value).sum(axis=1) for value in (-1, 0, 1)], axis=1)
        pairs, alike = (n * (n - 1) / 2 for n in (given.sum(axis=1), counts))
        known = np.isfinite(sheet.strength[here])
        yield JudgeAgreement(
            systems=pair,
            judge=_share(same, given.sum(axis=1), dialogue, "share of votes as the judge's", resampling),
            raters=_share(alike.sum(axis=1), pairs, dialogue, "share of pairs of raters that agree", resampling),
            correlation=FigureRecord.of(
                correlation(
                    sheet.strength[here][known],
                    sheet.votes.means[here][known],
                    np.zeros(int(known.sum()), dtype=np.int64),
                    dialogue[known],
                    resampling,
                )
            ),
        )


def _share(hits: Array, size: Array, dialogue: Indices, name: str, resampling: Resampling) -> FigureRecord:
    """Mean over units of hits over size, with the bounds of a share."""
    there = size > 0
    share = hits[there] / size[there]
    rows = summed(np.column_stack([share, np.ones(len(share))]), dialogue[there])
    sizes = Sizes(len(rows), 0, int(size.sum()))
    return FigureRecord.of(share_figure(rows, name, sizes, resampling, Reason.NO_SHARED_DIALOGUE))


def summed(rows: Array, dialogue: Indices) -> Array:
    """Rows of units as sums over the dialogues that are among them."""
    names, place = np.unique(dialogue, return_inverse=True)
    return by_dialogue(rows, place.astype(np.int64), len(names))


def correlation(judge: Array, humans: Array, group: Indices, dialogue: Indices, resampling: Resampling) -> Figure:
    """Pearson's r within groups, pooled, -1..1, dialogues left out one by one for its interval; shapes (N,)."""
    name = "Pearson's r within groups"
    groups, place = np.unique(group, return_inverse=True)
    if not len(groups):
        return undefined(Reason.NO_SHARED_DIALOGUE, name)
    moments = np.column_stack([np.ones(len(judge)), judge, humans, judge * judge, humans * humans, judge * humans])
    wide = np.zeros((len(judge), len(groups), 6))
    wide[np.arange(len(judge)), place] = moments
    features = summed(wide.reshape(len(judge), -1), dialogue)
    sizes = Sizes(len(features), 0, len(judge))
    return coefficient_figure(features, _pooled(len(groups)), name, sizes, resampling, Reason.CONSTANT_SIDE)


def _pooled(groups: int) -> Callable[[Array], Array]:
    def statistic(sums: Array) -> Array:
        n, x, y, xx, yy, xy = np.moveaxis(sums.reshape(*sums.shape[:-1], groups, 6), -1, 0)
        n = np.where(n > 0, n, 1)
        both, own, other = ((a - b / n).sum(axis=-1) for a, b in ((xy, x * y), (xx, x * x), (yy, y * y)))
        alive = (own > _NONE) & (other > _NONE)
        r: Array = np.where(alive, both / np.sqrt(np.where(alive, own * other, 1.0)), np.nan)
        return np.clip(r, -1, 1)

    return statistic


# --- order --------------------------------------------------------------------------------------------------------


def position(
    data: Judged, sheet: Sheet, verdicts: Sequence[Verdict], criterion: Criterion, resampling: Resampling
) -> Position:
    """Whether the judge keeps to its choice when the responses change places, and which side it leans to."""
    both = np.isfinite(sheet.orders).all(axis=1)
    kept = np.sign(sheet.orders[both, 0]) == np.sign(sheet.orders[both, 1])
    rows = summed(np.column_stack([kept, np.ones(len(kept))]), sheet.dialogue[both])
    sizes = Sizes(len(rows), 0, int(both.sum()))
    name = "share of pairs with the same choice in both orders"
    return Position(
        both_orders=int(both.sum()),
        consistent=FigureRecord.of(share_figure(rows, name, sizes, resampling, Reason.ONE_ORDER)),
        first_share=FigureRecord.of(_first_share(data, verdicts, criterion, resampling)),
        raters_first_share=FigureRecord.of(order(data.of(criterion.criterion_id), resampling).first_share),
    )


def _first_share(data: Judged, verdicts: Sequence[Verdict], criterion: Criterion, resampling: Resampling) -> Figure:
    dialogues = {item.item_id: item.dialogue for item in data.export.items}
    values = [(dialogues[verdict.item_id], verdict.value(criterion.criterion_id)) for verdict in verdicts]
    decisive = [(name, value < 0) for name, value in values if value]
    names = {name: number for number, name in enumerate(sorted({name for name, _ in decisive}))}
    first = np.array([won for _, won in decisive], dtype=np.float64)
    place = np.array([names[name] for name, _ in decisive], dtype=np.int64)
    rows = summed(np.column_stack([first, np.ones(len(first))]), place)
    sizes = Sizes(len(names), 0, len(decisive))
    name = "share of decisive verdicts for the first side"
    return share_figure(rows, name, sizes, resampling, Reason.NO_DECISIVE_VOTE)


# --- what can be counted ------------------------------------------------------------------------------------------


def leanings(sheet: Sheet, counted: Gaps, resampling: Resampling) -> Iterator[Leaning]:
    """How far choices go with length, questions and minimal responses, the judge's beside the raters'."""
    own = np.sign(sheet.strength)
    raters = mean_of(sheet.votes.choice)
    features: tuple[tuple[Feature, Array], ...] = (
        ("longer", counted.characters), ("more_questions", counted.questions), ("minimal", counted.minimal)
    )  # fmt: skip
    for feature, gap in features:
        way = np.sign(gap)
        untold = Reason.NO_SUCH_RESPONSE if np.isfinite(gap).any() else _UNTOLD[feature]
        here = np.isfinite(own) & np.isfinite(raters) & np.isfinite(way) & (way != 0)
        sides = {"judge": own, "raters": raters, "difference": own - raters}
        figures = {
            name: FigureRecord.of(_mean(side[here] * way[here], sheet.dialogue[here], untold, resampling))
            for name, side in sides.items()
        }
        yield Leaning(feature=feature, **figures)


def _mean(values: Array, dialogue: Indices, untold: Reason, resampling: Resampling) -> Figure:
    rows = summed(np.column_stack([values, np.ones(len(values))]), dialogue)
    sizes = Sizes(len(rows), 0, len(values))
    return mean_figure(rows, "mean leaning", sizes, resampling, untold)
