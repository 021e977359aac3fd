"""Records of a study that may stop: the looks that were taken by its rule, and how it ended."""

from __future__ import annotations

from typing import Literal

from results.record.figure import Strict


class LookRecord(Strict):
    """A look by the declared rule, which answered whether the study may end and nothing else."""

    at: str
    """UTC, ISO 8601."""
    look: int
    """After which block of items, from 1."""
    items: int
    """Items judged by then."""
    level: float
    """Nominal two-sided level that the comparison was held against."""
    enough: bool
    """Whether the bound was crossed, so that the study might end."""


class StoppingRecord(Strict):
    """What became of the rule. The pair's margin has the repeated interval, its test the repeated p-value."""

    looks: tuple[LookRecord, ...]
    """Those that were taken, in order."""
    stopped_at: int | None
    """The look that answered that it is enough; null where none did."""
    items: int
    """Items judged when the study ended."""
    items_at_look: int
    """Items of which the last look knew; 0 where none was taken."""
    items_planned: int
    information: float
    """Share of the information at which the last bound was taken: below 1 where the study ended early by its rule."""
    p_nominal: float | None
    """Two-sided p-value through Student's t of all that was judged, this analysis taken alone."""
    level: float
    """The nominal level it is held against: what the bounds leave at the end."""
    departure: Literal["went_on", "ended_early"] | None
    """What was done against the last answer: a further block was judged after `enough`, or not all of them after `go
    on`; null where it was followed."""
