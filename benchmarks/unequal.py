"""Dawid and Skene's model beside crowd-kit's on the same answers, and beside the majority, against a known truth.

    python -m venv crowd && crowd/bin/pip install crowd-kit==1.4.2
    python benchmarks/unequal.py --crowdkit crowd/bin/python [--runs 10]

300 units of three classes (.5, .3, .2), each answered by five of eight raters; a rater names the class in .5 to .95 of
units and errs evenly; in the second row two raters answer by chance alone. Both fits go on until the likelihood stands
still. `same class`: share of units with the same likeliest class; `likelihood`: log-likelihood of our fit minus that of
crowd-kit's, its lowest and its highest; `right`: share of units whose likeliest class is the true one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.statistics.agreement.dawid_skene import Fit, dawid_skene

UNITS, RATERS, EACH = 300, 8, 5
SHARES = np.array([0.5, 0.3, 0.2])
CROWD = """
import json, sys, time
import pandas as pd
from crowdkit.aggregation import DawidSkene
found = []
for rows in json.load(sys.stdin):
    data, begin = pd.DataFrame(rows, columns=["task", "worker", "label"]), time.perf_counter()
    model = DawidSkene(n_iter=5000, tol=1e-9).fit(data)
    errors = model.errors_.reset_index().set_index(["worker", "label"])
    found.append({
        "seconds": time.perf_counter() - begin,
        "shares": model.priors_.sort_index().tolist(),
        "chances": model.probas_.sort_index()[sorted(model.probas_.columns)].values.tolist(),
        "confusion": [[[errors.loc[(r, said), true] for said in range(3)] for true in range(3)] for r in range(8)],
    })
print(json.dumps(found))
"""
Random = np.random.Generator


def answers(random: Random, idle: int) -> tuple[np.ndarray, np.ndarray]:
    """True classes (U,) and rows of unit, rater, answer (N, 3); the first `idle` raters answer by chance."""
    truth = random.choice(3, UNITS, p=SHARES)
    right = random.uniform(0.5, 0.95, RATERS)
    right[:idle] = 1 / 3
    rows = [(unit, rater) for unit in range(UNITS) for rater in random.choice(RATERS, EACH, replace=False)]
    unit, rater = np.array(rows).T
    wrong = (truth[unit] + random.integers(1, 3, len(unit))) % 3
    said = np.where(random.random(len(unit)) < right[rater], truth[unit], wrong)
    return truth, np.column_stack([unit, rater, said])


def log_likelihood(rows: np.ndarray, shares: np.ndarray, confusion: np.ndarray) -> float:
    """Of the answers, written out plainly."""
    both = np.tile(np.log(shares), (UNITS, 1))
    np.add.at(both, rows[:, 0], np.log(np.maximum(confusion[rows[:, 1], :, rows[:, 2]], 1e-300)))
    return float(np.log(np.exp(both).sum(axis=1)).sum())


def beside(rows: np.ndarray, ours: Fit, theirs: dict[str, Any]) -> tuple[float, float]:
    """Share of units of the same class; log-likelihood of ours minus that of theirs."""
    same = ours.chances.argmax(axis=1) == np.array(theirs["chances"]).argmax(axis=1)
    others = log_likelihood(rows, np.array(theirs["shares"]), np.array(theirs["confusion"]))
    return float(same.mean()), log_likelihood(rows, ours.shares, np.nan_to_num(ours.confusion)) - others


def majority(rows: np.ndarray) -> np.ndarray:
    counts = np.zeros((UNITS, 3))
    np.add.at(counts, (rows[:, 0], rows[:, 2]), 1)
    return np.asarray(counts.argmax(axis=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crowdkit", required=True, metavar="PYTHON", help="a Python that has crowd-kit")
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    columns = "raters by chance|same class|likelihood|right: ours|right: majority|ms: ours|ms: crowd-kit"
    print(f"|{columns}|\n|{7 * '---|'}")
    for idle in (0, 2):
        made = [answers(np.random.default_rng(seed), idle) for seed in range(options.runs)]
        given = json.dumps([rows.tolist() for _, rows in made])
        done = subprocess.run([options.crowdkit, "-c", CROWD], input=given, capture_output=True, text=True, check=True)
        theirs, begin = json.loads(done.stdout), time.perf_counter()
        ours = [dawid_skene(rows[:, 0], rows[:, 1], rows[:, 2], 3) for _, rows in made]
        seconds = (time.perf_counter() - begin) / options.runs
        pairs = zip(made, ours, theirs, strict=True)
        same, likelihood = np.array([beside(rows, own, other) for (_, rows), own, other in pairs]).T
        right = np.mean([fit.chances.argmax(axis=1) == truth for fit, (truth, _) in zip(ours, made, strict=True)])
        plain = np.mean([majority(rows) == truth for truth, rows in made])
        slower = float(np.mean([one["seconds"] for one in theirs]))
        apart = f"{likelihood.min():+.1e} to {likelihood.max():+.1e}"
        print(
            f"| {idle} | {same.mean():.4f} | {apart} | {right:.3f} | {plain:.3f} "
            f"| {1e3 * seconds:.0f} | {1e3 * slower:.0f} |"
        )


if __name__ == "__main__":
    main()
