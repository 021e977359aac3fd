"""How often 95 % intervals of Dist-n and self-BLEU hold the value they estimate: jackknife against resampling.

    python benchmarks/automatic_intervals.py [--runs 400] [--dialogues 100]

Texts are drawn word by word from a Zipf law, each dialogue with a topic of its own. The value estimated is the mean
over all runs: what a test set of this size gives on average. Resampling repeats dialogues, so it counts too few
distinct n-grams and sees copies as alike; docs/automatic.md gives the result.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.responses.self_bleu import self_bleu
from results.responses.text_measures import Tokens, distinct
from results.statistics.estimates import Estimate, to_figure
from results.statistics.figure import Sizes
from results.statistics.resample import Resampling

Measure = Callable[[list[Tokens], list[int]], tuple[float, np.ndarray]]
MEASURES: dict[str, Measure] = {
    "Dist-1": partial(distinct, order=1),
    "Dist-2": partial(distinct, order=2),
    "self-BLEU": self_bleu,
}
WORDS, TOPIC_WORDS, TOPIC_SHARE = 3_000, 40, 0.2


def corpus(dialogues: int, random: np.random.Generator) -> list[Tokens]:
    law = 1 / np.arange(1, WORDS + 1)
    texts = []
    for _ in range(dialogues):
        length = random.integers(8, 40)
        words = random.choice(WORDS, size=length, p=law / law.sum())
        topic = random.integers(WORDS) + random.integers(TOPIC_WORDS, size=length)
        texts.append(tuple(map(str, np.where(random.random(length) < TOPIC_SHARE, topic, words))))
    return texts


def jackknife(texts: list[Tokens], measure: Measure) -> tuple[float, float, float]:
    value, left_out = measure(texts, list(range(len(texts))))
    figure = to_figure(Estimate(value, left_out, "jackknife"), Resampling(), Sizes(items=len(texts)))
    assert figure.low is not None
    assert figure.high is not None
    return value, figure.low, figure.high


def percentile(
    texts: list[Tokens], measure: Measure, resamples: int, random: np.random.Generator
) -> tuple[float, float]:
    drawn = random.integers(len(texts), size=(resamples, len(texts)))
    values = [measure([texts[i] for i in row], list(range(len(row))))[0] for row in drawn]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def coverage(intervals: np.ndarray, truth: float) -> float:
    return float(np.mean((intervals[:, 0] <= truth) & (truth <= intervals[:, 1])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--dialogues", type=int, default=100)
    parser.add_argument("--resampled-runs", type=int, default=20, help="runs in which the slow resampling is tried too")
    args = parser.parse_args()
    random = np.random.default_rng(0)
    texts = [corpus(args.dialogues, random) for _ in range(args.runs)]
    print(f"{args.runs} runs of {args.dialogues} dialogues; percentile on {args.resampled_runs} runs of 200 resamples")
    for name, measure in MEASURES.items():
        found = np.array([jackknife(run, measure) for run in texts])
        truth = float(found[:, 0].mean())
        resampled = np.array([percentile(run, measure, 200, random) for run in texts[: args.resampled_runs]])
        print(
            f"{name:10} value {truth:8.4f}  jackknife {coverage(found[:, 1:], truth):.3f}"
            f"  percentile {coverage(resampled, truth):.3f} (middle of its interval {resampled.mean():.4f})"
        )


if __name__ == "__main__":
    main()
