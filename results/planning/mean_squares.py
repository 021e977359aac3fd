"""What a complete design shows of raters at large: draws of its mean and mean squares, without any votes.

With variances of a vote between items (si), between raters (sr) and the rest (se), n items and r raters who all judge
all of them, the mean is normal with variance si/n + sr/r + se/(n r), and the mean squares of items, raters and rest are
independent chi-squares over their degrees of freedom (Searle 1971, Linear Models, section 9.6). The rule is that of
results/statistics/at_large.py: the larger of the two half-widths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from results.planning.estimates import Errors, Estimates
from results.planning.vote_model import Model, expected_vote

DRAWS = 20_000
_NODES = 64
"""Of Gauss-Hermite quadrature over an effect."""


@dataclass(frozen=True)
class Variances:
    """Of a vote on -2..+2: between items, between raters, the rest."""

    items: float
    raters: float
    rest: float

    @property
    def lean(self) -> float:
        """Share of the variance that is the raters', 0..1."""
        return self.raters / (self.items + self.raters + self.rest)


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


def drawn(of: Variances, n: int, r: int, seed: int) -> Estimates:
    """Means and standard errors of studies in which r raters judge all of n items; r of 2 or more."""
    random = np.random.default_rng(seed)
    mean = math.sqrt(of.items / n + of.raters / r + of.rest / (n * r)) * random.standard_normal(DRAWS)
    free = (n - 1, r - 1, (n - 1) * (r - 1))
    squares = (of.rest + r * of.items, of.rest + n * of.raters, of.rest)
    items, raters, rest = (ms * random.chisquare(df, DRAWS) / df for ms, df in zip(squares, free, strict=True))
    more = np.maximum(raters - rest, 0)
    spread = items**2 / free[0] + np.where(raters > rest, raters**2 / free[1] + rest**2 / free[2], 0)
    by_components = Errors(np.sqrt((items + more) / (n * r)), np.maximum((items + more) ** 2 / spread, 1))
    by_raters = Errors(np.sqrt(raters / (n * r)), np.full(DRAWS, r - 1.0))
    return Estimates(mean, (by_components, by_raters), np.ones(DRAWS, dtype=np.bool_))
