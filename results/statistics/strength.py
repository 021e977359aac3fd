"""Systems compared two at a time by many votes: Davidson strengths, pairs by item, position, with item-bootstraps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from results.statistics import davidson
from results.statistics.davidson import Cells, Index
from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.preference import sign_test, win_share
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue, drawn_figure, weights_of
from results.statistics.shares import share_figure
from results.statistics.signflip import Test

Flags = npt.NDArray[np.bool_]
_MOST_NUMBERS = 40_000_000
"""Numbers of the table items x cells held at once: 160 MB."""


@dataclass(frozen=True)
class Votes:
    """N votes. item, first, second: places (N,), first < second of `systems`; outcome 1 = first, -1 = second, 0 = tie.

    turned: True where the pair was shown second system first.
    """

    systems: tuple[str, ...]
    items: int
    item: Index
    first: Index
    second: Index
    outcome: Index
    turned: Index
    cluster: Index
    """The resampling unit of each item, shape (items,)."""

    @property
    def clusters(self) -> int:
        """Resampling units."""
        return int(self.cluster.max()) + 1 if len(self.cluster) else 0


@dataclass(frozen=True)
class PairCount:
    """Items won, lost and tied by the pair's first system, by the majority of an item's votes."""

    pair: tuple[int, int]
    won: int
    lost: int
    tied: int
    share: Figure
    test: Test


@dataclass(frozen=True)
class Strengths:
    """`figures` by system (place): centred log worth. `votes` (S, 3): votes won, lost, tied."""

    figures: tuple[Figure, ...]
    nu: float | None
    connected: bool
    finite: bool
    votes: Index


def votes_of(
    item: Sequence[str], left: Sequence[str], right: Sequence[str], outcome: Sequence[int], cluster: Sequence[str]
) -> Votes:
    """Votes from columns: outcome 1 = the left system, -1 = the right one, 0 = tie; `cluster` names each row's
    resampling unit. Systems and items are sorted, so the order of rows and the sides change nothing else."""
    import pandas as pd

    systems = sorted({*left, *right})
    codes = pd.Index(systems)
    left_place, right_place = codes.get_indexer(pd.Index(left)), codes.get_indexer(pd.Index(right))
    turned = left_place > right_place
    items, names = pd.factorize(np.asarray(item, dtype=object), sort=True)
    groups, _ = pd.factorize(np.asarray(cluster, dtype=object), sort=True)
    of_item = np.zeros(len(names), dtype=np.int64)
    of_item[items] = groups
    return Votes(
        systems=tuple(systems),
        items=len(names),
        item=items.astype(np.int64),
        first=np.where(turned, right_place, left_place).astype(np.int64),
        second=np.where(turned, left_place, right_place).astype(np.int64),
        outcome=np.where(turned, -1, 1) * np.asarray(outcome, dtype=np.int64),
        turned=turned.astype(np.int64),
        cluster=of_item,
    )


# --- strengths --------------------------------------------------------------------------------------------------


def strengths(votes: Votes, resampling: Resampling) -> Strengths:
    """Davidson strengths with intervals that resample items; undefined, with the reason, where the model has no fit."""
    cells, table = _cells(votes)
    linked = bool(len(votes.item)) and davidson.connected(cells)
    fits = linked and davidson.finite(cells)
    counted = _votes(votes)
    if not fits:
        reason = Reason.NO_VOTES if not len(votes.item) else Reason.SEPARATED if linked else Reason.DISCONNECTED
        none = tuple(undefined(reason, "Davidson") for _ in votes.systems)
        return Strengths(none, None, linked, False, counted)
    worths, nu = davidson.fit(cells)
    draws, _ = davidson.fit_many(cells.of(_resampled(table, votes, resampling)), worths, nu)
    return Strengths(_figures(worths, draws, votes, resampling), nu, True, True, counted)


def _cells(votes: Votes) -> tuple[Cells, Index]:
    """Votes by pair, and each vote's cell (pair x outcome)."""
    size = len(votes.systems)
    pairs, place = np.unique(votes.first * size + votes.second, return_inverse=True)
    kind = np.where(votes.outcome > 0, 0, np.where(votes.outcome < 0, 1, 2))
    cell = place * 3 + kind
    counts = np.bincount(cell, minlength=3 * len(pairs)).reshape(-1, 3).astype(np.float64)
    return Cells(pairs // size, pairs % size, size, counts), cell


def _resampled(cell: Index, votes: Votes, resampling: Resampling) -> Array:
    """Counts by pair and outcome in every resample of the clusters, shape (B, P, 3)."""
    clusters, width = votes.clusters, 3 * (int(cell.max()) // 3 + 1)
    place = votes.cluster[votes.item]
    step = max(1, _MOST_NUMBERS // width)
    sums = np.zeros((resampling.resamples, width))
    for start in range(0, clusters, step):
        end = min(start + step, clusters)
        here = (place >= start) & (place < end)
        flat = np.bincount((place[here] - start) * width + cell[here], minlength=(end - start) * width)
        table = flat.reshape(end - start, width).astype(np.float32)  # whole numbers far below 2^24 stay exact
        for rows, weights in weights_of(clusters, resampling):
            sums[rows] += weights[:, start:end].astype(np.float32) @ table
    return sums.reshape(resampling.resamples, -1, 3)


def _figures(worths: Array, draws: Array, votes: Votes, resampling: Resampling) -> tuple[Figure, ...]:
    """One figure a system; a resample counts for all systems or, where the model has no fit, for none."""
    method = f"Davidson, centred log worth; {resampling.method}"
    sizes = Sizes(items=votes.items, judgments=len(votes.item))
    if votes.clusters < FEWEST_DIALOGUES:
        return tuple(
            Figure(float(worth), None, None, method, Reason.FEW_DIALOGUES, sizes, resampling.seed) for worth in worths
        )
    fitted = np.where(np.isfinite(draws).all(axis=1, keepdims=True), draws, np.nan)
    return tuple(
        drawn_figure(float(worth), own, method, sizes, resampling) for worth, own in zip(worths, fitted.T, strict=True)
    )


def _votes(votes: Votes) -> Index:
    """Votes won, lost and tied by each system, shape (S, 3)."""
    counts = np.zeros((len(votes.systems), 3), dtype=np.int64)
    for system, sign in ((votes.first, 1), (votes.second, -1)):
        kind = np.where(votes.outcome * sign > 0, 0, np.where(votes.outcome == 0, 2, 1))
        np.add.at(counts, (system, kind), 1)
    return counts


# --- pairs and position -----------------------------------------------------------------------------------------


def pair_counts(votes: Votes, resampling: Resampling) -> tuple[PairCount, ...]:
    """Every pair of systems by items: an item goes to the outcome that most of its votes name; tied where two lead."""
    size = len(votes.systems)
    pairs, place = np.unique(votes.first * size + votes.second, return_inverse=True)
    units, unit = np.unique(place * votes.items + votes.item, return_inverse=True)
    kind = np.where(votes.outcome > 0, 0, np.where(votes.outcome < 0, 1, 2))
    counts = np.bincount(unit * 3 + kind, minlength=3 * len(units)).reshape(-1, 3)
    won = (counts[:, 0] > counts[:, 1]) & (counts[:, 0] > counts[:, 2])
    lost = (counts[:, 1] > counts[:, 0]) & (counts[:, 1] > counts[:, 2])
    owner, cluster = units // votes.items, votes.cluster[units % votes.items]
    return tuple(
        _pair_count((int(pair // size), int(pair % size)), won[own], lost[own], counts[own], cluster[own], resampling)
        for pair, own in ((pair, owner == index) for index, pair in enumerate(pairs))
    )


def _pair_count(
    pair: tuple[int, int], won: Flags, lost: Flags, counts: Index, cluster: Index, resampling: Resampling
) -> PairCount:
    """From the items of one pair: which it won and lost, its votes (items, 3), and the items' clusters."""
    clusters, place = np.unique(cluster, return_inverse=True)
    rows = by_dialogue(np.column_stack([won, won | lost]).astype(np.float64), place, len(clusters))
    up, down = int(won.sum()), int(lost.sum())
    sizes = Sizes(items=len(won), judgments=int(counts.sum()))
    share = win_share(rows[:, 0], rows[:, 1], sizes, resampling)
    return PairCount(pair, up, down, len(won) - up - down, share, sign_test(up, down, len(clusters)))


def first_side_rate(votes: Votes, resampling: Resampling) -> Figure:
    """Share of decisive votes for the side shown first, interval over items; 0.5 = no effect of position."""
    decisive = (votes.outcome != 0).astype(np.float64)
    shown_first = np.where(votes.turned == 1, -1, 1)
    chosen = (votes.outcome * shown_first > 0).astype(np.float64)
    if not decisive.any():
        return undefined(Reason.NO_DECISIVE_VOTE, "share of decisive votes for the first side")
    rows = by_dialogue(np.column_stack([chosen, decisive]), votes.cluster[votes.item], votes.clusters)
    sizes = Sizes(items=votes.items, judgments=int(decisive.sum()))
    name = "share of decisive votes for the first side"
    return share_figure(rows, name, sizes, resampling, Reason.NO_DECISIVE_VOTE)
