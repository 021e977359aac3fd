"""Records of what each rater did, of presentation order, and of the blinding question."""

from __future__ import annotations

from collections.abc import Mapping

from results.record.figure import FigureRecord, OfRater, Strict


class RaterRecord(OfRater):
    """One rater's work and habits."""

    judged: int
    cannot_judge: int
    skipped: int
    revised: int
    median_seconds: float | None
    total_seconds: float | None
    tie_rate: float | None
    strong_rate: float | None
    longest_run_of_one_answer: int
    agreement_with_rest: float | None
    """Mean share of the other raters who made the same choice."""
    severity: Mapping[str, float | None]
    """By scale: mean difference from the others' ratings of the same responses, in points."""
    repeats: int
    """Pairs shown again with sides exchanged."""
    repeats_same_choice: float | None
    checks: int
    """Attention checks judged."""
    checks_failed: int


class SideShare(Strict):
    """A rater's decisive votes for the side shown first."""

    first: int
    decisive: int
    share: FigureRecord


class ShownFirst(Strict):
    """How often a system stood first."""

    first: int
    shown: int


class OrderRecord(Strict):
    """Facts of presentation order, the only ones that see sides."""

    first_side_share: FigureRecord
    """Share of decisive votes for the side shown first; 0.5 = no effect of position."""
    by_rater: Mapping[str, SideShare]
    shown_first: Mapping[str, ShownFirst]
    """By system."""


class GuessesByOrder(Strict):
    """The blinding index where the adjusted system stood first, and second."""

    adjusted_first: FigureRecord
    adjusted_second: FigureRecord


class Guesses(OfRater):
    """One rater's answers to the blinding question."""

    right: int
    wrong: int
    cannot_tell: int


class BlindingRecord(Strict):
    """Answers to the question which response is the adjusted system's."""

    right: int
    wrong: int
    cannot_tell: int
    missing: int
    """Left without an answer."""
    left_out: int
    """Answers about pairs that do not have exactly one adjusted system."""
    index: FigureRecord
    """Share right minus share wrong (Bang's index), -1..1; 0 = blind."""
    james: FigureRecord
    """James' index, 0..1; 1 = nobody could tell, 0.5 = random guessing."""
    order: GuessesByOrder
    raters: tuple[Guesses, ...]
