"""What is averaged over the ratings of a response, by the criterion's scale."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from results.statistics.resample import Array
from tasks.schema import Criterion

Measure = Callable[[Array], Array]
"""From ratings, shape (N,), to what is averaged; NaN where a rating does not count."""


def measures_of(criterion: Criterion) -> dict[str, Measure]:
    """The measures that fit a criterion's scale, by name. {} for labels, spans, text and categories without order."""
    values = criterion.values()
    if criterion.kind == "yes_no_unsure":
        return {"share_yes": lambda x: np.where(x == 2, np.nan, x == 1)}
    if criterion.kind not in ("scale", "count") or criterion.level == "nominal":
        return {}
    if two_ended(criterion):
        return {"share_below": lambda x: x < 0, "share_middle": lambda x: x == 0, "share_above": lambda x: x > 0}
    if criterion.top_coded:
        return {"share_any": lambda x: x > 0, "share_top": lambda x: x == max(values)}
    if criterion.kind == "count":
        return {"mean": lambda x: x, "share_any": lambda x: x > 0}
    return {"mean": lambda x: x}


def two_ended(criterion: Criterion) -> bool:
    """True where the best point lies in the middle: points on both sides of 0."""
    values = criterion.values()
    return criterion.kind == "scale" and criterion.level != "nominal" and bool(values) and min(values) < 0 < max(values)


def is_share(measure: str) -> bool:
    """Whether a measure is a share, 0..1, of ratings."""
    return measure.startswith("share_")
