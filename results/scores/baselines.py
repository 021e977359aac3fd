"""What needs no model: answers fit on the training part alone. A model that is not better than these knows nothing."""

from __future__ import annotations

import numpy as np

from results.scores.pairing import Floats, Ints
from tasks.data.feedback import HIGHEST, LOWEST


def constant(train: Ints) -> int:
    """The one value that is right most often over all items of `train` (N, 20); the lower of equals."""
    return int(np.bincount(train.ravel(), minlength=HIGHEST + 1).argmax())


def modes(train: Ints) -> Ints:
    """Each item's commonest value, (20,); the lower of equals."""
    return np.array([np.bincount(column, minlength=HIGHEST + 1).argmax() for column in train.T], np.int64)


def medians(train: Ints) -> Ints:
    """Each item's (lower) median, (20,): the constant with the least absolute error."""
    middle: Ints = np.sort(train, axis=0)[(len(train) - 1) // 2]
    return middle


def halo(train: Ints) -> tuple[Floats, Floats]:
    """Intercept and slope, (20,) each, of an item on the mean of the other 19, by least squares on `train`."""
    others = _others(train)
    centred = others - others.mean(axis=0)
    slope = (centred * train).sum(axis=0) / np.maximum((centred**2).sum(axis=0), 1e-12)
    intercept: Floats = train.mean(axis=0) - slope * others.mean(axis=0)
    return intercept, slope


def from_others(train: Ints, truth: Ints) -> Ints:
    """Each item of `truth` (N, 20) from the client's own other 19, rounded: no prediction, but how much is halo."""
    intercept, slope = halo(train)
    return np.clip(np.rint(intercept + slope * _others(truth)), LOWEST, HIGHEST).astype(np.int64)


def _others(ratings: Ints) -> Floats:
    means: Floats = (ratings.sum(axis=1, keepdims=True) - ratings) / (ratings.shape[1] - 1)
    return means


def shares(train: Ints) -> Floats:
    """Each item's distribution over 0..5, (20, 6): the base rates that probabilities are measured against."""
    counts = np.array([np.bincount(column, minlength=HIGHEST + 1) for column in train.T], np.float64)
    rates: Floats = counts / counts.sum(axis=1, keepdims=True)
    return rates


def everything(train: Ints, truth: Ints) -> dict[str, Ints]:
    """Baseline ratings (N, 20) by name, in the order of the tables."""
    rows = len(truth)
    return {
        "constant": np.full_like(truth, constant(train)),
        "item_mode": np.tile(modes(train), (rows, 1)),
        "item_median": np.tile(medians(train), (rows, 1)),
        "other_items": from_others(train, truth),
    }
