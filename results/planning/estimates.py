"""Means of many imagined studies with their standard errors, and what they show of a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from results.statistics.resample import Array

_WIDEST, _STEPS = 4.0, 20
"""Largest difference looked for, and halvings of the search."""
_NODES = 513
"""Of the table from which quantiles of Student's t are read, even in 1 / df."""


@dataclass(frozen=True)
class Errors:
    """Standard errors and their degrees of freedom, shapes (B,)."""

    error: Array
    df: Array

    def half(self, level: float) -> Array:
        """Half-widths at a two-sided level."""
        return np.asarray(_quantiles(self.df, 1 - level / 2) * self.error)


@dataclass(frozen=True)
class Drawn:
    """Means about 0 and half-widths of intervals, shapes (B,): a difference of d is shown where d + mean > half."""

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


@dataclass(frozen=True)
class Estimates:
    """Studies imagined: means about the truth, (B,), and the errors of which the report takes the widest."""

    mean: Array
    errors: tuple[Errors, ...]
    spoken: npt.NDArray[np.bool_]
    """Whether the report would give an interval, (B,)."""

    @classmethod
    def together(cls, parts: Sequence[Estimates]) -> Estimates:
        """Several lots of studies as one."""
        kinds = zip(*(part.errors for part in parts), strict=True)
        errors = tuple(
            Errors(np.concatenate([one.error for one in kind]), np.concatenate([one.df for one in kind]))
            for kind in kinds
        )
        mean, spoken = (np.concatenate([getattr(part, name) for part in parts]) for name in ("mean", "spoken"))
        return cls(mean, errors, spoken)

    def at(self, level: float) -> Drawn:
        """What the report's rule says at a two-sided level; nothing is shown where it gives no interval."""
        half = np.max([one.half(level) for one in self.errors], axis=0)
        return Drawn(self.mean, np.where(self.spoken, half, np.inf))


def monte_carlo_error(share: float, draws: int) -> float:
    """Half the 95 % interval of a share of so many draws."""
    return float(1.96 * np.sqrt(share * (1 - share) / draws))


def _quantiles(df: Array, at: float) -> Array:
    """Quantiles of Student's t, df of 1 or more, read from a table: within 1e-4 of their size."""
    from scipy.special import stdtrit

    inverse = np.linspace(1e-6, 1.0, _NODES)
    return np.asarray(np.interp(1 / df, inverse, stdtrit(1 / inverse, at)))
