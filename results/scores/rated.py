"""People who rated whole dialogues beside the client's own feedback and a model's predictions.

Agreement per item, how near each two voices are, and whether the model (or the client) is as good as one more rater.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from results.export.folder import Export
from results.record.figure import FigureRecord, recorded
from results.record.rated import RatedCounts, RatedItem, RatedReport, Voices
from results.scores.metrics import measured, tables
from results.scores.pairing import ITEMS, MISSING, Floats, Ints
from results.statistics.agreement.alpha import alpha
from results.statistics.figure import Figure, Sizes, finite, undefined
from results.statistics.means import mean_figure
from results.statistics.ratings import ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.study.judged import judged
from tasks.data.dialogue import Dialogue
from tasks.data.feedback import DIMENSIONS, HIGHEST, LOWEST
from tasks.data.predictions import Prediction
from tasks.errors import InputError

MEASURES = ("exact", "within_one", "mae", "bias", "spearman", "kappa")
SCALE = tuple(range(LOWEST, HIGHEST + 1))


@dataclass(frozen=True)
class Rated:
    """Ratings of the same N dialogues by several voices.

    Attributes:
        dialogues: their ids: what intervals resample.
        raters: (N, 20) each, by the rater's pseudonym; MISSING where none was given.
        client: the client's own, (N, 20).
        model: predictions, (N, 20), rounded means where there are chances; None without predictions.
        simulated: the raters are scripts.
    """

    dialogues: tuple[str, ...]
    raters: Mapping[str, Ints]
    client: Ints
    model: Ints | None
    simulated: bool


def rated(export: Export, everything: Sequence[Dialogue], predictions: Sequence[Prediction] = ()) -> Rated:
    """The main judgments of an export on the 20 items of template `rating`.

    Raises:
        ValueError: the export is of another protocol, lacks an item of the form, or its dialogues are not in the copy.
    """
    wrong = list(_problems(export, everything))
    if wrong:
        raise InputError(wrong)
    place = {name: i for i, name in enumerate(sorted({item.dialogue for item in export.study.items}))}
    item = {dimension.key: k for k, dimension in enumerate(DIMENSIONS)}
    by_rater: dict[str, Ints] = {}
    for row in judged(export).rows:
        if row.criterion in item and isinstance(row.value, int):
            own = by_rater.setdefault(row.rater, np.full((len(place), ITEMS), MISSING, np.int64))
            own[place[row.dialogue], item[row.criterion]] = row.value
    client = {dialogue.dialogue_id: dialogue.dims for dialogue in everything}
    return Rated(
        dialogues=tuple(place),
        raters=dict(sorted(by_rater.items())),
        client=np.array([client[name] for name in place], np.int64),
        model=_predicted(place, predictions) if predictions else None,
        simulated=export.study.simulated,
    )


def _problems(export: Export, everything: Sequence[Dialogue]) -> Sequence[str]:
    study = export.study
    if study.protocol != "rating":
        return [f"protocol: found {study.protocol}; allowed: rating"]
    known = {criterion.criterion_id for criterion in study.criteria}
    lacking = [d.key for d in DIMENSIONS if d.key not in known]
    ids = {dialogue.dialogue_id for dialogue in everything}
    missing = sorted({item.dialogue for item in study.items} - ids)
    problems = (
        [f"criteria: {len(lacking)} items of the client's form are missing, the first: {lacking[0]}"] if lacking else []
    )
    return problems + ([f"{len(missing)} dialogues are not in this copy, the first: {missing[0]}"] if missing else [])


def _predicted(place: Mapping[str, int], predictions: Sequence[Prediction]) -> Ints:
    ratings = np.full((len(place), ITEMS), MISSING, np.int64)
    for prediction in predictions:
        if prediction.dialogue_id in place:
            values = prediction.expectations or prediction.values
            ratings[place[prediction.dialogue_id]] = [MISSING if value is None else round(value) for value in values]
    return ratings


def facts(data: Rated, resampling: Resampling) -> RatedReport:
    """Everything a report of rated dialogues says."""
    tables = list(data.raters.values())
    return RatedReport(
        counts=RatedCounts(
            dialogues=len(data.dialogues),
            raters=len(tables),
            ratings=int(sum((values != MISSING).sum() for values in tables)),
            predicted=0 if data.model is None else int((data.model != MISSING).any(axis=1).sum()),
        ),
        simulated=data.simulated,
        items=tuple(_item(data, number, resampling) for number in range(ITEMS)),
        voices=tuple(Voices(pair=name, **recorded(near)) for name, near in _voices(data, resampling).items()),
        one_more=recorded(one_more(data, resampling)),
    )


def _item(data: Rated, number: int, resampling: Resampling) -> RatedItem:
    """Agreement of the raters on one item, and each voice's mean."""
    columns = [
        (dialogue, rater, None if values[row, number] == MISSING else int(values[row, number]))
        for rater, values in data.raters.items()
        for row, dialogue in enumerate(data.dialogues)
    ]
    units, raters, values = zip(*columns, strict=True) if columns else ((), (), ())
    dimension = DIMENSIONS[number]
    agreement = (
        alpha(ratings(units, raters, values, domain=SCALE), "ordinal", resampling)
        if columns
        else undefined(Reason.NO_SHARED_DIALOGUE)
    )
    voices = {"raters": np.concatenate([v[:, number] for v in data.raters.values()]) if columns else np.zeros(0)}
    voices["client"] = data.client[:, number]
    if data.model is not None:
        voices["model"] = data.model[:, number]
    means = {name: _mean(voice) for name, voice in voices.items()}
    return RatedItem(ja=dimension.ja, en=dimension.en, alpha=FigureRecord.of(agreement), means=means)


def _mean(values: Floats | Ints) -> float | None:
    there = values[values != MISSING]
    return finite(float(there.mean())) if len(there) else None


def _voices(data: Rated, resampling: Resampling) -> dict[str, dict[str, Figure]]:
    """How near two voices are, over all items; all raters stand for one voice. Bias: the first minus the second."""
    listed = list(data.raters.values())
    pairs: dict[str, list[tuple[Ints, Ints]]] = {"rater and rater": list(combinations(listed, 2))}
    pairs["rater and client"] = [(values, data.client) for values in listed]
    if data.model is not None:
        model = data.model
        pairs["model and rater"] = [(model, values) for values in listed]
        pairs["model and client"] = [(model, data.client)]
    return {name: _near(data, couples, resampling) for name, couples in pairs.items()}


def _near(data: Rated, couples: Sequence[tuple[Ints, Ints]], resampling: Resampling) -> dict[str, Figure]:
    if not couples:
        return dict.fromkeys(MEASURES, undefined(Reason.NO_SHARED_DIALOGUE))
    cells = sum(tables(np.where(second == MISSING, MISSING, first), np.maximum(second, 0)) for first, second in couples)
    return measured(np.asarray(cells), data.dialogues, MEASURES, resampling)


def one_more(data: Rated, resampling: Resampling) -> dict[str, Figure]:
    """Is the model, or the client, as good as one more rater?

    Each rater in turn is left out; the mean of the others is what should be met. The figure is the mean absolute error
    of the model (or client) less that of the rater left out, on the same dialogues and items: below 0 it is nearer to
    the others than a rater is. Dialogues are resampled.
    """
    candidates = {"client": data.client} | ({} if data.model is None else {"model": data.model})
    return {name: _beside(data, values, resampling) for name, values in candidates.items()}


def _beside(data: Rated, candidate: Ints, resampling: Resampling) -> Figure:
    known = np.array([np.where(v == MISSING, np.nan, v) for v in data.raters.values()], np.float64).reshape(
        -1, len(data.dialogues), ITEMS
    )
    own = np.where(candidate == MISSING, np.nan, candidate).astype(np.float64)
    gaps = np.zeros((len(data.dialogues), 2))
    for rater in range(len(known)):
        others = _mean_of(np.delete(known, rater, axis=0))
        gap = np.abs(own - others) - np.abs(known[rater] - others)
        gaps += np.column_stack([np.nansum(gap, axis=1), np.isfinite(gap).sum(axis=1)])
    sizes = Sizes(len(data.dialogues), len(known), int(gaps[:, 1].sum()))
    if not sizes.judgments:
        return undefined(Reason.NO_SHARED_DIALOGUE, sizes=sizes)
    return mean_figure(gaps, "mean absolute error less a rater's", sizes, resampling, Reason.NO_SHARED_DIALOGUE)


def _mean_of(others: Floats) -> Array:
    """Mean over raters (R, N, 20) -> (N, 20); NaN where nobody rated."""
    there = np.isfinite(others)
    count = there.sum(axis=0)
    mean: Array = np.where(count > 0, np.where(there, others, 0).sum(axis=0) / np.maximum(count, 1), np.nan)
    return mean
