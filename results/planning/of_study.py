"""What a study's own plan asks of the planner: who judges which pair, how many tests stand together; a pilot's lean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from results.export.folder import read
from results.planning.mean_squares import variances
from results.planning.vote_model import Cells, Model, crossing, leaning
from results.statistics.agreement.icc import lean
from results.statistics.figure import Figure
from results.statistics.ratings import Indices
from results.statistics.resample import Resampling
from results.study.judged import judged, preference_ratings
from tasks.errors import InputError
from tasks.schema import PlannedAssignment, Study

FEWEST_OF_PILOT = 5
"""Raters of a pilot below which its leaning is not planned with: the interval would say nothing."""


def cells_of(study: Study, lines: Sequence[PlannedAssignment]) -> Cells | None:
    """Who judges the primary pair, or the pair that is judged least where none is named; None where none is planned."""
    named = study.primary.systems
    main = [line for line in lines if line.kind == "main" and len(line.order) == 2]
    by_pair: dict[frozenset[str], list[PlannedAssignment]] = {}
    for line in main:
        by_pair.setdefault(frozenset(line.order), []).append(line)
    chosen = by_pair.get(frozenset(named)) if named else min(by_pair.values(), key=len, default=None)
    if not chosen:
        return None
    return Cells(_codes([line.item_id for line in chosen]), _codes([line.seat for line in chosen]))


def _codes(names: Sequence[str] | Sequence[int]) -> Indices:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def family_size(study: Study, pairs: int) -> int:
    """Tests that the report corrects together with the primary one: its family, or all pairs where none is named."""
    family = sum(one.family == "primary" for one in study.hypotheses)
    return family or (1 if study.primary.systems else max(pairs, 1))


def pilot_lean(folder: Path, seed: int = 0) -> Figure:
    """The share of a vote's variance that was the raters' own in the export of a pilot, with its interval.

    Raises:
        InputError: no preference, or fewer than five raters.
    """
    data = judged(read(folder))
    criteria = [criterion for criterion in data.study.criteria if criterion.kind == "preference"]
    criterion = next((one for one in criteria if one.criterion_id == data.study.primary.criterion), None)
    if criterion is None or not data.pairs():
        raise InputError([f"--pilot: found no preference in {folder}; allowed: an export of pairwise judgments"])
    ratings = preference_ratings(data.of(criterion.criterion_id), criterion, data.pairs()[:1])
    found, raters = lean(ratings, Resampling(seed=seed)), ratings.sizes().raters
    if raters < FEWEST_OF_PILOT:
        raise InputError([
            f"--pilot: found {raters} raters; allowed: {FEWEST_OF_PILOT} or more, for fewer say next to nothing of how "
            "far raters lean; plan with 2 and 10 %"
        ])  # fmt: skip
    if found.low is None:
        raise InputError([f"--pilot: found nothing to tell raters apart by in {folder}; plan with 2 and 10 %"])
    return found


def latent(model: Model, share: float) -> float:
    """The leaning with which this share of the variance of votes is the raters'; a vote on five points blurs some."""
    most = 1 - model.item**2
    return crossing(lambda one: variances(leaning(model, one)).lean, share, 0.0, most - 1e-6)
