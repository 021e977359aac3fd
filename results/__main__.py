"""`python -m results`: the command line of the analysis."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from results import automatic, leaks, power


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done, 2 = the input is at fault (said on stderr)."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m results", description="What the judgments of a study say.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_report(commands)
    for module in (automatic, leaks, power):
        module.add_command(commands)
    return parser


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser("report", help="an export folder in, a report folder out")
    report.add_argument("export", type=Path, metavar="EXPORT", help="export folder (docs/study-format.md)")
    report.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder to write; an old report is replaced"
    )
    report.add_argument("--lang", choices=("ja", "en"), default="ja", help="language of the pages (default: ja)")
    report.add_argument("--resamples", type=_count, default=10_000, help="resamples of dialogues (default: 10000)")
    report.add_argument("--seed", type=int, default=0, help="seed of the resampling (default: 0)")
    report.set_defaults(run=_report)


def _count(text: str) -> int:
    number = int(text)
    if number < 100:
        raise argparse.ArgumentTypeError(f"{number} is too few: at least 100")
    return number


def _report(options: argparse.Namespace) -> int:
    from results.export import read
    from results.report import build, write

    made = build(read(options.export), options.resamples, options.seed)
    folder = write(made, options.out, options.lang)
    for sentence in made.facts["answer"][options.lang]:
        print(sentence)
    print(folder / "report.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
