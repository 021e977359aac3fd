"""Files opened as the records that shapes are told by, with what must be asked of the files themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import InputError
from tasks.files import sha256_file
from tasks.intake.asking import Note, Question
from tasks.intake.opening import open_any
from tasks.intake.shape.records import Records
from tasks.languages.fault import Fault, at


@dataclass(frozen=True, slots=True)
class OpenedFiles:
    """Some files.

    Attributes:
        records: of each table in them.
        notes: what was found in the files, before anybody asks what it is about.
        questions: of encodings, sheets, hidden rows …; a table that waits for an answer is not among the records.
        used: keys of the answers that were about files.
    """

    records: tuple[Records, ...] = ()
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()
    used: tuple[str, ...] = ()


def opened(paths: Iterable[Path], answers: Mapping[str, str]) -> OpenedFiles:
    """The records of files, archives and folders.

    Args:
        answers: to what the files do not say of themselves.

    Raises:
        InputError: every fault of every file at once; or nothing in them is a table.
    """
    found = [(path, open_any(path, answers, name)) for path, name in called(paths).items()]
    if errors := [line for _, one in found for line in one.errors]:
        raise InputError(errors)
    if empty := [path.name for path, one in found if not one.tables and not one.questions]:
        raise InputError(at(name, Fault("no_records")) for name in empty)
    return OpenedFiles(
        tuple(Records(table.name, table.rows, table.headed) for _, one in found for table in one.tables),
        tuple(note for _, one in found for note in one.notes),
        tuple(question for _, one in found for question in one.questions),
        tuple(key for _, one in found for key in one.used),
    )


def called(paths: Iterable[Path]) -> dict[Path, str]:
    """What messages and answers call each file: its name, with its folders as far as two files have one name."""
    found = list(dict.fromkeys(paths))
    names = {path: path.name for path in found}
    for depth in range(2, max((len(path.parts) for path in found), default=0) + 1):
        for path in [path for path in found if list(names.values()).count(names[path]) > 1]:
            names[path] = "/".join(path.parts[-depth:])
    return names


def hashes(paths: Iterable[Path]) -> dict[str, str]:
    """The sha256 of each file by what it is called, those of a folder under its name, hidden ones left out."""
    found: dict[str, str] = {}
    for path, name in called(paths).items():
        if path.is_dir():
            inside = {file.relative_to(path): file for file in sorted(path.rglob("*")) if file.is_file()}
            shown = {at: file for at, file in inside.items() if not any(part.startswith(".") for part in at.parts)}
            found |= {f"{name}/{at.as_posix()}": sha256_file(file) for at, file in shown.items()}
        else:
            found[name] = sha256_file(path)
    return found
