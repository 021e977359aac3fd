"""What a complete design can show of raters at large: draws of its mean and mean squares, judged by the report's rule.

With variances of a vote between items (si), between raters (sr) and the rest (se), n items and r raters who all judge
all of them, the mean is normal with variance si/n + sr/r + se/(n r), and the mean squares of items, raters and rest are
independent chi-squares over their degrees of freedom (Searle 1971, Linear Models, section 9.6). The rule is that of
results/statistics/at_large.py: the larger of the two half-widths. No votes are simulated, so that a curve takes less
than a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from results.planning.vote_model import Model
from results.statistics.at_large import FEWEST_RATERS
from results.statistics.resample import Array

DRAWS = 20_000
_NODES = 64
"""Of Gauss-Hermite quadrature over an effect."""
_WIDEST, _STEPS = 4.0, 20


@dataclass(frozen=True)
class Variances:
    """Of a vote on -2..+2: between items, between raters, the rest."""

    items: float
    raters: float
    rest: float


@dataclass(frozen=True)
class Design:
    """Items that every rater judges, and raters."""

    items: int
    raters: int

    @property
    def votes(self) -> int:
        """Votes in all."""
        return self.items * self.raters


def expected_vote(model: Model, mean: Array, spread: float) -> Array:
    """Mean vote where z is normal around each `mean` with standard deviation `spread`."""
    from scipy.special import ndtr

    total = np.zeros_like(mean)
    for cut in (model.slightly, model.clearly):
        total += ndtr((mean - cut) / spread) - ndtr((-cut - mean) / spread)
    return total


def variances(model: Model) -> Variances:
    """The variances of the model's votes, by quadrature over each effect."""
    from scipy.special import ndtr

    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()

    def between(effect: float) -> float:
        means = expected_vote(model, model.mean + effect * nodes, math.sqrt(1 - effect**2))
        return float(weights @ means**2 - (weights @ means) ** 2)

    mean = float(expected_vote(model, np.array([model.mean]), 1.0)[0])
    strong, decided = (
        float(ndtr(model.mean - cut) + ndtr(-cut - model.mean)) for cut in (model.clearly, model.slightly)
    )
    whole = 4 * strong + (decided - strong) - mean**2
    items, raters = between(model.item), between(model.rater)
    return Variances(items, raters, max(whole - items - raters, 0.0))


@dataclass(frozen=True)
class Drawn:
    """Means about 0 and half-widths of intervals, shapes (B,): a difference of d is shown where |d + mean| > half."""

    mean: Array
    half: Array

    def power(self, difference: float) -> float:
        """Chance that the interval leaves 0 out on the right side."""
        return float(np.mean(self.mean + difference > self.half))

    def smallest(self, power: float) -> float | None:
        """The smallest difference shown with this power; None where none up to 4 is."""
        if self.power(_WIDEST) < power:
            return None
        low, high = 0.0, _WIDEST
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.power(middle) < power else (low, middle)
        return high

    def equivalence(self, margin: float) -> float:
        """Chance that two systems without difference are shown to lie within the margin; `half` is of level 1 - 2a."""
        return float(np.mean(np.abs(self.mean) + self.half < margin))


def drawn(of: Variances, design: Design, level: float, seed: int) -> Drawn | None:
    """Draws of mean and half-width at a two-sided level; None below three raters."""
    if design.raters < FEWEST_RATERS:
        return None
    from scipy.special import stdtrit

    random, n, r = np.random.default_rng(seed), design.items, design.raters
    error = math.sqrt(of.items / n + of.raters / r + of.rest / design.votes)
    mean = error * random.standard_normal(DRAWS)
    free = (n - 1, r - 1, (n - 1) * (r - 1))
    squares = (of.rest + r * of.items, of.rest + n * of.raters, of.rest)
    items, raters, rest = (ms * random.chisquare(df, DRAWS) / df for ms, df in zip(squares, free, strict=True))
    more = np.maximum(raters - rest, 0)
    spread = items**2 / free[0] + np.where(raters > rest, raters**2 / free[1] + rest**2 / free[2], 0)
    df = np.maximum((items + more) ** 2 / spread, 1)
    quantile = 1 - level / 2
    by_components = stdtrit(df, quantile) * np.sqrt((items + more) / design.votes)
    by_raters = float(stdtrit(r - 1, quantile)) * np.sqrt(raters / design.votes)
    return Drawn(mean, np.maximum(by_components, by_raters))


@dataclass(frozen=True)
class Planned:
    """What a design can show of raters at large with some leaning; None below three raters."""

    raters: int
    items: int
    lean: float
    power: float | None
    """For the difference believed."""
    smallest: float | None
    """Smallest mean margin shown with the power wanted."""
    equivalent: float | None
    """Power to show that two systems without difference lie within the margin asked about."""


def planned(model: Model, design: Design, level: float, power: float, margin: float, seed: int) -> Planned:
    """The figures of one design under a model of votes."""
    mean = float(expected_vote(model, np.array([model.mean]), 1.0)[0])
    test, within = (drawn(variances(model), design, at, seed) for at in (level, 2 * level))
    return Planned(
        design.raters,
        design.items,
        model.rater**2,
        None if test is None else test.power(mean),
        None if test is None else test.smallest(power),
        None if within is None else within.equivalence(margin),
    )


LEANS = (0.0, 0.02, 0.1)
RATERS_TRIED = (3, 5, 9, 15)


def curves(
    model: Model, design: Design, level: float, power: float, margin: float, seed: int
) -> tuple[list[Planned], list[list[Planned]]]:
    """The design under little and much leaning beside the model's own, and as many votes of other numbers of raters."""
    leans = sorted({*LEANS, round(model.rater**2, 6)})
    models = [leaning(model, lean) for lean in leans if lean < 1 - model.item**2]
    own = [planned(one, design, level, power, margin, seed) for one in models]
    spread = [
        [planned(one, other, level, power, margin, seed) for one in models]
        for other in with_as_many_votes(design, RATERS_TRIED)
    ]
    return own, spread


def leaning(model: Model, lean: float) -> Model:
    """The same votes with another share of each rater's own leaning, taken from the rest of the variance."""
    rest = 1 - model.item**2 - lean
    return replace(model, rater=math.sqrt(lean), vote=math.sqrt(max(rest, 0.0)))


def with_as_many_votes(design: Design, raters: Sequence[int]) -> list[Design]:
    """Designs of other numbers of raters and as many votes, rounded to whole items."""
    return [Design(max(round(design.votes / r), 2), r) for r in raters]
