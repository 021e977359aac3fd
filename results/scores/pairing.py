"""Predicted feedback beside the client's own: loaded, matched, and put into arrays.

A model's predictions are one more rater's judgments of the same dialogues, so everything here is an array of ratings,
dialogues x 20 items, whoever gave them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from results.record.scores import Run, RunSplit
from tasks.data import predictions
from tasks.data.dialogue import Dialogue
from tasks.data.feedback import DIMENSIONS
from tasks.data.predictions import Prediction
from tasks.data.splits import SALT, By, split
from tasks.errors import InputError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MISSING = -1
"""Stands for a rating that was not given."""
ITEMS = len(DIMENSIONS)


@dataclass(frozen=True)
class Scored:
    """N predicted dialogues with the client's feedback, and the part that baselines are fit on.

    Attributes:
        dialogues: the N dialogues, in the order of the file.
        predictions: their predictions.
        train: the split's whole training part; no dialogue of it is predicted.
        manifest: what is said of how the predictions were made.
        split_by: how the split was made.
    """

    dialogues: tuple[Dialogue, ...]
    predictions: tuple[Prediction, ...]
    train: tuple[Dialogue, ...]
    manifest: Run
    split_by: str

    @property
    def truth(self) -> Ints:
        """The clients' ratings, (N, 20)."""
        return ratings_of(self.dialogues)

    @property
    def values(self) -> Ints:
        """The predicted ratings (the likeliest), (N, 20); MISSING where the model gave none."""
        return np.array(
            [[MISSING if value is None else value for value in prediction.values] for prediction in self.predictions],
            np.int64,
        ).reshape(-1, ITEMS)

    @property
    def chances(self) -> Floats | None:
        """Probabilities of 0..5, (N, 20, 6); None where not every prediction has them."""
        if any(prediction.chances is None for prediction in self.predictions):
            return None
        return np.array([prediction.chances for prediction in self.predictions], np.float64)

    @property
    def expectations(self) -> Floats | None:
        """Means of the distributions, (N, 20); None without chances."""
        chances = self.chances
        return None if chances is None else chances @ np.arange(chances.shape[-1])

    @property
    def scores(self) -> Floats:
        """The clients' published scores, 0..100, (N,)."""
        return np.array([dialogue.score for dialogue in self.dialogues], np.float64)

    @property
    def clients(self) -> tuple[str, ...]:
        """Who rated each dialogue: what intervals resample."""
        return tuple(dialogue.client_id for dialogue in self.dialogues)


def ratings_of(dialogues: Sequence[Dialogue]) -> Ints:
    """The clients' ratings, (N, 20)."""
    return np.array([dialogue.dims for dialogue in dialogues], np.int64).reshape(-1, ITEMS)


def load(path: Path, data: Path) -> Scored:
    """Predictions matched with a copy of KokoroChat.

    Raises:
        InputError: the file is wrong, the copy lacks a dialogue, or predicted dialogues are of the training part.
        InputError: the copy is wrong.
    """
    from tasks.data import kokorochat

    read, manifest = predictions.read(path), run_of(path)
    everything = kokorochat.load(data)
    return matched(read, manifest, everything, str(path))


def run_of(path: Path) -> Run:
    """What the manifest beside a file of predictions says; all null where there is none.

    Raises:
        InputError: it is no JSON object, or a field of it is of another type.
    """
    try:
        return Run.model_validate(predictions.read_manifest(path))
    except ValidationError as error:
        beside = predictions.manifest_path(path)
        raise InputError(f"{beside}: {predictions.said(entry)}" for entry in error.errors()) from error


def matched(predicted: Sequence[Prediction], manifest: Run, everything: Sequence[Dialogue], where: str) -> Scored:
    """Predictions with their dialogues; the split is the manifest's, by client where nothing says.

    Raises:
        InputError: as `load`.
    """
    by_id = {dialogue.dialogue_id: dialogue for dialogue in everything}
    missing = [prediction.dialogue_id for prediction in predicted if prediction.dialogue_id not in by_id]
    if missing:
        raise InputError(
            (f"{where}: {len(missing)} dialogues are not in this copy of KokoroChat, the first: {missing[0]}",)
        )
    said = manifest.split or RunSplit()
    by: By = said.by or "client"
    train = split(everything, by, said.salt or SALT)["train"]
    known = {dialogue.dialogue_id for dialogue in train}
    leaked = [prediction.dialogue_id for prediction in predicted if prediction.dialogue_id in known]
    if leaked and said.part not in ("train", "all"):
        raise InputError(
            (
                f"{where}: {len(leaked)} of {len(predicted)} dialogues are of the training part of the split by {by}"
                f" (the first: {leaked[0]}); baselines would be fit on what is predicted",
            )
        )
    train = tuple(d for d in train if d.dialogue_id not in {prediction.dialogue_id for prediction in predicted})
    return Scored(
        tuple(by_id[prediction.dialogue_id] for prediction in predicted), tuple(predicted), train, manifest, by
    )
