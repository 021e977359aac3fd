"""Strengths at equal length and place beside arena-rank's contextual Bradley-Terry model, on the same votes.

    python -m venv arena && arena/bin/pip install arena-rank==0.1.1
    python benchmarks/contextual.py --arena arena/bin/python [--runs 100]

arena-rank brings JAX, about 1 GB, and stands in an environment of its own. Four systems, 40 dialogues, 5 raters;
longer responses and those shown first win more often, and raters lean. `order`: in how many studies both put the
systems into the same order; `correlation`: mean correlation of the strengths; `claims`: the share of systems of equal
strength whose 95 % interval leaves the mean of all out, of ours (points of the scale, CR2 by dialogue and rater) and of
arena-rank's (sandwich, votes taken as independent, unregularised).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.statistics.figure import Figure
from results.study.adjusted import strengths_when_equal
from results.study.judged import Judged, judged
from tasks.schema import Primary
from tests.judged import export, with_judgments

SYSTEMS = ("a", "b", "c", "d")
DIALOGUES, RATERS = 40, 5
WORTH = {"none": (0.0, 0.0, 0.0, 0.0), "steps": (0.6, 0.2, -0.2, -0.6)}
LEANS = (0.0, 0.1)
LENGTH, PLACE = 0.05, 0.2

ARENA = """
import json, sys
import jax.numpy as jnp
from arena_rank.models.contextual_bradley_terry import ContextualBradleyTerry
from arena_rank.utils.data_utils import ContextualPairDataset
for line in sys.stdin:
    v = json.loads(line)
    n = len(v["pairs"])
    data = ContextualPairDataset(
        competitors=list("abcd"), pairs=jnp.array(v["pairs"]), outcomes=jnp.array(v["outcomes"]),
        features=jnp.array(v["features"]), weights=jnp.ones(n))
    model = ContextualBradleyTerry(4, 2, reg=0.0, scale=1.0, base=2.718281828459045, init_rating=0.0)
    found = model.compute_ratings_and_cis(data)
    print(json.dumps([[float(x) for x in found[k]] for k in ("ratings", "rating_lower", "rating_upper")]), flush=True)
"""


def study(worth: tuple[float, ...], lean: float, seed: int) -> tuple[Judged, dict[str, Any]]:
    """A judged study, and the same votes as arena-rank takes them (1 = first shown won, 1/2 = tie)."""
    random = np.random.default_rng(seed)
    made = export(items=DIALOGUES, raters=RATERS, systems=SYSTEMS, missing=0, seed=seed)
    responses = tuple(r.model_copy(update={"characters": int(random.integers(40, 120))}) for r in made.responses)
    primary = Primary(adjusted_for=("length", "position"))
    made = replace(made, responses=responses, study=made.study.model_copy(update={"primary": primary}))
    size = {(row.item_id, row.system_id): row.characters / 10 for row in responses}
    own = {(item, s): random.normal(0, 0.4) for item, s in size}
    taste = {(f"R{seat + 1:03d}", s): random.normal(0, np.sqrt(lean / 2)) for seat in range(RATERS) for s in SYSTEMS}
    votes: dict[str, Any] = {"pairs": [], "outcomes": [], "features": []}

    def side(row: Any, system: str) -> float:
        strength = worth[SYSTEMS.index(system)] + own[row.item_id, system] + taste[row.rater, system]
        return float(strength + LENGTH * size[row.item_id, system])

    def vote(row: Any) -> Any:
        one, two = row.first_system, row.second_system
        drawn = side(row, one) - side(row, two) + PLACE + random.normal(0, 0.7)
        signed = round(float(np.clip(drawn, -2, 2)))
        votes["pairs"].append([SYSTEMS.index(one), SYSTEMS.index(two)])
        votes["outcomes"].append((np.sign(signed) + 1) / 2)
        votes["features"].append([size[row.item_id, one] - size[row.item_id, two], 1.0])
        chosen = None if signed == 0 else one if signed > 0 else two
        given = {"value": abs(signed), "strength": abs(signed), "reason": "", "chosen_system": chosen}
        return row.model_copy(update=given)

    judgments = [vote(row) for row in made.judgments if row.criterion == "preference"]
    return judged(with_judgments(made, judgments)), votes


def ours(data: Judged) -> list[Figure]:
    found = strengths_when_equal(data, data.of("preference"))
    return [found[system] for system in SYSTEMS]


def arenas(python: str, studies: list[dict[str, Any]]) -> list[np.ndarray]:
    """Ratings and their bounds, shape (3, 4), centred, of every study."""
    lines = "\n".join(map(json.dumps, studies))
    done = subprocess.run([python, "-c", ARENA], input=lines, capture_output=True, text=True, check=True)
    made = [np.array(json.loads(line)) for line in done.stdout.splitlines()]
    return [one - one[0].mean() for one in made]


def claims(low: list[float | None], high: list[float | None]) -> float:
    """Share of intervals that leave 0 out."""
    known = [(a, b) for a, b in zip(low, high, strict=True) if a is not None and b is not None]
    return float(np.mean([a > 0 or b < 0 for a, b in known]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arena", required=True, metavar="PYTHON", help="a Python that has arena-rank")
    parser.add_argument("--runs", type=int, default=100)
    options = parser.parse_args()
    print(f"{'strengths':10}{'lean':>6}{'order':>8}{'correlation':>13}{'claims':>9}{'arena-rank':>12}")
    conditions = [(name, lean) for name in WORTH for lean in LEANS]
    made = [study(WORTH[name], lean, seed) for name, lean in conditions for seed in range(1, options.runs + 1)]
    both = list(zip([ours(data) for data, _ in made], arenas(options.arena, [votes for _, votes in made]), strict=True))
    for place, (name, lean) in enumerate(conditions):
        kept = [(a, b) for a, b in both[place * options.runs :][: options.runs] if a[0].value is not None]
        values = [(np.array([f.value for f in a], np.float64), b[0]) for a, b in kept]
        same = np.mean([np.array_equal(np.argsort(a), np.argsort(b)) for a, b in values])
        related = np.mean([np.corrcoef(a, b)[0, 1] for a, b in values])
        own = claims([f.low for a, _ in kept for f in a], [f.high for a, _ in kept for f in a])
        its = claims([float(x) for _, b in kept for x in b[1]], [float(x) for _, b in kept for x in b[2]])
        print(f"{name:10}{lean:>6.0%}{same:>8.0%}{related:>13.3f}{own:>9.3f}{its:>12.3f}", flush=True)


if __name__ == "__main__":
    main()
