"""Logistic regression by maximum likelihood, for a few terms: Newton's method from zero.

Source: McCullagh and Nelder (1989), Generalized Linear Models, section 4.4.
"""

from __future__ import annotations

import numpy as np

from results.statistics.resample import Array

_STEPS = 100
_NEAR = 1e-8
_LARGEST = 50.0
"""Terms beyond which one outcome is all but certain: the likelihood has no maximum that the data speak of."""


def logit(chosen: Array, design: Array) -> Array | None:
    """The terms, shape (p,), of `chosen` (N,), 0 or 1, on `design` (N, p) of full rank.

    None where the terms tell the two outcomes apart without error, for then no terms are the most likely.
    """
    terms = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        # Beyond 500 the chance is 0 or 1 to the last digit, and its exponential would overflow.
        chance = 1 / (1 + np.exp(-np.clip(design @ terms, -500, 500)))
        if bool(np.all(np.abs(chance - chosen) < _NEAR)):
            return None
        curvature = design.T @ (design * (chance * (1 - chance))[:, None])
        try:
            step = np.linalg.solve(curvature, design.T @ (chosen - chance))
        except np.linalg.LinAlgError:
            return None
        terms = terms + step
        if bool(np.all(np.abs(step) < _NEAR)):
            return terms if bool(np.all(np.abs(terms) <= _LARGEST)) else None
    return None
