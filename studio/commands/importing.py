"""`python -m studio import`: anybody's files become a study; what is unsure is asked, never guessed."""

from __future__ import annotations

import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from studio.commands.options import command
from studio.settings import Settings
from tasks.console import Commands, Exit, language_option, positive, say
from tasks.errors import InputError

if TYPE_CHECKING:
    from studio.intake.door import Brought, Share
    from tasks.intake.shape.mapping import Mapping as FileMapping
    from tasks.intake.shape.mending import UnusableError
    from tasks.intake.shape.taking import Taken
    from tasks.intake.spoken import Word

Ask = Callable[[str], str]
TEMPLATES = ("xlsx", "csv")


def add(commands: Commands) -> None:
    """Add the command."""
    words = "make a study of anybody's files: tables, JSON, chats, answers of other tools (docs/mappings.md)"
    made = command(commands, "import", words, bring)
    made.add_argument("files", nargs="*", metavar="FILE", help="files or folders, or hub:OWNER/NAME[/PATH]")
    made.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder, or a file for --template")
    made.add_argument("--mapping", type=Path, metavar="FILE", help="read as an earlier import did (its mapping.json)")
    made.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE", help="answer a question")
    made.add_argument("--yes", action="store_true", help="ask nothing; go on only where nothing is unsure")
    made.add_argument("--only", action="append", default=[], metavar="NAME", help="take this system (again for others)")
    made.add_argument("--sample", type=positive, metavar="N", help="draw so many items")
    made.add_argument("--seed", type=int, default=1, metavar="S", help="of that draw, and of the design (1)")
    language_option(made)
    made.add_argument("--template", choices=TEMPLATES, help="write a table to fill in, with two rows, and end")
    made.add_argument("--study-id", default="", metavar="ID", help="letters, digits, '_', '.', '-' (the folder's name)")
    made.add_argument("--criteria", choices=("quick", "full"), default="quick", help="what is asked (quick)")
    made.add_argument("--seats", type=positive, default=5, metavar="N", help="raters planned for (5)")
    made.add_argument("--contact", default="the organiser who sent you the link", help="whom raters can ask")
    made.add_argument("--hub-endpoint", default="", metavar="URL", help="another Hub; it gets your token")


def bring(options: Namespace, settings: Settings, ask: Ask = input) -> int:
    """Show what was understood, ask, and write the study."""
    from studio.intake.door import Share
    from tasks.intake.spoken import word_in

    if options.template:
        return _template(options)
    if not options.files:
        raise InputError("FILE: name one file or more")
    word = word_in("en")
    with tempfile.TemporaryDirectory() as folder:
        brought = _asked(_opened(options, Path(folder)), options, word, ask)
    if brought is None:
        return Exit.BAD_INPUT
    return _written(brought, Share(tuple(options.only), options.sample, options.seed), options, word)


def _template(options: Namespace) -> int:
    from tasks.files import write_bytes
    from tasks.intake.shape.template import as_csv, as_xlsx

    language = options.languages[0]
    made = {"xlsx": as_xlsx, "csv": as_csv}[options.template]
    try:
        write_bytes(options.out, made(language))
    except KeyError as error:
        raise InputError(f"--language: found {language!r}; there is no template in it") from error
    say(f"{options.out}: a table with two rows; write yours in their place, then python -m studio import {options.out}")
    return Exit.DONE


def _opened(options: Namespace, folder: Path) -> Brought:
    from studio.hub.client import connect
    from studio.intake.door import bring as opened
    from studio.intake.responses import fetched
    from tasks.intake.spoken import answers

    paths = [fetched(source, folder, lambda: connect(options.hub_endpoint)) for source in options.files]
    return opened(paths, answers(options.answer), _saved(options.mapping))


def _saved(path: Path | None) -> FileMapping | None:
    from pydantic import ValidationError

    from tasks.intake.shape.mapping import Mapping as FileMapping

    if path is None:
        return None
    try:
        return FileMapping.model_validate_json(path.read_bytes())
    except ValidationError as error:
        faults = [f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise InputError(faults) from error


def _asked(brought: Brought, options: Namespace, word: Word, ask: Ask) -> Brought | None:
    """The files with every question answered; None where some stay open and nobody is there to ask."""
    from studio.intake.door import again
    from tasks.intake.spoken import answer, print_open, sentence

    may_ask = not options.yes and (ask is not input or sys.stdin.isatty())
    while brought.open_questions() if may_ask else brought.questions:
        if not may_ask:
            print_open(brought.questions, word)
            return None
        question = brought.open_questions()[0]
        answers = {**brought.answers, question.key: answer(question, word, ask)}
        brought = again(brought, answers)
    for note in brought.notes:
        say(sentence(note, word))
    return brought


def _written(brought: Brought, share: Share, options: Namespace, word: Word) -> int:
    from studio.intake.door import taken, write
    from tasks.intake.shape.mending import UnusableError
    from tasks.study.study_form import Head
    from tasks.study.wording.templates import title

    try:
        mapping, found = taken(brought, share)
    except UnusableError as error:
        raise InputError([*error.errors, *_may_be_chosen(error, word)]) from error
    name, titles = options.study_id or options.out.name, title(options.criteria, options.languages)
    head = Head(
        name, titles, options.criteria, options.seats, options.seed, options.contact, languages=options.languages
    )
    study = write(found, mapping, brought.hashes, head, options.out)
    _print_taken(found, word)
    say(f"{options.out}: study {study.study_id}, {len(study.items)} items, {len(study.systems)} systems")
    _print_again(brought.answers, options)
    say(f"next:  python -m studio check {options.out}; python -m studio serve {options.out}")
    return Exit.DONE


def _may_be_chosen(error: UnusableError, word: Word) -> Iterator[str]:
    """What may be chosen about the problems of the files, with the options that choose it."""
    from tasks.intake.spoken import as_options, asked, option_word

    for question in {one.question.key: one.question for one in error.problems if one.question}.values():
        yield asked(question, word)
        for option in question.options:
            if option != "mend":
                yield f"    {as_options({question.key: option})[0]}   {option_word(question, option, word)}"


def _print_taken(found: Taken, word: Word) -> None:
    from tasks.intake.spoken import sentence

    for note in found.notes:
        say(sentence(note, word))
    for system, name in found.names.items():
        say(f"system {system}: {name}")
    first = found.items[0]
    say(f"item {first.item_id}: {' | '.join(f'{turn.role}: {turn.text[:40]}' for turn in first.turns[-3:])}")
    for system, texts in found.responses.items():
        say(f"  {system}: {texts[first.item_id][:60]}")


def _print_again(answers: Mapping[str, str], options: Namespace) -> None:
    from tasks.intake.spoken import as_options

    typed = " ".join(as_options(answers))
    say(f"the same again:  --mapping {options.out / 'mapping.json'}{'  or  ' + typed if typed else ''}")
    if answers.get("provenance", "unknown") == "unknown":
        say("where the dialogues come from is not stated: --answer provenance=…, or `information` in study.yaml")
