"""Options of commands that read a file: what the file does not say of itself, and the words in which it is asked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tasks.intake.encoding import ENCODINGS
from tasks.intake.readers.separators import SEPARATORS
from tasks.languages import catalogue

if TYPE_CHECKING:
    from tasks.intake.asking import Note, Question

OPTIONS = {
    "encoding": "--encoding", "separator": "--separator", "sheet": "--sheet", "hidden": "--hidden-rows",
    "hidden_columns": "--hidden-columns", "merged": "--merged-cells", "part": "--part",
}  # fmt: skip
"""The option that answers each kind of question about a file."""
NAMED = {"header": "names"}
"""What whoever names columns has said of the file: its first row holds their names."""
MOST_SHOWN = 20


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add the options; a file of which something must be said names the one that says it."""
    group = parser.add_argument_group("of the file, where it does not say so itself")
    group.add_argument("--encoding", choices=ENCODINGS, metavar="NAME", help="as cp932, gb18030, cp1252")
    group.add_argument("--separator", choices=tuple(SEPARATORS), help="between the cells of a text table")
    group.add_argument("--sheet", metavar="NAME", help="of a workbook")
    group.add_argument("--hidden-rows", dest="hidden", choices=("read", "leave"), help="of a sheet")
    group.add_argument("--hidden-columns", choices=("read", "leave"), help="of a sheet")
    group.add_argument("--merged-cells", dest="merged", choices=("fill", "leave"),
                       help="give every merged cell the value of the first, or leave them empty")  # fmt: skip
    group.add_argument("--part", metavar="PATH", help="the file in a folder or zip archive")


def file_answers(options: argparse.Namespace) -> dict[str, str]:
    """What was said of the file, by kind of question."""
    return {kind: value for kind in OPTIONS if (value := getattr(options, kind, None))}


def in_english(note: Note) -> str:
    """A note in words, for commands, which speak English."""
    return catalogue.word("door", "en", note.key, **note.values)


def with_option(question: Question) -> str:
    """A question that nobody can answer now, as one error: what is asked, what may be, and the option to say it."""
    kind = question.key.partition(":")[0]
    options = ", ".join(question.options[:MOST_SHOWN]) + (" …" if len(question.options) > MOST_SHOWN else "")
    samples = f" ({'; '.join(question.samples[:3])})" if question.samples else ""
    asked = catalogue.word("door", "en", question.kind, **question.values)
    return f"{asked} Say so with {OPTIONS[kind]}: {options}{samples}"
