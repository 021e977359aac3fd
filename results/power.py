"""`python -m results power`: what a study of so many items and raters can show, before anybody is asked.

Exact: the sign test of decisive items, the floor below which no study gets. Simulated: votes with item and rater
effects (results/vote_model.py), the tests of the report, and the width of alpha's interval. docs/power.md has both.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from results.plain import columns, number, positive
from results.sign_power import LARGEST, critical_losses, decisive_pairs, sign_test_power

if TYPE_CHECKING:  # loaded when the command runs, so that --help answers at once
    from results.figure import Figure
    from results.resample import Array
    from results.vote_model import Assumptions, Model, Votes

ALPHA_STUDIES, ALPHA_RESAMPLES = 100, 500
"""Simulated studies whose alpha interval is drawn, and resamples of each: enough for a mean width to 2 decimals."""
MOST_ITEMS = 1_000
"""Items up to which a wanted power is searched for."""
RATERS_TRIED = (1, 2, 3, 5, 8, 12)
BATCH_CELLS = 2_000_000
"""Votes simulated at once, so that memory stays under about 100 MB."""


@dataclass(frozen=True)
class Plan:
    """A study as planned, and how it is simulated."""

    items: int = 100
    raters: int = 5
    level: float = 0.05
    """Two-sided level of the tests, 0..1."""
    power: float = 0.8
    """Power wanted, 0..1."""
    simulations: int = 1_000
    seed: int = 0


@dataclass(frozen=True)
class Expected:
    """What the planned study can expect; shares of simulated studies with Wilson intervals, and means over them."""

    power_margin: Figure
    """Sign-flip test of the mean margin significant, and for the better system."""
    power_sign: Figure
    """Exact sign test of the decisive items significant, and for the better system."""
    wrong_way: Figure
    """Sign-flip test significant for the worse system."""
    false_alarms: Figure
    """Sign-flip test significant where neither system is better: the level, plus what leaning raters add."""
    margin: float
    """Mean margin of an item, -2..2."""
    margin_width: float
    """Width of the mean margin's 95 % interval."""
    decisive: float
    """Items whose margin is not 0."""
    won: float
    """Share of the decisive items won by the better system: nearer 0.5 than the true share, for votes are noisy."""
    alpha: float | None
    """Orientation-free ordinal alpha; None with one rater."""
    alpha_width: float | None
    """Mean width of its 95 % interval."""


# --- simulated ------------------------------------------------------------------------------------------------


def expected(assumptions: Assumptions, plan: Plan) -> Expected:
    """What studies of this plan show on average when the assumptions hold."""
    import numpy as np

    from results.vote_model import model, without_difference

    found = model(assumptions, plan.seed)
    facts = np.concatenate([_facts(votes, plan) for votes in _batches(found, plan, plan.items, plan.raters)])
    null = [_z(margins(votes)) for votes in _batches(without_difference(found), plan, plan.items, plan.raters)]
    bound = NormalDist().inv_cdf(1 - plan.level / 2)
    alpha, width = _alpha_width(found, plan)
    return Expected(
        power_margin=_share(facts[:, 0] > bound),
        power_sign=_share(facts[:, 1] > 0),
        wrong_way=_share(facts[:, 0] < -bound),
        false_alarms=_share(np.abs(np.concatenate(null)) > bound),
        margin=float(facts[:, 2].mean()),
        margin_width=float(facts[:, 3].mean()),
        decisive=float(facts[:, 4].mean()),
        won=float(facts[:, 5].sum() / facts[:, 4].sum()),
        alpha=alpha,
        alpha_width=width,
    )


def margins(votes: Votes) -> Array:
    """Mean vote of each item, (studies, items)."""
    found: Array = votes.mean(axis=2, dtype=float)
    return found


def _batches(found: Model, plan: Plan, items: int, raters: int) -> list[Votes]:
    import numpy as np

    random = np.random.default_rng(plan.seed)
    size = max(1, BATCH_CELLS // (items * raters))
    return [
        found.draw(min(size, plan.simulations - start), items, raters, random)
        for start in range(0, plan.simulations, size)
    ]


def _z(margin: Array) -> Array:
    """The sign-flip test by its normal limit: sum / root of the sum of squares, per study; 0 where all are tied."""
    import numpy as np

    spread = np.sqrt((margin**2).sum(axis=-1))
    z: Array = np.divide(margin.sum(axis=-1), spread, out=np.zeros_like(spread), where=spread > 0)
    return z


def _facts(votes: Votes, plan: Plan) -> Array:
    """Per study: z, sign test for the first system, mean margin, its interval's width, decisive items, items won."""
    import numpy as np

    margin = margins(votes)
    won, lost = (margin > 1e-9).sum(axis=1), (margin < -1e-9).sum(axis=1)
    rejects = np.array([critical_losses(pairs, plan.level) for pairs in range(plan.items + 1)])
    width = 2 * NormalDist().inv_cdf(0.975) * margin.std(axis=1, ddof=1) / math.sqrt(plan.items)
    significant = (lost <= rejects[won + lost]).astype(float)
    facts: Array = np.stack([_z(margin), significant, margin.mean(axis=1), width, won + lost, won], axis=1)
    return facts


def _share(hits: Any) -> Figure:
    """The share of simulated studies, with the Wilson interval of the simulation's own error."""
    from scipy.stats import binomtest

    from results.figure import Figure

    found = binomtest(int(hits.sum()), len(hits)).proportion_ci(method="wilson")
    return Figure(float(hits.mean()), float(found.low), float(found.high), f"Wilson, {len(hits)} simulated studies")


def _alpha_width(found: Model, plan: Plan) -> tuple[float | None, float | None]:
    """Mean alpha and mean width of its bootstrap interval over simulated studies; None with one rater."""
    import numpy as np

    from results.alpha import both_ways, parts
    from results.resample import Resampling, figure
    from results.vote_model import as_ratings

    if plan.raters < 2:
        return None, None
    random = np.random.default_rng(plan.seed + 1)
    how = Resampling(ALPHA_RESAMPLES, plan.seed)
    studies = found.draw(min(ALPHA_STUDIES, plan.simulations), plan.items, plan.raters, random)
    made = [figure(*parts(both_ways(as_ratings(votes)), "ordinal"), how, "undefined") for votes in studies]
    whole = [
        (f.value, f.high - f.low) for f in made if f.value is not None and f.low is not None and f.high is not None
    ]
    if not whole:
        return None, None
    value, width = np.mean(whole, axis=0)
    return float(value), float(width)


def items_needed(assumptions: Assumptions, plan: Plan, raters: int) -> int | None:
    """Items from which on the sign-flip test has the wanted power with so many raters; None beyond MOST_ITEMS.

    One long study is simulated for each run and read at every length, so that neighbouring lengths share their luck.
    """
    import numpy as np

    from results.vote_model import model

    hits = np.zeros(MOST_ITEMS)
    bound = NormalDist().inv_cdf(1 - plan.level / 2)
    for votes in _batches(model(assumptions, plan.seed), plan, MOST_ITEMS, raters):
        margin = margins(votes)
        spread = np.sqrt(np.cumsum(margin**2, axis=1))
        hits += (np.cumsum(margin, axis=1) > bound * np.where(spread > 0, spread, np.inf)).sum(axis=0)
    short = np.flatnonzero(hits < plan.power * plan.simulations)
    needed = int(short[-1]) + 2 if len(short) else 1
    return needed if needed <= MOST_ITEMS else None


# --- command line ---------------------------------------------------------------------------------------------


def answer(assumptions: Assumptions, plan: Plan) -> dict[str, Any]:
    """Everything the command says, for JSON."""
    found = expected(assumptions, plan)
    decisive = round(found.decisive)
    tried = sorted({*RATERS_TRIED, plan.raters})
    figures = {key: value.five() if hasattr(value, "five") else value for key, value in vars(found).items()}
    return {
        "assumptions": asdict(assumptions),
        "plan": asdict(plan),
        "exact": {
            "decisive_pairs": {
                f"{win:g}": decisive_pairs(win, plan.power, plan.level)
                for win in sorted({0.6, 0.65, 0.7, assumptions.win})
            },
            "decisive": decisive,
            "power": sign_test_power(decisive, assumptions.win, plan.level),
        },
        "expected": figures,
        "needed": [{"raters": raters, "items": items_needed(assumptions, plan, raters)} for raters in tried],
    }


def render(found: dict[str, Any]) -> str:
    """The answer as text."""
    plan, believed, exact = found["plan"], found["assumptions"], found["exact"]
    need = ", ".join(f"{pairs or f'over {LARGEST}'} for {win}" for win, pairs in exact["decisive_pairs"].items())
    rows = [[f"{row['raters']} raters", str(row["items"] or f"over {MOST_ITEMS}")] for row in found["needed"]]
    return "\n".join(
        [
            f"{plan['items']} items x {plan['raters']} raters; believed: the better system is preferred on "
            f"{believed['win']:.0%} of items, {believed['ties']:.0%} ties,",
            f"agreement alpha {believed['agreement']:g}, leaning of raters {believed['lean']:g}; two-sided level "
            f"{plan['level']:g}; {plan['simulations']} simulated studies, seed {plan['seed']}",
            "",
            f"Exact sign test, the floor: decisive items for power {plan['power']:g}: {need}.",
            f"{exact['decisive']} decisive items, each judged without error: power {exact['power']:.2f}.",
            "",
            *_expected_lines(found["expected"]),
            "",
            f"Items for power {plan['power']:g} (sign-flip test of the margin)",
            columns([["", "items"], *rows]),
            "",
        ]
    )


def _expected_lines(found: dict[str, Any]) -> list[str]:
    from results.figure import Figure

    rows = [
        ["power, mean margin (sign-flip test)", number(Figure(**found["power_margin"]))],
        ["power, decisive items (exact sign test)", number(Figure(**found["power_sign"]))],
        ["significant for the worse system", number(Figure(**found["wrong_way"]), decimals=3)],
        ["significant where neither is better", number(Figure(**found["false_alarms"]), decimals=3)],
        ["mean margin, width of its interval", f"{found['margin']:.2f}, {found['margin_width']:.2f}"],
        ["decisive items, share won", f"{found['decisive']:.0f}, {found['won']:.2f}"],
        ["alpha, width of its interval", _pair(found["alpha"], found["alpha_width"])],
    ]
    return ["Expected, with noisy and leaning raters", columns(rows)]


def _pair(value: float | None, width: float | None) -> str:
    return "– (one rater)" if value is None or width is None else f"{value:.2f}, {width:.2f}"


def share(least: float, most: float) -> Callable[[str], float]:
    """An argparse type: a number in [least, most]."""

    def read(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"found {text}; allowed: {least} to {most}")
        return value

    return read


def add_command(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `power` to a command line."""
    parser = subparsers.add_parser(
        "power",
        help="what a study of so many items and raters can show",
        description="Power, width of alpha's interval, and items needed, by simulation with item and rater effects.",
    )
    options: tuple[tuple[str, Callable[[str], Any], Any, str], ...] = (
        ("items", positive, 100, "items, one per dialogue"),
        ("raters", positive, 5, "raters of each item"),
        ("win", share(0.5, 0.99), 0.65, "share of items on which many raters would prefer the better system"),
        ("ties", share(0, 0.9), 0.2, "share of votes 'about the same'"),
        ("strong", share(0.01, 0.99), 0.4, "share of the other votes that are 'clearly'"),
        ("agreement", share(0.01, 0.99), 0.35, "orientation-free ordinal alpha of the votes"),
        ("lean", share(0, 0.5), 0.02, "share of the votes' variance that is a rater's own liking for a system"),
        ("power", share(0.05, 0.99), 0.8, "power wanted"),
        ("level", share(0.0001, 0.5), 0.05, "two-sided level of the tests"),
        ("simulations", positive, 1000, "simulated studies"),
        ("seed", int, 0, "seed of the simulation"),
    )
    for name, kind, default, words in options:
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"{words} ({default})")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Simulate and print; raises ValueError where the assumptions contradict each other."""
    from results.vote_model import Assumptions

    assumptions = Assumptions(args.win, args.ties, args.strong, args.agreement, args.lean)
    plan = Plan(args.items, args.raters, args.level, args.power, args.simulations, args.seed)
    found = answer(assumptions, plan)
    print(
        json.dumps(found, ensure_ascii=False, indent=1) if args.json else render(found), end="\n" if args.json else ""
    )
    return 0
