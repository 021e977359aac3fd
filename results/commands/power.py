"""`python -m results power`: what a study of so many items and raters can show, before anybody is asked.

Exact: the sign test of decisive items, the floor below which no study gets. Simulated: votes with item and rater
effects (results/planning/vote_model.py), the tests of the report, and the width of alpha's interval. docs/power.md
has both.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from results.commands.terminal import at_least, columns, interval, share
from results.document import numbers
from tasks.console import Commands
from tasks.errors import InputError

if TYPE_CHECKING:  # loaded when the command runs, so that --help answers at once
    from results.planning.simulated_power import Plan
    from results.planning.vote_model import Assumptions, Cells, Model
    from results.record.figure import Effect
    from results.record.power import AtLargePower, ExactPower, ExpectedRecord, PlannedAtLarge, PlannedShare, PowerRecord
    from results.statistics.figure import Figure

RATERS_TRIED = (1, 2, 3, 5, 8, 12)
LARGE_ERROR = 0.01
"""Monte-Carlo error of a power from which it is printed."""


@dataclass(frozen=True)
class Question:
    """What is asked beside the plan: margin of equivalence, minutes of a pair, tests of a family, who judges what."""

    margin: float = 0.5
    minutes: float = 3.0
    tests: int = 1
    cells: Cells | None = None
    """Of a study's own plan; None = as `plan` says."""
    pilot: Figure | None = None
    """The share of variance that was the raters' own in a pilot."""


def answer(assumptions: Assumptions, plan: Plan, question: Question) -> PowerRecord:
    """Everything the command says."""
    from results.planning.simulated_power import expected, items_needed
    from results.planning.vote_model import model
    from results.record.figure import Effect
    from results.record.power import Assumed, ExpectedRecord, Needed, PlanRecord, PowerRecord
    from results.statistics.figure import Figure

    votes = model(assumptions)
    found = expected(votes, plan)
    figures = {name: Effect.bare(one) if isinstance(one, Figure) else one for name, one in vars(found).items()}
    tried = sorted({*RATERS_TRIED, plan.each})
    shares, unseen = _shares(assumptions, plan)
    hours = plan.items * plan.each * question.minutes / 60
    return PowerRecord(
        assumptions=Assumed(**asdict(assumptions)),
        plan=PlanRecord(**asdict(plan)),
        exact=_exact(assumptions, plan, round(found.decisive)),
        expected=ExpectedRecord.model_validate({**figures, "alpha_items": found.alpha_items(plan.items)}),
        at_large=_at_large(votes, plan, question),
        margin=question.margin,
        shares=shares,
        most_unseen=unseen,
        hours=hours,
        hours_each=hours / plan.raters,
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


def _at_large(votes: Model, plan: Plan, question: Question) -> AtLargePower:
    """What the plan can show of raters at large, by how far raters lean, and with as many votes of other raters."""
    from results.planning import at_large_power as planner
    from results.planning.of_study import latent
    from results.record.figure import Effect
    from results.record.power import AtLargePower, PlannedAtLarge

    asked = planner.Asked(plan.level, plan.power, question.margin, question.tests, plan.seed)
    design = planner.Design(plan.items, plan.raters, plan.each)
    pilot = question.pilot
    own = [] if pilot is None else [latent(votes, end or 0.0) for end in (pilot.low, pilot.value, pilot.high)]
    leans = sorted({*planner.LEANS, round(votes.lean, 6)})

    def row(one: planner.Design | Cells, leans: Sequence[float]) -> tuple[PlannedAtLarge, ...]:
        return tuple(PlannedAtLarge(**asdict(found)) for found in planner.by_lean(votes, one, asked, leans))

    return AtLargePower(
        by_lean=row(question.cells or design, sorted({*leans, *own})),
        as_many_votes=tuple(row(other, leans) for other in planner.with_as_many_votes(design)),
        tests=question.tests,
        pilot=None if pilot is None else Effect.bare(pilot),
    )


def _shares(assumptions: Assumptions, plan: Plan) -> tuple[tuple[PlannedShare, ...], float]:
    from results.planning import share_power
    from results.record.power import PlannedShare

    asked = share_power.SharePlan(plan.items, plan.each, assumptions.agreement, plan.level, plan.power, plan.seed)
    found = share_power.planned_shares(asked)
    return tuple(PlannedShare(**asdict(one)) for one in found), share_power.most_unseen(asked)


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
            f"{plan.items} items x {_of(plan.raters, plan.each)}; believed: the better system is preferred on "
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
            *_share_lines(found),
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
        ["items for a width of 0.20 (alpha +- 0.10)", "–" if found.alpha_items is None else str(found.alpha_items)],
    ]
    return [
        "Expected, with noisy and leaning raters",
        columns(rows),
        "Significance beyond the level where neither is better is these raters' own liking: the tests speak of these",
        "raters. More raters bring it down, more items do not.",
    ]


def _at_large_lines(found: PowerRecord) -> Iterator[str]:
    """The plan read for raters at large."""
    plan, large = found.plan, found.at_large
    head = [f"lean {one.lean:.0%}" for one in large.by_lean]
    hours = f"{found.hours:.0f} hours of work, {found.hours_each:.1f} of each"
    yield f"For raters at large, by how far raters lean ({hours})"
    yield from _pilot_line(large)
    yield columns([
        ["", *head],
        [f"power, win {found.assumptions.win:g}", *map(_power, large.by_lean)],
        [f"smallest margin shown with power {plan.power:g}", *(_number(one.smallest) for one in large.by_lean)],
        [f"power to show equivalence within {found.margin:g}", *(_number(one.equivalent) for one in large.by_lean)],
    ])  # fmt: skip
    yield (
        "One comparison alone: a family of several declared tests has less (--tests)."
        if large.tests == 1
        else f"One of {large.tests} tests corrected together (Holm): at least this, at {plan.level:g} / {large.tests}."
    )
    yield "As many votes, spread over other numbers of raters: power. More raters, not more votes, let it hold."
    spread = [[_design(row[0]), *map(_power, row)] for row in large.as_many_votes]
    yield columns([["", *(f"lean {one.lean:.0%}" for one in large.as_many_votes[0])], *spread])


def _pilot_line(large: AtLargePower) -> Iterator[str]:
    if large.pilot is not None:
        pilot = f"{numbers.number(large.pilot.value, 3)} {interval(large.pilot.low, large.pilot.high)}"
        yield f"The pilot's own leaning, {pilot} of a vote's variance, has columns for value and ends."


def _share_lines(found: PowerRecord) -> Iterator[str]:
    """What the plan shows of shares of responses."""
    yield "Shares of a system's responses, such as those that ask or are flagged"
    rows = [["true share", "95 % interval, on average", f"difference shown with power {found.plan.power:g}"]]
    for one in found.shares:
        rows.append([f"{one.share:.0%}", f"{one.low:.1%} to {one.high:.1%}", _points(one.smallest)])
    yield columns(rows)
    yield f"Where none of {found.plan.items} is marked, up to {found.most_unseen:.1%} of responses may still be."


def _points(difference: float | None) -> str:
    return "–" if difference is None else f"{100 * difference:.0f} points"


def _power(one: PlannedAtLarge) -> str:
    if one.power is None or one.error is None:
        return "–"
    return f"{one.power:.2f}" + (f" +-{one.error:.2f}" if one.error >= LARGE_ERROR else "")


def _design(one: PlannedAtLarge) -> str:
    return f"{one.items} items x {_of(one.raters, round(one.each))}"


def _of(raters: int, each: int) -> str:
    return f"{raters} raters" + ("" if raters == each else f", {each} of them each")


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
    parser.add_argument("--items", type=at_least(10), help="items, one per dialogue (100)")
    parser.add_argument("--raters", type=at_least(1), help="raters in all (5)")
    parser.add_argument("--each", type=at_least(1), help="raters of each item (all of them)")
    parser.add_argument("--tests", type=at_least(1), help="tests that are corrected together (1)")
    study = "study folder: its own plan and family of tests, instead of the four above"
    parser.add_argument("--study", type=Path, metavar="FOLDER", help=study)
    pilot = "export folder of a pilot with five raters or more, whose leaning is planned with too"
    parser.add_argument("--pilot", type=Path, metavar="EXPORT", help=pilot)
    options: tuple[tuple[str, Callable[[str], Any], Any, str], ...] = (
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
    from results.planning.of_study import pilot_lean
    from results.planning.vote_model import Assumptions

    assumptions = Assumptions(args.win, args.ties, args.strong, args.agreement, args.lean)
    plan, tests, cells = _planned(args)
    pilot = None if args.pilot is None else pilot_lean(args.pilot, args.seed)
    found = answer(assumptions, plan, Question(args.margin, args.minutes, tests, cells, pilot))
    if args.json:
        print(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        print(render(found), end="")
    return 0


def _planned(args: argparse.Namespace) -> tuple[Plan, int, Cells | None]:
    """The plan that is asked about, its number of tests, and who judges what where a study's own plan says it."""
    from results.planning.simulated_power import Plan

    how = (args.level, args.power, args.simulations, args.seed)
    if args.study is not None:
        return _of_study(args, how)
    items, raters = args.items or 100, args.raters or 5
    each = args.each or raters
    if each > raters:
        raise InputError([f"--each: found {each}; allowed: 1 to {raters}, the raters in all"])
    return Plan(items, raters, each, *how), args.tests or 1, None


def _of_study(args: argparse.Namespace, how: tuple[float, float, int, int]) -> tuple[Plan, int, Cells]:
    from results.planning.of_study import cells_of, family_size
    from results.planning.simulated_power import Plan
    from tasks.design.planning import groups, plan
    from tasks.study.load import load_study

    given = [name for name in ("items", "raters", "each", "tests") if getattr(args, name) is not None]
    if given:
        raise InputError([f"--{name} goes without --study, whose plan says it" for name in given])
    study = load_study(args.study)
    cells = cells_of(study, plan(study))
    if cells is None:
        raise InputError([f"{args.study}: found no pair of systems to be judged; allowed: a study of pairs"])
    each = max(round(len(cells.item) / cells.items), 1)
    return Plan(cells.items, cells.raters, each, *how), family_size(study, len(groups(study))), cells
