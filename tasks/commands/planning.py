"""`check` and `plan`: what to look at in a study folder, and how its assignments come out."""

from __future__ import annotations

import argparse
from pathlib import Path

from tasks.console import Commands, command, say

SHOWN = 5
"""Places named per caution unless all are asked for."""


def add(commands: Commands) -> None:
    """Add both commands."""
    check = command(commands, "check", "find mistakes, personal data, distress terms and odd responses", _check)
    check.add_argument("study", type=Path, help="study folder")
    check.add_argument("--all", action="store_true", help="name every place")
    plan = command(commands, "plan", "plan the assignments; say how much work and how well balanced", _plan)
    plan.add_argument("study", type=Path, help="study folder")
    plan.add_argument("--out", type=Path, help="also write the assignments here, as JSONL")


def _check(options: argparse.Namespace) -> None:
    """Loads a study, which fails with every mistake, and lists what to look at."""
    from tasks.design.planning import plan
    from tasks.study.cautions import cautions, plan_cautions
    from tasks.study.load import load_study

    study = load_study(options.study)
    units = f"{len(study.scenarios)} scenarios" if study.scenarios else f"{len(study.items)} items"
    counts = f"{units}, {len(study.systems)} systems, {len(study.criteria)} criteria"
    say(f"{options.study}: sound; {counts}")
    for caution in (*cautions(study), *plan_cautions(study, plan(study))):
        for line in caution.lines(None if options.all else SHOWN):
            say(line)


def _plan(options: argparse.Namespace) -> None:
    """Plans a study and says what work and what balance come out."""
    from tasks.design.planning import plan
    from tasks.files import write_jsonl
    from tasks.study.cautions import plan_cautions
    from tasks.study.load import load_study
    from tasks.study.workload import workload

    study = load_study(options.study)
    planned = plan(study)
    work = workload(study, planned)
    kinds = ", ".join(f"{kind} {count}" for kind, count in work.kinds.items())
    say(f"{options.study}: {work.seats} Seats, {len(planned)} assignments ({kinds})")
    say(f"per Seat {_range(work.per_seat)} assignments, up to {work.hours:.1f} hours")
    say(
        f"each item and pair is judged by {_range(work.raters_per_unit)} raters; two raters share "
        f"{_range(work.overlap)} items"
    )
    say(
        f"|first - second| per Seat, system and stratum: {work.imbalance} at the end, "
        f"{work.running_imbalance} at any point before"
    )
    for caution in plan_cautions(study, planned):
        for line in caution.lines():
            say(line)
    if options.out:
        write_jsonl(options.out, planned)
        say(f"{options.out}: the assignments, one a line. It says which system stands where: keep it from raters.")


def _range(ends: tuple[int, int]) -> str:
    return str(ends[0]) if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
