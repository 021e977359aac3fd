"""`python -m results convert EXPORT --to FORMAT`: the votes of an export in the form of another tool."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tasks import console
from tasks.errors import InputError

if TYPE_CHECKING:
    from results.convert.votes import Votes
    from results.export.folder import Export
    from results.export.open_texts import Texts

FORMATS = ("csv", "xlsx", "label-studio", "argilla", "arena", "inspect")
EVERY_KIND = ("csv", "xlsx")
"""Formats with a column for the kind of assignment; the others hold main judgments alone."""
ENDINGS = {"csv": ".csv", "xlsx": ".xlsx", "arena": ".jsonl", "inspect": ".json"}
"""Formats of one file; the others are folders."""


def add(commands: console.Commands) -> None:
    """Add the command."""
    words = "the votes of an export for spreadsheets and other tools (docs/exporting.md)"
    parser = console.command(commands, "convert", words, run)
    parser.add_argument("export", type=Path, metavar="EXPORT", help="export folder (docs/study-format.md)")
    parser.add_argument("--to", required=True, choices=FORMATS, help="the tool or kind of file")
    parser.add_argument("--out", type=Path, metavar="PATH", help="file or folder to write (runs/convert/STUDY.*)")
    brings = "the study folder, which brings the texts; without it there are those of a published export, or none"
    parser.add_argument("--study", type=Path, metavar="STUDY_DIR", help=brings)
    which = "of open sources alone (open), or models' responses to items of restricted sources too (responses)"
    parser.add_argument("--texts", choices=("open", "responses"), default="open", help=f"with --study: texts {which}")


def run(options: argparse.Namespace) -> int:
    """Read, write, say what is there; 0. Raises InputError with what does not fit, and nothing is written."""
    from results.convert.votes import votes
    from results.export.folder import read

    export = _with_texts(read(options.export), options.study, options.texts)
    found = votes(export, () if options.to in EVERY_KIND else ("main",))
    if not found.votes:
        raise InputError([f"{options.export}: no vote of a rater who did not withdraw"])
    out = options.out or _default(export, options.to)
    _write(found, export, options.to, out)
    for line in (f"{out}: {len(found.votes)} votes", *_notes(found, options.to)):
        print(line)
    return console.Exit.DONE


def _with_texts(export: Export, study: Path | None, texts: Texts) -> Export:
    from results.export.open_texts import with_texts
    from tasks.study.load import load_study

    if study is None:
        return export
    return replace(
        export, study=with_texts(export.study, load_study(study), "open" if texts == "open" else "responses")
    )


def _default(export: Export, to: str) -> Path:
    return Path("runs/convert") / f"{export.study.study_id}{ENDINGS.get(to, f'-{to}')}"


def _write(found: Votes, export: Export, to: str, out: Path) -> None:
    from results.convert import arena, flat_table, inspect_log
    from results.convert.questions import refuse_alike
    from tasks.files import jsonl, pretty, write_bytes

    if to not in ("arena", "inspect"):
        refuse_alike(found.study.criteria, "." if to in EVERY_KIND else "_")
    contents: dict[str, Callable[[], bytes]] = {
        "csv": lambda: flat_table.as_csv(found),
        "xlsx": lambda: flat_table.as_xlsx(found),
        "arena": lambda: jsonl(arena.records(found)).encode(),
        "inspect": lambda: pretty(inspect_log.log(found, export.exported_at)).encode(),
    }
    if to in contents:
        write_bytes(out, contents[to]())
    else:
        _write_folder(found, to, out)


def _write_folder(found: Votes, to: str, out: Path) -> None:
    from results.convert import argilla, label_studio
    from tasks.files import new_folder, pretty, write_text

    if to == "argilla":
        files = {name: pretty(value) for name, value in argilla.files(found).items()}
    else:
        files = {"annotations.json": pretty(label_studio.tasks(found)), "config.xml": label_studio.config(found)}
    with new_folder(out, replacing=next(iter(files))) as target:
        for name, text in files.items():
            write_text(target / name, text)


def _notes(found: Votes, to: str) -> list[str]:
    """What a reader of the file has to know: simulated, left out, whose texts are there."""
    from results.export.open_texts import is_restricted

    left = sum(vote.row.status == "left" for vote in found.votes)
    restricted = sum(map(is_restricted, found.study.items))
    texts = any(response.text for response in found.study.responses)
    unsaid = "; an arena has no word for them, and the file does not have them" if to == "arena" else ""
    return [
        *(["Simulated: made by a program, and marked so."] if found.study.simulated else []),
        *([f"Left without an answer: {left}{unsaid}."] if left else []),
        *([f"Not of kind main, and not in the file: {found.left_out}."] if found.left_out else []),
        "It holds texts: the terms of their source apply to it."
        if texts
        else "It holds no texts; --study brings them.",
        *([f"Of a restricted source, and without their dialogues: {restricted} items."] if restricted else []),
    ]
