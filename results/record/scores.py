"""Records of a score report, predictions beside the clients' ratings: scores.json, correlation.json, unseen.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from results.record.figure import FigureRecord, Sparse, Strict
from tasks.data.splits import By


class Nearness(Strict):
    """How near predictions are to the clients' ratings, in the two measures that are always given."""

    exact: FigureRecord
    """Share of ratings met exactly, 0..1."""
    mae: FigureRecord
    """Mean absolute error, in points of the scale 0..5."""


class SliceFigures(Nearness):
    """The measures of a slice."""

    bias: FigureRecord
    """Mean of predicted minus the client's."""


class Measures(Nearness):
    """The measures over all items."""

    within_one: FigureRecord
    pearson: FigureRecord
    spearman: FigureRecord
    kappa: FigureRecord
    """Cohen's kappa with quadratic weights."""


class ItemMeasures(Measures):
    """The measures of one item."""

    bias: FigureRecord


class TotalMeasures(Strict):
    """The measures of totals, 0..100."""

    mae: FigureRecord
    bias: FigureRecord
    pearson: FigureRecord
    spearman: FigureRecord


class RunSplit(BaseModel):
    """How the data of a run were split; further keys of the manifest are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    by: By | None = None
    salt: str | None = None
    part: str | None = None


class Run(BaseModel):
    """What the manifest beside the predictions says of them; null where it says nothing, other keys are left out."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    system: str | None = None
    mode: str | None = None
    note: str | None = None
    max_length: int | None = None
    """Longest input in tokens."""
    split: RunSplit | None = None


class Counts(Strict):
    """What a score report rests on."""

    dialogues: int
    clients: int
    counselors: int
    train_dialogues: int
    """Dialogues that baselines are fit on."""
    split_by: str
    missing_values: int
    cut: int
    """Dialogues that lost their beginning to the input limit."""


class Predictor(Strict):
    """The model or a baseline."""

    name: str
    items: Measures
    total: TotalMeasures


class Against(Strict):
    """A measure of the model minus that of a baseline, paired."""

    predictor: str
    measure: str
    baseline: str
    figure: FigureRecord


class ItemRow(Strict):
    """One of the 20 items."""

    number: int
    ja: str
    en: str
    model: ItemMeasures
    item_mode: Nearness
    true_mean: float | None
    true_sd: float | None


class Predicted(Strict):
    """What was predicted where the client gave one value; null where nothing was."""

    predicted: int
    """How often the value was predicted, wherever."""
    exact: float | None
    mean: float | None


class ValueRow(Sparse):
    """One value of the scale: how often clients gave it, and what was predicted there."""

    value: int
    n: int
    model: Predicted
    model_mean: Predicted | None = None


class FlagRow(Strict):
    """One flag: how often ticked, predicted, and both."""

    en: str
    ja: str
    true: int
    predicted: int
    both: int
    mean_chance: float | None


class Bin(Strict):
    """Statements of like chance."""

    n: int
    stated: float | None
    seen: float | None


class Calibration(Strict):
    """Stated chances against how often they came true; scores beside those of each item's shares in training."""

    bins: tuple[Bin, ...]
    expected_error: float | None
    log_loss: float | None
    base_log_loss: float | None
    brier: float | None
    base_brier: float | None


class SliceRow(Strict):
    """Dialogues of one topic, year, length or band; no figures below 10 dialogues."""

    slice: str
    n: int
    true_mean: float | None
    figures: SliceFigures | None


class PeopleRow(Strict):
    """How much of the signed error belongs to the person."""

    people: int
    with_three: int
    """People with three dialogues or more."""
    quartiles_of_bias: tuple[float | None, float | None, float | None] | None
    icc: float | None


class ScoreReport(Strict):
    """scores.json."""

    format_version: Literal[1] = 1
    manifest: Run
    counts: Counts
    predictors: tuple[Predictor, ...]
    """The model first."""
    against_baseline: tuple[Against, ...]
    items: tuple[ItemRow, ...]
    true_values: tuple[ValueRow, ...]
    bands: tuple[SliceRow, ...]
    flags: tuple[FlagRow, ...]
    calibration: Calibration | None
    """null where the model gave no chances."""
    slices: Mapping[str, tuple[SliceRow, ...]]
    """By `topic`, `year`, `length`."""
    people: Mapping[str, PeopleRow]
    """By `client`, `counselor`."""
    totals: tuple[tuple[float | None, float | None], ...]
    """(predicted, the client's) for each dialogue."""


class ItemCorrelation(Strict):
    """How one item's predictions correlate with the clients' ratings."""

    ja: str
    en: str
    pearson: FigureRecord
    spearman: FigureRecord


class Structure(Strict):
    """How the 20 items hang together; null where an item does not vary."""

    correlations: tuple[tuple[float | None, ...], ...]
    """(20, 20)."""
    mean: float | None
    """Off the diagonal."""
    alpha: float | None
    """Cronbach's."""
    first_component: float | None
    """Share of the first principal component, 0..1."""


class CorrelationReport(Strict):
    """correlation.json."""

    format_version: Literal[1] = 1
    counts: Counts
    true: Structure
    predicted: Structure
    items: tuple[ItemCorrelation, ...]
    of_means: TotalMeasures


class UnseenPart(Strict):
    """Dialogues whose counsellor is in the training part, or is not."""

    dialogues: int
    counselors: int
    figures: Measures | None


class UnseenReport(Strict):
    """unseen.json."""

    format_version: Literal[1] = 1
    counts: Counts
    seen: UnseenPart
    unseen: UnseenPart
    unseen_minus_seen: Nearness | None
    """null where all dialogues are on one side."""
