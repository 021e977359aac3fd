"""Variances between dialogues, between raters and of the rest, and what they make of the variance of a mean.

Henderson's method I (1953, Biometrics 9, 226-252) with Satterthwaite's degrees of freedom (1946, Biometrics Bull. 2,
110-114), as results/statistics/at_large.py says; any crossed design, unequal cells allowed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from results.statistics.ratings import Indices
from results.statistics.reasons import Reason
from results.statistics.resample import Array
from results.statistics.signflip import Test

_NOTHING, _SINGULAR, _ROUNDING = 1e-12, 1e10, 1e-9


@dataclass(frozen=True)
class Spread:
    """Variances of a vote by where they come from, none below 0, and whether raters differ by more than chance."""

    dialogues: float
    raters: float
    rest: float
    heterogeneity: Test
    """F test of raters within dialogues; null where no dialogue was judged by two raters."""

    @property
    def sd_raters(self) -> float:
        """Standard deviation of raters' own means, in the unit of a vote."""
        return math.sqrt(self.raters)

    @property
    def lean(self) -> float | None:
        """Share of a vote's variance that is the rater's own leaning, 0..1; None where nothing varies."""
        whole = self.dialogues + self.raters + self.rest
        return self.raters / whole if whole > _NOTHING else None


@dataclass(frozen=True)
class Votes:
    """N votes: value, dialogue (0..n-1), rater (0..r-1) and weight (summing to 1), shapes (N,)."""

    value: Array
    dialogue: Indices
    rater: Indices
    weight: Array

    @property
    def dialogues(self) -> int:
        """n."""
        return int(self.dialogue.max()) + 1

    @property
    def raters(self) -> int:
        """r."""
        return int(self.rater.max()) + 1

    def mean(self) -> float:
        """The estimate."""
        return float(self.weight @ self.value)


@dataclass(frozen=True)
class Fit:
    """Standard errors of a mean, and the variances they are made of."""

    errors: tuple[tuple[float, float], ...]
    """Standard errors of the mean with their degrees of freedom: by components where these are known, by raters."""
    components: Array | None
    """Variances between dialogues, between raters and within, as estimated; may lie below 0."""

    @classmethod
    def of(cls, votes: Votes) -> Fit:
        table = Table.of(votes)
        by_raters = (_cluster_error(votes), table.raters - 1)
        sums = _sums_of_squares(votes, table)
        solved = _solved(table, sums, squares(votes.weight, votes))
        if solved is None:  # every dialogue has one vote: raters are then clusters that nothing joins
            return cls((by_raters,), None)
        components, coefficients = solved
        variance = max(float(coefficients @ sums), 0.0)
        spread = trace_of_square(table, coefficients, np.maximum(components, 0))
        df = max(1.0, variance**2 / spread) if spread > 0 else 1.0
        return cls(((math.sqrt(variance), df), by_raters), components)

    def spread(self, votes: Votes) -> Spread | None:
        if self.components is None:
            return None
        dialogues, raters, rest = (float(v) for v in np.maximum(self.components, 0))
        return Spread(dialogues, raters, rest, heterogeneity(votes))


def variances(votes: Votes) -> Array | None:
    """Variances between dialogues, between raters and of the rest, none below 0, shape (3,).

    None where they cannot be told apart, as where each dialogue has one rater, or one vote.
    """
    table = Table.of(votes)
    weights = squares(votes.weight, votes)
    if with_raters(table, weights) is None:
        return None
    solved = _solved(table, _sums_of_squares(votes, table), weights)
    return None if solved is None else np.maximum(solved[0], 0.0)


@dataclass(frozen=True)
class Table:
    """Counts of votes by dialogue and rater, shape (n, r), and what the sums of squares are expected to be."""

    cells: Array
    expectations: Array
    """Rows: sums of squares between dialogues, between raters, in all; columns: the three variances."""

    @property
    def raters(self) -> int:
        return int(self.cells.shape[1])

    @classmethod
    def of(cls, votes: Votes) -> Table:
        n, r = votes.dialogues, votes.raters
        cells = np.zeros((n, r))
        np.add.at(cells, (votes.dialogue, votes.rater), 1.0)
        by_dialogue, by_rater, total = cells.sum(axis=1), cells.sum(axis=0), float(cells.sum())
        a, b = float((by_dialogue**2).sum()) / total, float((by_rater**2).sum()) / total
        rater_in_dialogues = float((cells**2 / by_dialogue[:, None]).sum()) - b
        dialogue_in_raters = float((cells**2 / by_rater[None, :]).sum()) - a
        expectations = np.array([
            [total - a, rater_in_dialogues, n - 1],
            [dialogue_in_raters, total - b, r - 1],
            [total - a, total - b, total - 1],
        ])  # fmt: skip
        return cls(cells, expectations)


def squares(weight: Array, votes: Votes) -> Array:
    """Sums of squared weights of dialogues, of raters, of votes."""
    by_dialogue, by_rater = np.bincount(votes.dialogue, weight), np.bincount(votes.rater, weight)
    return np.array([(by_dialogue**2).sum(), (by_rater**2).sum(), (weight**2).sum()])


def _sums_of_squares(votes: Votes, table: Table) -> Array:
    centred = votes.value - votes.value.mean()
    by_dialogue, by_rater = np.bincount(votes.dialogue, centred), np.bincount(votes.rater, centred)
    cells = table.cells
    return np.array([
        (by_dialogue**2 / cells.sum(axis=1)).sum(), (by_rater**2 / cells.sum(axis=0)).sum(), (centred**2).sum()
    ])  # fmt: skip


@dataclass(frozen=True)
class Solution:
    """What sums of squares q say: variances sigma = `inverse` q, variance of the mean V = `coefficients` q."""

    inverse: Array
    """(3, 3)."""
    coefficients: Array
    """(3,)."""

    def raters_differ(self, sums: Array) -> npt.NDArray[np.bool_]:
        """Whether the variance between raters is above 0, for sums of squares (..., 3).

        Votes are whole numbers, so that it is often exactly 0; rounding, which differs by machine, is no difference.
        """
        row = self.inverse[1]
        return np.asarray(sums @ row > _ROUNDING * (np.abs(sums) @ np.abs(row)), dtype=np.bool_)


def with_raters(table: Table, weights: Array) -> Solution | None:
    """All three variances; None where they cannot be told apart."""
    if np.linalg.cond(table.expectations) >= _SINGULAR:
        return None
    inverse = np.asarray(np.linalg.inv(table.expectations), dtype=np.float64)
    return Solution(inverse, inverse.T @ weights)


def without_raters(table: Table, weights: Array) -> Solution | None:
    """Dialogues and the rest alone; None where these cannot be told apart, as with one vote a dialogue."""
    between, _, whole = table.expectations
    expectations = np.array([[between[0], between[2]], [whole[0] - between[0], whole[2] - between[2]]])
    if np.linalg.cond(expectations) >= _SINGULAR:
        return None
    (a, b), (c, d) = np.linalg.inv(expectations)
    first, second = np.linalg.solve(expectations.T, weights[[0, 2]])
    inverse = np.array([[a - b, 0.0, b], [0.0, 0.0, 0.0], [c - d, 0.0, d]])
    return Solution(inverse, np.array([first - second, 0.0, second]))


def _solved(table: Table, sums: Array, weights: Array) -> tuple[Array, Array] | None:
    """The variances and the coefficients: without raters where they differ by less than chance."""
    crossed = with_raters(table, weights)
    if crossed and crossed.raters_differ(sums):
        return crossed.inverse @ sums, crossed.coefficients
    alone = without_raters(table, weights)
    return None if alone is None else (alone.inverse @ sums, alone.coefficients)


def _cluster_error(votes: Votes) -> float:
    """Standard error of the mean from the raters' contributions to it."""
    contributions = np.bincount(votes.rater, votes.weight * (votes.value - votes.mean()))
    raters = len(contributions)
    return math.sqrt(raters / (raters - 1) * float((contributions**2).sum()))


def trace_of_square(table: Table, coefficients: Array, components: Array) -> float:
    """tr (QS)^2 in time linear in the dialogues.

    With F = [dialogues, raters, 1] as columns, Q = c I + F A F' and S = s I + F B F' for diagonal A and B, so that
    QS = c s I + F X F' with X = c B + s A + A G B and G = F'F, and tr (QS)^2 = (c s)^2 N + 2 c s tr XG + tr XGXG.
    In XG the dialogues' block is a diagonal and a product of two thin tables, and the rest is thin: E = G's columns of
    raters and the one, H = their own block.
    """
    cells = table.cells
    size, by_rater, total = cells.sum(axis=1), cells.sum(axis=0), float(cells.sum())
    (c_dialogues, c_raters, c), (s_dialogues, s_raters, s) = coefficients, components
    thin = np.column_stack([cells, size])
    own = np.block([[np.diag(by_rater), by_rater[:, None]], [by_rater[None, :], np.array([[total]])]])
    a = c_dialogues / size
    a_thin = np.append(c_raters / by_rater, -float(coefficients.sum()) / total)
    b_thin = np.append(np.full(len(by_rater), s_raters), 0.0)

    x = c * s_dialogues + s * a + a * size * s_dialogues
    x_thin = np.diag(c * b_thin + s * a_thin) + a_thin[:, None] * own * b_thin[None, :]
    left = a[:, None] * thin * b_thin[None, :]
    diagonal = x * size
    upper = x[:, None] * thin + left @ own
    lower = (s_dialogues * a_thin)[:, None] * (thin * size[:, None]).T + x_thin @ thin.T
    corner = (s_dialogues * a_thin)[:, None] * (thin.T @ thin) + x_thin @ own
    inner = thin.T @ left

    trace = diagonal.sum() + np.trace(inner) + np.trace(corner)
    squared = (
        (diagonal**2).sum()
        + 2 * float((thin * diagonal[:, None] * left).sum())
        + float((inner * inner.T).sum())
        + 2 * float((upper * lower.T).sum())
        + float((corner * corner.T).sum())
    )
    return float((c * s) ** 2 * total + 2 * c * s * trace + squared)


def heterogeneity(votes: Votes) -> Test:
    """F test that raters have the same mean, dialogues taken out; null where they cannot be told apart.

    Source: Searle (1971), Linear Models, section 7.1: reduction in sum of squares of raters adjusted for dialogues.
    """
    from scipy.special import fdtrc

    method = "F test of raters adjusted for dialogues"
    table = Table.of(votes).cells
    size = table.sum(axis=1)
    means = np.bincount(votes.dialogue, votes.value) / size
    within = votes.value - means[votes.dialogue]
    normal = np.diag(table.sum(axis=0)) - table.T @ (table / size[:, None])
    right = np.bincount(votes.rater, within)
    rank = int(np.linalg.matrix_rank(normal))
    reduction = float(right @ np.linalg.pinv(normal) @ right)
    rest, df = float((within**2).sum()) - reduction, len(within) - len(size) - rank
    if rank < 1 or df < 1:
        return Test(None, method, Reason.NO_TWO_RATINGS)
    if rest <= _NOTHING:
        return Test(None, method, Reason.NO_VARIANCE)
    return Test(float(fdtrc(rank, df, reduction / rank / (rest / df))), method)
