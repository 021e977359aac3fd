"""Records of reports on rated dialogues (rated.json) and on labels and spans (marked.json)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from results.record.figure import FigureRecord, Strict


class RatedCounts(Strict):
    """What a report of rated dialogues rests on."""

    dialogues: int
    raters: int
    ratings: int
    predicted: int
    """Dialogues of which a model predicted something."""


class RatedItem(Strict):
    """One of the 20 items: the raters' agreement, and each voice's mean (null where it said nothing)."""

    ja: str
    en: str
    alpha: FigureRecord
    means: Mapping[str, float | None]
    """By voice: `raters`, `client`, and `model` where there is one."""


class Voices(Strict):
    """How near two voices are, over all items."""

    pair: str
    exact: FigureRecord
    within_one: FigureRecord
    mae: FigureRecord
    bias: FigureRecord
    """The first named minus the second."""
    spearman: FigureRecord
    kappa: FigureRecord


class RatedReport(Strict):
    """rated.json."""

    format_version: Literal[1] = 1
    counts: RatedCounts
    simulated: bool
    items: tuple[RatedItem, ...]
    voices: tuple[Voices, ...]
    one_more: Mapping[str, FigureRecord]
    """By `client`, `model`: mean absolute error less that of a rater left out."""


class MarkedCriterion(Strict):
    """Agreement on one criterion of labels or spans."""

    criterion: str
    label: Mapping[str, str]
    """The criterion's words, by language."""
    figures: Mapping[str, FigureRecord]
    """By a label's value; of spans: `characters`, `f1`."""


class MarkedReport(Strict):
    """marked.json; format 1 had label and figures as keys of the criterion itself."""

    format_version: Literal[2] = 2
    simulated: bool
    labels: tuple[MarkedCriterion, ...]
    spans: tuple[MarkedCriterion, ...]
