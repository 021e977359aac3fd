"""`python -m results report EXPORT --out DIR [--languages ja,en] [--texts STUDY_DIR]`."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

from results.commands.terminal import add_languages, add_resampling, read_by
from tasks.console import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "report",
        help="an export folder in, a report folder out",
        description="Writes report.html, report.md, report.json, tables.xlsx and tables/*.csv, and report.TAG.html and"
        " .md for each further language; a report that is there is replaced.",
    )
    parser.add_argument("export", type=Path, metavar="EXPORT", help="export folder (docs/study-format.md)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument(
        "--texts",
        type=Path,
        metavar="STUDY_DIR",
        help="show three examples with their words, of open sources alone; the study folder, which has them (of an"
        " import, what its --texts wrote)",
    )
    add_languages(parser, "the study's first")
    add_resampling(parser, 10_000)
    parser.add_argument("--pairs", action="store_true", help="every two systems, of more than twelve too")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, write; prints the answer and where the page is. Raises InputError."""
    from results.export.folder import read
    from results.export.full_study import full_study
    from results.report.build import build, write

    export = read(options.export)
    gc.freeze()  # rows stay until the end: the collector, which would go over each of them again, may leave them
    languages = options.languages or (read_by(export.study.languages),)
    texts = full_study(export.study, options.texts) if options.texts else None
    report = build(export, options.resamples, options.seed, every_pair=options.pairs, texts=texts)
    folder = write(report, options.out, *languages)
    if texts is not None and not report.record.examples:
        print("no example is shown: no item has texts that may be handed on")
    for sentence in report.record.answer[languages[0]]:
        print(sentence)
    print(folder / "report.html", *(folder / f"report.{tag}.html" for tag in languages[1:]), sep="\n")
    return 0
