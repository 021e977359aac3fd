"""Preference at equal length and equally many questions: a logit of decisive votes, clustered by item and rater.

    log odds(pair's first system chosen) = a + b (characters, tens) + c (questions),   both first minus second

exp(a) / (1 + exp(a)) is the share of decisive votes for the first system where both responses are equally long and ask
equally often. Standard errors: two-way clusters (Cameron, Gelbach and Miller 2011, J. Bus. Econ. Stat. 29, 238-249).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from results.export.rows import JudgmentRow
from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.ratings import Pair
from results.statistics.reasons import Reason
from results.statistics.resample import Array
from results.study.judged import Judged, compared

METHOD = "logit of decisive votes, standard errors clustered by item and rater"
TERMS = ("share_when_equal", "odds_ratio_per_10_characters", "odds_ratio_per_question")
_FEWEST = 20
_NO_ERROR = 1e-9


@dataclass(frozen=True)
class _Votes:
    chosen: Array
    gaps: Array
    """Characters in tens and questions, first system minus second, shape (N, 2)."""
    groups: Array
    sizes: Sizes


def adjusted(data: Judged, rows: Sequence[JudgmentRow], pair: Pair) -> dict[str, Figure]:
    """The three terms of the model for one pair; null with the reason where it cannot be fitted."""
    votes = _votes(data, rows, pair)
    reason = _obstacle(votes)
    if reason is None:
        fitted = _fit(votes)
        if fitted is not None:
            return _figures(*fitted, votes.sizes)
        reason = Reason.VOTES_SEPARATED
    return {term: undefined(reason, METHOD, votes.sizes) for term in TERMS}


def _votes(data: Judged, rows: Sequence[JudgmentRow], pair: Pair) -> _Votes:
    facts = {(row.item_id, row.system_id): (row.characters / 10, row.questions) for row in data.export.responses}
    decisive = [row for row in compared(rows, pair) if row.chosen_system is not None]
    known = [row for row in decisive if all((row.item_id, system) in facts for system in pair)]
    sides = np.array([[facts[row.item_id, system] for system in pair] for row in known], dtype=np.float64)
    gaps = sides.reshape(-1, 2, 2)
    items, raters = (_codes(names) for names in ([r.dialogue for r in known], [r.rater for r in known]))
    return _Votes(
        chosen=np.array([row.chosen_system == pair[0] for row in known], dtype=np.float64),
        gaps=gaps[:, 0] - gaps[:, 1],
        groups=np.column_stack([items, raters]),
        sizes=Sizes(len(set(items)), len(set(raters)), len(known)),
    )


def _codes(names: Sequence[str]) -> list[int]:
    place = {name: number for number, name in enumerate(sorted(set(names)))}
    return [place[name] for name in names]


def _obstacle(votes: _Votes) -> Reason | None:
    if len(votes.chosen) < _FEWEST or votes.sizes.raters < 2:
        return Reason.FEW_VOTES
    if votes.sizes.items < FEWEST_DIALOGUES:
        return Reason.FEW_DIALOGUES
    design = np.column_stack([np.ones(len(votes.gaps)), votes.gaps])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return Reason.CONSTANT_GAP
    return Reason.VOTES_SEPARATED if votes.chosen.min() == votes.chosen.max() else None


def _fit(votes: _Votes) -> tuple[Array, Array] | None:
    """Coefficients and their standard errors; None where the fit runs away."""
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    design = np.column_stack([np.ones(len(votes.gaps)), votes.gaps])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", PerfectSeparationWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            fitted = Logit(votes.chosen, design).fit(
                disp=False, cov_type="cluster", cov_kwds={"groups": votes.groups}, maxiter=100
            )
        except (ConvergenceWarning, PerfectSeparationWarning, np.linalg.LinAlgError):
            return None
        values, errors = np.asarray(fitted.params), np.asarray(fitted.bse)
    return (values, errors) if bool(np.all(np.abs(values) < 50)) else None


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _figures(values: Array, errors: Array, sizes: Sizes) -> dict[str, Figure]:
    turn: tuple[Callable[[float], float], ...] = (_logistic, math.exp, math.exp)
    figures = {}
    for term, function, value, error in zip(TERMS, turn, values, errors, strict=True):
        if not math.isfinite(error) or error < _NO_ERROR:
            figures[term] = Figure(function(value), None, None, METHOD, Reason.FEW_CLUSTERS, sizes)
            continue
        low, high = (min(max(value + sign * 1.959964 * error, -50.0), 50.0) for sign in (-1, 1))
        figures[term] = Figure(function(value), function(low), function(high), METHOD, None, sizes)
    return figures
