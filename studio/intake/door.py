"""Anybody's files become a study: opened, understood, asked about, taken, and written as a folder that runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tasks.errors import InputError
from tasks.files import jsonl, pretty
from tasks.intake.asking import Note, Question
from tasks.intake.shape import mending
from tasks.intake.shape.mapping import Mapping as FileMapping
from tasks.intake.shape.opening import OpenedFiles, hashes, opened
from tasks.intake.shape.records import Records
from tasks.intake.shape.taking import Taken, take
from tasks.intake.shape.understanding import Understood, understand
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Study
from tasks.study.build import Sources, build
from tasks.study.study_form import Head
from tasks.study.wording.templates import words

MAPPING = "mapping.json"
TOLD = ("roleplay", "published", "anonymised", "model")
"""Where dialogues may come from in words that raters are told."""
PROVENANCE = Question("provenance", "ask_provenance", options=(*TOLD, "other", "unknown"))
"""Asked of every study, never assumed; `unknown` is an answer, and `check` goes on naming it."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Files that were brought, and what is known of them so far.

    Attributes:
        paths: where they lie while questions about them are open.
        opened: what is in them, and what must be asked of them first.
        hashes: file -> sha256.
        answers: those given, by question.
        understood: the mapping, what was found and what is to be asked.
        saved: the mapping of an earlier import, by which files that fit are read.
    """

    paths: tuple[Path, ...]
    opened: OpenedFiles
    hashes: Mapping[str, str]
    answers: Mapping[str, str]
    understood: Understood
    saved: FileMapping | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """What must be answered before the files can be read; of the files themselves first."""
        return self.opened.questions or self.understood.questions

    @property
    def files(self) -> tuple[Records, ...]:
        """The records of the files."""
        return self.opened.records

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was found, in the files and of what they are about."""
        return (*self.opened.notes, *self.understood.notes)

    def open_questions(self) -> tuple[Question, ...]:
        """The same, and where the dialogues come from, if that was not said."""
        said = PROVENANCE.key in self.answers or (not self.understood.mapping.parts and not self.questions)
        return self.questions if said else (*self.questions, PROVENANCE)

    def mapping(self) -> FileMapping:
        """How the files are read, with what was said of them. It is whole where no question is open."""
        said = self.answers.get(PROVENANCE.key, self.understood.mapping.provenance)
        told = dict(self.saved.opened if self.saved else {}) | dict(self.answers)
        of_files = {key: told[key] for key in self.opened.used if key in told}
        saved = {key: getattr(self.saved, key) for key in mending.FIELDS} if self.saved else {}
        mended = {**saved, **mending.chosen(self.answers)}
        return self.understood.mapping.model_copy(update={"provenance": said, "opened": of_files, **mended})


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of the files makes the study: systems by name, () = all; so many items drawn by a seed, None = all."""

    only: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 1


def bring(paths: Iterable[Path], answers: Mapping[str, str], saved: FileMapping | None = None) -> Brought:
    """Opens files and says what they are.

    Args:
        saved: the mapping of an earlier import.

    Raises:
        InputError: files that cannot be read, or an answer that its question does not allow.
    """
    found = tuple(sorted(paths))
    told = _told(saved, answers)
    brought = Brought(found, opened(found, told), hashes(found), {}, Understood(FileMapping(), (), ()), saved)
    return again(brought, answers)


def _told(saved: FileMapping | None, answers: Mapping[str, str]) -> dict[str, str]:
    """What was said of files, now or in an earlier import; whether their first rows are names, where all were alike."""
    if saved is None:
        return dict(answers)
    headed = {part.header for part in saved.parts}
    alike = {"header": "names" if headed == {True} else "data"} if len(headed) == 1 else {}
    return alike | dict(saved.opened) | dict(answers)


def again(brought: Brought, answers: Mapping[str, str]) -> Brought:
    """The same files with other answers; see `bring`."""
    given = {key: value for key, value in answers.items() if value.strip()}
    said = given.get(PROVENANCE.key, brought.saved.provenance if brought.saved else "")
    if said and said not in PROVENANCE.options:
        allowed = ", ".join(PROVENANCE.options)
        raise InputError(at(Fault("answer", key="'provenance'"), instead(repr(said), allowed)))
    mending.chosen(given)
    choices = tuple(filter(mending.is_choice, given))
    told = _told(brought.saved, given)
    found = opened(brought.paths, told) if brought.opened.questions else brought.opened
    understood = brought.understood
    if not found.questions:
        understood = understand(found.records, given, brought.saved, (PROVENANCE.key, *found.used, *choices))
    given = given | ({PROVENANCE.key: said} if said else {})
    return replace(brought, answers=given, opened=found, understood=understood)


def taken(brought: Brought, share: Share) -> tuple[FileMapping, Taken]:
    """Items and responses of files about which nothing is left to be asked, and the mapping with the share in it.

    A share that was saved with a mapping holds where none is named.

    Raises:
        InputError: the files hold judgments alone, or every fault of their records.
    """
    mapping = brought.mapping()
    if not mapping.parts:
        raise InputError(Fault("no_study"))
    saved = brought.saved or FileMapping()
    sample, seed = (share.sample, share.seed) if share.sample else (saved.sample, saved.seed)
    mapping = mapping.model_copy(update={"only": share.only or saved.only, "sample": sample, "seed": seed})
    return mapping, take(brought.files, mapping)


def write(found: Taken, mapping: FileMapping, hashes: Mapping[str, str], head: Head, out: Path) -> Study:
    """Writes the study folder `out`, whole or not at all, with its mapping; the study as loaded from it.

    Raises:
        InputError: items and head make no study, or `out` is there already and is not empty.
    """
    facts = {"made_by": "import", "files": dict(sorted(hashes.items())), "mapping": mapping.model_dump(mode="json")}
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "responses").mkdir()
        (here / "items.jsonl").write_text(jsonl(found.items), encoding="utf-8")
        (here / MAPPING).write_text(pretty(mapping.model_dump(mode="json")), encoding="utf-8")
        for system, texts in found.responses.items():
            lines = [{"item_id": item.item_id, "text": texts[item.item_id]} for item in found.items]
            (here / "responses" / f"{system}.jsonl").write_text(jsonl(lines), encoding="utf-8")
            manifest = pretty({**facts, "name": found.names[system], "rows": len(lines)})
            (here / "responses" / f"{system}.manifest.json").write_text(manifest, encoding="utf-8")
        sources = Sources(here / "items.jsonl", here / "responses", human=found.human)
        return build(sources, _with_provenance(head, mapping.provenance), out)


def _with_provenance(head: Head, provenance: str) -> Head:
    """The head, saying where the dialogues come from, if that was said in words of ours."""
    if provenance not in TOLD:
        return head
    return replace(head, dialogues=words("templates", f"source.{provenance}", head.languages))
