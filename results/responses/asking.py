"""Shares of responses that ask and that are minimal, by the rules of their language, and how the two go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from results.statistics.reasons import Reason

if TYPE_CHECKING:
    from results.statistics.figure import Figure, Sizes
    from results.statistics.resample import Array, Resampling

ASKING, MINIMAL = "question_rate", "minimal_rate"
FEATURES = 4
"""Columns of `features`: whether it asks, questions, whether it is minimal, 1."""
_COLUMN = {ASKING: 0, MINIMAL: 2}
_NAME = {ASKING: "share of responses with a question", MINIMAL: "share of minimal responses"}


def features(texts: Sequence[str], language: str) -> Array:
    """Per text: whether it asks, how many questions, whether it is minimal, 1 -> (n, 4); 0 for what cannot be told."""
    from tasks.asking.facts import facts

    found = [facts(text, language) for text in texts]
    rows = [((one.questions or 0) > 0, one.questions or 0, bool(one.minimal), 1) for one in found]
    return np.array(rows, dtype=np.float64).reshape(-1, FEATURES)


def obstacle(key: str, language: str) -> Reason | None:
    """Why a measure cannot be had in a language; None where it can."""
    from tasks.asking.detectors import detector
    from tasks.asking.minimal import minimal_rule

    if key == MINIMAL:
        return None if minimal_rule(language) else Reason.NO_MINIMAL_RULE
    return None if detector(language) else Reason.NO_DETECTOR


def shares(table: Array, language: str, sizes: Sizes, resampling: Resampling) -> dict[str, Figure]:
    """Both shares from sums of `features` by dialogue (D, 4), with the bounds of a share: none seen is not none."""
    from results.statistics.figure import undefined
    from results.statistics.shares import share_figure

    return {
        key: undefined(reason, name, sizes)
        if (reason := obstacle(key, language))
        else share_figure(table[:, [_COLUMN[key], 3]], name, sizes, resampling, Reason.NO_RESPONSES)
        for key, name in _NAME.items()
    }


def differences(table: Array, first: Array, language: str, sizes: Sizes, resampling: Resampling) -> dict[str, Figure]:
    """Both shares minus those of the first system, paired by dialogue."""
    from results.statistics.figure import undefined
    from results.statistics.shares import share_difference_figure

    name = "paired difference"
    rows = {key: np.hstack([one[:, [_COLUMN[key], 3]] for one in (table, first)]) for key in _NAME}
    return {
        key: undefined(reason, name, sizes)
        if (reason := obstacle(key, language))
        else share_difference_figure(rows[key], name, sizes, resampling, Reason.NO_RESPONSES)
        for key in _NAME
    }


def together(
    by_system: Mapping[str, Array], dialogues: Sequence[str], language: str, sizes: Sizes, resampling: Resampling
) -> dict[str, Figure]:
    """Correlation of the two shares over systems and over items.

    Args:
        by_system: `features` of each system's texts, in the same order of items, shape (n, 4).
        dialogues: each item's dialogue.
    """
    from results.statistics.estimates import group_places, group_sums
    from results.statistics.figure import undefined
    from results.study.asking.correlation import over_items, over_systems

    if reason := obstacle(ASKING, language) or obstacle(MINIMAL, language):
        return {name: undefined(reason, "Pearson's r", sizes) for name in ("over_systems", "over_items")}
    sums = [group_sums(table[:, [0, 3, 2, 3]], dialogues) for table in by_system.values()]
    items = np.mean([table[:, [0, 2]] for table in by_system.values()], axis=0)
    places = np.array(group_places(dialogues), dtype=np.int64)
    return {
        "over_systems": over_systems(sums, sizes, resampling),
        "over_items": over_items(items, places, sizes, resampling),
    }
