"""O'Brien-Fleming bounds by spending: the level at each look, whatever shares of the information the looks have.

What a two-sided test at `alpha` may have wasted by chance when a share t of the information is in is, on each side,
2 (1 - Phi(z(alpha/4) / sqrt(t))): next to nothing early, all of it at the end. The bound at each look follows from
what was spent before, so a look that is not taken costs nothing.
Sources: Lan and DeMets (1983), Biometrika 70, 659-663; O'Brien and Fleming (1979), Biometrics 35, 549-556; bounds by
recursion: Armitage, McPherson and Rowe (1969), J. R. Stat. Soc. A 132, 235-244.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np

from results.statistics.resample import Array

ALPHA = 0.05
"""Of the whole study, two-sided."""
_NODES = 200
"""Points at which a density is held between two bounds; the published bounds come out to all their digits."""
_FARTHEST = 30.0
"""Standard errors beyond which no bound is looked for."""
_NOTHING = 9.0
"""Standard deviations of one increment beyond which no mass is carried on."""
_LEAST = 1e-12
"""The smallest repeated p-value that is told apart."""


def spent(fraction: float, alpha: float = ALPHA) -> float:
    """What may be wasted on one side when this share of the information is in, 0..alpha/2."""
    from scipy.special import ndtr, ndtri

    return float(2 * ndtr(ndtri(alpha / 4) / math.sqrt(min(fraction, 1.0))))


def levels(fractions: Sequence[float], alpha: float = ALPHA) -> tuple[float, ...]:
    """The nominal two-sided level at each look, given the ascending shares of information in (0, 1].

    The sum of independent increments B(t) has variance t. Between two bounds its density is held at Gauss-Legendre
    nodes, and carried from look to look. A look that adds no information repeats the level before, 0 at first.
    """
    from scipy.special import ndtr

    found: list[float] = []
    nodes, weights, before, gone = np.zeros(1), np.ones(1), 0.0, 0.0
    for place, fraction in enumerate(fractions):
        if fraction <= before:
            found.append(found[-1] if found else 0.0)
            continue
        step = math.sqrt(fraction - before)
        share = spent(fraction, alpha)
        bound = _bound(nodes, weights, step, max(share - gone, 0.0))
        found.append(float(2 * ndtr(-bound / math.sqrt(fraction))))
        if place + 1 < len(fractions):
            nodes, weights = _carried(nodes, weights, step, min(bound, float(np.abs(nodes).max()) + _NOTHING * step))
        before, gone = fraction, share
    return tuple(found)


def _bound(nodes: Array, weights: Array, step: float, share: float) -> float:
    """The bound that is crossed upwards with probability `share`, from the mass held at the nodes."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    def beyond(bound: float) -> float:
        return float(weights @ ndtr((nodes - bound) / step)) - share

    if beyond(0.0) <= 0:
        return 0.0
    highest = float(np.abs(nodes).max()) + _FARTHEST * step
    return float(brentq(beyond, 0.0, highest, xtol=1e-12)) if beyond(highest) < 0 else highest


def _carried(nodes: Array, weights: Array, step: float, bound: float) -> tuple[Array, Array]:
    """The mass between -bound and bound after one more increment: (nodes, mass at each)."""
    places, widths = _quadrature()
    moved = np.exp(-0.5 * ((places[:, None] * bound - nodes[None, :]) / step) ** 2) / (step * math.sqrt(2 * math.pi))
    return places * bound, widths * bound * (moved @ weights)


@cache
def _quadrature() -> tuple[Array, Array]:
    places, widths = np.polynomial.legendre.leggauss(_NODES)
    return places, widths


def repeated_p(nominal: float, fractions: Sequence[float]) -> float:
    """The smallest `alpha` whose bound at the last of these looks is crossed by a nominal two-sided p-value."""
    low, high = math.log(_LEAST), 0.0
    if nominal >= levels(fractions, 1.0)[-1]:
        return 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if levels(fractions, math.exp(middle))[-1] > nominal:
            high = middle
        else:
            low = middle
    return math.exp(high)
