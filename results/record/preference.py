"""Records of who was preferred. Every signed figure is positive towards the first of `systems`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from results.record.figure import MarginTest, OfSystems, RaterFigure, Strict, TestRecord
from tasks.schema import COVARIATES, Covariate, Estimand


class Items(Strict):
    """Items by the sign of their mean margin."""

    won: int
    """Items that went to the first system."""
    lost: int
    tied: int


class ItemMargin(Strict):
    """One item's outcome."""

    item_id: str
    margin: float
    """Mean of its votes."""
    votes: int


class Adjusted(Strict):
    """The preference where both responses are alike in what the study names: a linear model of signed strength."""

    covariates: tuple[Covariate, ...] = COVARIATES
    """What is held equal."""
    margin_when_equal: OfSystems
    """Mean margin where both responses are alike in all of it."""
    test_when_equal: TestRecord
    """The test that this margin is zero."""
    margin_per_10_characters: OfSystems | None
    """Change of the margin for ten characters more of the first system's; null where length is not held equal."""
    margin_per_question: OfSystems | None
    """Change of the margin for one question more of the first system's."""
    margin_per_minimal: OfSystems | None = None
    """Change of the margin where the first system's response alone is minimal."""
    share_when_equal: OfSystems
    """Share of decisive votes for the first system where both are alike, 0..1: a logit, for reading alone."""


class Stratum(Strict):
    """The mean margin of the items of one topic, or of one third of the dialogue (exploratory, never tested)."""

    by: Literal["topic", "depth"]
    name: str
    """The topic; or `early`, `middle`, `late`."""
    margin: OfSystems


class Verdict(Strict):
    """Which system was preferred: the primary test decides it, or the corrected test of a family, and nothing else."""

    preferred: str | None
    """The system on whose side the margin lies, where the test of the margin gives p < .05; else null."""
    reason: Literal["no_votes", "few_dialogues", "few_raters", "undecided"] | None
    """Why none was: nothing judged, fewer than six dialogues or (at large) three raters, or left open by the test."""
    p_value: float | None
    """The p-value that it rests on: as it is for a primary pair, corrected by Holm's method for a family."""
    estimand: Estimand
    """Whose preference it is."""


class CourseRecord(Strict):
    """A comparison over time and under other readings of what was left out (exploratory)."""

    margin_per_ten: OfSystems
    """Change of the margin over ten positions in a rater's own order."""
    strength_per_ten: OfSystems
    """Change of how strong answers are over ten positions; falling = tiring or growing careful."""
    pace_per_ten: OfSystems
    """Factor of the seconds a pair takes over ten positions; below 1 = faster."""
    margin_per_day: OfSystems
    unable_as_same: OfSystems
    """The margin with `cannot_judge` counted as 'about the same', for the primary estimand."""
    without_ties: OfSystems
    """The margin of decisive answers alone, for the primary estimand."""


class RaterSpread(Strict):
    """How far raters differ in whom they prefer."""

    sd: float | None
    """Standard deviation of raters' own mean margins, by the components of variance; null where there is no fit."""
    lean: float | None
    """Share of a vote's variance that is the rater's own leaning towards one system, 0..1."""
    heterogeneity: TestRecord
    """F test that all raters have the same mean margin."""
    new_rater: OfSystems
    """The mean margin of one more rater over many dialogues, with its prediction interval."""


class PairRecord(Strict):
    """The comparison of two systems."""

    systems: tuple[str, str]
    """Ids; every signed figure is positive towards the first, every share is that of the first."""
    role: Literal["primary", "family", "exploratory"]
    """`primary`: named before the study, or the only pair of two systems. `family`: one of the pairs of three or more
    systems of which none was named, corrected together. `exploratory`: beside a primary pair; it decides nothing."""
    verdict: Verdict | None
    """For whom the study's primary comparison speaks; null for an exploratory pair."""
    beside: Verdict | None
    """The same for the other estimand, never the headline; null for an exploratory pair."""
    margin: OfSystems
    """Mean over items of the item's margin, -2..+2."""
    margin_test: MarginTest
    """Sign-flip permutation test of the dialogues' margins."""
    items: Items
    win_share_of_items: OfSystems
    """Share of decisive items that went to the first system, 0..1."""
    sign_test: TestRecord
    """Exact sign test of decisive items (exploratory)."""
    votes: Mapping[str, int]
    """Votes by signed strength, from clearly the second system to clearly the first."""
    win_share_of_votes: OfSystems
    """Share of decisive votes for the first system, 0..1 (exploratory)."""
    by_rater: tuple[RaterFigure, ...]
    """Each rater's own mean margin."""
    without_rater: tuple[RaterFigure, ...]
    """The mean margin when that rater is left out."""
    by_item: tuple[ItemMargin, ...]
    margin_at_large: OfSystems
    """The mean margin for raters at large: dialogues and raters both drawn from many."""
    margin_at_large_test: MarginTest
    """The test that this interval belongs to."""
    spread: RaterSpread
    adjusted: Adjusted
    course: CourseRecord
    strata: tuple[Stratum, ...]

    @property
    def top(self) -> int:
        """The strongest answer that could be given, 2 on the usual scale."""
        return max(abs(int(value)) for value in self.votes)

    def margin_for(self, estimand: Estimand) -> tuple[OfSystems, MarginTest]:
        """The margin and its test for whom the estimand names."""
        if estimand == "these_raters":
            return self.margin, self.margin_test
        return self.margin_at_large, self.margin_at_large_test

    def vote_share(self, system: str) -> tuple[float | None, float | None, float | None]:
        """Value, low and high of a system's share of decisive votes, whichever of the two it is."""
        share = self.win_share_of_votes
        if system == self.systems[0]:
            return share.value, share.low, share.high
        value, low, high = (None if end is None else 1 - end for end in (share.value, share.high, share.low))
        return value, low, high


class Strengths(Strict):
    """Davidson's model, where three or more systems were compared."""

    systems: Mapping[str, OfSystems]
    """Centred log worth by system; 0 is the mean."""
    ties_nu: float | None
    connected: bool
    """false where some systems were never compared, not even by way of others."""
    finite: bool
    """false where some system won or lost so consistently that the model has no finite fit."""


class Ranked(Strict):
    """One of three or more systems, in order."""

    system: str
    mean_margin: float
    """Mean of its margins against every other system."""
    best_rank: int
    """One more than the systems shown to be preferred to it."""
    worst_rank: int
    """The number of systems less those it is shown to be preferred to."""


class Circle(Strict):
    """Three systems of which each is preferred to the next and the last to the first."""

    systems: tuple[str, str, str]
    shown: bool
    """true where all three tests, corrected, show it; else it may be chance."""


class Difference(Strict):
    """Two of three or more systems."""

    systems: tuple[str, str]
    margin: OfSystems
    """Mean margin, positive towards the first, with an interval that holds together with those of all other pairs."""


class RankingRecord(Strict):
    """The order of three or more systems, by simultaneous intervals of all pairs (max-T)."""

    estimand: Estimand
    systems: tuple[Ranked, ...]
    """Highest mean margin first."""
    differences: tuple[Difference, ...]
    circles: tuple[Circle, ...]


class PreferenceRecord(Strict):
    """The comparison of every two systems that stood beside each other."""

    criterion: str | None
    """The preference criterion; null where none was asked."""
    pairs: tuple[PairRecord, ...]
    pairs_left_out: int = 0
    """Pairs that were compared and are not listed: of more than 12 systems, all that the study did not name, unless
    `--pairs` asks for them."""
    strengths: Strengths | None
    strengths_when_equal: Mapping[str, OfSystems] = {}
    """Of three or more systems, by system: strength in points of the scale where responses are alike in what the study
    names (`primary.adjusted_for`); they sum to 0."""
    rankings: tuple[RankingRecord, ...]
    """For these raters and for raters at large, where every two of three or more systems were compared; else []."""

    @property
    def main_pair(self) -> tuple[str, str] | None:
        """The systems of whom the answer speaks first: the primary pair; of systems in order the first and the last."""
        judged = [pair for pair in self.pairs if pair.margin.value is not None]
        primary = next((pair.systems for pair in judged if pair.role == "primary"), None)
        if primary is None and self.rankings:
            ends = {self.rankings[0].systems[0].system, self.rankings[0].systems[-1].system}
            return next((pair.systems for pair in judged if set(pair.systems) == ends), None)
        return primary or next((pair.systems for pair in judged), None)


class Excluded(Strict):
    """A primary comparison (or one of the family), for its estimand, under one exclusion rule or under several."""

    systems: tuple[str, str]
    rule: str
    """A rule of the study, `all_rules`, or `no_rule`."""
    governs: bool = False
    """true of what the figures of this report rest on; all else is sensitivity."""
    threshold: float | None
    left_out: int
    """Pairs judged that the rule leaves out."""
    raters_left_out: tuple[str, ...]
    """Raters of whom everything is left out."""
    margin: OfSystems
    margin_test: TestRecord
    items: Items
    alpha: OfSystems
