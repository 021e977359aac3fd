"""`python -m results pairs EXPORT STUDY_DIR --out FILE`: what raters preferred, as training data in trl's words."""

from __future__ import annotations

import argparse
from pathlib import Path

from tasks.console import Commands
from tasks.errors import InputError


def add(commands: Commands) -> None:
    """Add the command."""
    words = "preferences of raters as training data: prompt, chosen, rejected"
    parser = commands.add_parser("pairs", help=words, description=words[0].upper() + words[1:] + ".")
    parser.add_argument("export", type=Path, metavar="EXPORT", help="export folder (docs/study-format.md)")
    parser.add_argument(
        "study",
        type=Path,
        metavar="STUDY_DIR",
        help="the study folder, which has the texts; of an import, what its --texts wrote",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSONL to write")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compare, write; 0. Raises InputError with what does not fit."""
    from results.export.folder import read
    from results.export.full_study import full_study
    from results.study.judged import judged
    from results.study.preference_pairs import misfits, pairs
    from tasks.files import write_jsonl

    data = judged(read(options.export))
    study = full_study(data.study, options.study)
    if errors := misfits(data, study.items, study):
        raise InputError(errors)
    lines = list(pairs(data, study))
    write_jsonl(options.out, lines)
    if data.study.imported is not None:
        print("pairs of which the files lack a text are left out")
    print(f"{options.out}: {len(lines)} pairs. It holds the texts: the terms of the items' source apply to it.")
    return 0
