"""Intervals by resampling dialogues, for every statistic that is a function of sums over dialogues.

A statistic is given as *features*, one row per dialogue, and a function from the column sums to the value. One
resample of the dialogues is one weighting of the rows, so ten thousand of them are one matrix product.
Percentile and BCa intervals: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 13 and 14.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.reasons import Reason

Array = npt.NDArray[np.float64]
Statistic = Callable[[Array], Array]
"""From sums, shape (..., K), to values, shape (...); NaN where undefined."""
Weights = npt.NDArray[np.uint16]
Interval = Literal["recommended", "percentile", "bca"]
"""`recommended`: the kind that holds best for the statistic; where no other is named, percentile."""

_CHUNK = 4_000_000
"""Weights held at once, in numbers: 32 MB."""
_AT_ONCE = 64_000
"""Weights multiplied at once, in numbers: few enough to stay in the processor's own memory."""
_COUNTED = 256_000
"""Rows drawn and counted at once, in numbers, for the same reason."""
_MOST_CACHED = 20_000_000
"""Weights kept between calls, in numbers of two bytes: 40 MB a table."""
_MOST_UNDEFINED = 0.05
"""Share of resamples that may be undefined before the interval is withheld."""


@dataclass(frozen=True)
class Resampling:
    """How intervals are drawn: number of resamples, seed, kind of interval, its level in (0, 1).

    `unit` is the word for what is resampled: dialogues of a study, units or items of anybody's table, clients.
    """

    resamples: int = 10_000
    seed: int = 0
    interval: Interval = "recommended"
    level: float = 0.95
    unit: str = "dialogues"

    @property
    def method(self) -> str:
        """The words for `Figure.method`."""
        kind = "BCa" if self.interval == "bca" else "percentile"
        return f"{kind} bootstrap over {self.unit}, {self.resamples} resamples"

    @property
    def tails(self) -> tuple[float, float]:
        """The two quantiles that bound the interval."""
        return (1 - self.level) / 2, (1 + self.level) / 2


def figure(
    features: Array,
    statistic: Statistic,
    name: str,
    sizes: Sizes,
    resampling: Resampling,
    undefined_because: Reason,
    value: float | None = None,
) -> Figure:
    """The statistic with its interval.

    `features` has a row for each dialogue, shape (D, K); rows of zeros take no part. `name` says what the figure is.
    `undefined_because` is the reason given where the value is NaN. `value` stands for the statistic's own where another
    program gives it.
    """
    method = f"{name}; {resampling.method}"
    own = float(_call(statistic, features.sum(axis=0)))
    if not np.isfinite(own):
        return Figure(None, method=method, reason=undefined_because, sizes=sizes, seed=resampling.seed)
    shown = own if value is None else value
    if np.count_nonzero(features.any(axis=1)) < FEWEST_DIALOGUES:
        return Figure(shown, method=method, reason=Reason.FEW_DIALOGUES, sizes=sizes, seed=resampling.seed)
    draws = _call(statistic, totals(features, resampling))
    percentile = drawn_figure(shown, draws, method, sizes, resampling)
    if percentile.low is None:
        return percentile
    defined = draws[np.isfinite(draws)]
    bca = _bounds(defined, _bca_tails(features, statistic, own, defined, resampling.tails[0]))
    if resampling.interval != "bca":
        return replace(percentile, bca=None if alike(*bca) else bca)
    if alike(*bca):
        return replace(percentile, low=None, high=None, reason=Reason.UNSTABLE)
    return replace(percentile, low=bca[0], high=bca[1])


def point_figure(
    features: Array, statistic: Statistic, name: str, sizes: Sizes, undefined_because: Reason, no_interval: Reason
) -> Figure:
    """The statistic alone; `no_interval` is why no interval was asked for."""
    value = float(_call(statistic, features.sum(axis=0)))
    if not np.isfinite(value):
        return undefined(undefined_because, name, sizes)
    return Figure(value, method=name, reason=no_interval, sizes=sizes)


def drawn_figure(value: float, draws: Array, method: str, sizes: Sizes, resampling: Resampling) -> Figure:
    """A value with the percentile interval of its draws, shape (B,), NaN where undefined.

    No interval where more than 5 % of the draws are undefined, nor where both bounds are the same: that would claim
    certainty because nothing varied.
    """
    defined = draws[np.isfinite(draws)]
    if len(defined) < (1 - _MOST_UNDEFINED) * len(draws):
        return Figure(value, method=method, reason=Reason.UNSTABLE, sizes=sizes, seed=resampling.seed)
    low, high = _bounds(defined, resampling.tails)
    if alike(low, high):
        return Figure(value, method=method, reason=Reason.NO_VARIATION, sizes=sizes, seed=resampling.seed)
    return Figure(value, low, high, method, None, sizes, resampling.seed)


def alike(low: float, high: float) -> bool:
    """Whether two bounds differ by rounding alone."""
    return high - low <= 1e-11 * max(1.0, abs(low), abs(high))


def _bounds(draws: Array, tails: tuple[float, float]) -> tuple[float, float]:
    low, high = np.quantile(draws, tails)
    return float(low), float(high)


def _call(statistic: Statistic, sums: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(statistic(sums), dtype=np.float64)


def totals(features: Array, resampling: Resampling) -> Array:
    """Column sums of resamples of the rows, shape (resamples, K): the same resamples for the same seed.

    Where few distinct rows stand for many dialogues, their counts are drawn at once (multinomial); else dialogues are.
    """
    rows, resamples = len(features), resampling.resamples
    patterns, counts = _patterns(features)
    if len(patterns) * 25 < rows:
        weights = np.random.default_rng(resampling.seed).multinomial(rows, counts / rows, size=resamples)
        return weights.astype(np.float64) @ patterns
    step = max(1, _AT_ONCE // rows)
    return np.concatenate(
        [
            weights[start : start + step].astype(np.float64) @ features
            for _, weights in weights_of(rows, resampling)
            for start in range(0, len(weights), step)
        ]
    )


def weights_of(rows: int, resampling: Resampling) -> Iterator[tuple[slice, Weights]]:
    """How often each row stands in each resample, in parts that fit into memory: which resamples, weights (b, rows)."""
    size = max(1, _CHUNK // rows)
    cached = (
        _cached_weights(rows, resampling.resamples, resampling.seed)
        if rows * resampling.resamples <= _MOST_CACHED
        else None
    )
    random = np.random.default_rng(resampling.seed)
    for start in range(0, resampling.resamples, size):
        part = slice(start, min(start + size, resampling.resamples))
        yield part, cached[part] if cached is not None else _weights(rows, part.stop - start, random)


@lru_cache(maxsize=4)
def _cached_weights(rows: int, resamples: int, seed: int) -> Weights:
    """All weights of one seed, kept: a report asks for the same resamples some hundred times."""
    random, size = np.random.default_rng(seed), max(1, _CHUNK // rows)
    return np.concatenate([_weights(rows, min(size, resamples - done), random) for done in range(0, resamples, size)])


def _patterns(features: Array) -> tuple[Array, npt.NDArray[np.int64]]:
    """Distinct rows and how often each occurs; not looked for in small tables, where drawing rows is quick."""
    if len(features) < 2_000:
        return features, np.ones(len(features), dtype=np.int64)
    patterns, counts = np.unique(features, axis=0, return_counts=True)
    return patterns, counts.astype(np.int64)


def _weights(rows: int, resamples: int, random: np.random.Generator) -> Weights:
    """How often each row was drawn, shape (resamples, rows)."""
    weights, step = np.empty((resamples, rows), dtype=np.uint16), max(1, _COUNTED // rows)
    first = np.arange(min(step, resamples), dtype=np.int64)[:, None] * rows
    for start in range(0, resamples, step):
        part = weights[start : start + step]
        places = random.integers(0, rows, size=part.shape, dtype=np.int32) + first[: len(part)]
        part[:] = np.bincount(places.ravel(), minlength=part.size).reshape(part.shape)
    return weights


def _bca_tails(features: Array, statistic: Statistic, value: float, draws: Array, tail: float) -> tuple[float, float]:
    """The two quantiles of the draws that bound the bias-corrected and accelerated interval."""
    from scipy.special import ndtr, ndtri

    below = (np.count_nonzero(draws < value) + np.count_nonzero(draws == value) / 2) / len(draws)
    bias = float(ndtri(np.clip(below, 1 / (len(draws) + 1), 1 - 1 / (len(draws) + 1))))
    speed = _acceleration(features, statistic)

    def shifted(quantile: float) -> float:
        moved = bias + float(ndtri(quantile))
        return float(ndtr(bias + moved / (1 - speed * moved)))

    return shifted(tail), shifted(1 - tail)


def _acceleration(features: Array, statistic: Statistic) -> float:
    """Skewness of the jackknife values over dialogues, divided by six; 0 where they do not vary."""
    left_out = _call(statistic, features.sum(axis=0) - features)
    gaps = np.nanmean(left_out) - left_out
    gaps = gaps[np.isfinite(gaps)]
    spread = float(np.sum(gaps**2))
    return float(np.sum(gaps**3)) / (6 * spread**1.5) if spread > 1e-24 else 0.0


def mean_statistic(sums: Array) -> Array:
    """Weighted mean of features (sum, weight): `sums[..., 0] / sums[..., 1]`."""
    value: Array = sums[..., 0] / sums[..., 1]
    return value


def by_dialogue(rows: Array, dialogue: npt.NDArray[np.int64], dialogues: int) -> Array:
    """Rows of units, shape (U, K), summed into rows of dialogues, shape (dialogues, K)."""
    if len(rows) == dialogues and bool(np.all(dialogue == np.arange(dialogues))):
        return rows
    from scipy.sparse import csr_array

    ones = np.ones(len(rows))
    member = csr_array((ones, (dialogue, np.arange(len(rows)))), shape=(dialogues, len(rows)))
    summed: Array = np.asarray(member @ rows)
    return summed
