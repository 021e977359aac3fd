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
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSONL to write")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compare, write; 0. Raises InputError with what does not fit."""
    from results.export.folder import read
    from results.study.judged import judged
    from results.study.preference_pairs import misfits, pairs
    from tasks.files import write_jsonl
    from tasks.study.load import load_study

    data = judged(read(options.export))
    study = load_study(options.study) if data.study.imported is None else _texts(data.study, options.study)
    if errors := misfits(data, study.items, study):
        raise InputError(errors)
    lines = list(pairs(data, study))
    write_jsonl(options.out, lines)
    if data.study.imported is not None:
        print("pairs of which the files lack a text are left out")
    print(f"{options.out}: {len(lines)} pairs. It holds the texts: the terms of the items' source apply to it.")
    return 0


def _texts(study: Study, folder: Path) -> Study:
    """The imported study with the texts that were written beside it; not every system answers every item."""
    from tasks.schema import Item, Response
    from tasks.study.reading import read_jsonl
    from tasks.study.validation import validate

    errors: list[str] = []
    path = folder / "items.jsonl"
    if not path.is_file():
        raise InputError([f"{folder}: has no items.jsonl; python -m results import … --texts DIR writes it"])
    items = [validate(Item, line, errors) for line in read_jsonl(path, path.name, errors)]
    responses = []
    for system in study.systems:
        file = folder / "responses" / f"{system.system_id}.jsonl"
        for line in read_jsonl(file, f"responses/{file.name}", errors) if file.is_file() else ():
            responses.append(validate(Response, line, errors, {**line.value, "system_id": system.system_id}))
    if errors:
        raise InputError(errors)
    found = {"items": tuple(filter(None, items)), "responses": tuple(filter(None, responses))}
    return study.model_copy(update=found)
