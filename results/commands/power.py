"""`python -m results power`: what a study of so many items and raters can show, before anybody is asked.

Exact: the sign test of decisive items, the floor below which no study gets. Simulated: votes with item and rater
effects (results/planning/vote_model.py), the tests of the report, and the width of alpha's interval. docs/power.md
has both.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from results.commands.terminal import at_least, columns, interval, share
from results.document import numbers
from tasks.console import Commands

if TYPE_CHECKING:  # loaded when the command runs, so that --help answers at once
    from results.planning.simulated_power import Plan
    from results.planning.vote_model import Assumptions, Model
    from results.record.figure import Effect
    from results.record.power import AtLargePower, ExactPower, ExpectedRecord, PowerRecord

RATERS_TRIED = (1, 2, 3, 5, 8, 12)


def answer(assumptions: Assumptions, plan: Plan, margin: float = 0.5, minutes: float = 3.0) -> PowerRecord:
    """Everything the command says; `margin` is that of equivalence, `minutes` are those of a pair."""
    from results.planning.simulated_power import expected, items_needed
    from results.planning.vote_model import model
    from results.record.figure import Effect
    from results.record.power import Assumed, ExpectedRecord, Needed, PlanRecord, PowerRecord
    from results.statistics.figure import Figure

    votes = model(assumptions, plan.seed)
    found = expected(votes, plan)
    figures = {name: Effect.bare(one) if isinstance(one, Figure) else one for name, one in vars(found).items()}
    tried = sorted({*RATERS_TRIED, plan.raters})
    return PowerRecord(
        assumptions=Assumed(**asdict(assumptions)),
        plan=PlanRecord(**asdict(plan)),
        exact=_exact(assumptions, plan, round(found.decisive)),
        expected=ExpectedRecord.model_validate(figures),
        at_large=_at_large(votes, plan, margin),
        margin=margin,
        hours=plan.items * plan.raters * minutes / 60,
        needed=tuple(Needed(raters=raters, items=items_needed(votes, plan, raters)) for raters in tried),
    )


def _exact(assumptions: Assumptions, plan: Plan, decisive: int) -> ExactPower:
    from results.planning.sign_power import decisive_pairs, sign_test_power
    from results.record.power import ExactPower

    shares = sorted({0.6, 0.65, 0.7, assumptions.win})
    return ExactPower(
        decisive_pairs={f"{win:g}": decisive_pairs(win, plan.power, plan.level) for win in shares},
        decisive=decisive,
        power=sign_test_power(decisive, assumptions.win, plan.level),
    )


def _at_large(votes: Model, plan: Plan, margin: float) -> AtLargePower:
    """What the plan can show of raters at large, by how far raters lean, and with as many votes of other raters."""
    from results.planning.at_large_power import Design, curves
    from results.record.power import AtLargePower, PlannedAtLarge

    own, spread = curves(votes, Design(plan.items, plan.raters), plan.level, plan.power, margin, plan.seed)
    return AtLargePower(
        by_lean=tuple(PlannedAtLarge(**asdict(one)) for one in own),
        as_many_votes=tuple(tuple(PlannedAtLarge(**asdict(one)) for one in row) for row in spread),
    )


# --- printing -----------------------------------------------------------------------------------------------------


def render(found: PowerRecord) -> str:
    """The answer as text."""
    from results.planning.sign_power import LARGEST
    from results.planning.simulated_power import MOST_ITEMS

    plan, believed, exact = found.plan, found.assumptions, found.exact
    need = ", ".join(f"{pairs or f'over {LARGEST}'} for {win}" for win, pairs in exact.decisive_pairs.items())
    rows = [[f"{row.raters} raters", str(row.items or f"over {MOST_ITEMS}")] for row in found.needed]
    return "\n".join(
        [
            f"{plan.items} items x {plan.raters} raters; believed: the better system is preferred on "
            f"{believed.win:.0%} of items, {believed.ties:.0%} ties,",
            f"agreement alpha {believed.agreement:g}, leaning of raters {believed.lean:g}; two-sided level "
            f"{plan.level:g}; {plan.simulations} simulated studies, seed {plan.seed}",
            "",
            f"Exact sign test, the floor: decisive items for power {plan.power:g}: {need}.",
            f"{exact.decisive} decisive items, each judged without error: power {exact.power:.2f}.",
            "",
            *_expected_lines(found.expected),
            "",
            *_at_large_lines(found),
            "",
            f"Items for power {plan.power:g} (sign-flip test of the margin)",
            columns([["", "items"], *rows]),
            "",
        ]
    )


def _expected_lines(found: ExpectedRecord) -> list[str]:
    rows = [
        ["power, mean margin (sign-flip test)", _figure(found.power_margin)],
        ["power, decisive items (exact sign test)", _figure(found.power_sign)],
        ["significant for the worse system", _figure(found.wrong_way, 3)],
        ["significant where neither is better", _figure(found.false_alarms, 3)],
        ["mean margin, width of its interval", f"{found.margin:.2f}, {found.margin_width:.2f}"],
        ["decisive items, share won", f"{found.decisive:.0f}, {_number(found.won)}"],
        ["alpha, width of its interval", f"{_number(found.alpha)}, {_number(found.alpha_width)}"],
    ]
    return [
        "Expected, with noisy and leaning raters",
        columns(rows),
        "Significance beyond the level where neither is better is these raters' own liking: the tests speak of these",
        "raters. More raters bring it down, more items do not.",
    ]


def _at_large_lines(found: PowerRecord) -> list[str]:
    """The plan read for raters at large."""
    plan, large = found.plan, found.at_large
    head = [f"lean {one.lean:.0%}" for one in large.by_lean]
    rows = [
        ["", *head],
        [f"power, win {found.assumptions.win:g}", *(_number(one.power) for one in large.by_lean)],
        [f"smallest margin shown with power {plan.power:g}", *(_number(one.smallest) for one in large.by_lean)],
        [
            f"power to show equivalence within {found.margin:g}",
            *(_number(one.equivalent) for one in large.by_lean),
        ],
    ]
    spread = [["", *head]]
    for row in large.as_many_votes:
        spread.append([f"{row[0].raters} raters x {row[0].items} items", *(_number(one.power) for one in row)])
    return [
        f"For raters at large ({found.hours:.0f} hours of raters' work), by how far raters lean",
        columns(rows),
        "As many votes, spread over other numbers of raters: power. More raters, not more votes, let it hold.",
        columns(spread),
    ]


def _figure(one: Effect, decimals: int = 2) -> str:
    bounds = "" if one.low is None else f" {interval(one.low, one.high, decimals)}"
    return f"{numbers.number(one.value, decimals)}{bounds}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "power",
        help="what a study of so many items and raters can show",
        description="Power, width of alpha's interval, and items needed, by simulation with item and rater effects.",
    )
    options: tuple[tuple[str, Callable[[str], Any], Any, str], ...] = (
        ("items", at_least(10), 100, "items, one per dialogue"),
        ("raters", at_least(1), 5, "raters of each item"),
        ("win", share(0.5, 0.99), 0.65, "share of items on which many raters would prefer the better system"),
        ("ties", share(0, 0.9), 0.2, "share of votes 'about the same'"),
        ("strong", share(0.01, 0.99), 0.4, "share of the other votes that are 'clearly'"),
        ("agreement", share(0.01, 0.99), 0.35, "orientation-free ordinal alpha of the votes"),
        ("lean", share(0, 0.5), 0.02, "share of the votes' variance that is a rater's own liking for a system"),
        ("power", share(0.05, 0.99), 0.8, "power wanted"),
        ("level", share(0.0001, 0.5), 0.05, "two-sided level of the tests"),
        ("simulations", at_least(100), 1000, "simulated studies"),
        ("seed", int, 0, "seed of the simulation"),
        ("margin", share(0.01, 4), 0.5, "mean margin within which systems count as equivalent"),
        ("minutes", share(0.1, 120), 3.0, "minutes a pair takes a rater"),
    )
    for name, kind, default, words in options:
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"{words} ({default})")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Simulate and print; raises InputError where the assumptions contradict each other."""
    from results.planning.simulated_power import Plan
    from results.planning.vote_model import Assumptions

    assumptions = Assumptions(args.win, args.ties, args.strong, args.agreement, args.lean)
    plan = Plan(args.items, args.raters, args.level, args.power, args.simulations, args.seed)
    found = answer(assumptions, plan, args.margin, args.minutes)
    if args.json:
        print(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        print(render(found), end="")
    return 0
