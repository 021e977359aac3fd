"""How small a difference a study can show, by its number of raters: for these raters, and for raters at large."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from tasks.schema import PlannedAssignment, Study

LEAN = 0.02
"""Little leaning of raters, as a share of a vote's variance: what is supposed before a pilot."""
TRIED = (3, 4, 5, 6, 8, 10, 12, 15, 20, 30)
FEW_TRIED = (3, 5, 10, 20)
"""Where raters share the items out, which takes longer to work out."""


class Reach(NamedTuple):
    """Smallest mean margins shown with power 0.80, in points of the preference -2..+2; None where nothing is said."""

    raters: int
    these: float | None
    large: float | None


def reaches(study: Study, lines: Sequence[PlannedAssignment]) -> list[Reach]:
    """For several numbers of raters, the planned one among them; [] where the study compares no pair."""
    from results.planning.of_study import cells_of, family_size
    from tasks.design.planning import groups

    cells = cells_of(study, lines) if study.protocol == "pairwise" else None
    if cells is None:
        return []
    seats, each = study.design.seats, study.design.raters_per_item
    shared = len(groups(study)) > 1 or bool(each)
    average = max(round(len(cells.item) / cells.items), 1)
    tried = sorted({seats, *(n for n in (FEW_TRIED if shared else TRIED) if n <= max(15, 2 * seats))})
    tests = family_size(study, len(groups(study)))
    return [_reach(cells.items, n, min(n, each or max(round(average * n / seats), 1)), tests) for n in tried]


@lru_cache(maxsize=512)
def _reach(items: int, raters: int, each: int, tests: int) -> Reach:
    from results.planning import these_raters
    from results.planning.at_large_power import Asked, Design, planned
    from results.planning.mean_squares import variances
    from results.planning.vote_model import Assumptions, leaning, model

    votes = leaning(model(Assumptions()), LEAN)
    asked = Asked(tests=tests)
    own = these_raters.smallest(variances(votes), items, each, asked.level / tests, asked.power)
    return Reach(raters, own, planned(votes, Design(items, raters, each), asked).smallest)
