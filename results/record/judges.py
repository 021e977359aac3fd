"""Records of what a machine judge is worth beside a study's raters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from results.record.figure import FigureRecord, OfRater, OfSystems, Strict
from results.statistics.reasons import Reason

JUDGES_VERSION = 1
Kind = Literal["judge", "same", "system", "majority", "longer", "fewer_questions", "rater"]
"""Who stands in a rater's place: the judge; always about the same; always one system; always the system that most
raters chose in the pair; the longer text; the text with fewer questions; each of the raters in turn."""
Feature = Literal["longer", "more_questions", "minimal"]


class BesideRater(OfRater):
    """The judge beside one rater left out."""

    items: int
    """That both and another rater judged."""
    advantage: float
    """Share of items on which the judge is at least as near to the other raters as this one is, 0..1."""
    p_value: float
    """One-sided, of this rater being nearer by epsilon or more."""
    won: bool
    """Whether the judge is nearer, Benjamini-Yekutieli over the raters."""


class Contender(Strict):
    """What stands in a rater's place, by the same rule."""

    kind: Kind
    system: str | None
    """Of kind `system`; null else."""
    items: int
    winning_rate: float | None
    """Share of raters to whom it is preferred; of kind `rater` the mean; null where no rater has enough items."""
    advantage: float | None
    correlation: float | None
    """With the raters' means within pairs of systems; null where one side does not vary."""
    guard_p: float | None
    """Share of deals that reach the correlation; of kind `rater` the largest of them."""
    passed: int
    """How many of `of` pass the rule."""
    of: int
    """1; of kind `rater` the number of raters; 0 where there is too little for the rule."""


class JudgeAgreement(Strict):
    """How far the judge chooses as the raters do in one pair of systems."""

    systems: tuple[str, str]
    judge: FigureRecord
    """Share of the raters' votes that name the same system, or the same tie, 0..1."""
    raters: FigureRecord
    """The same share of two raters, on the same items."""
    correlation: FigureRecord
    """Of the judge's strength with the raters' mean strength."""


class Position(Strict):
    """What the order of showing does to the judge."""

    both_orders: int
    """Pairs shown in both."""
    consistent: FigureRecord
    """Share of these with the same choice."""
    first_share: FigureRecord
    """Share of the judge's decisive verdicts for the response shown first."""
    raters_first_share: FigureRecord
    """The same of the raters' votes."""


class Leaning(Strict):
    """Whether choices go with something that can be counted, -1..1: +1 = always the longer text, and so on."""

    feature: Feature
    judge: FigureRecord
    raters: FigureRecord
    difference: FigureRecord
    """The judge's minus the raters', on the same items."""


class RatedByJudge(Strict):
    """A criterion that the judge rated response by response."""

    criterion: str
    correlation: FigureRecord
    """With the raters' means, within systems."""
    difference: Mapping[str, OfSystems]
    """By system: the judge's rating minus the raters' mean."""


class PoweredMargin(Strict):
    """The mean margin of one pair over dialogues: people alone, with the judge's help, the judge alone."""

    systems: tuple[str, str]
    people: OfSystems
    joined: OfSystems
    judge: OfSystems
    """What the machine says. Its interval is not one of what raters would say."""
    weight: float | None
    """How much of the judge is taken, 0..1."""
    saved: float | None
    """By how much the joined interval is shorter than people's alone, as a share of it; below 0: longer."""


class JudgeRecord(Strict):
    """One machine judge beside the raters of the study. Exploratory throughout."""

    judge: str
    model: str
    verdicts: int
    failed: Mapping[str, int]
    """Verdicts without answers, by why."""
    elsewhere: int
    """Verdicts on pairs of systems of which the report has no figures."""
    items: int
    """Pairs of responses that people and the judge judged."""
    items_alone: int
    """Pairs that the judge alone judged."""
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float | None
    criterion: str
    epsilon: float
    beside: tuple[BesideRater, ...]
    winning_rate_at: Mapping[str, float | None]
    """Winning rate at other epsilons."""
    passes: bool | None
    """Whether the rule calls it as good as a rater of this study; null where there is too little."""
    reason: Reason | None
    contenders: tuple[Contender, ...]
    """The judge first, then what needs no model, then the raters."""
    agreement: tuple[JudgeAgreement, ...]
    position: Position
    leanings: tuple[Leaning, ...]
    ratings: tuple[RatedByJudge, ...]
    margins: tuple[PoweredMargin, ...]


class JudgesRecord(Strict):
    """What `python -m results judge --json` prints."""

    format_version: int
    study_id: str
    simulated: bool
    seed: int
    judges: tuple[JudgeRecord, ...]
