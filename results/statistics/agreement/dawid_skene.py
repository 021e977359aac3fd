"""Unequal raters: Dawid and Skene's model of how often each rater takes which class for which.

    P(unit) = sum_j p_j prod_r prod_l c_rjl^(times rater r said l),  unit by unit,

with p the shares of the true classes and c_r the rater's own confusion, fitted by EM from the shares of votes: M, p and
c from the classes' chances; E, the chances from p and c. The likelihood never falls. It assumes that raters err
independently of each other given the class, and that there is a true class; where people see things differently,
there is none. Source: Dawid and Skene (1979), Applied Statistics 28, 20-28.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from results.statistics.ratings import Indices
from results.statistics.resample import Array

MOST_STEPS = 2_000
IMPOSSIBLE = -1e100
CLOSE = 1e-10
"""Rise of the log-likelihood, relative to its size, below which the fit has converged."""


@dataclass(frozen=True)
class Fit:
    """A fit of U units, R raters and K classes.

    Attributes:
        shares: of the classes, shape (K,).
        confusion: by rater, of the class (row) the chance of each answer (column), shape (R, K, K); a row is NaN where
            a class never came before a rater.
        chances: of the classes by unit, shape (U, K); NaN where a unit has no rating.
        log_likelihood: at every step, never falling.
    """

    shares: Array
    confusion: Array
    chances: Array
    log_likelihood: tuple[float, ...]
    converged: bool

    @property
    def accuracy(self) -> Array:
        """By rater, how often the class is named, over the shares of the classes the rater met, shape (R,)."""
        right = np.diagonal(self.confusion, axis1=1, axis2=2)
        weight = np.where(np.isfinite(right), self.shares, 0.0)
        total = weight.sum(axis=1)
        accuracy: Array = np.where(
            total > 0, np.nansum(weight * right, axis=1) / np.where(total > 0, total, 1.0), np.nan
        )
        return accuracy


def dawid_skene(unit: Indices, rater: Indices, answer: Indices, classes: int) -> Fit:
    """The fit of N answers, shapes (N,); a rater may answer a unit several times.

    Args:
        unit, rater, answer: places 0..U-1, 0..R-1 and 0..classes-1.

    Raises:
        ValueError: there is no answer.
    """
    if not len(unit):
        raise ValueError("no answer to fit")
    counts = np.zeros((int(unit.max()) + 1, int(rater.max()) + 1, classes))
    np.add.at(counts, (unit, rater, answer), 1.0)
    rated = counts.any(axis=(1, 2))
    said = counts[rated].reshape(int(rated.sum()), -1)
    chances = said.reshape(len(said), -1, classes).sum(axis=1)
    chances /= chances.sum(axis=1, keepdims=True)
    steps: list[float] = []
    while True:
        shares, met = chances.mean(axis=0), (chances.T @ said).reshape(classes, -1, classes)
        chances, likelihood = _classes(said, shares, _over_last(met, 0.0))
        converged = bool(steps) and likelihood - steps[-1] <= CLOSE * (1 + abs(likelihood))
        steps.append(likelihood)
        if converged or len(steps) == MOST_STEPS:
            of_all = np.full((len(counts), classes), np.nan)
            of_all[rated] = chances
            return Fit(shares, _over_last(met, np.nan).transpose(1, 0, 2), of_all, tuple(steps), converged)


def _over_last(table: Array, nothing: float) -> Array:
    """Rows as shares of their sums; `nothing` where the sum is 0."""
    sums = table.sum(axis=-1, keepdims=True)
    shares: Array = np.divide(table, sums, out=np.full_like(table, nothing), where=sums > 0)
    return shares


def _log(chances: Array) -> Array:
    """Logarithms; of 0 a number so low that a class with one such answer has no chance beside any other."""
    return np.log(chances, out=np.full_like(chances, IMPOSSIBLE), where=chances > 0)


def _classes(said: Array, shares: Array, confusion: Array) -> tuple[Array, float]:
    """Chances of the classes by unit, and the log-likelihood, from answers (U, R K) and confusions (K, R, K)."""
    # no unit of a rater is of a class that never came before that rater, so that its row is never needed
    both = said @ _log(confusion).reshape(len(shares), -1).T
    both += _log(shares)
    highest = both.max(axis=1, keepdims=True)
    both -= highest
    relative = np.exp(both, out=both)
    total = relative.sum(axis=1, keepdims=True)
    likelihood = float(highest.sum() + np.log(total).sum())
    relative /= total
    return relative, likelihood
