"""How often the report's 95 % intervals hold what they name, by simulation: every kind of figure, size and leaning.

    python benchmarks/coverage.py [--runs 2000] [--only margin]

Votes z = mu + dialogue + rater + rest (standard normal in sum) are cut into -2..+2; yes/no answers have a chance of
'yes' of each dialogue's own (beta law); ratings for the ICC are normal. The truth is computed, not estimated, but that
of alpha, AC2 and the kappas, which is theirs in one very large table. `these` is the margin for the raters as drawn,
`large` for raters at large; `claimed` is how often a test claims a difference that is not there for raters at large. A
coverage below .93 less its own error is marked *, one above .99 c (conservative); a claim above .05 and its error is
marked *. A dash: no interval was given in nine of ten studies or more.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.statistics.agreement import chance
from results.statistics.agreement.alpha import alpha
from results.statistics.agreement.cohen import cohen_kappa
from results.statistics.agreement.icc import icc
from results.statistics.at_large import margin_at_large
from results.statistics.figure import Figure
from results.statistics.preference import dialogue_sums, item_margins, mean_margin
from results.statistics.ratings import Indices, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.statistics.shares import share_difference_figure, share_figure
from results.statistics.signflip import sign_flip

CUTS = (-1.2, -0.25, 0.25, 1.2)
"""z below the first is 'clearly the second', between the middle two 'about the same'."""
LIKENESS = 0.3
"""Variance of a vote that is the dialogue's; of yes/no, how alike the answers of a dialogue are."""
HOW = Resampling(resamples=1_000, seed=1)
YES = (0.02, 0.2, 0.5)
LEANS = (0.0, 0.02, 0.1, 0.2)
LIKE = (0.5, 0.85)
"""Variance of a rating that is the dialogue's."""
TRUTH = 400_000
Random = np.random.Generator


class Design(NamedTuple):
    """Dialogues, raters, and raters of each dialogue."""

    dialogues: int
    raters: int
    each: int

    def __str__(self) -> str:
        return f"{self.dialogues}x{self.raters}" + ("" if self.each == self.raters else f"/{self.each}")


DESIGNS = (
    Design(100, 5, 5), Design(50, 3, 3), Design(30, 10, 10), Design(20, 2, 2), Design(14, 5, 5), Design(100, 9, 3),
    Design(8, 3, 3),
)  # fmt: skip


def cells(design: Design, random: Random) -> tuple[Indices, Indices]:
    """Dialogue and rater of each vote; in an incomplete design the raters of a dialogue are drawn."""
    order = np.argsort(random.random((design.dialogues, design.raters)), axis=1)[:, : design.each]
    dialogue = np.repeat(np.arange(design.dialogues, dtype=np.int64), design.each)
    return dialogue, np.sort(order, axis=1).ravel().astype(np.int64)


def table(dialogue: Indices, rater: Indices, values: Array, domain: Array, design: Design) -> Ratings:
    """One unit a dialogue."""
    places = np.searchsorted(domain, values)
    names = tuple(range(design.raters)), tuple(range(design.dialogues))
    return Ratings(dialogue, rater, places, domain, np.arange(design.dialogues), *names)


def normal_ratings(dialogue: Indices, rater: Indices, values: Array, design: Design) -> Ratings:
    """Any numbers as ratings."""
    return table(dialogue, rater, values, np.unique(values), design)


def held(figure: Figure, truth: float) -> bool | None:
    """Whether the interval holds the truth; None without one."""
    if figure.low is None or figure.high is None:
        return None
    return figure.low - 1e-12 <= truth <= figure.high + 1e-12


def expected_vote(mean: Array, spread: float) -> Array:
    """Mean of a vote whose z is normal."""
    below = ndtr((np.array(CUTS)[:, None] - mean[None, :]) / spread)
    expected: Array = 2 - below.sum(axis=0)
    return expected


def margins(design: Design, random: Random, *, lean: float, mu: float) -> dict[str, bool | None]:
    dialogue, rater = cells(design, random)
    of_rater = np.sqrt(lean) * random.normal(size=design.raters)
    rest = 1 - LIKENESS - lean
    z = mu + np.sqrt(LIKENESS) * random.normal(size=design.dialogues)[dialogue] + of_rater[rater]
    votes = np.digitize(z + np.sqrt(rest) * random.normal(size=len(dialogue)), CUTS) - 2.0
    ratings = table(dialogue, rater, votes, np.arange(-2.0, 3.0), design)
    these = float(expected_vote(mu + of_rater, np.sqrt(LIKENESS + rest)).mean())
    large = float(expected_vote(np.array([mu]), 1.0)[0])
    wide = margin_at_large(ratings)
    found = {"margin, these": held(mean_margin(ratings, HOW), these), "margin, large": held(wide.figure, large)}
    if mu == 0:
        flip = sign_flip(dialogue_sums(*item_margins(ratings), ratings)).p_value
        found["claimed, these"] = None if flip is None else flip < 0.05
        found["claimed, large"] = None if wide.test.p_value is None else wide.test.p_value < 0.05
    return found


def answers(design: Design, random: Random, *, yes: float) -> dict[str, bool | None]:
    """Yes/no of one system, and of a second with as many."""
    dialogue, rater = cells(design, random)
    weight = (1 - LIKENESS) / LIKENESS
    chances = random.beta(weight * yes, weight * (1 - yes), (2, design.dialogues))
    drawn = [1.0 * (random.random(len(dialogue)) < one[dialogue]) for one in chances]
    both = [table(dialogue, rater, values, np.arange(2.0), design) for values in drawn]
    hits = [np.bincount(one.unit, one.numbers, one.units) / design.each for one in both]
    ones, sizes = np.ones(design.dialogues), both[0].sizes()
    alike = 1 - 2 * yes * (1 - yes) * (1 - LIKENESS)
    by_chance = 2 * yes * (1 - yes)
    found = {
        "share": share_figure(np.column_stack([hits[0], ones]), "", sizes, HOW, Reason.NOT_RATED),
        "share, exact": share_figure(np.column_stack([hits[0], ones]), "", sizes, HOW, Reason.NOT_RATED, exact=True),
        "difference": share_difference_figure(
            np.column_stack([hits[0], ones, hits[1], ones]), "", sizes, HOW, Reason.NOT_RATED
        ),
        "percent agreement": chance.percent_agreement(both[0], HOW),
        "AC1": chance.gwet(both[0], "identity", HOW),
    }
    truths = {"share": yes, "share, exact": yes, "difference": 0.0, "percent agreement": alike,
              "AC1": (alike - by_chance) / (1 - by_chance)}  # fmt: skip
    return {name: held(figure, truths[name]) for name, figure in found.items()}


def ordinal(design: Design, random: Random, like: float) -> Ratings:
    dialogue, rater = cells(design, random)
    z = np.sqrt(like) * random.normal(size=design.dialogues)[dialogue]
    z += np.sqrt(1 - like) * random.normal(size=len(dialogue))
    return table(dialogue, rater, np.digitize(z, (-0.8, 0.0, 0.8)) * 1.0, np.arange(4.0), design)


def of_ordinal(ratings: Ratings) -> dict[str, Figure]:
    """The coefficients of ratings on four points."""
    return {
        "alpha": alpha(ratings, "ordinal", HOW),
        "AC2": chance.gwet(ratings, "ordinal", HOW),
        "Fleiss' kappa": chance.fleiss_kappa(ratings, HOW),
        "Cohen's kappa, quadratic": cohen_kappa(ratings, 0, 1, "quadratic", HOW),
    }


def coefficients(design: Design, random: Random, *, like: float, truths: dict[str, float]) -> dict[str, bool | None]:
    dialogue, rater = cells(design, random)
    normal = np.sqrt(like) * random.normal(size=design.dialogues)[dialogue]
    normal += np.sqrt(0.2 * (1 - like)) * random.normal(size=design.raters)[rater]
    normal += np.sqrt(0.8 * (1 - like)) * random.normal(size=len(dialogue))
    forms = icc(normal_ratings(dialogue, rater, normal, design), HOW)
    found = {name: held(figure, truths[name]) for name, figure in of_ordinal(ordinal(design, random, like)).items()}
    found["ICC(2,1)"] = held(forms["ICC(2,1)"], like)
    found["ICC(3,1)"] = held(forms["ICC(3,1)"], like / (like + 0.8 * (1 - like)))
    return found


Law = Callable[[Design, Random], dict[str, bool | None]]
"""One simulated study: whether each interval held the truth, None where none was given."""


def laws() -> Iterator[tuple[str, str, Law]]:
    """Group, condition, and one simulated study of it."""
    for group, mu in (("margin", 0.35), ("null", 0.0)):
        for lean in LEANS:
            yield group, f"lean {lean:.0%}", partial(margins, lean=lean, mu=mu)
    for yes in YES:
        yield "share", f"yes {yes:.0%}", partial(answers, yes=yes)
    for like in LIKE:
        truths = {name: figure.value or 0.0 for name, figure in of_ordinal(large(like)).items()}
        yield "agreement", f"alpha {truths['alpha']:.2f}", partial(coefficients, like=like, truths=truths)


def large(like: float) -> Ratings:
    """A table so large that its coefficients are the true ones."""
    return ordinal(Design(TRUTH, 2, 2), np.random.default_rng(0), like)


def shown(kept: list[bool], figure: str, runs: int) -> str:
    """The share, marked where it misses what is promised; a dash without intervals."""
    if len(kept) < runs / 10:
        return "–"
    share = float(np.mean(kept))
    error = 1.96 * np.sqrt(0.95 * 0.05 / len(kept))
    if figure.startswith("claimed"):
        return f"{share:.3f}{'*' if share > 0.05 + error else ''}"
    return f"{share:.3f}{'*' if share < 0.93 - error else 'c' if share > 0.99 else ''}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--only", choices=("margin", "null", "share", "agreement"))
    options = parser.parse_args()
    print(f"{'figure':26}{'condition':>12}" + "".join(f"{design!s:>9}" for design in DESIGNS))
    for place, (group, condition, law) in enumerate(laws()):
        if options.only in (None, group):
            print_rows(group, condition, law, options.runs, place)


def print_rows(group: str, condition: str, law: Law, runs: int, place: int) -> None:
    by_design = []
    for number, design in enumerate(DESIGNS):
        random = np.random.default_rng([place, number])
        by_design.append([law(design, random) for _ in range(runs)])
    for figure in by_design[0][0]:
        if group == "null" and not figure.startswith("claimed"):
            continue
        kept = [[one[figure] for one in studies if one[figure] is not None] for studies in by_design]
        row = "".join(f"{shown([bool(k) for k in one], figure, runs):>9}" for one in kept)
        print(f"{figure:26}{condition:>12}{row}", flush=True)


if __name__ == "__main__":
    main()
