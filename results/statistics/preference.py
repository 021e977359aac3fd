"""Who was preferred: margins and wins by item, with tests that treat the dialogue, not the vote, as the unit.

An item's margin is the mean over its raters of the signed strength (-2..+2, positive for the pair's first system).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.ratings import Pair, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue, figure, mean_statistic
from results.statistics.signflip import Test, sign_flip

_DRAWN = 1e-9
"""A mean margin this near zero is a tie; means of fifths and sevenths do not cancel exactly."""


@dataclass(frozen=True)
class ItemMargin:
    """One judged item."""

    item: str
    margin: float
    """Mean signed strength, -2..+2."""
    votes: int


@dataclass(frozen=True)
class Outcome:
    """The comparison of two systems; 'first' and 'second' are the pair's systems, never sides."""

    pair: Pair
    margin: Figure
    """Mean over items of the item's margin, -2..+2."""
    margin_test: Test
    items_won: int
    items_lost: int
    items_tied: int
    win_share: Figure
    """Share of decisive items won by the first system, Wilson interval."""
    sign_test: Test
    votes: tuple[int, ...]
    """Votes by signed strength, from -2 (clearly the second system) to +2 (clearly the first)."""
    vote_share: Figure
    """Share of decisive votes for the first system, bootstrap over dialogues."""
    items: tuple[ItemMargin, ...]
    """The judged items, in the order of the ratings' units."""
    raters: Mapping[str, Figure] = field(default_factory=dict)
    """By rater, the rater's own mean margin."""
    without: Mapping[str, Figure] = field(default_factory=dict)
    """By rater, the mean margin of all other raters."""


def outcome(ratings: Ratings, pair: Pair, resampling: Resampling) -> Outcome:
    """The comparison from ratings of signed strength, one unit per item (`judged.preference_ratings` of one pair)."""
    margins, votes = item_margins(ratings)
    judged = np.flatnonzero(votes)
    won, lost = int((margins[judged] > _DRAWN).sum()), int((margins[judged] < -_DRAWN).sum())
    return Outcome(
        pair=pair,
        margin=mean_margin(ratings, resampling),
        margin_test=sign_flip(dialogue_sums(margins, votes, ratings)),
        items_won=won,
        items_lost=lost,
        items_tied=len(judged) - won - lost,
        win_share=win_share(won, lost, ratings.sizes()),
        sign_test=sign_test(won, lost),
        votes=tuple(int(n) for n in np.bincount(ratings.value, minlength=len(ratings.domain))),
        vote_share=vote_share(ratings, resampling),
        items=tuple(ItemMargin(_item(ratings.unit_names[u]), float(margins[u]), int(votes[u])) for u in judged),
        raters=_margins(ratings.by_rater(), resampling),
        without=_margins(ratings.without_each_rater(), resampling),
    )


def _item(unit: Hashable) -> str:
    """The item of a unit that is named (item, pair), or after the item alone."""
    return str(unit[0] if isinstance(unit, tuple) else unit)


def _margins(tables: Mapping[Hashable, Ratings], resampling: Resampling) -> dict[str, Figure]:
    return {str(rater): mean_margin(table, resampling) for rater, table in tables.items()}


def item_margins(ratings: Ratings) -> tuple[Array, npt.NDArray[np.int64]]:
    """Mean signed strength of each unit (0 where unjudged) and its number of votes, shapes (U,)."""
    votes = np.bincount(ratings.unit, minlength=ratings.units)
    total = np.bincount(ratings.unit, weights=ratings.numbers, minlength=ratings.units)
    return np.divide(total, votes, out=np.zeros(ratings.units), where=votes > 0), votes.astype(np.int64)


def mean_margin(ratings: Ratings, resampling: Resampling) -> Figure:
    """Mean over judged items of the item's margin, interval over dialogues."""
    margins, votes = item_margins(ratings)
    rows = np.column_stack([margins, votes > 0])
    made = figure(by_dialogue(rows, ratings.dialogue, ratings.dialogues), mean_statistic, resampling, Reason.NO_VOTES)
    return replace(made, method=f"mean margin per item; {resampling.method}").of(ratings.sizes())


def dialogue_sums(margins: Array, votes: npt.NDArray[np.int64], ratings: Ratings) -> Array:
    """Sums of the item margins of each dialogue that has a judged item: what the permutation test flips."""
    rows = np.column_stack([margins, votes > 0])
    sums = by_dialogue(rows.astype(np.float64), ratings.dialogue, ratings.dialogues)
    judged: Array = sums[sums[:, 1] > 0, 0]
    return judged


def vote_share(ratings: Ratings, resampling: Resampling) -> Figure:
    """Share of decisive votes for the pair's first system; votes of one dialogue are resampled together."""
    signs = np.sign(ratings.numbers)
    won = np.bincount(ratings.unit, weights=signs > 0, minlength=ratings.units)
    decisive = np.bincount(ratings.unit, weights=signs != 0, minlength=ratings.units)
    rows = by_dialogue(np.column_stack([won, decisive]), ratings.dialogue, ratings.dialogues)
    made = figure(rows, mean_statistic, resampling, Reason.NO_DECISIVE_VOTE)
    return replace(made, method=f"share of decisive votes; {resampling.method}").of(ratings.sizes())


def win_share(won: int, lost: int, sizes: Sizes) -> Figure:
    """Share won of the decisive items with the Wilson interval; null where none is decisive."""
    method = "share of decisive items; Wilson interval"
    if won + lost == 0:
        return undefined(Reason.ALL_TIED, method, sizes)
    from scipy.stats import binomtest

    interval = binomtest(won, won + lost).proportion_ci(0.95, method="wilson")
    return Figure(won / (won + lost), float(interval.low), float(interval.high), method, None, sizes)


def sign_test(won: int, lost: int) -> Test:
    """Exact two-sided sign test of the decisive items; null where none is decisive."""
    method = "exact two-sided sign test of decisive items"
    if won + lost == 0:
        return Test(None, method, Reason.ALL_TIED)
    from scipy.stats import binomtest

    return Test(float(binomtest(won, won + lost, 0.5).pvalue), method)


def holm(tests: Sequence[Test]) -> tuple[float | None, ...]:
    """Holm's adjusted p-values of a declared family, in the order given; None stays None.

    Source: Holm (1979), Scand. J. Statist. 6, 65-70.
    """
    known = sorted((test.p_value, place) for place, test in enumerate(tests) if test.p_value is not None)
    adjusted: list[float | None] = [None] * len(tests)
    highest = 0.0
    for rank, (p_value, place) in enumerate(known):
        highest = max(highest, min(1.0, p_value * (len(known) - rank)))
        adjusted[place] = highest
    return tuple(adjusted)
