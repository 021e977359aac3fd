"""Records of how responses were rated, and how often the systems ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from results.record.figure import FigureRecord, OfSystems, Sparse, Strict


class RatedSystem(Sparse):
    """One system's ratings; a measure stands here only where it fits the scale."""

    distribution: Mapping[str, int]
    """Ratings at each value."""
    mean: OfSystems | None = None
    share_any: OfSystems | None = None
    """Share above 0."""
    share_top: OfSystems | None = None
    """Share at the last point."""
    share_yes: OfSystems | None = None
    share_below: OfSystems | None = None
    """Share below the middle, where the best point is."""
    share_middle: OfSystems | None = None
    share_above: OfSystems | None = None

    def measures(self) -> dict[str, OfSystems]:
        """The measures by name."""
        named = {name: getattr(self, name) for name in type(self).model_fields if name != "distribution"}
        return {name: figure for name, figure in named.items() if figure is not None}


class Differences(Strict):
    """Two systems on the same items: the first's measures minus the second's."""

    systems: tuple[str, str]
    differences: Mapping[str, OfSystems]
    """By measure, paired by item."""


class RatedPair(Differences, Sparse):
    """Two systems on one criterion."""

    differences_at_large: Mapping[str, OfSystems]
    """The same for raters at large, by measure: of raters who rated both responses of an item."""
    first_rated_higher: OfSystems | None = None
    """Probability that a rater puts the first system higher, ties half, 0..1; absent for yes/no."""


class RatingRecord(Strict):
    """One rated criterion."""

    criterion: str
    values: tuple[int, ...]
    systems: Mapping[str, RatedSystem]
    """By system; `pair` for a criterion of the whole pair."""
    pairs: tuple[RatedPair, ...]

    def measures(self) -> tuple[str, ...]:
        """Names of the measures that fit the scale."""
        return tuple(next((system.measures() for system in self.systems.values()), {}))


class Asking(Sparse):
    """How often one system asks and answers minimally, by the rules of its responses' language."""

    share_asking: OfSystems
    """Share of responses that hold a question, 0..1."""
    share_minimal: OfSystems | None = None
    """Share of responses that are minimal by their own words, 0..1; absent in reports made before it existed."""
    questions: OfSystems
    """Questions per response."""
    questions_per_100_characters: OfSystems
    characters: OfSystems
    """Length of a response."""

    def measures(self) -> dict[str, OfSystems]:
        """The measures by name."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: figure for name, figure in named.items() if figure is not None}


class Together(Strict):
    """Correlation of the share of responses that ask with the share that is minimal, -1..1.

    A question is never minimal, so both lean towards -1 by themselves.
    """

    over_systems: OfSystems
    over_items: OfSystems


class QuestionsRecord(Sparse):
    """How often the systems ask and answer minimally; over all responses of the study, judged or not."""

    systems: Mapping[str, Asking]
    pairs: tuple[Differences, ...]
    together: Together | None = None
    """Absent in reports made before it existed."""
    languages: tuple[str, ...] = ("ja",)
    """In which the responses are written. Figures of two languages never compare."""
    basis: Literal["rules", "marks", "none"] = "rules"
    """What questions are found by: measured rules, their marks alone, or nothing, where they cannot be counted."""


class AgainstCounts(Strict):
    """The detector beside the raters' own counts (the median of each response)."""

    criterion: str
    responses: int
    precision: FigureRecord
    """Share of the responses in which it detects a question that raters see asking too."""
    recall: FigureRecord
    """Share of the responses that raters see asking in which it detects a question."""
    same_count: FigureRecord
    alpha: FigureRecord
    """Interval alpha of the detector and the median."""


class AmountRow(Strict):
    """How raters judged the amount of questions of responses with so many detected."""

    detected: int
    """3 stands for three and more."""
    ratings: Mapping[str, int]


class RoomRow(Strict):
    """How raters judged the room to go on, of minimal responses or of all others."""

    minimal: bool
    ratings: Mapping[str, int]


class DetectorRecord(Strict):
    """The detector of questions against the raters."""

    against_counts: AgainstCounts | None
    """null where no criterion counts questions."""
    amount_by_count: tuple[AmountRow, ...] | None
    """null where no criterion judges the amount."""
    room_by_minimal: tuple[RoomRow, ...] | None = None
    """null where no criterion judges the room to go on (`floor`); empty where minimal responses cannot be told."""
