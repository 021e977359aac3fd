"""`python -m results report EXPORT --out DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

from results.commands.terminal import at_least
from tasks.console import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "report",
        help="an export folder in, a report folder out",
        description="Writes report.html, report.md, report.json and tables/*.csv; a report that is there is replaced.",
    )
    parser.add_argument("export", type=Path, metavar="EXPORT", help="export folder (docs/study-format.md)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--lang", choices=("ja", "en"), default="ja", help="language of the pages (ja)")
    parser.add_argument("--resamples", type=at_least(100), default=10_000, help="resamples of dialogues (10000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling (0)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, write; prints the answer and where the page is. Raises InputError."""
    from results.export.folder import read
    from results.report.build import build, write

    report = build(read(options.export), options.resamples, options.seed)
    folder = write(report, options.out, options.lang)
    for sentence in getattr(report.record.answer, options.lang):
        print(sentence)
    print(folder / "report.html")
    return 0
