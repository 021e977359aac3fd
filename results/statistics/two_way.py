"""The mean margin generalising to other raters: an item-and-rater bootstrap.

Dialogues and raters are resampled independently; a vote counts as often as its dialogue times its rater were drawn.
Source: Owen (2007), The pigeonhole bootstrap, Ann. Appl. Stat. 1, 386-411 (it errs on the wide side).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from results.statistics.figure import FEWEST_DIALOGUES, Figure, undefined
from results.statistics.preference import item_margins
from results.statistics.ratings import Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, drawn_figure, weights_of

_SECOND = 1_000_003
"""Added to the seed for the raters' draws, so that they are not those of the dialogues."""


def two_way_margin(ratings: Ratings, resampling: Resampling) -> Figure:
    """Mean margin per item with a percentile interval over dialogues and raters together; null bounds below two raters
    or six dialogues."""
    margins, votes = item_margins(ratings)
    method = f"mean margin per item; item-and-rater bootstrap, {resampling.resamples} resamples"
    sizes = ratings.sizes()
    if not votes.any():
        return undefined(Reason.NO_VOTES, method, sizes)
    value = float(margins[votes > 0].mean())
    if sizes.raters < 2 or sizes.items < FEWEST_DIALOGUES:
        reason = Reason.ONE_RATER if sizes.raters < 2 else Reason.FEW_DIALOGUES
        return Figure(value, None, None, method, reason, sizes, resampling.seed)
    return drawn_figure(value, _draws(ratings, resampling), method, sizes, resampling)


def _turn(signed: Array) -> float:
    """The sign of the first item that is not tied: listing the other system first then changes no draw either."""
    sums = signed.sum(axis=1)
    moved = sums[sums != 0]
    return float(np.sign(moved[0])) if len(moved) else 1.0


def _draws(ratings: Ratings, resampling: Resampling) -> Array:
    """Means in every resample: each item's mean over its drawn raters, then the mean over drawn dialogues' items."""
    units, raters = ratings.units, ratings.raters
    answered = np.zeros((units, raters))
    signed = np.zeros((units, raters))
    answered[ratings.unit, ratings.rater] = 1.0
    signed[ratings.unit, ratings.rater] = ratings.numbers
    # Raters stand by what they answered, so that another name for one of them changes no draw.
    order = np.lexsort(np.vstack([_turn(signed) * signed, answered]))
    answered, signed = answered[:, order], signed[:, order]
    means = []
    rater_draws = weights_of(raters, replace(resampling, seed=resampling.seed + _SECOND))
    by_rater = np.concatenate([weights for _, weights in rater_draws]).astype(np.float64)
    for part, weights in weights_of(ratings.dialogues, resampling):
        number = by_rater[part] @ answered.T
        total = by_rater[part] @ signed.T
        mean = np.divide(total, number, out=np.zeros_like(total), where=number > 0)
        counted = weights.astype(np.float64)[:, ratings.dialogue] * (number > 0)
        means.append((mean * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1e-300))
    return np.concatenate(means)
