"""Records of what the commands say of a table of judgments: `agreement` and `preference`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from results.record.figure import Effect, Sparse, Strict, TestRecord
from results.statistics.figure import Figure
from results.statistics.reasons import Reason
from tasks.schema import Level


class Weighted(Effect):
    """A figure with the weights of disagreements."""

    weights: Literal["identity", "ordinal", "quadratic", "linear"]

    @classmethod
    def by(cls, figure: Figure, weights: str) -> Weighted:
        """The record of a figure and its weights."""
        return cls.model_validate({**figure.five(), "weights": weights})


class KappaOfPair(Strict):
    """Cohen's kappa of two raters."""

    raters: tuple[str, str]
    n_units: int
    """Units that both rated."""
    cohen_kappa: Weighted


class AgreementTable(Sparse):
    """How far the raters of a table agree."""

    n_units: int
    n_clusters: int | None
    """What the intervals resample, where that is not the unit."""
    n_raters: int
    n_ratings: int
    level: Level | None
    """Level of measurement; left out where values are sets."""
    distance: Literal["masi", "jaccard"] | None
    """Of two sets of labels; left out where values are none."""
    krippendorff_alpha: Effect
    percent_agreement: Effect
    """Mean over units of the share of agreeing pairs of raters; of sets: that are the same."""
    percent_agreement_over_pairs: Effect
    gwet_ac: Weighted
    fleiss_kappa: Effect
    icc: Mapping[str, Effect]
    pairs_of_raters: tuple[KappaOfPair, ...] | None
    """Left out unless `--pairs` asks for it."""
    reading: tuple[str, ...]
    """What was taken for what."""
    standing: Literal["exploratory"] = "exploratory"
    """Of every figure and test here: a table declares none beforehand."""


class SystemOfTable(Strict):
    """One system among all of a table."""

    strength: float | None
    """Davidson's model: centred log worth."""
    low: float | None
    high: float | None
    reason: Reason | None
    wins: int
    """Votes."""
    losses: int
    ties: int


class MarginOfTable(Strict):
    """The mean over items of an item's mean signed strength, positive towards the pair's `left`, for whom it names."""

    estimand: Literal["these_raters", "raters_at_large"]
    margin: Effect
    test: TestRecord
    """That the margin is zero; not corrected for other pairs."""


class PairOfTable(Strict):
    """Two systems, `left` and `right` by name, whichever side each was shown on."""

    left: str
    right: str
    n_items: int
    n_raters: int
    n_votes: int
    wins: int
    """Items that most of their votes give to `left`."""
    losses: int
    ties: int
    p_value: float | None
    """Exact sign test of the decisive items."""
    low: float | None
    """Of the share of decisive items that `left` won."""
    high: float | None
    reason: Reason | None
    these_raters: MarginOfTable
    raters_at_large: MarginOfTable
    lean: float | None
    """Share of a vote's variance that is the rater's own leaning towards one system, 0..1."""


class ChoiceAgreement(Strict):
    """How far raters agree on the system, whichever side it was shown on; nominal: first, tie, second."""

    alpha: Effect
    """Orientation-free: each unit entered twice, its systems exchanged in the copy."""
    alpha_by_system: Effect
    """Coded by the systems' names: falls as one system wins more."""
    percent_agreement: Effect
    percent_agreement_without_ties: Effect


class PreferenceTable(Strict):
    """Who was preferred in a table of pairwise votes."""

    n_items: int
    n_clusters: int
    """What the intervals resample: items, or what `--cluster` names."""
    n_raters: int
    n_votes: int
    systems: Mapping[str, SystemOfTable]
    ties_nu: float | None
    """Davidson's parameter of ties."""
    connected: bool
    """Whether all systems are linked by comparisons."""
    finite: bool
    """Whether every strength has a finite value."""
    agreement: ChoiceAgreement
    strongest: float
    """The largest strength of a choice: margins lie from minus this to this. 1 where no column says how strongly."""
    pairs: tuple[PairOfTable, ...] | None
    """null where there are more than twelve systems and `--pairs` does not ask for them."""
    first_side_rate: Effect
    reading: tuple[str, ...]
    """What was taken for what."""
    standing: Literal["exploratory"] = "exploratory"
    """Of every figure and test here: a table declares none beforehand."""
