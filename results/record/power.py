"""Records of what `power` says of a planned study."""

from __future__ import annotations

from collections.abc import Mapping

from results.record.figure import Effect, Strict


class Assumed(Strict):
    """What is believed of the votes."""

    win: float
    """Share of items on which many raters would prefer the better system."""
    ties: float
    """Share of votes 'about the same'."""
    strong: float
    """Share of the other votes that are 'clearly'."""
    agreement: float
    """Orientation-free ordinal alpha of the votes."""
    lean: float
    """Share of the votes' variance that is a rater's own liking for a system."""


class PlanRecord(Strict):
    """A study as planned, and how it is simulated."""

    items: int
    raters: int
    each: int
    """Raters of each item."""
    level: float
    """Two-sided level of the tests."""
    power: float
    """Power wanted."""
    simulations: int
    seed: int


class ExactPower(Strict):
    """The sign test of decisive items, each judged without error: the floor."""

    decisive_pairs: Mapping[str, int | None]
    """By the share won: decisive items for the power wanted; null where more are needed than are searched for."""
    decisive: int
    """Decisive items that the plan can expect."""
    power: float
    """With so many."""


class ExpectedRecord(Strict):
    """Shares of simulated studies, and means over them."""

    power_margin: Effect
    """Sign-flip test of the mean margin significant, and for the better system."""
    power_sign: Effect
    """Exact sign test of the decisive items significant, and for the better system."""
    wrong_way: Effect
    """Sign-flip test significant for the worse system."""
    false_alarms: Effect
    """Sign-flip test significant where neither system is better."""
    margin: float
    """Mean margin of an item, -2..2."""
    margin_width: float
    decisive: float
    won: float | None
    """Share of the decisive items won by the better system."""
    alpha: float | None
    alpha_width: float | None
    alpha_items: int | None
    """Items for an interval of alpha of width 0.2."""


class PlannedAtLarge(Strict):
    """What a design can show of raters at large, where raters lean so far."""

    raters: int
    items: int
    each: float
    """Raters of an item, on average."""
    lean: float
    """Share of the variance of votes before they are put on five points."""
    power: float | None
    """null below three raters or six items, where nothing is said of others."""
    error: float | None
    """Monte-Carlo error of the power: half its 95 % interval."""
    smallest: float | None
    """The smallest mean margin shown with the power wanted."""
    equivalent: float | None
    """Power to show equivalence."""


class AtLargePower(Strict):
    """The plan read for raters at large."""

    by_lean: tuple[PlannedAtLarge, ...]
    as_many_votes: tuple[tuple[PlannedAtLarge, ...], ...]
    """As many votes, spread over other numbers of raters; a row for each, by lean."""
    tests: int
    """Tests that Holm's method corrects together: every figure holds whatever the others show."""
    pilot: Effect | None
    """Share of a vote's variance that was the raters' own in the pilot; null without one."""


class PlannedShare(Strict):
    """What to expect where this is the true share of responses."""

    share: float
    low: float
    """Mean ends of its 95 % interval."""
    high: float
    smallest: float | None
    """Smallest difference of two systems, the other's share above this one, that is shown with the power wanted."""


class Needed(Strict):
    """Items for the power wanted with so many raters; null where more are needed than are searched for."""

    raters: int
    items: int | None


class PowerRecord(Strict):
    """Everything that the command says."""

    assumptions: Assumed
    plan: PlanRecord
    exact: ExactPower
    expected: ExpectedRecord
    at_large: AtLargePower
    margin: float
    """Within which systems count as equivalent."""
    shares: tuple[PlannedShare, ...]
    most_unseen: float
    """Largest share of responses that is still possible where none was marked: upper end of its 95 % interval."""
    hours: float
    """Of raters' work, all together."""
    hours_each: float
    """Of one rater."""
    needed: tuple[Needed, ...]
