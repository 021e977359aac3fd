"""A model of blind votes with item and rater effects, from which studies are simulated before they are run.

    z_ir = mu + s_item a_i + s_rater b_r + s_vote e_ir,    a, b, e standard normal, s_item^2 + s_rater^2 + s_vote^2 = 1

z is how much rater r prefers the first system on item i. |z| below one cut is 'about the same', above another
'clearly'; the votes are -2..+2. Raters agree as far as s_item^2 is large. mu = s_item * Phi^-1(win), so that on a
share `win` of the items many raters together would prefer the first system.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from results.statistics.ratings import Indices, Ratings
from results.statistics.resample import Array
from tasks.errors import InputError

Votes = npt.NDArray[np.int8]
"""Votes -2..+2, positive for the first system: (studies, items, raters)."""

_STEPS, _SEARCHED = 50, 20
"""Halvings in the search for a cut, and for the item variance."""
_NO_NOISE = 1e-9
_NODES = np.linspace(-8, 8, 4_001)
"""Of an item's effect, in standard deviations; many, for votes without noise jump."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Who judges what in one comparison: item (0..n-1) and rater (0..r-1) of each of N votes, each cell once."""

    item: Indices
    rater: Indices

    @property
    def items(self) -> int:
        """n."""
        return int(self.item.max()) + 1

    @property
    def raters(self) -> int:
        """r."""
        return int(self.rater.max()) + 1


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

    @property
    def lean(self) -> float:
        """Share of the variance that is a rater's own liking."""
        return self.rater**2

    def draw(self, studies: int, items: int, raters: int, random: np.random.Generator) -> Votes:
        """Votes of simulated studies, (studies, items, raters); each study has raters of its own."""
        z = random.standard_normal((studies, items, raters)) * self.vote
        z += random.standard_normal((studies, items, 1)) * self.item
        z += random.standard_normal((studies, 1, raters)) * self.rater
        return self._cut(z + self.mean)

    def draw_cells(self, studies: int, cells: Cells, random: np.random.Generator) -> Votes:
        """Votes of these cells alone, (studies, N)."""
        z = random.standard_normal((studies, len(cells.item))) * self.vote
        z += random.standard_normal((studies, cells.items))[:, cells.item] * self.item
        z += random.standard_normal((studies, cells.raters))[:, cells.rater] * self.rater
        return self._cut(z + self.mean)

    def _cut(self, z: Array) -> Votes:
        size = np.abs(z)
        strength = (size >= self.slightly).astype(np.int8) + (size >= self.clearly)
        votes: Votes = (np.sign(z) * strength).astype(np.int8)
        return votes


def model(assumptions: Assumptions) -> Model:
    """The model whose votes have the assumed ties, strengths and agreement.

    Raises:
        InputError: the agreement cannot be reached beside the leaning of the raters.
    """
    most = 1 - assumptions.lean

    def alpha_at(share: float) -> float:
        return expected_alpha(_model(assumptions, share))

    if alpha_at(most) < assumptions.agreement:
        raise InputError(
            f"agreement {assumptions.agreement} cannot be reached with lean {assumptions.lean} and ties "
            f"{assumptions.ties}; at most {alpha_at(most):.2f}"
        )
    return _model(assumptions, crossing(alpha_at, assumptions.agreement, 0.0, most, _SEARCHED))


def expected_alpha(model: Model) -> float:
    """Orientation-free ordinal alpha of very many votes: 1 - observed / expected disagreement.

    Two raters of an item vote independently given its effect, so that their joint law is a mean over it.
    """
    from scipy.special import ndtr

    bounds = np.array([-model.clearly, -model.slightly, model.slightly, model.clearly])
    spread = max(math.sqrt(model.rater**2 + model.vote**2), _NO_NOISE)
    below = ndtr((bounds[:, None] - model.mean - model.item * _NODES) / spread)
    of_vote = np.diff(below, axis=0, prepend=0, append=1)
    weight = np.exp(-(_NODES**2) / 2)
    joint = (of_vote * weight) @ of_vote.T / weight.sum()
    joint = (joint + joint[::-1, ::-1]) / 2
    shares = joint.sum(axis=0)
    middle = np.cumsum(shares) - shares / 2
    distance = (middle[:, None] - middle[None, :]) ** 2
    return 1 - float((joint * distance).sum() / (shares @ distance @ shares))


def expected_vote(model: Model, mean: Array, spread: float) -> Array:
    """Mean vote where z is normal around each `mean` with standard deviation `spread`."""
    from scipy.special import ndtr

    total = np.zeros_like(mean)
    for cut in (model.slightly, model.clearly):
        total += ndtr((mean - cut) / spread) - ndtr((-cut - mean) / spread)
    return total


def leaning(model: Model, lean: float) -> Model:
    """The same votes with another share of each rater's own leaning, taken from the rest of the variance."""
    rest = 1 - model.item**2 - lean
    return replace(model, rater=math.sqrt(lean), vote=math.sqrt(max(rest, 0.0)))


def without_difference(model: Model) -> Model:
    """The same raters where neither system is better."""
    return replace(model, mean=0.0)


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
    return crossing(lambda cut: 1 - (law.cdf(cut) - law.cdf(-cut)), share, 10.0, 0.0)


def crossing(rising: Callable[[float], float], target: float, low: float, high: float, steps: int = _STEPS) -> float:
    """Where a function that rises from `low` to `high` (which may be the smaller number) reaches the target."""
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2


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
