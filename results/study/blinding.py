"""Could raters tell which response came from the adjusted system? Answers to the question asked at the end.

An answer is right where it names the adjusted system (the one of the pair that is tuned), wrong where it names the
other. The index is the share right minus the share wrong: 0 = blind, 1 = all right, -1 = all wrong. That is Bang's
index (Bang et al. 2004, Controlled Clinical Trials 25:143-156), here with one arm, since each pair shows both systems;
by arm, it is that of the pairs in which the adjusted system stood first, and second. James' index (James et al. 1996,
Statistics in Medicine 15:1421-1434) runs the other way: 1 = nobody could tell, 0.5 = random guessing, 0 = all right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.statistics.at_large import at_large
from results.statistics.components import Votes
from results.statistics.estimates import group_places, group_sums
from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, figure
from tasks.schema import Study

CRITERION = "blinding"


@dataclass(frozen=True)
class Blinding:
    """What the answers say. `answers` counts right, wrong and cannot tell; the figures resample dialogues."""

    right: int
    wrong: int
    cannot_tell: int
    missing: int
    """Left without an answer."""
    left_out: int
    """Answers about pairs that do not have exactly one adjusted system."""
    index: Figure
    """Share right minus share wrong, -1..1 (Bang's index)."""
    when_first: Figure
    """The same where the adjusted system stood first; an order fact."""
    when_second: Figure
    james: Figure
    """James' index, 0..1: 1 = nobody could tell, 0.5 = random guessing."""
    raters: tuple[tuple[str, int, int, int], ...] = ()
    """Rater, right, wrong, cannot tell: a few who can tell hide behind an index near 0."""


def adjusted_systems(study: Study) -> frozenset[str]:
    """The systems that are tuned: those the question calls adjusted."""
    return frozenset(system.system_id for system in study.systems if system.is_tuned)


def blinding(export: Export, resampling: Resampling, adjusted: Collection[str] | None = None) -> Blinding:
    """The blinding index of an export. `adjusted` names the adjusted systems where the study's adapters do not.

    Raters who withdrew are left out. Undefined, with the reason, where nobody answered or no pair can be resolved.
    """
    named = frozenset(adjusted) if adjusted is not None else adjusted_systems(export.study)
    withdrawn = {rater.rater for rater in export.raters if rater.withdrawn}
    asked = [row for row in export.judgments if row.criterion == CRITERION and row.rater not in withdrawn]
    answered = [row for row in asked if row.value is not None]
    rows = [row for row in answered if _one_adjusted(row, named)]
    counts = Counter(_outcome(row, named) for row in rows)
    sizes = Sizes(len({row.dialogue for row in rows}), len({row.rater for row in rows}), len(rows))
    index, first, second, james = _figures(
        rows, named, sizes, resampling, Reason.NO_ADJUSTED_SYSTEM if answered else Reason.NOT_ASKED
    )
    return Blinding(
        right=counts["right"],
        wrong=counts["wrong"],
        cannot_tell=counts["cannot_tell"],
        missing=len(asked) - len(answered),
        left_out=len(answered) - len(rows),
        index=index,
        when_first=first,
        when_second=second,
        james=james,
        raters=_by_rater(rows, named),
    )


def _one_adjusted(row: JudgmentRow, adjusted: frozenset[str]) -> bool:
    return len({row.first_system, row.second_system} & adjusted) == 1


def _outcome(row: JudgmentRow, adjusted: frozenset[str]) -> str:
    if row.chosen_system is None:
        return "cannot_tell"
    return "right" if row.chosen_system in adjusted else "wrong"


def _by_rater(rows: Sequence[JudgmentRow], adjusted: frozenset[str]) -> tuple[tuple[str, int, int, int], ...]:
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row.rater, Counter())[_outcome(row, adjusted)] += 1
    return tuple(
        (rater, answers["right"], answers["wrong"], answers["cannot_tell"]) for rater, answers in sorted(counts.items())
    )


def _figures(
    rows: Sequence[JudgmentRow], adjusted: frozenset[str], sizes: Sizes, resampling: Resampling, nothing: Reason
) -> tuple[Figure, Figure, Figure, Figure]:
    """Index, index where the adjusted system stood first and second, James' index."""
    if not rows:
        empty = undefined(nothing, sizes=sizes)
        return empty, empty, empty, empty
    features = group_sums(np.array([_cells(row, adjusted) for row in rows]), [row.dialogue for row in rows])
    first = [row for row in rows if row.first_system in adjusted]
    second = [row for row in rows if row.first_system not in adjusted]
    return (
        _bang(rows, adjusted, sizes, nothing),
        _bang(first, adjusted, sizes, Reason.NEVER_FIRST),
        _bang(second, adjusted, sizes, Reason.NEVER_SECOND),
        figure(features, _james, "James' index", sizes, resampling, Reason.ONE_GUESS),
    )


def _bang(rows: Sequence[JudgmentRow], adjusted: frozenset[str], sizes: Sizes, nothing: Reason) -> Figure:
    """Share right minus share wrong, for raters at large: the mean of answers worth +1, -1 and 0."""
    name = "Bang's index"
    if not rows:
        return undefined(nothing, name, sizes)
    worth = {"right": 1.0, "wrong": -1.0, "cannot_tell": 0.0}
    votes = Votes(
        value=np.array([worth[_outcome(row, adjusted)] for row in rows]),
        dialogue=np.array(group_places([row.dialogue for row in rows])),
        rater=np.array(group_places([row.rater for row in rows])),
        weight=np.full(len(rows), 1 / len(rows)),
    )
    return at_large(votes, name, Sizes(votes.dialogues, votes.raters, len(rows)), (-1.0, 1.0)).figure


def _cells(row: JudgmentRow, adjusted: frozenset[str]) -> list[float]:
    """Right, wrong, cannot tell where the adjusted system stood first, then the same where it stood second."""
    places = ("right", "wrong", "cannot_tell")
    cell = places.index(_outcome(row, adjusted)) + (0 if row.first_system in adjusted else 3)
    return [float(place == cell) for place in range(6)]


def _james(sums: Array) -> Array:
    """(1 + P_dk + (1 - P_dk) K) / 2, K = (P_do - P_de) / P_de of the guesses, wrong ones weighing 0.5; 1 if none."""
    right_first, wrong_first, unsure_first, right_second, wrong_second, unsure_second = np.moveaxis(sums, -1, 0)
    guesses = right_first + wrong_first + right_second + wrong_second
    unsure = (unsure_first + unsure_second) / sums.sum(axis=-1)
    named_first, named_second = right_first + wrong_second, wrong_first + right_second
    observed = 0.5 * (wrong_first + wrong_second) / guesses
    crossed = (right_first + wrong_first) * named_second + (right_second + wrong_second) * named_first
    expected = 0.5 * crossed / guesses**2
    chance: Array = (observed - expected) / expected
    return np.where(guesses == 0, 1.0, (1 + unsure + (1 - unsure) * chance) / 2)
