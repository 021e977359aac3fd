"""Three or more systems in order: mean margins against the others, ranges of ranks, and circles among them.

A system's range of ranks runs from one more than the systems shown to be preferred to it, to the number of systems
less those it is shown to be preferred to; "shown" where the simultaneous interval of their margin leaves 0 out
(results/statistics/simultaneous.py), so that all ranges hold together. Ranges of ranks from simultaneous intervals of
differences: Al Mohamad, Goeman and van Zwet (2022), Simultaneous confidence intervals for ranks with application to
ranking institutions, Biometrics 78.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from results.record.figure import OfSystems
from results.record.preference import Circle, Difference, Ranked, RankingRecord
from results.statistics import simultaneous
from results.statistics.figure import Figure, finite
from results.statistics.ratings import Indices, Pair, Ratings
from results.statistics.resample import Resampling
from results.study.judged import Judged, preference_ratings
from tasks.schema import Criterion, Estimand

Differences = Mapping[Pair, Figure]
"""By pair of systems: the margin of the first over the second with its simultaneous interval."""
Signed = Mapping[Pair, tuple[float, bool]]
"""By ordered pair of systems: the margin of the first over the second, and whether it is shown."""


def rankings(data: Judged, criterion: Criterion, resampling: Resampling) -> tuple[RankingRecord, ...]:
    """The order for these raters and for raters at large; () where not every two of three systems are."""
    pairs = data.pairs()
    if len(data.listed()) < len(pairs):
        return ()
    table = preference_ratings(data.of(criterion.criterion_id), criterion, pairs)
    if len(data.systems()) < 3 or not len(table.value):
        return ()
    group = _groups(table, pairs)
    judged = [pair for place, pair in enumerate(pairs) if bool((group[table.unit] == place).any())]
    if len(judged) < len(pairs):
        return ()
    figures: dict[Estimand, tuple[Figure, ...]] = {
        "these_raters": simultaneous.these_raters(table, group, resampling),
        "raters_at_large": simultaneous.raters_at_large(table, group, resampling.level, resampling.seed),
    }
    found = (
        ranking(data.systems(), dict(zip(pairs, of_pairs, strict=True)), estimand)
        for estimand, of_pairs in figures.items()
    )
    return tuple(one for one in found if one is not None)


def _groups(table: Ratings, pairs: Sequence[Pair]) -> Indices:
    """The pair of each unit; units are named (item, pair)."""
    place = {str(pair): number for number, pair in enumerate(pairs)}
    names = (name[1] if isinstance(name, tuple) else name for name in table.unit_names)
    return np.array([place[str(name)] for name in names], dtype=np.int64)


def ranking(systems: Sequence[str], differences: Differences, estimand: Estimand) -> RankingRecord | None:
    """The order of three or more systems of which every two were compared; None otherwise."""
    signed = _signed(differences)
    judged = [system for system in systems if any(system in pair for pair in signed)]
    if len(judged) < 3 or len(signed) != len(judged) * (len(judged) - 1):
        return None
    ranked = sorted(
        (_ranked(system, judged, signed) for system in judged), key=lambda one: (-one.mean_margin, one.system)
    )
    return RankingRecord(
        estimand=estimand,
        systems=tuple(ranked),
        differences=tuple(
            Difference(systems=pair, margin=OfSystems.of(figure)) for pair, figure in differences.items()
        ),
        circles=tuple(_circles(judged, signed)),
    )


def _signed(differences: Differences) -> Signed:
    signed = {}
    for (first, second), figure in differences.items():
        if figure.value is not None:
            shown = figure.low is not None and figure.high is not None and (figure.low > 0 or figure.high < 0)
            signed[first, second], signed[second, first] = (figure.value, shown), (-figure.value, shown)
    return signed


def _ranked(system: str, judged: Sequence[str], signed: Signed) -> Ranked:
    against = [signed[system, other] for other in judged if other != system]
    better = sum(1 for margin, shown in against if shown and margin < 0)
    worse = sum(1 for margin, shown in against if shown and margin > 0)
    mean = sum(margin for margin, _ in against) / len(against)
    return Ranked(system=system, mean_margin=finite(mean) or 0.0, best_rank=1 + better, worst_rank=len(judged) - worse)


def _circles(judged: Sequence[str], signed: Signed) -> list[Circle]:
    """Triples of which each is preferred to the next and the last to the first."""
    found = []
    for a, b, c in combinations(judged, 3):
        for one, two, three in ((a, b, c), (a, c, b)):
            steps = [signed[one, two], signed[two, three], signed[three, one]]
            if all(margin > 0 for margin, _ in steps):
                found.append(Circle(systems=(one, two, three), shown=all(shown for _, shown in steps)))
    return found
