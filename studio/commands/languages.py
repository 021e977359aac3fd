"""`languages`: the languages of the interface, and whether a language's file of words is whole."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from tasks import console
from tasks.console import Commands
from tasks.errors import InputError
from tasks.languages import catalogue, tags


def add(commands: Commands) -> None:
    """Add the command."""
    words = "the interface's languages: list them, or check files of words against the English one"
    parser = console.command(commands, "languages", words, run)
    parser.add_argument("do", choices=("list", "check"))
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="to check; default: every shipped file")


def run(options: Namespace) -> None:
    """List the languages, or check files. Raises InputError with every fault of every file."""
    if options.do == "list":
        for tag in catalogue.written():
            print(f"{tag}\t{tags.name_of(tag)}\t{catalogue.file(tag)['status']}\t{', '.join(catalogue.sections(tag))}")
        return
    from tasks.languages.checking import errors

    files = options.files or [catalogue.FOLDER / f"{tag}.yaml" for tag in catalogue.written()]
    if found := [error for path in files for error in errors(path)]:
        raise InputError(found)
    print("\n".join(f"{path.name}: whole" for path in files))
