"""People who rated whole dialogues beside the client's own feedback and a model's predictions.

Agreement per item, how near each two voices are, and whether the model (or the client) could stand in a rater's place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from results.export.folder import Export
from results.record.figure import FigureRecord, recorded
from results.record.rated import RatedCounts, RatedItem, RatedPlace, RatedReport, Voices
from results.scores.metrics import measured, tables
from results.scores.pairing import ITEMS, MISSING, Floats, Ints
from results.statistics.agreement.alpha import alpha
from results.statistics.figure import Figure, finite, undefined
from results.statistics.judges.alternative import NOBODY
from results.statistics.judges.rule import FEWEST_RATERS, Votes, Worth, peers, worth
from results.statistics.ratings import ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.study.judged import judged
from tasks.data.dialogue import Dialogue
from tasks.data.feedback import DIMENSIONS, HIGHEST, LOWEST
from tasks.data.predictions import Prediction
from tasks.errors import InputError

MEASURES = ("exact", "within_one", "mae", "bias", "spearman", "kappa")
Voice = Literal["client", "model", "constant"]
MOST_PEERS = 15
"""Raters who stand in another's place."""
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
        places=places(data, resampling.seed),
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


def places(data: Rated, seed: int = 0) -> tuple[RatedPlace, ...]:
    """Who could stand in a rater's place, by the rule for machine judges: the same point of an item counts as near, and
    the guard compares means over the items by dialogue."""
    if not data.raters:
        return ()
    values = np.stack([_flat(ratings) for ratings in data.raters.values()], axis=1)
    dialogue = np.repeat(np.arange(len(data.dialogues)), ITEMS)
    votes = Votes(values, values, np.zeros(len(values), np.int64), dialogue)
    voices: dict[Voice, Array] = {"client": _flat(data.client)}
    if data.model is not None:
        voices["model"] = _flat(data.model)
    found = [_place(voice, worth(votes, _failing(own), own, seed)) for voice, own in voices.items()]
    common = np.tile([_commonest(values[number::ITEMS]) for number in range(ITEMS)], len(data.dialogues))
    found.append(_place("constant", worth(votes, common, common, seed)))
    if len(data.raters) >= FEWEST_RATERS:
        found.append(_of_raters(peers(votes, range(min(len(data.raters), MOST_PEERS)), seed)))
    return tuple(found)


def _flat(ratings: Ints) -> Array:
    """(N, 20) -> (N * 20,), NaN where none was given."""
    flat: Array = np.where(ratings == MISSING, np.nan, ratings).astype(np.float64).ravel()
    return flat


def _failing(own: Array) -> Array:
    """A voice's ratings, where those it lacks of a dialogue that it rated are nobody's."""
    by_dialogue = own.reshape(-1, ITEMS)
    asked = np.isfinite(by_dialogue).any(axis=1, keepdims=True)
    choices: Array = np.where(asked & ~np.isfinite(by_dialogue), NOBODY, by_dialogue).ravel()
    return choices


def _commonest(values: Array) -> float:
    known, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    return float(known[counts.argmax()]) if len(known) else float("nan")


def _place(voice: Voice, found: Worth) -> RatedPlace:
    return RatedPlace(
        voice=voice,
        ratings=found.units,
        won=sum(one.won for one in found.beside),
        raters=len(found.beside),
        winning_rate=finite(found.winning_rate),
        advantage=finite(found.advantage),
        correlation=finite(found.guard.correlation),
        guard_p=found.guard.p_value,
        passed=int(bool(found.passes)),
        of=int(found.passes is not None),
        reason=Reason.FEW_FOR_JUDGE if found.passes is None else None,
    )


def _of_raters(found: Sequence[Worth]) -> RatedPlace:
    """Means over the raters, and the largest p."""
    told = [one.passes for one in found if one.passes is not None]

    def mean(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return finite(sum(known) / len(known)) if known else None

    return RatedPlace(
        voice="rater",
        ratings=max(one.units for one in found),
        won=0,
        raters=0,
        winning_rate=mean([one.winning_rate for one in found]),
        advantage=mean([one.advantage for one in found]),
        correlation=mean([one.guard.correlation for one in found]),
        guard_p=max(one.guard.p_value for one in found),
        passed=sum(told),
        of=len(told),
        reason=None if told else Reason.FEW_FOR_JUDGE,
    )
