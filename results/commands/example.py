"""`python -m results example --out DIR`: the report of the demo study on simulated judgments, for anybody to repeat."""

from __future__ import annotations

import argparse
from pathlib import Path

from results.commands.terminal import add_languages, add_resampling
from tasks.console import Commands

DEMO = Path(__file__).resolve().parents[2] / "tasks" / "demo"
SPOKEN = ("en", "ar", "de", "ja")
"""Languages of the example that is kept."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "example",
        help="the report of the demo study on simulated judgments",
        description="Simulates raters of the demo study and writes the report of it.",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--study", type=Path, default=DEMO, metavar="STUDY", help="another study folder (the demo)")
    parser.add_argument("--export", type=Path, metavar="DIR", help="also write the export of the simulated judgments")
    add_languages(parser, ",".join(SPOKEN))
    add_resampling(parser, 10_000)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Simulate, export, report. Raises InputError."""
    from results.export import folder as export
    from results.planning.simulated_export import simulated_export
    from results.report.build import build, write
    from tasks.study.load import load_study

    study = load_study(options.study)
    made = simulated_export(study, options.seed)
    report = build(made, options.resamples, options.seed, texts=study)
    languages = options.languages or SPOKEN
    folder = write(report, options.out, *languages)
    print(folder / "report.html", *(folder / f"report.{tag}.html" for tag in languages[1:]), sep="\n")
    if options.export:
        print(export.write(made, options.export))
    return 0
