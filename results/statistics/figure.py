"""A figure: one number as it may be printed, with its interval, its method, and its reason where it is undefined."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from results.statistics.reasons import Reason

FEWEST_DIALOGUES = 6
"""Dialogues below which nothing is said of others: no subset of five can leave 2.5 % on either side."""


@dataclass(frozen=True)
class Sizes:
    """How much a figure rests on."""

    items: int = 0
    """Dialogues: what the interval resamples."""
    raters: int = 0
    judgments: int = 0


@dataclass(frozen=True)
class Figure:
    """`value` is None where the statistic is undefined; `low` and `high` where no interval can be given.

    `reason` is the code that says why value or interval is missing; None where neither is.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: Reason | None = None
    sizes: Sizes = Sizes()
    seed: int | None = None
    """Seed of the resampling; None where nothing was drawn."""
    bca: tuple[float, float] | None = None
    """The BCa interval beside a percentile one."""

    def as_dict(self) -> dict[str, Any]:
        """The documented JSON shape: five keys, then the sizes, the seed and the BCa interval."""
        return {
            **self.five(),
            "n_items": self.sizes.items,
            "n_raters": self.sizes.raters,
            "n_judgments": self.sizes.judgments,
            "seed": self.seed,
            "bca": None if self.bca is None else [finite(end) for end in self.bca],
        }

    def five(self) -> dict[str, Any]:
        """`value`, `low`, `high`, `method`, `reason`."""
        return {
            "value": finite(self.value),
            "low": finite(self.low),
            "high": finite(self.high),
            "method": self.method,
            "reason": self.reason,
        }

    def of(self, sizes: Sizes) -> Figure:
        """The same figure, resting on `sizes`."""
        return replace(self, sizes=sizes)

    def moved(self, function: Callable[[float], float]) -> Figure:
        """The figure of a monotone function of the value: its bounds are the function's at these bounds."""
        if self.value is None:
            return self
        if self.low is None or self.high is None:
            return replace(self, value=function(self.value))
        low, high = sorted((function(self.low), function(self.high)))
        return replace(self, value=function(self.value), low=low, high=high)


def undefined(reason: Reason, method: str = "", sizes: Sizes = Sizes()) -> Figure:
    """No value, and why."""
    return Figure(None, method=method, reason=reason, sizes=sizes)


def significant(p_value: float | None) -> float | None:
    """A p-value rounded to 12 significant digits, however small; None where there is none."""
    return None if p_value is None else float(f"{p_value:.12g}")


def finite(value: float | None) -> float | None:
    """The number rounded to 12 significant digits (so that sums in another order print alike), None if not finite."""
    if value is None or not math.isfinite(value):
        return None
    rounded = float(f"{value:.12g}")
    return 0.0 if abs(rounded) < 1e-12 else rounded
