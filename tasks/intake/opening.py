"""Anybody's files opened: bytes, their encoding, then tables or records with places; what is not sure is asked.

    opened = open_any(Path("answers.xlsx"), {"sheet": "Answers"})
    opened.questions                  # what only a person knows; nothing was guessed
    opened.refuse()                   # every fault of every file at once
    for table in opened.tables:
        for row, record in table.rows: ...

What a file is, its ending says; where its first bytes prove another kind, they go before it. Files of the Hub are
fetched by the studio and opened here like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from tasks.errors import InputError
from tasks.intake.asking import Asker, Note, Question
from tasks.intake.compressed import unpacked
from tasks.intake.content import Content
from tasks.intake.faults import Faults
from tasks.intake.file_questions import FileQuestions
from tasks.intake.kind import kind_of, unknown
from tasks.intake.packed import Bounds, members
from tasks.intake.readers.csv_file import CsvFile
from tasks.intake.readers.excel import workbook
from tasks.intake.readers.excel.workbook import ExcelSheet, Sheet, open_workbook
from tasks.intake.readers.json_file import JsonFile, JsonLines, holds_lines
from tasks.intake.readers.parquet_file import ParquetFile
from tasks.intake.readers.separators import SEPARATORS, first_rows
from tasks.intake.readers.source import Source
from tasks.languages.fault import Fault, at

Read = TypeVar("Read")
BOUNDS = Bounds(files=20_000, file_bytes=128 * 2**20, bytes=128 * 2**20)
"""Of an archive, and of an archive in it: what it may unpack to is held in memory."""


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """A table or list of records.

    Attributes:
        name: what messages and answers call it: `book.xlsx [Answers]`, `packed.zip/a.csv`.
        file: the file that was given, with the path inside where it was a folder or an archive.
        sheet: the sheet's name; '' in other files.
        header: column names; of JSON, the keys of the first hundred objects.
        headed: whether the file names its columns itself; else they are called 1, 2, 3 …
        rows: (row as a spreadsheet or an editor shows it, record). Values of text tables are texts; numbers are
            `Number`, written as they stand; in JSON and Parquet lists and objects are kept.
    """

    name: str
    file: str
    sheet: str
    header: tuple[str, ...]
    headed: bool
    rows: Sequence[tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Opened:
    """What some file, archive or folder holds.

    Attributes:
        tables: those about which nothing must be asked, in the order of files and sheets.
        notes: what was found and how sure that is, what was left out; keys of words (section `door`).
        questions: what must be answered; a table that waits for one is not among `tables`.
        errors: every fault of every file, one line a kind, with file, sheet, row and column.
        used: keys of the answers that were needed.
    """

    tables: tuple[OpenedTable, ...]
    notes: tuple[Note, ...]
    questions: tuple[Question, ...]
    errors: tuple[str, ...]
    used: tuple[str, ...] = ()

    def refuse(self) -> None:
        """Raises InputError with every fault, if there is one."""
        if self.errors:
            raise InputError(self.errors)


def open_any(path: Path, answers: Mapping[str, str], name: str = "") -> Opened:
    """Opens a file, a zip archive or a folder whole.

    Args:
        answers: by key of question, or by its part before the colon for all files.
        name: what messages call it, where that is not the name of the file.
    """
    files = Files(answers)
    tables: list[OpenedTable] = []
    for content in files.contents(path, name or path.name):
        for source, sheet in files.sources(content):
            rows = files.records(source)
            tables.append(OpenedTable(source.name, content.name, sheet, source.header, source.headed, rows))
    asker, notes, errors = files.asker, tuple(files.notes), tuple(files.errors)
    return Opened(tuple(tables), notes, tuple(asker.questions), errors, asker.used)


class Files:
    """Opens files one after the other, gathering notes, questions and errors over all of them."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.asker = Asker(answers)
        self.notes: list[Note] = []
        self.errors: list[str] = []
        self.questions = FileQuestions(self.asker, self.notes)

    def contents(self, path: Path, name: str) -> Iterator[Content]:
        """The files that a path holds: itself, or those of a folder or an archive; what is no table is noted."""
        if not path.is_dir():
            yield from self._unpacked(Content(name, path), depth=0)
            return
        found = (file for file in sorted(path.rglob("*")) if file.is_file())
        for file in found:
            inside = file.relative_to(path)
            if not any(part.startswith(".") or part == "__MACOSX" for part in inside.parts):
                yield from self._unpacked(Content(f"{name}/{inside.as_posix()}", file), depth=0, within=True)

    def _unpacked(self, content: Content, depth: int, *, within: bool = False) -> Iterator[Content]:
        kind = self.caught(lambda: kind_of(content))
        if kind is None:
            return
        if kind == "" and within:
            self.notes.append(Note("left_other_file", {"file": content.name}))
        elif kind == "":
            self.errors.append(unknown(content))
        elif kind not in ("zip", "gzip", "xz"):
            yield content
        elif depth > 1:
            self.errors.append(at(content.name, Fault("archives")))
        else:
            packed = self.caught(lambda: self._members(content, kind)) or []
            for member in packed:
                yield from self._unpacked(member, depth + 1, within=kind == "zip" or within)

    @staticmethod
    def _members(content: Content, kind: str) -> list[Content]:
        if kind != "zip":
            return [Content(content.name, data=unpacked(content.read(), kind, BOUNDS.file_bytes, content.name))]
        with content.open() as archive:
            found = members(archive, BOUNDS, content.name)
            return [Content(f"{content.name}/{path}", data=data) for path, data in found]

    def sources(self, content: Content) -> list[tuple[Source, str]]:
        """The tables of a file with the names of their sheets; none where something must be asked first."""
        return self.caught(lambda: list(self._sources(content, kind_of(content)))) or []

    def records(self, source: Source) -> list[tuple[int, Mapping[str, Any]]]:
        """All rows of a table that can be read; what is wrong with the others, and notes of all, are gathered."""
        faults = Faults(source.name)
        rows = self.caught(lambda: list(source.records(faults))) or []
        if not rows and not faults:
            faults.add(Fault("no_rows"))
        self.errors += faults.lines()
        self.notes += source.notes
        return rows

    def caught(self, read: Callable[[], Read]) -> Read | None:
        """What `read` gives; None where it refuses the file, whose errors are then gathered."""
        try:
            return read()
        except InputError as error:
            self.errors += error.errors
            return None

    def _sources(self, content: Content, kind: str) -> Iterator[tuple[Source, str]]:
        if kind == "parquet":
            yield ParquetFile(content), ""
        elif kind == "excel":
            yield from self._sheets(content)
        elif encoding := self.questions.encoding(content):
            if kind == "text":
                if separator := self.questions.separator(content, encoding):
                    yield from self._text(content, encoding, SEPARATORS[separator])
            elif kind == "lines" or holds_lines(content, encoding):
                yield JsonLines(content, encoding), ""
            else:
                yield JsonFile(content, encoding), ""

    def _text(self, content: Content, encoding: str, separator: str) -> Iterator[tuple[Source, str]]:
        rows = first_rows(content, encoding, separator)
        if header := self.questions.header(content.name, rows):
            yield CsvFile(content, encoding, separator, headed=header == "names"), ""

    def _sheets(self, content: Content) -> Iterator[tuple[Source, str]]:
        book = open_workbook(content)
        if not book.sheets:
            raise InputError(at(content.name, Fault("no_sheet")))
        self.notes += [Note("left_empty_sheet", {"file": content.name, "sheet": sheet}) for sheet in book.empty]
        if not content.read(2).startswith(b"PK"):
            self.notes.append(Note("read_xls", {"file": content.name}))
        names = tuple(sheet.name for sheet in book.sheets)
        wanted = self.questions.sheets(content, names)
        for sheet in book.sheets:
            if sheet.name in wanted:
                yield from self._sheet(content, sheet, alone=len(names) == 1)

    def _sheet(self, content: Content, sheet: Sheet, *, alone: bool) -> Iterator[tuple[Source, str]]:
        name = content.name if alone else f"{content.name} [{sheet.name}]"
        asked = self.questions
        rows, columns, merged = asked.hidden(name, sheet), asked.hidden_columns(name, sheet), asked.merged(name, sheet)
        without = sheet.seen.hidden_columns if columns == "leave" else frozenset()
        if not (rows and columns and merged):
            return
        if header := asked.header(name, workbook.first_rows(sheet, without)):
            how = {"hidden": rows == "read", "filled": merged == "fill", "headed": header == "names"}
            yield ExcelSheet(replace(content, name=name), sheet, without=without, **how), sheet.name
