"""What any design can show of raters at large: simulated votes of whoever judges what, all judged by the report's rule.

The rule is that of results/statistics/at_large.py, for many studies of one design at once: its sums of squares are
linear in what does not change from study to study, and tr (QS)^2 is a quadratic form in the three variances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from results.planning.estimates import Errors, Estimates
from results.planning.vote_model import Cells, Model, expected_vote
from results.statistics.components import Solution, Table, squares, trace_of_square, with_raters, without_raters
from results.statistics.components import Votes as OneStudy
from results.statistics.ratings import Indices
from results.statistics.resample import Array
from results.statistics.shares import FEWEST_APART

STUDIES = 2_000
"""Simulated studies: a power of .8 has an error of 1.8 points (95 %)."""
_CELLS = 2_000_000
"""Votes held at once."""


def estimates(votes: Model, cells: Cells, seed: int, studies: int = STUDIES) -> Estimates:
    """Means and standard errors of simulated studies in which these cells are judged."""
    random, step = np.random.default_rng(seed), max(1, _CELLS // len(cells.item))
    truth = float(expected_vote(votes, np.array([votes.mean]), 1.0)[0])
    sizes = [min(step, studies - start) for start in range(0, studies, step)]
    return Estimates.together([judge(votes.draw_cells(size, cells, random), cells, truth) for size in sizes])


def judge(values: npt.NDArray[Any], cells: Cells, truth: float) -> Estimates:
    """What the rule says of each study's votes, (B, N), in the order of the cells; `truth` is what they estimate."""
    return _Rule.of(cells).judge(values.astype(np.float64), truth)


@dataclass(frozen=True)
class _Rule:
    """The rule for one design: what is the same in every study of it."""

    cells: Cells
    order: Indices
    """Places of the votes by item, (N,); `starts` are the first of each item."""
    starts: Indices
    weight: Array
    of_rater: Array
    """Which rater gave the vote, as 1 and 0, (N, r)."""
    solutions: tuple[tuple[Solution, Array], ...]
    """With raters and without: how variances are found, and tr (QS)^2 as a form (3, 3) in them."""

    @classmethod
    def of(cls, cells: Cells) -> _Rule:
        size = np.bincount(cells.item)
        weight = 1 / (size[cells.item] * len(size))
        one = OneStudy(np.zeros(len(weight)), cells.item, cells.rater, weight)
        table, weights = Table.of(one), squares(weight, one)
        found = (with_raters(table, weights), without_raters(table, weights))
        return cls(
            cells,
            np.argsort(cells.item, kind="stable"),
            np.concatenate([[0], np.cumsum(size)[:-1]]),
            weight,
            np.eye(cells.raters)[cells.rater],
            tuple((one, _quadratic(table, one.coefficients)) for one in found if one is not None),
        )

    def judge(self, values: Array, truth: float) -> Estimates:
        """Estimates of each study from its votes, (B, N)."""
        mean = values @ self.weight
        errors = [self._by_raters(values, mean)]
        if self.solutions:
            errors.append(self._by_components(values))
        return Estimates(mean - truth, tuple(errors), self._spoken(values))

    def _by_raters(self, values: Array, mean: Array) -> Errors:
        pull = (self.weight * (values - mean[:, None])) @ self.of_rater
        raters = self.cells.raters
        return Errors(np.sqrt(raters / (raters - 1) * (pull**2).sum(axis=1)), np.full(len(mean), raters - 1.0))

    def _by_components(self, values: Array) -> Errors:
        """By the first solution in which raters differ by more than chance, else by the last."""
        sums = self._sums_of_squares(values)
        error, df = _satterthwaite(sums, *self.solutions[-1])
        for solution, form in self.solutions[:-1]:
            differ = solution.raters_differ(sums)
            with_them = _satterthwaite(sums, solution, form)
            error, df = np.where(differ, with_them[0], error), np.where(differ, with_them[1], df)
        return Errors(error, df)

    def _sums_of_squares(self, values: Array) -> Array:
        centred = values - values.mean(axis=1, keepdims=True)
        by_item = self._by_item(centred)
        size, load = np.bincount(self.cells.item), self.of_rater.sum(axis=0)
        return np.stack(
            [
                (by_item**2 / size).sum(axis=1),
                ((centred @ self.of_rater) ** 2 / load).sum(axis=1),
                (centred**2).sum(axis=1),
            ],
            axis=1,
        )

    def _by_item(self, values: Array) -> Array:
        return np.asarray(np.add.reduceat(values[:, self.order], self.starts, axis=1))

    def _spoken(self, values: Array) -> npt.NDArray[np.bool_]:
        """Whether the report gives an interval: five items or more that hold a vote other than the commonest."""
        kinds = np.unique(values)
        common = kinds[np.argmax([(values == kind).sum(axis=1) for kind in kinds], axis=0)]
        apart = (self._by_item((values != common[:, None]).astype(np.float64)) > 0).sum(axis=1)
        return np.asarray(apart >= FEWEST_APART, dtype=np.bool_)


def _satterthwaite(sums: Array, solution: Solution, form: Array) -> tuple[Array, Array]:
    variance = np.maximum(sums @ solution.coefficients, 0)
    components = np.maximum(sums @ solution.inverse.T, 0)
    spread = np.einsum("bi,ij,bj->b", components, form, components)
    df = np.divide(variance**2, spread, out=np.ones_like(variance), where=spread > 0)
    return np.sqrt(variance), np.maximum(df, 1)


def _quadratic(table: Table, coefficients: Array) -> Array:
    """tr (QS)^2 as a form in the variances, from its values at the corners."""
    unit = np.eye(3)
    at = [trace_of_square(table, coefficients, one) for one in unit]
    form = np.diag(at)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        both = trace_of_square(table, coefficients, unit[i] + unit[j])
        form[i, j] = form[j, i] = (both - at[i] - at[j]) / 2
    return form
