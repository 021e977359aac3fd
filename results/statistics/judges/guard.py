"""The guard of the alternative annotator test: does a judge say anything of the single dialogue?

A constant passes the test wherever raters differ among themselves. Within each pair of systems the judge's values are
therefore dealt anew among the dialogues; a judge that knows something of them covaries with the raters' means more
than nearly all such deals do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from results.statistics.ratings import Indices
from results.statistics.resample import Array, by_dialogue

LEVEL = 0.05
DEALS = 1_999
_AT_ONCE = 2_000_000
"""Numbers dealt at once: 16 MB."""
_NONE = 1e-12


@dataclass(frozen=True)
class Guard:
    """`correlation` within pairs of systems, -1..1, None where one side does not vary; `p_value` one-sided."""

    correlation: float | None
    p_value: float

    @property
    def stands(self) -> bool:
        """Whether the judge knows something of single dialogues."""
        return self.p_value < LEVEL


def guard(judge: Array, humans: Array, pair: Indices, dialogue: Indices, seed: int = 0, deals: int = DEALS) -> Guard:
    """The guard of N units, shapes (N,): the judge's values, the raters' means, pair of systems and dialogue.

    Units of a pair in one dialogue are taken together first. Turning a pair turns the sign of both sides and changes
    nothing.
    """
    parts = [_centred(judge[pair == one], humans[pair == one], dialogue[pair == one]) for one in np.unique(pair)]
    both = np.concatenate([np.column_stack(part) for part in parts]) if parts else np.zeros((0, 2))
    squares = (both * both).sum(axis=0)
    if not len(both) or squares.min() < _NONE:
        return Guard(None, 1.0)
    observed = float(both[:, 0] @ both[:, 1])
    random = np.random.default_rng(seed)
    dealt = np.sum([_dealt(own, other, random, deals) for own, other in parts], axis=0)
    reached = int((dealt >= observed - 1e-9 * abs(observed)).sum())
    return Guard(float(observed / np.sqrt(squares.prod())), (1 + reached) / (1 + deals))


def _centred(judge: Array, humans: Array, dialogue: Indices) -> tuple[Array, Array]:
    """Both sides as means of dialogues about their mean."""
    names, place = np.unique(dialogue, return_inverse=True)
    rows = np.column_stack([judge, humans, np.ones(len(judge))])
    sums = by_dialogue(rows, place.astype(np.int64), len(names))
    means = sums[:, :2] / sums[:, 2:]
    means = means - means.mean(axis=0)
    return means[:, 0], means[:, 1]


def _dealt(judge: Array, humans: Array, random: np.random.Generator, deals: int) -> Array:
    """The sum of products of every deal, shape (deals,)."""
    size = max(1, _AT_ONCE // max(1, len(judge)))
    parts = []
    for done in range(0, deals, size):
        rows = np.tile(judge, (min(size, deals - done), 1))
        parts.append(random.permuted(rows, axis=1) @ humans)
    return np.concatenate(parts)
