"""Least squares with errors clustered two ways at once, by dialogue and by rater, for few clusters.

    V = max(V_dialogue + V_rater - V_both, V_dialogue, V_rater)

each by Bell and McCaffrey's CR2 (2002, Survey Methodology 28, 169-181): the residuals of a cluster are multiplied by
(I - H_gg)^(-1/2), which makes the variance right where all errors are alike. Two ways: Cameron, Gelbach and Miller
(2011, J. Bus. Econ. Stat. 29, 238-249). Degrees of freedom V^2 / (V_dialogue^2 / (n - p) + V_rater^2 / (r - 1)), and
no half-width below that of the raters alone on r - 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from results.statistics.ratings import Indices
from results.statistics.resample import Array

_LEAST = 1e-10
"""Share of a cluster's error that must be left once the fit has taken its part; below, the cluster says nothing."""


@dataclass(frozen=True)
class Term:
    """One coefficient with its interval and the two-sided p-value of zero, which belong to one another."""

    value: float
    low: float
    high: float
    p_value: float


def fit(
    design: Array,
    values: Array,
    dialogue: Indices,
    rater: Indices,
    level: float = 0.95,
    sums: Array | None = None,
) -> tuple[Term, ...]:
    """The coefficients of `values` (N,) on `design` (N, p) of full rank; dialogue and rater are codes from 0.

    With `sums` (q, p): these weighted sums of the coefficients in their place.
    """
    sums = np.eye(design.shape[1]) if sums is None else sums
    inverse = np.asarray(np.linalg.inv(design.T @ design), np.float64)
    coefficients = inverse @ (design.T @ values)
    rest = values - design @ coefficients
    both = dialogue * (int(rater.max()) + 1) + rater
    by_dialogue, by_rater, by_both = (
        _variances(design, rest, inverse, groups, sums) for groups in (dialogue, rater, both)
    )
    free = len(np.unique(dialogue)) - design.shape[1], len(np.unique(rater)) - 1
    return tuple(
        _term(float(c), (float(d), float(r), float(b)), free, level)
        for c, d, r, b in zip(sums @ coefficients, by_dialogue, by_rater, by_both, strict=True)
    )


def _variances(design: Array, rest: Array, inverse: Array, groups: Indices, sums: Array) -> Array:
    """CR2 variances of the weighted sums of the coefficients, shape (q,).

    X_g' (I - X_g B X_g')^(-1/2) e_g = B^(-1/2) (I - B^(1/2) X_g'X_g B^(1/2))^(-1/2) B^(1/2) X_g' e_g, so that no matrix
    is larger than p x p.
    """
    half, back = _power(inverse, 0.5), _power(inverse, -0.5)
    crossed = _sums_by(groups, design[:, :, None] * design[:, None, :])
    left = np.eye(len(inverse)) - half @ crossed @ half
    weighted = sums @ inverse @ back
    scores = weighted @ _power(left, -0.5) @ half @ _sums_by(groups, design * rest[:, None])[:, :, None]
    total: Array = (scores[:, :, 0] ** 2).sum(axis=0)
    return total


def _sums_by(groups: Indices, rows: Array) -> Array:
    """Rows (N, ...) summed over each group, in the order of the groups' codes."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    sums: Array = np.add.reduceat(rows[order], starts, axis=0)
    return sums


def _power(matrices: Array, exponent: float) -> Array:
    """A power of symmetric matrices (..., p, p) with no negative eigenvalues; directions that have almost none are left
    out."""
    values, vectors = np.linalg.eigh(matrices)
    kept = values > _LEAST * np.maximum(values.max(axis=-1, keepdims=True), _LEAST)
    scaled = np.where(kept, np.where(kept, values, 1.0) ** exponent, 0.0)
    powered: Array = (vectors * scaled[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    return powered


def _term(value: float, variances: Sequence[float], free: tuple[int, int], level: float) -> Term:
    from scipy.special import stdtr, stdtrit

    by_dialogue, by_rater, by_both = variances
    variance = max(by_dialogue + by_rater - by_both, by_dialogue, by_rater)
    spread = by_dialogue**2 / max(free[0], 1) + by_rater**2 / max(free[1], 1)
    errors = [(math.sqrt(variance), variance**2 / spread if spread > 0 else 1.0), (math.sqrt(by_rater), free[1])]
    reach = max(float(stdtrit(df, (1 + level) / 2)) * error for error, df in errors)
    p_value = max(float(2 * stdtr(df, -abs(value) / error)) if error > 0 else 1.0 for error, df in errors)
    return Term(value, value - reach, value + reach, p_value)
