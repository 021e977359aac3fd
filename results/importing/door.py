"""Files of another tool become an export folder, with a key of the raters' names beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from results.export import folder as exports
from results.importing import pseudonyms
from results.importing.export import SOURCES, rows_of
from results.importing.study import ids_of, study_of
from tasks.errors import InputError
from tasks.files import jsonl, new_folder, pretty
from tasks.intake.asking import Note, Question
from tasks.intake.judgments.mapping import JudgmentMapping
from tasks.intake.judgments.telling import told
from tasks.intake.judgments.understanding import Understood, understand, words_of
from tasks.intake.shape.opening import OpenedFiles, hashes, opened
from tasks.intake.spoken import Word
from tasks.languages.fault import Fault, at, instead
from tasks.schema import ImportedFile, Study

MAPPING = "mapping.json"
LANGUAGE = "und"
"""Of texts whose language nobody names: their questions are not counted."""


@dataclass(frozen=True)
class Brought:
    """Files that were brought, and what is known of them so far; see `studio.intake.door.Brought`."""

    paths: tuple[Path, ...]
    opened: OpenedFiles
    answers: Mapping[str, str]
    word: Word
    understood: Understood | None = None
    saved: JudgmentMapping | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """What must be answered before the files can be read; of the files themselves first."""
        return self.opened.questions or (self.understood.questions if self.understood else ())

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was found."""
        return (*self.opened.notes, *(self.understood.notes if self.understood else ()))


def bring(
    paths: Iterable[Path], answers: Mapping[str, str], word: Word, saved: JudgmentMapping | None = None
) -> Brought:
    """Opens files and says what they are. Raises InputError for what cannot be read or is not allowed."""
    found = tuple(sorted(paths))
    known = {**(saved.answers if saved else {}), **answers}
    return again(Brought(found, _opened(found, known), {}, word, None, saved), answers)


def again(brought: Brought, answers: Mapping[str, str]) -> Brought:
    """The same files with other answers."""
    known = {**(brought.saved.answers if brought.saved else {}), **answers}
    found = _opened(brought.paths, known) if brought.opened.questions else brought.opened
    understood = None
    if not found.questions:
        understood = understand(found.records, answers, brought.saved, found.used)
    return replace(brought, opened=found, answers=answers, understood=understood)


def _opened(paths: tuple[Path, ...], answers: Mapping[str, str]) -> OpenedFiles:
    """The files opened; of a workbook that `convert` wrote, the sheet of the votes alone."""
    found = opened(paths, answers)
    asked = [question for question in found.questions if question.key.startswith("sheet:")]
    own = {question.key: sheet for question in asked if (sheet := _own_sheet(paths, answers, question))}
    return opened(paths, {**answers, **own}) if own else found


def _own_sheet(paths: tuple[Path, ...], answers: Mapping[str, str], question: Question) -> str:
    for sheet in question.options:
        records = opened(paths, {**answers, question.key: sheet}).records
        if any(one.name.endswith(f" [{sheet}]") and told(one).own for one in records):
            return sheet
    return ""


@dataclass(frozen=True)
class Written:
    """What an import wrote: the export folder, the key of the raters beside it, and the study in it."""

    folder: Path
    key: Path
    study: Study
    raters: int
    judgments: int


def write(brought: Brought, out: Path, study_id: str, texts: Path | None = None) -> Written:
    """Writes the export folder `out`, and the key beside it, whole or not at all.

    Args:
        texts: a new folder for the texts of the files, from which `python -m results pairs` makes training data.

    Raises:
        InputError: `out` holds something else; the key of an earlier import cannot be read.
    """
    found = brought.understood
    assert found is not None
    assert found.outcome is not None, "something is asked still"
    judgments = found.outcome.judgments
    sums = hashes(brought.paths)
    people = sorted({one.said.rater for one in judgments} - found.outcome.machines)
    key = pseudonyms.key_file(out)
    ours = all(known.own for known in found.shapes)
    kept = pseudonyms.read_key(key) or (pseudonyms.own(people) if ours else {})
    codes = pseudonyms.pseudonyms(people, "".join(sorted(sums.values())), kept)
    machines = pseudonyms.pseudonyms(sorted(found.outcome.machines), "", codes)
    names = {code: name for name, code in machines.items() if name in found.outcome.machines}
    named = sorted((pseudonyms.without_names(name, codes), sha256) for name, sha256 in sums.items())
    files = [ImportedFile(name=name, sha256=sha256) for name, sha256 in named]
    ids = ids_of(judgments, own=ours)
    order = brought.answers.get("order")
    study = study_of(found, ids, study_id, files, names, _order(order))
    words = words_of([one.said for one in judgments])
    language, now = brought.answers.get("language", LANGUAGE), datetime.now(UTC).isoformat(timespec="seconds")
    rows = rows_of(study, ids, found.criteria, judgments, machines, words, language, now)
    mapping = pseudonyms.without_names(pretty(found.mapping.model_dump(mode="json")), codes).encode()
    exports.write(rows.export, out, {SOURCES: rows.sources, MAPPING: mapping})
    pseudonyms.write_key(codes, key)
    if texts is not None:
        _write_texts(texts, study, {(ids.items[i], ids.systems.get(s, "")): text for (i, s), text in words.items()})
    return Written(out, key, study, len(people), len(judgments))


def _order(answer: str | None) -> Literal["shown", "listed"] | None:
    if answer not in (None, "shown", "listed"):
        raise InputError(at(Fault("answer", key="'order'"), instead(repr(answer), "shown, listed")))
    return None if answer is None else "shown" if answer == "shown" else "listed"


def _write_texts(folder: Path, study: Study, words: Mapping[tuple[str, str], str]) -> None:
    with new_folder(folder) as target:
        (target / "responses").mkdir()
        items = [
            {"item_id": item.item_id, "source": item.source.model_dump(exclude_defaults=True) if item.source else None,
             "turns": [{"role": "client", "text": words.get((item.item_id, ""), "")}]}
            for item in study.items
        ]  # fmt: skip
        (target / "items.jsonl").write_text(jsonl(items), encoding="utf-8")
        for system in study.systems:
            lines = [{"item_id": i, "text": text} for (i, s), text in sorted(words.items()) if s == system.system_id]
            (target / "responses" / f"{system.system_id}.jsonl").write_text(jsonl(lines), encoding="utf-8")
