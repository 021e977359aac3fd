"""`python -m results example --out DIR`: the report of the demo study on simulated judgments, for anybody to repeat."""

from __future__ import annotations

import argparse
from pathlib import Path

from results.commands.terminal import at_least
from tasks.console import Commands

DEMO = Path(__file__).resolve().parents[2] / "tasks" / "demo"


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "example",
        help="the report of the demo study on simulated judgments",
        description="Simulates raters of the demo study and writes the report of it, with report.ja.html beside.",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--study", type=Path, default=DEMO, metavar="STUDY", help="another study folder (the demo)")
    parser.add_argument("--export", type=Path, metavar="DIR", help="also write the export of the simulated judgments")
    parser.add_argument("--resamples", type=at_least(100), default=10_000, help="resamples of dialogues (10000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of judgments and resampling (0)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Simulate, export, report in both languages. Raises InputError."""
    from results.export import folder as export
    from results.planning.simulated_export import simulated_export
    from results.report.build import build, write
    from results.report.pages import lay_out
    from tasks.study.load import load_study

    made = simulated_export(load_study(options.study), options.seed)
    report = build(made, options.resamples, options.seed)
    folder = write(report, options.out, "en")
    japanese = folder / "report.ja.html"
    japanese.write_text(lay_out(report.record, "ja").html(), encoding="utf-8", newline="\n")
    print(folder / "report.html", japanese, sep="\n")
    if options.export:
        print(export.write(made, options.export))
    return 0
