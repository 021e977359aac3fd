"""`python -m results import FILE… --out DIR`: judgments made with another tool become an export of ours."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.console import Commands, Exit, say
from tasks.errors import InputError

if TYPE_CHECKING:
    from results.importing.door import Brought, Written
    from tasks.intake.judgments.mapping import JudgmentMapping
    from tasks.intake.spoken import Ask


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "import",
        help="judgments made with other tools in, an export folder out (docs/importing.md)",
        description="Reads judgments of Label Studio, Potato, Argilla, Prodigy, doccano, Pearmut, Appraise, FastChat, "
        "compar:IA, PandaLM, alpaca_eval, FED, USR, LeWiDi and tables; resolves sides to systems, asks what only a "
        "person knows, and writes an export folder. Names of raters go to a key file beside it, nowhere else.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files, folders or zip archives")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="export folder to write")
    parser.add_argument("--mapping", type=Path, metavar="FILE", help="read as an earlier import did (its mapping.json)")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE", help="answer a question")
    parser.add_argument("--yes", action="store_true", help="ask nothing; go on only where nothing is unsure")
    parser.add_argument(
        "--study-id", default="", metavar="ID", help="letters, digits, '_', '.', '-' (the folder's name)"
    )
    parser.add_argument("--texts", type=Path, metavar="DIR", help="also write the texts, for `pairs`, to a new folder")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, ask: Ask = input) -> int:
    """Show what was understood, ask, and write; 2 where something stays open. Raises InputError."""
    from results.importing.door import bring, write
    from tasks.intake.spoken import answers, word_in

    if missing := [path for path in options.files if not path.exists()]:
        raise InputError([f"{path}: file not found" for path in missing])
    brought = _asked(
        bring(options.files, answers(options.answer), word_in("en"), _saved(options.mapping)), options, ask
    )
    if brought is None:
        return Exit.BAD_INPUT
    _told(brought, write(brought, options.out, options.study_id or options.out.name, options.texts))
    return Exit.DONE


def _saved(path: Path | None) -> JudgmentMapping | None:
    from pydantic import ValidationError

    from tasks.intake.judgments.mapping import JudgmentMapping

    if path is None:
        return None
    if not path.is_file():
        raise InputError([f"{path}: file not found"])
    try:
        return JudgmentMapping.model_validate_json(path.read_bytes())
    except ValidationError as error:
        faults = [f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise InputError(faults) from error


def _asked(brought: Brought, options: argparse.Namespace, ask: Ask) -> Brought | None:
    """The files with every question answered; None where some stay open and nobody is there to ask."""
    from results.importing.door import again
    from tasks.intake.spoken import answer, print_open, sentence

    may_ask = not options.yes and (ask is not input or sys.stdin.isatty())
    while brought.questions:
        if not may_ask:
            print_open(brought.questions, brought.word)
            return None
        question = brought.questions[0]
        brought = again(brought, {**brought.answers, question.key: answer(question, brought.word, ask)})
    for note in brought.notes:
        say(sentence(note, brought.word))
    return brought


def _told(brought: Brought, written: Written) -> None:
    """What was taken, what was left out, and what cannot be known."""
    from results.importing.known import sentences
    from tasks.intake.spoken import as_options

    imported = written.study.imported
    for line in sentences(imported, "en", simulated=written.study.simulated) if imported else ():
        say(line)
    for system in written.study.systems:
        say(f"system {system.system_id}: {system.name}")
    for criterion in written.study.criteria:
        say(f"criterion {criterion.criterion_id}: {criterion.kind} of {criterion.of}, {criterion.level}")
    say(f"{written.folder}: {len(written.study.items)} items, {written.judgments} judgments of {written.raters} raters")
    say(f"{written.key}: the names of the raters; keep it to yourself")
    typed = " ".join(as_options(brought.answers))
    say(f"the same again:  --mapping {written.folder / 'mapping.json'}{'  or  ' + typed if typed else ''}")
    say(f"next:  python -m results report {written.folder} --out {written.folder}-report")
