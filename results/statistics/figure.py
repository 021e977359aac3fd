"""A figure: one number as it may be printed, with its interval, its method, and its reason where it is undefined."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from results.statistics.reasons import Reason


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

    @property
    def defined(self) -> bool:
        """True where there is a value."""
        return self.value is not None


def undefined(reason: Reason, method: str = "", sizes: Sizes = Sizes()) -> Figure:
    """No value, and why."""
    return Figure(None, method=method, reason=reason, sizes=sizes)


def finite(value: float | None) -> float | None:
    """The number rounded to 12 significant digits (so that sums in another order print alike), None if not finite."""
    if value is None or not math.isfinite(value):
        return None
    rounded = float(f"{value:.12g}")
    return 0.0 if abs(rounded) < 1e-12 else rounded
