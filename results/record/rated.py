"""Records of reports on rated dialogues (rated.json) and on labels and spans (marked.json)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from results.record.figure import FigureRecord, Strict
from results.statistics.reasons import Reason


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


class RatedPlace(Strict):
    """A voice in a rater's place: the client, the model, each item's commonest answer, each rater in turn."""

    voice: Literal["client", "model", "constant", "rater"]
    ratings: int
    """That raters and the voice both gave."""
    won: int
    raters: int
    """How many raters were tested, and to how many of them the voice is preferred; of `rater` 0."""
    winning_rate: float | None
    advantage: float | None
    """Share of ratings on which it is at least as near to the other raters as a rater is."""
    correlation: float | None
    """Of its mean over the 20 items with the raters', over dialogues."""
    guard_p: float
    passed: int
    of: int
    """0 where there is too little for the rule."""
    reason: Reason | None


class RatedReport(Strict):
    """rated.json."""

    format_version: Literal[2] = 2
    """1 compared mean absolute errors, which any voice near the middle of the scale wins (`one_more`)."""
    counts: RatedCounts
    simulated: bool
    items: tuple[RatedItem, ...]
    voices: tuple[Voices, ...]
    places: tuple[RatedPlace, ...]
    """Who could stand in a rater's place, by the rule for machine judges."""


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
