"""The numbers of a score report: predictors beside baselines, by item, value, band and slice, with calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from results.record.figure import FigureRecord, recorded
from results.record.scores import (
    Against,
    Bin,
    Calibration,
    CorrelationReport,
    Counts,
    FlagRow,
    ItemCorrelation,
    ItemMeasures,
    ItemRow,
    Measures,
    Nearness,
    PeopleRow,
    Predicted,
    Predictor,
    ScoreReport,
    SliceFigures,
    SliceRow,
    Structure,
    TotalMeasures,
    UnseenPart,
    UnseenReport,
    ValueRow,
)
from results.scores import baselines
from results.scores.metrics import between, difference, measured, tables, total_figures
from results.scores.pairing import MISSING, Ints, Scored, ratings_of
from results.statistics.figure import finite
from results.statistics.resample import Array, Resampling
from tasks.data.dialogue import Dialogue
from tasks.data.feedback import DIMENSIONS, FLAGS, HIGHEST, LOWEST

MEASURES = ("exact", "within_one", "mae", "pearson", "spearman", "kappa")
BINS = 10
FEW = 10
"""Slices of fewer dialogues than this are left out: their numbers would say nothing."""


def facts(scored: Scored, resampling: Resampling) -> ScoreReport:
    """Everything a score report says."""
    truth, ratings = scored.truth, ratings_by_predictor(scored)
    cells = {name: tables(values, truth) for name, values in ratings.items()}
    return ScoreReport(
        manifest=scored.manifest,
        counts=_counts(scored),
        predictors=tuple(_predictor(scored, name, ratings[name], cells[name], resampling) for name in ratings),
        against_baseline=_against(scored, cells, resampling),
        items=tuple(_items(scored, cells, resampling)),
        true_values=tuple(_true_values(truth, ratings)),
        bands=tuple(_slices(scored, cells["model"], "band", resampling)),
        flags=tuple(_flags(scored)),
        calibration=_calibration(scored),
        slices={name: tuple(_slices(scored, cells["model"], name, resampling)) for name in ("topic", "year", "length")},
        people={name: _people(scored, ratings["model"], name) for name in ("client", "counselor")},
        totals=tuple((finite(x), finite(y)) for x, y in zip(model_totals(scored), scored.scores, strict=True)),
    )


def ratings_by_predictor(scored: Scored) -> dict[str, Ints]:
    """Ratings (N, 20) by predictor: the model's likeliest and mean values, then the baselines."""
    ratings = {"model": scored.values}
    if scored.expectations is not None:
        ratings["model_mean"] = np.clip(np.rint(scored.expectations), LOWEST, HIGHEST).astype(np.int64)
    return ratings | baselines.everything(ratings_of(scored.train), scored.truth)


def model_totals(scored: Scored) -> Array:
    """Predicted scores 0..100 under the published rule, from the means where there are chances; NaN where missing."""
    totals = [
        prediction.score if prediction.expected_score is None else prediction.expected_score
        for prediction in scored.predictions
    ]
    return np.array([np.nan if total is None else total for total in totals], np.float64)


def _counts(scored: Scored) -> Counts:
    return Counts(
        dialogues=len(scored.dialogues),
        clients=len(set(scored.clients)),
        counselors=len({dialogue.counselor_id for dialogue in scored.dialogues}),
        train_dialogues=len(scored.train),
        split_by=scored.split_by,
        missing_values=int((scored.values == MISSING).sum()),
        cut=sum(prediction.cut_turns > 0 for prediction in scored.predictions),
    )


def _predictor(scored: Scored, name: str, ratings: Ints, cells: Array, resampling: Resampling) -> Predictor:
    totals = _totals(scored, name, ratings)
    return Predictor(
        name=name,
        items=Measures(**recorded(measured(cells, scored.clients, MEASURES, resampling))),
        total=TotalMeasures(**recorded(total_figures(totals, scored.scores, scored.clients, resampling))),
    )


def _totals(scored: Scored, name: str, ratings: Ints) -> Array:
    """Totals a predictor gives. Baselines predict no flag; the likeliest values take the model's predicted flags."""
    if name == "model_mean":
        return model_totals(scored)
    if name == "model":
        return np.array(
            [np.nan if prediction.score is None else prediction.score for prediction in scored.predictions], np.float64
        )
    sums: Array = ratings.sum(axis=1).astype(np.float64)
    return sums


def _against(scored: Scored, cells: Mapping[str, Array], resampling: Resampling) -> tuple[Against, ...]:
    """Model minus the strongest constants, paired: the question whether it knows anything."""
    pairs = (("exact", "item_mode"), ("within_one", "item_mode"), ("mae", "item_median"))
    names = [name for name in ("model", "model_mean") if name in cells]
    differences = (
        (name, measure, baseline, difference(cells[name], cells[baseline], scored.clients, measure, resampling))
        for name in names
        for measure, baseline in pairs
    )
    return tuple(
        Against(predictor=name, measure=measure, baseline=baseline, figure=FigureRecord.of(figure))
        for name, measure, baseline, figure in differences
    )


def _items(scored: Scored, cells: Mapping[str, Array], resampling: Resampling) -> Iterator[ItemRow]:
    for number, dimension in enumerate(DIMENSIONS):
        own = measured(cells["model"][:, number], scored.clients, (*MEASURES, "bias"), resampling)
        base = measured(cells["item_mode"][:, number], scored.clients, ("exact", "mae"), resampling)
        yield ItemRow(
            number=number + 1,
            ja=dimension.ja,
            en=dimension.en,
            model=ItemMeasures(**recorded(own)),
            item_mode=Nearness(**recorded(base)),
            true_mean=finite(float(scored.truth[:, number].mean())),
            true_sd=finite(float(scored.truth[:, number].std())),
        )


def _true_values(truth: Ints, ratings: Mapping[str, Ints]) -> Iterator[ValueRow]:
    """What was predicted where the client gave each value: a model that bunches in the middle shows here."""
    for value in range(LOWEST, HIGHEST + 1):
        named = {name: _predicted(truth, ratings[name], value) for name in ("model", "model_mean") if name in ratings}
        yield ValueRow(value=value, n=int((truth == value).sum()), **named)


def _predicted(truth: Ints, ratings: Ints, value: int) -> Predicted:
    own = ratings[(truth == value) & (ratings != MISSING)]
    return Predicted(
        predicted=int((ratings == value).sum()),
        exact=finite(float((own == value).mean())) if len(own) else None,
        mean=finite(float(own.mean())) if len(own) else None,
    )


def _flags(scored: Scored) -> Iterator[FlagRow]:
    for number, flag in enumerate(FLAGS):
        true = np.array([dialogue.flags[number] for dialogue in scored.dialogues])
        said = np.array([bool(prediction.flags[number]) for prediction in scored.predictions])
        chances = [
            prediction.flag_chances[number] for prediction in scored.predictions if prediction.flag_chances is not None
        ]
        yield FlagRow(
            en=flag.en,
            ja=flag.ja,
            true=int(true.sum()),
            predicted=int(said.sum()),
            both=int((true & said).sum()),
            mean_chance=finite(float(np.mean(chances))) if chances else None,
        )


def _calibration(scored: Scored) -> Calibration | None:
    """Stated chances against how often they came true, over all items and values; log loss beside the base rates'."""
    chances = scored.chances
    if chances is None:
        return None
    hit = np.eye(HIGHEST + 1)[scored.truth]
    bins = np.minimum((chances * BINS).astype(np.int64), BINS - 1).ravel()
    count = np.bincount(bins, minlength=BINS)
    stated, seen = (np.bincount(bins, weights=x.ravel(), minlength=BINS) for x in (chances, hit))
    filled = np.flatnonzero(count)
    base = baselines.shares(ratings_of(scored.train))[None]
    return Calibration(
        bins=tuple(
            Bin(n=int(count[b]), stated=finite(stated[b] / count[b]), seen=finite(seen[b] / count[b])) for b in filled
        ),
        expected_error=finite(float(np.abs(stated - seen).sum() / count.sum())),
        log_loss=finite(_log_loss(chances, hit)),
        base_log_loss=finite(_log_loss(np.broadcast_to(base, chances.shape), hit)),
        brier=finite(float(((chances - hit) ** 2).sum(axis=-1).mean())),
        base_brier=finite(float(((base - hit) ** 2).sum(axis=-1).mean())),
    )


def _log_loss(chances: Array, hit: Array) -> float:
    """Nats per rating; a chance printed as 0 counts as one in two million."""
    return float(-np.log(np.maximum((chances * hit).sum(axis=-1), 5e-7)).mean())


def _length(dialogue: Dialogue) -> str:
    """Bands of utterances near the quartiles of the published data: 68, 85, 109."""
    n = len(dialogue.utterances)
    return "30-67" if n < 68 else "68-84" if n < 85 else "85-108" if n < 109 else "109-360"


GROUPS: Mapping[str, Callable[[Dialogue], str]] = {
    "band": lambda dialogue: dialogue.band,
    "topic": lambda dialogue: dialogue.topic,
    "year": lambda dialogue: dialogue.created_at[:4],
    "length": _length,
}
"""By name: which slice a dialogue belongs to."""


def _slices(scored: Scored, cells: Array, name: str, resampling: Resampling) -> Iterator[SliceRow]:
    labels = [GROUPS[name](dialogue) for dialogue in scored.dialogues]
    for label in sorted(set(labels), key=lambda text: (len(text.split("-")[0]) if name == "length" else 0, text)):
        chosen = [i for i, own in enumerate(labels) if own == label]
        figures = None
        if len(chosen) >= FEW:
            clients = [scored.clients[i] for i in chosen]
            figures = SliceFigures(**recorded(measured(cells[chosen], clients, ("exact", "mae", "bias"), resampling)))
        mean = finite(float(scored.scores[chosen].mean()))
        yield SliceRow(slice=label, n=len(chosen), true_mean=mean, figures=figures)


def _people(scored: Scored, ratings: Ints, role: str) -> PeopleRow:
    """How much of the signed error belongs to the person: quartiles of persons' means, and ICC(1) of dialogues' means.

    ICC(1) of unequal groups: (B - W) / (B + (k0 - 1) W), k0 the size-corrected mean group size (Donner 1986).
    """
    people = np.array([getattr(dialogue, f"{role}_id") for dialogue in scored.dialogues])
    gap = np.where(ratings == MISSING, np.nan, ratings - scored.truth).astype(np.float64)
    with np.errstate(invalid="ignore"):
        errors = np.nanmean(gap, axis=1) if not np.isnan(gap).all(axis=1).any() else np.nan_to_num(gap).mean(axis=1)
    names, places, sizes = np.unique(people, return_inverse=True, return_counts=True)
    means = np.bincount(places, weights=errors) / sizes
    several = means[sizes >= 3]
    low, middle, high = np.quantile(several, [0.25, 0.5, 0.75]) if len(several) else (np.nan,) * 3
    return PeopleRow(
        people=len(names),
        with_three=len(several),
        quartiles_of_bias=(finite(low), finite(middle), finite(high)) if len(several) else None,
        icc=finite(_icc(errors, means[places], sizes)),
    )


def _icc(errors: Array, own: Array, sizes: Ints) -> float | None:
    n, groups = len(errors), len(sizes)
    if groups < 2 or n <= groups:
        return None
    between_groups = float(((own - errors.mean()) ** 2).sum()) / (groups - 1)
    within = float(((errors - own) ** 2).sum()) / (n - groups)
    k = (n - float((sizes**2).sum()) / n) / (groups - 1)
    below = between_groups + (k - 1) * within
    return (between_groups - within) / below if below > 0 else None


def correlation(scored: Scored, resampling: Resampling) -> CorrelationReport:
    """Experiment 2: how the 20 items hang together, in the clients' ratings and in the predictions."""
    ratings = scored.expectations if scored.expectations is not None else scored.values.astype(np.float64)
    cells = tables(scored.values, scored.truth)
    by_item = [
        measured(cells[:, k], scored.clients, ("pearson", "spearman"), resampling) for k in range(len(DIMENSIONS))
    ]
    return CorrelationReport(
        counts=_counts(scored),
        true=structure(scored.truth.astype(np.float64)),
        predicted=structure(ratings),
        items=tuple(
            ItemCorrelation(ja=dimension.ja, en=dimension.en, **recorded(figures))
            for dimension, figures in zip(DIMENSIONS, by_item, strict=True)
        ),
        of_means=TotalMeasures(
            **recorded(total_figures(model_totals(scored), scored.scores, scored.clients, resampling))
        ),
    )


def structure(ratings: Array) -> Structure:
    """Correlations of items (N, 20), Cronbach's alpha, and the share of the first principal component.

    alpha = k / (k - 1) * (1 - sum of the items' variances / variance of their sum), Cronbach (1951).
    A correlation with an item that does not vary is null.
    """
    table, k = np.cov(ratings.T), ratings.shape[1]
    spread = np.sqrt(np.diag(table))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = table / np.outer(spread, spread)
    off = correlations[~np.eye(k, dtype=bool)]
    known = off[np.isfinite(off)]
    total = float(table.sum())
    varies = bool(np.isfinite(correlations).all())
    return Structure(
        correlations=tuple(tuple(finite(float(r)) for r in row) for row in correlations),
        mean=finite(float(known.mean())) if len(known) else None,
        alpha=finite(k / (k - 1) * (1 - float(np.trace(table)) / total)) if total > 1e-12 else None,
        first_component=finite(float(np.linalg.eigvalsh(correlations)[-1]) / k) if varies else None,
    )


def unseen(scored: Scored, resampling: Resampling) -> UnseenReport:
    """Experiment 3: dialogues whose counsellor is in the training part against those whose counsellor is not."""
    known = {dialogue.counselor_id for dialogue in scored.train}
    seen = np.array([dialogue.counselor_id in known for dialogue in scored.dialogues])
    cells = tables(scored.values, scored.truth)
    gap = None
    if seen.any() and not seen.all():
        gap = {name: between(cells, ~seen, scored.clients, name, resampling) for name in ("exact", "mae")}
    return UnseenReport(
        counts=_counts(scored),
        seen=_part(scored, cells, seen, resampling),
        unseen=_part(scored, cells, ~seen, resampling),
        unseen_minus_seen=None if gap is None else Nearness(**recorded(gap)),
    )


def _part(scored: Scored, cells: Array, chosen: npt.NDArray[np.bool_], resampling: Resampling) -> UnseenPart:
    dialogues = [dialogue for dialogue, is_chosen in zip(scored.dialogues, chosen, strict=True) if is_chosen]
    clients = [dialogue.client_id for dialogue in dialogues]
    own = Measures(**recorded(measured(cells[chosen], clients, MEASURES, resampling))) if clients else None
    return UnseenPart(dialogues=len(dialogues), counselors=len({d.counselor_id for d in dialogues}), figures=own)
