"""How often all intervals of a ranking hold at once, by simulation: three and five systems, leaning raters.

    python benchmarks/ranking.py [--runs 300] [--systems 3] [--gap 0.4] [--lean 0.1]

Every system has a quality of its own in each dialogue and with each rater; a rater meets each dialogue once, with one
pair of systems that is drawn. `together`: the share of studies in which the max-T intervals of all pairs hold the
truth; `single`: the same with intervals of one pair at a time, each at 95 %. `these` is for the raters as drawn,
`large` for raters at large. `gap 0`: all systems alike, and any interval that leaves zero out is a false claim. A share
below .95 less its error is marked *.
"""

from __future__ import annotations

import argparse
import sys
from itertools import combinations
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.coverage import CUTS, HOW, Design, expected_vote, held
from results.statistics import simultaneous
from results.statistics.at_large import margin_at_large
from results.statistics.figure import Figure
from results.statistics.ratings import Indices, Ratings
from results.statistics.resample import Array

DESIGNS = (Design(100, 5, 5), Design(90, 3, 3), Design(60, 10, 10), Design(24, 5, 5), Design(100, 9, 3))
SYSTEMS = (3, 5)
CONDITIONS = ((0.0, 0.0), (0.0, 0.1), (0.4, 0.1))
"""Gap between neighbouring systems, and lean."""
Random = np.random.Generator


def study(design: Design, systems: int, lean: float, gap: float, random: Random) -> tuple[Ratings, Indices, Array]:
    """Votes of all pairs, the pair of each unit, and the raters' leanings by system."""
    pairs = list(combinations(range(systems), 2))
    order = np.argsort(random.random((design.dialogues, design.raters)), axis=1)[:, : design.each]
    dialogue = np.repeat(np.arange(design.dialogues), design.each)
    rater = np.sort(order, axis=1).ravel()
    pair = random.integers(len(pairs), size=len(dialogue))
    first, second = np.array(pairs)[pair].T
    mean = gap * np.arange(systems)[::-1]
    of_dialogue = np.sqrt(0.15) * random.normal(size=(design.dialogues, systems))
    of_rater = np.sqrt(lean / 2) * random.normal(size=(design.raters, systems))
    worth = mean + of_dialogue[dialogue] + of_rater[rater]
    rows = np.arange(len(pair))
    z = worth[rows, first] - worth[rows, second] + np.sqrt(0.7 - lean) * random.normal(size=len(pair))
    units, unit = np.unique(dialogue * len(pairs) + pair, return_inverse=True)
    names = tuple(range(design.raters)), tuple(range(len(units)))
    votes = Ratings(unit, rater, np.digitize(z, CUTS), np.arange(-2.0, 3.0), units // len(pairs), *names)
    return votes, units % len(pairs), of_rater


def truths(systems: int, lean: float, gap: float, of_rater: Array) -> tuple[Array, Array]:
    """The margin of each pair: for the raters as drawn, and at large."""
    pairs = np.array(list(combinations(range(systems), 2)))
    means = gap * (pairs[:, 1] - pairs[:, 0])
    leaning = of_rater[:, pairs[:, 0]] - of_rater[:, pairs[:, 1]]
    these = [expected_vote(mean + own, np.sqrt(1 - lean)).mean() for mean, own in zip(means, leaning.T, strict=True)]
    return np.array(these), expected_vote(means.astype(np.float64), 1.0)


def all_held(figures: tuple[Figure, ...], truth: Array) -> bool | None:
    """Whether every interval holds its truth; None where one has none."""
    found = [held(figure, float(value)) for figure, value in zip(figures, truth, strict=True)]
    return None if None in found else all(found)


def measure(design: Design, systems: int, lean: float, gap: float, runs: int) -> dict[str, list[bool]]:
    """By kind of interval: in which studies all of them held."""
    random = np.random.default_rng([design.dialogues, design.raters, systems, round(100 * lean), round(10 * gap)])
    kept: dict[str, list[bool]] = {"together, these": [], "together, large": [], "single, large": []}
    for _ in range(runs):
        votes, group, of_rater = study(design, systems, lean, gap, random)
        these, large = truths(systems, lean, gap, of_rater)
        single = tuple(margin_at_large(votes.only(group[votes.unit] == k)).figure for k in range(len(large)))
        found = {
            "together, these": all_held(simultaneous.these_raters(votes, group, HOW), these),
            "together, large": all_held(simultaneous.raters_at_large(votes, group), large),
            "single, large": all_held(single, large),
        }
        for name, whether in found.items():
            if whether is not None:
                kept[name].append(whether)
    return kept


def shown(kept: list[bool], runs: int) -> str:
    if len(kept) < runs / 10:
        return "–"
    error = 1.96 * np.sqrt(0.95 * 0.05 / len(kept))
    return f"{np.mean(kept):.3f}{'*' if np.mean(kept) < 0.95 - error else ''}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--systems", type=int, choices=SYSTEMS)
    parser.add_argument("--gap", type=float, choices=sorted({gap for gap, _ in CONDITIONS}))
    parser.add_argument("--lean", type=float, choices=sorted({lean for _, lean in CONDITIONS}))
    options = parser.parse_args()
    runs = options.runs
    print(f"{'intervals':18}{'systems':>8}{'gap':>5}{'lean':>6}" + "".join(f"{design!s:>9}" for design in DESIGNS))
    for systems in [options.systems] if options.systems else SYSTEMS:
        for gap, lean in CONDITIONS:
            if options.gap not in (None, gap) or options.lean not in (None, lean):
                continue
            found = [measure(design, systems, lean, gap, runs) for design in DESIGNS]
            for name in found[0]:
                row = "".join(f"{shown(one[name], runs):>9}" for one in found)
                print(f"{name:18}{systems:>8}{gap:>5.1f}{lean:>6.0%}{row}", flush=True)


if __name__ == "__main__":
    main()
