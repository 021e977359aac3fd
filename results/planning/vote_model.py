"""A model of blind votes with item and rater effects, from which studies are simulated before they are run.

    z_ir = mu + s_item a_i + s_rater b_r + s_vote e_ir,    a, b, e standard normal, s_item^2 + s_rater^2 + s_vote^2 = 1

z is how much rater r prefers the first system on item i. |z| below one cut is 'about the same', above another
'clearly'; the votes are -2..+2. Raters agree as far as s_item^2 is large. mu = s_item * Phi^-1(win), so that on a
share `win` of the items many raters together would prefer the first system.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from results.statistics.ratings import Ratings
from results.statistics.resample import Array
from tasks.errors import InputError

Votes = npt.NDArray[np.int8]
"""Votes -2..+2, positive for the first system: (studies, items, raters)."""

CALIBRATION = (800, 15, 5)
"""Studies, items and raters drawn to find the item variance: many studies, so that no rater's leaning decides."""
_STEPS = 14
"""Halvings in the search for the item variance: to 1 / 16,384."""


@dataclass(frozen=True)
class Assumptions:
    """What is believed of systems and raters, all proportions 0..1."""

    win: float = 0.65
    """Share of items on which raters, in great numbers, would prefer the first system; 0.5 = no difference."""
    ties: float = 0.2
    """Share of votes 'about the same'."""
    strong: float = 0.4
    """Share of the other votes that are 'clearly', not 'slightly'."""
    agreement: float = 0.35
    """Orientation-free ordinal alpha of the votes."""
    lean: float = 0.02
    """Share of the variance of votes that is each rater's own liking for one of the systems."""


@dataclass(frozen=True)
class Model:
    """The assumptions as numbers that votes are drawn with."""

    mean: float
    item: float
    """Standard deviations of the three effects; their squares sum to 1."""
    rater: float
    vote: float
    slightly: float
    """|z| from which a vote is decided, and from which it is strong."""
    clearly: float

    def draw(self, studies: int, items: int, raters: int, random: np.random.Generator) -> Votes:
        """Votes of simulated studies, (studies, items, raters); each study has raters of its own."""
        z = self._latent(studies, items, raters, random)
        size = np.abs(z)
        strength = (size >= self.slightly).astype(np.int8) + (size >= self.clearly)
        votes: Votes = (np.sign(z) * strength).astype(np.int8)
        return votes

    def _latent(self, studies: int, items: int, raters: int, random: np.random.Generator) -> Array:
        z = random.standard_normal((studies, items, raters)) * self.vote
        z += random.standard_normal((studies, items, 1)) * self.item
        z += random.standard_normal((studies, 1, raters)) * self.rater
        return z + self.mean


def model(assumptions: Assumptions, seed: int = 0) -> Model:
    """The model whose votes have the assumed ties, strengths and agreement.

    Raises:
        ValueError: the agreement cannot be reached beside the leaning of the raters.
    """
    most = 1 - assumptions.lean

    def alpha_at(share: float) -> float:
        random = np.random.default_rng(seed)  # the same draws at every step, so that alpha rises smoothly
        votes = _model(assumptions, share).draw(*CALIBRATION, random)
        return vote_alpha(votes.reshape(-1, votes.shape[-1]))

    if alpha_at(most) < assumptions.agreement:
        raise InputError(
            f"agreement {assumptions.agreement} cannot be reached with lean {assumptions.lean} and ties "
            f"{assumptions.ties}; at most {alpha_at(most):.2f}"
        )
    return _model(assumptions, _crossing(alpha_at, assumptions.agreement, 0.0, most))


def without_difference(model: Model) -> Model:
    """The same raters where neither system is better."""
    return Model(0.0, model.item, model.rater, model.vote, model.slightly, model.clearly)


def _model(assumptions: Assumptions, item_share: float) -> Model:
    mean = math.sqrt(item_share) * NormalDist().inv_cdf(assumptions.win)
    decided = 1 - assumptions.ties
    return Model(
        mean=mean,
        item=math.sqrt(item_share),
        rater=math.sqrt(assumptions.lean),
        vote=math.sqrt(max(0.0, 1 - item_share - assumptions.lean)),
        slightly=_cut(mean, decided),
        clearly=_cut(mean, decided * assumptions.strong),
    )


def _cut(mean: float, share: float) -> float:
    """The c with P(|z| >= c) = share, for z normal with this mean and variance 1."""
    law = NormalDist(mean)
    return _crossing(lambda cut: 1 - (law.cdf(cut) - law.cdf(-cut)), share, 10.0, 0.0, steps=50)


def _crossing(rising: Callable[[float], float], target: float, low: float, high: float, steps: int = _STEPS) -> float:
    """Where a function that rises from `low` to `high` (which may be the smaller number) reaches the target."""
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2


def vote_alpha(votes: Votes) -> float:
    """Orientation-free ordinal alpha of one study's votes (items, raters); NaN where undefined."""
    from results.statistics.agreement.alpha import both_ways, value

    return value(both_ways(as_ratings(votes)), "ordinal")


def as_ratings(votes: Votes) -> Ratings:
    """One study's votes (items, raters) as the ratings that agreement is computed from; each item is a dialogue."""
    items, raters = votes.shape
    return Ratings(
        unit=np.repeat(np.arange(items), raters),
        rater=np.tile(np.arange(raters), items),
        value=votes.ravel().astype(np.int64) + 2,
        domain=np.arange(-2.0, 3.0),
        dialogue=np.arange(items),
        rater_names=tuple(range(raters)),
        unit_names=tuple(range(items)),
    )
