"""What a design can show of raters at large, judged by the report's own rule: the one answer of command and desk.

Where every rater judges every item it comes from draws of mean squares (results/planning/mean_squares.py), else from
simulated votes (results/planning/simulated_at_large.py); `error` is what another seed may change of a power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from results.planning import mean_squares, simulated_at_large
from results.planning.estimates import Estimates, monte_carlo_error
from results.planning.vote_model import Cells, Model, expected_vote, leaning
from results.statistics.at_large import FEWEST_RATERS
from results.statistics.figure import FEWEST_DIALOGUES

LEANS = (0.0, 0.02, 0.1)
"""No, little and much leaning, as shares of a vote's variance."""
RATERS_TRIED = (3, 5, 9, 15)


@dataclass(frozen=True)
class Design:
    """Items, raters, and how many of them judge each item, all the same number of items give or take one."""

    items: int
    raters: int
    each: int

    @classmethod
    def complete(cls, items: int, raters: int) -> Design:
        """Every rater judges every item."""
        return cls(items, raters, raters)

    @property
    def votes(self) -> int:
        """Votes in all."""
        return self.items * self.each

    def cells(self, seed: int) -> Cells:
        """Who judges what: for each item the raters with the least work so far, in even ones by lot."""
        random, load = np.random.default_rng(seed), np.zeros(self.raters)
        raters = np.empty((self.items, self.each), dtype=np.int64)
        for row in raters:
            row[:] = np.argsort(load + random.random(self.raters) / 2)[: self.each]
            load[row] += 1
        return Cells(np.repeat(np.arange(self.items), self.each), raters.ravel())


@dataclass(frozen=True)
class Asked:
    """What is asked of a design: two-sided level, power wanted, margin of equivalence."""

    level: float = 0.05
    power: float = 0.8
    margin: float = 0.5
    tests: int = 1
    """Tests that are corrected together by Holm's method; each then has level / tests at least."""
    seed: int = 0


@dataclass(frozen=True)
class Planned:
    """What a design can show of raters at large with some leaning; None where the report says nothing of them."""

    raters: int
    items: int
    each: float
    """Raters of an item, on average."""
    lean: float
    power: float | None
    """For the difference believed."""
    error: float | None
    """Monte-Carlo error of `power`: half its 95 % interval."""
    smallest: float | None
    """Smallest mean margin shown with the power wanted."""
    equivalent: float | None
    """Power to show that two systems without difference lie within the margin asked about."""


def planned(model: Model, design: Design | Cells, asked: Asked) -> Planned:
    """The figures of one design, or of a plan's own cells, under a model of votes."""
    cells = design.cells(asked.seed) if isinstance(design, Design) else design
    each = len(cells.item) / cells.items
    if cells.raters < FEWEST_RATERS or cells.items < FEWEST_DIALOGUES:
        return Planned(cells.raters, cells.items, each, model.lean, None, None, None, None)
    found = estimates(model, cells, asked.seed)
    test, within = found.at(asked.level / asked.tests), found.at(2 * asked.level / asked.tests)
    power = test.power(float(expected_vote(model, np.array([model.mean]), 1.0)[0]))
    return Planned(
        cells.raters,
        cells.items,
        each,
        model.lean,
        power,
        monte_carlo_error(power, len(found.mean)),
        test.smallest(asked.power),
        within.equivalence(asked.margin),
    )


def estimates(model: Model, cells: Cells, seed: int) -> Estimates:
    """By mean squares where every rater judges every item once, else by simulated votes."""
    if len(cells.item) == cells.items * cells.raters:
        return mean_squares.drawn(mean_squares.variances(model), cells.items, cells.raters, seed)
    return simulated_at_large.estimates(model, cells, seed)


def by_lean(model: Model, design: Design | Cells, asked: Asked, leans: Sequence[float] = LEANS) -> list[Planned]:
    """The design under each leaning that the rest of the model leaves room for."""
    return [planned(leaning(model, lean), design, asked) for lean in leans if lean < 1 - model.item**2]


def with_as_many_votes(design: Design, raters: Sequence[int] = RATERS_TRIED) -> list[Design]:
    """As many votes by other numbers of raters: more share the same items out, fewer all judge more items."""
    return [
        Design(design.items, r, design.each)
        if r >= design.each
        else Design.complete(max(round(design.votes / r), FEWEST_DIALOGUES), r)
        for r in sorted({*raters, design.raters})
    ]
