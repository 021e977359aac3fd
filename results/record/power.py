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


class PlannedAtLarge(Strict):
    """What a design can show of raters at large, where raters lean so far."""

    raters: int
    items: int
    lean: float
    power: float | None
    """null below three raters, where nothing is said of others."""
    smallest: float | None
    """The smallest mean margin shown with the power wanted."""
    equivalent: float | None
    """Power to show equivalence."""


class AtLargePower(Strict):
    """The plan read for raters at large."""

    by_lean: tuple[PlannedAtLarge, ...]
    as_many_votes: tuple[tuple[PlannedAtLarge, ...], ...]
    """As many votes, spread over other numbers of raters; a row for each, by lean."""


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
    hours: float
    """Of raters' work."""
    needed: tuple[Needed, ...]
