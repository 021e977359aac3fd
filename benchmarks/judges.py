"""How often constants, shuffled judges and peers pass the rule for machine judges, and how well a judge's help covers.

    python benchmarks/judges.py [--runs 200]

Votes are those of `results.planning.vote_model`. First table: share of simulated studies in which a contender wins the
published test, and (after the stroke) passes the rule with its guard; a peer is one rater more. Second: how often the
prediction-powered interval holds the mean margin of these raters, what it saves beside people alone, and how often the
interval of the judge alone would hold it. The judge is one rater more with noise and a bias of its own.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.planning.vote_model import Assumptions, Model, model
from results.statistics.judges.powered import powered
from results.statistics.judges.rule import WINS, Votes, worth
from results.statistics.resample import Array

Random = np.random.Generator
SEED = 22


class Scene(NamedTuple):
    """What raters are like, and how many of them judge how many dialogues."""

    name: str
    beliefs: Assumptions
    dialogues: int
    raters: int


SCENES = tuple(
    Scene(f"{name}, {dialogues} x {raters}", beliefs, dialogues, raters)
    for name, beliefs in (
        ("win .65", Assumptions()),
        ("win .65, lean 10 %", Assumptions(lean=0.1)),
        ("win .90", Assumptions(win=0.9)),
        ("win .50, ties 60 %", Assumptions(win=0.5, ties=0.6)),
        ("win .65, alpha .60", Assumptions(agreement=0.6)),
    )
    for dialogues, raters in ((100, 3), (200, 5))
)
CONTENDERS = ("always the same", "always the first system", "always the second system", "shuffled peer", "peer")


def contenders(peer: Array, random: Random) -> Iterator[Array]:
    """Strengths of each contender, in the order of their names."""
    yield np.zeros(len(peer))
    yield np.ones(len(peer))
    yield -np.ones(len(peer))
    yield random.permutation(peer)
    yield peer


def passing(scene: Scene, runs: int) -> list[tuple[float, float]]:
    """By contender: share of studies in which the published test is won, and in which the rule is passed."""
    random, law = np.random.default_rng(SEED), model(scene.beliefs)
    counts = np.zeros((len(CONTENDERS), 2))
    for run in range(runs):
        drawn = law.draw(1, scene.dialogues, scene.raters + 1, random)[0].astype(np.float64)
        people, peer = drawn[:, :-1], drawn[:, -1]
        places = np.arange(scene.dialogues)
        votes = Votes(np.sign(people), people, np.zeros_like(places), places)
        for number, strength in enumerate(contenders(peer, random)):
            found = worth(votes, np.sign(strength), strength, run)
            counts[number] += ((found.winning_rate or 0) >= WINS, bool(found.passes))
    return [(won / runs, passed / runs) for won, passed in counts]


class Help(NamedTuple):
    """Dialogues that people judged, and that the judge alone judged; its noise (in points) and bias."""

    people: int
    alone: int
    noise: float
    bias: float


HELPS = tuple(
    Help(people, alone, noise, bias)
    for people, alone in ((20, 200), (50, 200), (100, 100), (100, 900))
    for noise, bias in ((0.0, 0.0), (0.0, 0.4), (1.5, 0.0), (9.0, 0.0))
)


def truth(law: Model, lean: Array, random: Random, dialogues: int = 200_000) -> float:
    """The mean margin of raters with these leanings over very many dialogues."""
    z = law.mean + lean + law.item * random.standard_normal((dialogues, 1))
    z = z + law.vote * random.standard_normal((dialogues, len(lean)))
    return float(law._cut(z).mean())


def helped(one: Help, runs: int, raters: int = 5) -> tuple[float, float, float, float]:
    """Correlation with the raters' means, coverage of the joined interval, mean saving, coverage of the judge alone."""
    random, law = np.random.default_rng(SEED), model(Assumptions(lean=0.0))
    aim = truth(law, np.zeros(raters), random)
    rows = np.empty((runs, 4))
    for row in rows:
        votes = law.draw(1, one.people + one.alone, raters + 1, random)[0].astype(np.float64)
        noise = one.noise * random.standard_normal(len(votes))
        human, judge = votes[:, :-1].mean(axis=1), votes[:, -1] + one.bias + noise
        found = powered(human[: one.people], judge[: one.people], judge[one.people :], raters)
        row[:] = (
            np.corrcoef(human, judge)[0, 1],
            (found.joined.low or 0) <= aim <= (found.joined.high or 0),
            found.saved or 0,
            (found.judge.low or 0) <= aim <= (found.judge.high or 0),
        )
    return tuple(rows.mean(axis=0))


def main() -> None:
    """Print both tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, help="simulated studies of each cell of the first table (200)")
    options = parser.parse_args()
    began = time.perf_counter()
    print("|", " | ".join(("raters, dialogues x raters", *CONTENDERS)), "|")
    print("|---" * (1 + len(CONTENDERS)) + "|")
    for scene in SCENES:
        cells = [f"{100 * won:.0f} / {100 * passed:.1f} %" for won, passed in passing(scene, options.runs)]
        print("|", " | ".join((scene.name, *cells)), "|", flush=True)
    print()
    print("| people + judge alone | bias | r | coverage | interval shorter by | the judge alone covers |")
    print("|---" * 6 + "|")
    for one in HELPS:
        r, covered, saved, alone = helped(one, 5 * options.runs)
        cells = [f"{one.bias:g}", f"{r:.2f}", f"{covered:.3f}", f"{100 * saved:.1f} %", f"{alone:.3f}"]
        print("|", " | ".join((f"{one.people} + {one.alone}", *cells)), "|", flush=True)
    print(f"\n{options.runs} and {5 * options.runs} studies a cell, seed {SEED}; {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
