"""Three or more systems in order: mean margins against the others, ranges of ranks, and circles among them.

A system's range of ranks runs from one more than the systems shown to be preferred to it, to the number of systems
less those it is shown to be preferred to; "shown" by the tests of all pairs, corrected together by Holm's method, so
that all ranges hold together. Ranges of ranks from simultaneous tests: Al Mohamad, Goeman and van Zwet (2022),
Simultaneous confidence intervals for ranks with application to ranking institutions, Biometrics 78.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from results.record.preference import Circle, PairRecord, Ranked, RankingRecord
from results.statistics.figure import finite
from results.study.hypotheses import LEVEL
from tasks.schema import Estimand

Signed = Mapping[tuple[str, str], tuple[float, bool]]
"""By ordered pair of systems: the margin of the first over the second, and whether it is shown."""


def ranking(systems: Sequence[str], pairs: Sequence[PairRecord], estimand: Estimand) -> RankingRecord | None:
    """The order of three or more systems of which every two were compared; None otherwise."""
    signed = _signed(pairs, estimand)
    judged = [system for system in systems if any(system in pair for pair in signed)]
    if len(judged) < 3 or len(signed) != len(judged) * (len(judged) - 1):
        return None
    ranked = sorted(
        (_ranked(system, judged, signed) for system in judged), key=lambda one: (-one.mean_margin, one.system)
    )
    return RankingRecord(estimand=estimand, systems=tuple(ranked), circles=tuple(_circles(judged, signed)))


def _signed(pairs: Sequence[PairRecord], estimand: Estimand) -> Signed:
    signed = {}
    for pair in pairs:
        margin, test = pair.margin_for(estimand)
        if margin.value is None:
            continue
        shown = test.p_holm is not None and test.p_holm < LEVEL
        first, second = pair.systems
        signed[first, second], signed[second, first] = (margin.value, shown), (-margin.value, shown)
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
