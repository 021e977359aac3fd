"""`python -m results example --out DIR`: the report of the demo study on simulated judgments, for anybody to repeat."""

from __future__ import annotations

import argparse
from pathlib import Path

from results.plain import at_least

DEMO = Path(__file__).resolve().parent.parent / "tasks" / "demo"


def add_command(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `example` to a command line."""
    parser = subparsers.add_parser(
        "example",
        help="the report of the demo study on simulated judgments",
        description="Writes DIR/export (simulated judgments of the demo study), DIR/ja and DIR/en (the report of it).",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--study", type=Path, default=DEMO, metavar="STUDY", help="another study folder (the demo)")
    parser.add_argument("--resamples", type=at_least(100), default=10_000, help="resamples of dialogues (10000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of judgments and resampling (0)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Simulate, export, report in both languages. Raises StudyError, ExportError."""
    from results import export
    from results.report import build, write
    from results.simulated import simulated_export
    from tasks.load import load_study

    made = simulated_export(load_study(options.study), options.seed)
    folder = export.write(made, options.out / "export")
    report = build(export.read(folder), options.resamples, options.seed)
    for lang in ("ja", "en"):
        print(write(report, options.out / lang, lang) / "report.html")
    return 0
