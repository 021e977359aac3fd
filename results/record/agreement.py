"""Records of how far raters agree."""

from __future__ import annotations

from collections.abc import Mapping

from results.record.figure import FigureRecord, Strict
from tasks.schema import Level


class Range(Strict):
    """Lowest and highest value; null where there is none."""

    low: float | None
    high: float | None


class RaterPair(Strict):
    """Agreement of two raters on what both judged."""

    raters: tuple[str, str]
    percent_agreement: float | None
    n_units: int
    """Units that both judged."""
    cohen_kappa: FigureRecord
    """Quadratic weights above the nominal level."""


class AgreementRecord(Strict):
    """All agreement figures of one criterion."""

    criterion: str
    level: Level
    headline: str
    """Key in `figures` of the figure that stands for the criterion."""
    check: str
    """Key in `figures` of the figure to read beside it."""
    figures: Mapping[str, FigureRecord]
    within_system: Mapping[str, FigureRecord]
    """The headline within each system: a gap between systems alone raises the pooled value."""
    leave_one_rater_out: Range
    """The headline when one rater is left out."""
    icc: Mapping[str, FigureRecord]
    """Intraclass correlations by form; {} where the scale has none."""
    pairs_of_raters: tuple[RaterPair, ...]
    """Pairwise agreement; [] of more than 50 raters."""

    @property
    def main(self) -> FigureRecord:
        """The headline."""
        return self.figures[self.headline]


class UnequalRecord(Strict):
    """Dawid and Skene's model of one criterion beside the plain shares. Exploratory; no other figure rests on it."""

    criterion: str
    systems: tuple[str, str] | None
    """The pair of a preference; null else."""
    label: int | None = None
    """The label, of a criterion of labels: answers are then 1 where it was given and 0 where not; null else."""
    units: int
    raters: int
    judgments: int
    plain: Mapping[str, float]
    """By answer, its mean share of a unit's answers, 0..1; of a preference a system's id, or `tie`."""
    fitted: Mapping[str, float]
    """By answer, the share of units of which it is the true one, by the model."""
    accuracy: Mapping[str, float | None]
    """By rater, how often the model's answer is given, 0..1."""
    moved: int
    """Units of which the model's likeliest answer is not the one that most raters gave."""
    converged: bool
