"""Who was preferred: margins and wins by item, with tests that treat the dialogue, not the vote, as the unit.

An item's margin is the mean over its raters of the signed strength (-2..+2, positive for the pair's first system).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes
from results.statistics.means import mean_figure
from results.statistics.ratings import Pair, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.statistics.shares import share_figure
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
    """Share of decisive items won by the first system."""
    sign_test: Test
    votes: tuple[int, ...]
    """Votes by signed strength, from -2 (clearly the second system) to +2 (clearly the first)."""
    vote_share: Figure
    """Share of decisive votes for the first system."""
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
    wins, losses = margins > _DRAWN, margins < -_DRAWN
    won, lost = int(wins.sum()), int(losses.sum())
    decisive = ratings.by_dialogue(np.column_stack([wins, wins | losses]).astype(np.float64))
    sizes = ratings.sizes()
    return Outcome(
        pair=pair,
        margin=mean_margin(ratings, resampling),
        margin_test=sign_flip(dialogue_sums(margins, votes, ratings)),
        items_won=won,
        items_lost=lost,
        items_tied=len(judged) - won - lost,
        win_share=win_share(decisive[:, 0], decisive[:, 1], sizes, resampling),
        sign_test=sign_test(won, lost, sizes.items),
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
    """Mean over judged items of the item's margin, interval over dialogues for these raters."""
    margins, votes = item_margins(ratings)
    rows = ratings.by_dialogue(np.column_stack([margins, votes > 0]))
    return mean_figure(rows, "mean margin per item", ratings.sizes(), resampling, Reason.NO_VOTES)


def dialogue_sums(margins: Array, votes: npt.NDArray[np.int64], ratings: Ratings) -> Array:
    """Sums of the item margins of each dialogue that has a judged item: what the permutation test flips."""
    rows = np.column_stack([margins, votes > 0])
    sums = ratings.by_dialogue(rows.astype(np.float64))
    judged: Array = sums[sums[:, 1] > 0, 0]
    return judged


def vote_share(ratings: Ratings, resampling: Resampling) -> Figure:
    """Share of decisive votes for the pair's first system; votes of one dialogue stand together."""
    signs = np.sign(ratings.numbers)
    won = np.bincount(ratings.unit, weights=signs > 0, minlength=ratings.units)
    decisive = np.bincount(ratings.unit, weights=signs != 0, minlength=ratings.units)
    rows = ratings.by_dialogue(np.column_stack([won, decisive]))
    return share_figure(rows, "share of decisive votes", ratings.sizes(), resampling, Reason.NO_DECISIVE_VOTE)


def win_share(won: Array, decisive: Array, sizes: Sizes, resampling: Resampling) -> Figure:
    """Share won of the decisive items; `won` and `decisive` count the items of each dialogue, shapes (D,)."""
    rows = np.column_stack([won, decisive])
    items = float(rows[:, 1].sum())
    return share_figure(rows, "share of decisive items", sizes, resampling, Reason.ALL_TIED, most=items)


def sign_test(won: int, lost: int, dialogues: int) -> Test:
    """Exact two-sided sign test of the decisive items; null where none is decisive, and below six dialogues."""
    method = "exact two-sided sign test of decisive items"
    if won + lost == 0:
        return Test(None, method, Reason.ALL_TIED)
    if dialogues < FEWEST_DIALOGUES:
        return Test(None, method, Reason.FEW_DIALOGUES)
    from scipy.special import betainc

    tail = float(betainc(max(won, lost), min(won, lost) + 1, 0.5))  # of a binomial: as few wins, or losses, by chance
    return Test(min(1.0, 2 * tail), method)


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
