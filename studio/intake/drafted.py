"""A draft's files become its study: understood, asked about, and taken once nothing is open."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from studio.intake.door import Brought, Share, again, bring, taken, write
from tasks.errors import InputError
from tasks.intake.spoken import sentence, word_in
from tasks.schema import Study
from tasks.study.starting import start
from tasks.study.study_form import Head

ROUNDS = 4
"""Answers may lead to further questions, so often at most."""


@contextmanager
def laid_out(files: Mapping[str, bytes]) -> Iterator[tuple[Path, ...]]:
    """The paths of files in a folder of their own, which is gone afterwards; `a/b.csv` lies in the path `a`."""
    with tempfile.TemporaryDirectory(prefix="studio-draft-") as name:
        folder = Path(name)
        for called, content in files.items():
            path = folder / called
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield tuple(sorted(folder.iterdir()))


def understood(paths: tuple[Path, ...], answers: Mapping[str, str]) -> tuple[Brought, tuple[str, ...]]:
    """What the files are by these answers; where one of them is not allowed, without any, and what was wrong.

    Raises:
        InputError: the files cannot be read.
    """
    try:
        return bring(paths, answers), ()
    except InputError as error:
        if not answers:
            raise
        return bring(paths, {}), tuple(error.errors)


def supposed(brought: Brought) -> Brought:
    """The same files with the likeliest answer to each open question that has one: for a look, never for a study.

    A system that nobody has named yet is called by its column.
    """
    for _ in range(ROUNDS):
        named = {one.key: str(one.values["column"]) for one in brought.questions if one.kind == "ask_column_system"}
        likely = named | {one.key: one.proposed for one in brought.questions if one.proposed}
        if not likely:
            break
        try:
            brought = again(brought, {**brought.answers, **likely})
        except InputError:
            break
    return brought


def study_of(brought: Brought, head: Head, language: str) -> tuple[Study, tuple[str, ...]]:
    """The study that files make about which nothing is open, and how they were read.

    Raises:
        InputError: every fault of the records, or a head that makes no study.
    """
    word = word_in(language)
    mapping, took = taken(brought, Share())
    with tempfile.TemporaryDirectory(prefix="studio-draft-") as folder:
        study = write(took, mapping, brought.hashes, head, Path(folder) / "study")
    return study, tuple(sentence(note, word) for note in (*brought.notes, *took.notes))


def demo_study(head: Head) -> Study:
    """A study of the demo's dialogues. InputError where the head makes no study."""
    with tempfile.TemporaryDirectory(prefix="studio-draft-") as folder:
        return start(head, Path(folder) / "study")
