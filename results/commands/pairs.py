"""`python -m results pairs EXPORT STUDY_DIR --out FILE`: what raters preferred, as training data in trl's words."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.console import Commands
from tasks.errors import InputError

if TYPE_CHECKING:
    from tasks.schema import Study


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
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSONL to write; its card beside it")
    parser.add_argument(
        "--raters-agreed",
        action="store_true",
        help="your own consent text told raters that models may be trained on their judgments",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compare, write; 0. Raises InputError with what does not fit, or where raters were not told of training."""
    from results.export.folder import read
    from results.export.full_study import full_study
    from results.study.judged import judged
    from results.study.preference_pairs import LEFT_OUT, card, misfits, pairs
    from tasks.files import write_jsonl, write_text

    data = judged(read(options.export))
    agreed = _agreed(data.study, options.raters_agreed)
    study = full_study(data.study, options.study)
    if errors := misfits(data, study.items, study):
        raise InputError(errors)
    made = pairs(data, study)
    about = options.out.with_name(f"{options.out.stem}.card.md")
    write_text(about, "\n".join([*card(made, data.study, agreed), ""]))
    write_jsonl(options.out, made.lines)
    for why, count in sorted(made.left_out.items()):
        print(f"left out: {count} pairs, because {LEFT_OUT[why]}")
    print(
        f"{options.out}: {len(made.lines)} pairs, described in {about}. It holds the texts: the terms of the items'"
        " source apply to it."
    )
    return 0


def _agreed(study: Study, told: bool) -> str:
    """How it is known that models may be trained on the judgments.

    Raises:
        InputError: nothing says so.
    """
    from results.study.preference_pairs import not_for_training
    from tasks.study.consent import may_train

    if (fault := not_for_training(study)) and not told:
        raise InputError(f"{fault}. Where your own consent text told them, say --raters-agreed")
    if study.simulated:
        return "the judgments are simulated, nobody was asked"
    if may_train(study):
        return "raters were told before they agreed (information.training of study.yaml)"
    if told:
        return "raters were told in the study's own consent text, says who made this file"
    return "under the terms of the imported judgments, which nothing here knows"
