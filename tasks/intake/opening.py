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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from tasks.errors import InputError
from tasks.intake.asking import Asker, Note, Question, chosen
from tasks.intake.content import Content
from tasks.intake.csv_file import CsvFile
from tasks.intake.encoding import ENCODINGS, Told, refuse_undecodable, tell
from tasks.intake.excel.workbook import ExcelSheet, Sheet, open_workbook
from tasks.intake.faults import Faults, quoted
from tasks.intake.json_file import JsonFile, JsonLines, holds_lines
from tasks.intake.packed import Bounds, members
from tasks.intake.parquet_file import ParquetFile
from tasks.intake.separators import SEPARATORS, separators
from tasks.intake.source import Source

Kind = Literal["text", "json", "lines", "parquet", "excel", "zip"]
KINDS: dict[str, Kind] = {
    ".csv": "text", ".tsv": "text", ".tab": "text", ".txt": "text", ".json": "json", ".jsonl": "lines",
    ".ndjson": "lines", ".parquet": "parquet", ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".zip": "zip",
}  # fmt: skip
"""What is in a file, by the ending of its name."""
BOUNDS = Bounds(files=20_000, file_bytes=128 * 2**20, bytes=128 * 2**20)
"""Of an archive, and of an archive in it: what it may unpack to is held in memory."""
ASKED = ("encoding", "separator", "sheet", "hidden", "merged", "part")
"""What may be asked of a file; an answer under one of these counts for all files, under `sheet:book.xlsx` for one."""
MOST_OPTIONS = 200
Values = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """A table or list of records.

    Attributes:
        name: what messages and answers call it: `book.xlsx [Answers]`, `packed.zip/a.csv`.
        file: the file that was given, with the path inside where it was a folder or an archive.
        sheet: the sheet's name; '' in other files.
        header: column names; of JSON, the keys of the first hundred objects.
        rows: (row as a spreadsheet or an editor shows it, record). Values of text tables are texts; numbers are
            `Number`, written as they stand; in JSON and Parquet lists and objects are kept.
    """

    name: str
    file: str
    sheet: str
    header: tuple[str, ...]
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
            tables.append(OpenedTable(source.name, content.name, sheet, source.header, rows))
    asker, notes, errors = files.asker, tuple(files.notes), tuple(files.errors)
    return Opened(tuple(tables), notes, tuple(asker.questions), errors, asker.used)


class Files:
    """Opens files one after the other, gathering notes, questions and errors over all of them."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.asker = Asker(answers)
        self.notes: list[Note] = []
        self.errors: list[str] = []

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
            self.errors.append(_unknown(content))
        elif kind != "zip":
            yield content
        elif depth > 1:
            self.errors.append(f"{content.name}: an archive in an archive in an archive; unpack it first")
        else:
            packed = self.caught(lambda: self._members(content)) or []
            for member in packed:
                yield from self._unpacked(member, depth + 1, within=True)

    @staticmethod
    def _members(content: Content) -> list[Content]:
        with content.open() as archive:
            found = members(archive, BOUNDS, content.name)
            return [Content(f"{content.name}/{path}", data=data) for path, data in found]

    def sources(self, content: Content) -> list[tuple[Source, str]]:
        """The tables of a file with the names of their sheets; none where something must be asked first."""
        return self.caught(lambda: list(self._sources(content, kind_of(content)))) or []

    def records(self, source: Source) -> list[tuple[int, Mapping[str, Any]]]:
        """All rows of a table that can be read; what is wrong with the others, and notes of all, are gathered."""
        faults = Faults(source.name)
        rows: list[tuple[int, Mapping[str, Any]]] = self.caught(lambda: list(source.records(faults))) or []
        if not rows and not faults:
            faults.add("holds no rows under its column names")
        self.errors += faults.lines()
        self.notes += source.notes
        return rows

    def caught(self, read: Any) -> Any:
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
        elif encoding := self._encoding(content):
            if kind == "text":
                if separator := self._separator(content, encoding):
                    yield CsvFile(content, encoding, SEPARATORS[separator]), ""
            elif kind == "lines" or holds_lines(content, encoding):
                yield JsonLines(content, encoding), ""
            else:
                yield JsonFile(content, encoding), ""

    # --- what is asked ---------------------------------------------------------------------------------------------

    def _ask(self, question: Question, *, free: Sequence[str] = ()) -> tuple[str, ...] | None:
        """The answer to a question of a file, or to its kind for all files; None where it is open.

        Args:
            free: answers that are allowed beside the options.
        """
        answer = self.asker.given(question.key) or self.asker.given(question.key.partition(":")[0])
        if answer is None or not answer.strip():
            self.asker.questions.append(question)
            return None
        return (answer.strip(),) if answer.strip() in free else chosen(question, answer)

    def _encoding(self, content: Content) -> str:
        """The encoding of a file; '' where it must be asked."""
        told = tell(content)
        said = self.asker.given(f"encoding:{content.name}")
        if told.encoding and (told.how != "letters" or not self.asker.given("encoding")) and not said:
            self._note_encoding(content, told)
            return told.encoding
        answer = self._ask(_encoding_question(content, told), free=ENCODINGS)
        if answer is None:
            return ""
        refuse_undecodable(content, answer[0])
        self.notes.append(Note("read_encoding_said", {"file": content.name, "encoding": answer[0]}))
        return answer[0]

    def _note_encoding(self, content: Content, told: Told) -> None:
        if told.how != "utf8" and (told.how, told.encoding) != ("mark", "utf-8"):
            share = round(100 * told.candidates[0].score) if told.candidates else 100
            values: Values = {"file": content.name, "encoding": told.encoding, "share": share}
            self.notes.append(Note(f"read_encoding_{told.how}", values))

    def _separator(self, content: Content, encoding: str) -> str:
        """The name of the sign between the cells of a file; '' where it must be asked."""
        likely = separators(content, encoding)
        if len(likely) == 1 and not self.asker.given(f"separator:{content.name}"):
            if likely[0] != "comma":
                self.notes.append(Note(f"read_separator_{likely[0]}", {"file": content.name}))
            return likely[0]
        values: Values = {"file": content.name}
        samples = _lines(content, encoding)
        question = Question(f"separator:{content.name}", "ask_separator", values, options=likely, samples=samples)
        answer = self._ask(question, free=tuple(SEPARATORS))
        return answer[0] if answer else ""

    def _sheets(self, content: Content) -> Iterator[tuple[Source, str]]:
        book = open_workbook(content)
        if not book.sheets:
            raise InputError([f"{content.name}: none of its sheets holds anything"])
        self.notes += [Note("left_empty_sheet", {"file": content.name, "sheet": sheet}) for sheet in book.empty]
        if not content.read(2).startswith(b"PK"):
            self.notes.append(Note("read_xls", {"file": content.name}))
        names = tuple(sheet.name for sheet in book.sheets)
        wanted: tuple[str, ...] | None = names
        if len(names) > 1:
            values: Values = {"file": content.name, "n": len(names)}
            wanted = self._ask(Question(f"sheet:{content.name}", "ask_sheet", values, options=names, several=True))
        for sheet in book.sheets:
            if wanted and sheet.name in wanted:
                yield from self._sheet(content, sheet, alone=len(names) == 1)

    def _sheet(self, content: Content, sheet: Sheet, *, alone: bool) -> Iterator[tuple[Source, str]]:
        name = content.name if alone else f"{content.name} [{sheet.name}]"
        hidden, merged = sorted(sheet.seen.hidden), sheet.merged
        read = self._either("hidden", name, hidden, ("read", "leave"), hidden)
        fill = self._either("merged", name, merged, ("fill", "leave"), [area[0][0] + 1 for area in merged])
        if read and fill:
            named = replace(content, name=name)
            yield ExcelSheet(named, sheet, hidden=read != "leave", filled=fill == "fill"), sheet.name

    def _either(
        self, kind: str, name: str, found: Sequence[object], options: tuple[str, str], rows: Sequence[int]
    ) -> str:
        """The answer to a question of two options, asked where something was found; '' where it is open."""
        if not found:
            return options[0] if kind == "hidden" else options[1]
        shown = ", ".join(map(str, rows[:5])) + (" …" if len(rows) > 5 else "")
        values: Values = {"file": name, "n": len(found), "rows": shown}
        answer = self._ask(Question(f"{kind}:{name}", f"ask_{kind}", values, options=options))
        return answer[0] if answer else ""

    def one_of(self, contents: Sequence[Content], name: str) -> Content | None:
        """The one file of several that a person wants; None where it must be asked."""
        if len(contents) == 1:
            return contents[0]
        names = tuple(content.name for content in contents)
        values: Values = {"file": name, "n": len(names)}
        answer = self._ask(Question(f"part:{name}", "ask_part", values, options=names[:MOST_OPTIONS]), free=names)
        return next((content for content in contents if answer and content.name == answer[0]), None)


def kind_of(content: Content) -> Kind | Literal[""]:
    """What is in a file, by its first bytes where they prove it, else by its ending; '' where neither says it.

    Raises:
        InputError: no such file, or it cannot be read.
    """
    start = content.read(8)
    if start.startswith(b"PK\x03\x04"):
        return "excel" if _is_workbook(content) else "zip"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "excel"
    return KINDS.get(content.ending, "")


def _is_workbook(content: Content) -> bool:
    """Whether an archive lists a workbook: its name stands in the list as it is, at the end of the bytes."""
    return content.ending in (".xlsx", ".xlsm") or (content.ending != ".zip" and b"xl/workbook.xml" in content.read())


def _unknown(content: Content) -> str:
    allowed = ", ".join(KINDS)
    return f"{content.name[:200]}: found a file ending in {quoted(content.ending)}; allowed: {allowed}, a folder"


def _encoding_question(content: Content, told: Told) -> Question:
    likely = told.candidates
    return Question(
        f"encoding:{content.name}",
        "ask_encoding",
        {"file": content.name},
        options=tuple(one.encoding for one in likely),
        samples=tuple(f"{one.encoding}: {' | '.join(one.cells)}" for one in likely),
    )


def _lines(content: Content, encoding: str) -> tuple[str, ...]:
    text = content.read(4096).decode(encoding, "ignore")
    return tuple(line[:80] for line in text.splitlines()[:3])
