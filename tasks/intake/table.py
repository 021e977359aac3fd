"""The one reader of chosen columns: a table of any file that `tasks/intake/opening.py` opens, nothing guessed.

table = read_table(Path("votes.csv"), [Column("item"), Column("answer", kind="text")])
table.cells["item"], table.rows, table.notes
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tasks.errors import InputError
from tasks.intake.asking import Note
from tasks.intake.faults import Faults, quoted
from tasks.intake.kind import KINDS
from tasks.intake.opening import Files
from tasks.intake.options import NAMED, in_english, with_option
from tasks.intake.readers.source import Nested, Source, Value
from tasks.intake.text import folded, visible
from tasks.languages.fault import Fault, at
from tasks.strict_json import Number

MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be read.

    Attributes:
        name: its name in the file; case, width and blanks may differ where only one column then has it.
        kind: `text` takes texts alone; `label` takes numbers, true and false too, as they are written.
        needed: an empty cell, or one in which nothing can be seen, is a fault; else it is ''.
    """

    name: str
    kind: Literal["text", "label"] = "label"
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of N rows as text.

    Attributes:
        name: what messages call the file.
        cells: N texts by column, under the names that were asked for; '' where a cell is empty.
        rows: the N row numbers, as a spreadsheet or an editor shows them.
        notes: what was taken for something else, or left out; to be shown before anything is computed or stored.
    """

    name: str
    cells: Mapping[str, Sequence[str]]
    rows: Sequence[int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """Column names of a file and its first rows, cells as text, nested ones described in brackets."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def open_table(path: Path, name: str = "", answers: Mapping[str, str] | None = None) -> Source:
    """The one table of a file.

    Args:
        name: what messages call it, where that is not its path.
        answers: to what the file does not say of itself (`tasks/intake/options.py`).

    Raises:
        InputError: no such file, no such format, no header that can be read, or something that must be answered first:
            each question with the option that answers it.
    """
    files = Files(NAMED | dict(answers or {}))
    contents = list(files.contents(path, name or str(path)))
    content = files.questions.one_of(contents, name or str(path)) if contents else None
    sources = files.sources(content) if content else []
    if errors := [*files.errors, *map(with_option, files.asker.questions)]:
        raise InputError(errors)
    if len(sources) != 1:
        raise InputError(at(f"{name or path}", Fault("tables", n=len(sources))))
    source = sources[0][0]
    source.notes[:0] = files.notes
    return source


def table_ending(file_name: str, name: str = "") -> str:
    """The ending of a table file's name, in small letters. Raises InputError where it is none that can be read."""
    ending = Path(file_name).suffix.lower()
    if ending not in KINDS:
        raise InputError(
            at((name or file_name)[:200], Fault("no_kind", ending=quoted(ending), allowed=", ".join(KINDS)))
        )
    return ending


def read_table(
    path: Path,
    columns: Sequence[Column],
    name: str = "",
    faults: Faults | None = None,
    answers: Mapping[str, str] | None = None,
) -> Table:
    """The chosen columns of a file; no other column is looked at.

    Args:
        name, answers: see `open_table`.
        faults: gathers the faults of rows and cells for a caller that adds its own and refuses them all at once; a cell
            at fault is ''. Without it they are raised here.

    Raises:
        InputError: every fault at once, each distinct one with its rows: rows of another width, broken quotes, doubled
            keys, missing keys, nested cells, cells of another type, empty cells where one is needed.
    """
    source = open_table(path, name, answers)
    places = _chosen(source, columns)
    gathered = Faults(source.name) if faults is None else faults
    cells: dict[str, list[str]] = {column.name: [] for column in columns}
    lists = [(column, cells[column.name]) for column in columns]
    numbers: list[int] = []
    for number, values in source.rows(places, gathered):
        numbers.append(number)
        for (column, texts), value in zip(lists, values, strict=True):
            texts.append(_text(value, column, number, gathered))
    if not numbers and not gathered:
        gathered.add(Fault("no_rows"))
    if faults is None:
        gathered.refuse()
    return Table(source.name, cells, numbers, tuple(map(in_english, source.notes)))


def preview(path: Path, rows: int, name: str = "") -> Preview:
    """The column names and the first rows, whatever they hold, for a person who is to choose columns.

    Raises:
        InputError: the file, its header or one of these rows cannot be read.
    """
    source = open_table(path, name)
    faults = Faults(source.name)
    first = [tuple(_description(value) for value in values) for values in source.first(rows, faults)]
    faults.refuse()
    return Preview(source.header, tuple(first))


def _chosen(source: Source, columns: Sequence[Column]) -> list[str]:
    """The name that each column has in the file. Raises InputError where one is not there or serves two purposes."""
    faults = Faults(source.name)
    names = [column.name for column in columns]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            faults.add(Fault("two_purposes"), column=f"'{name}'")
    chosen = [_name_in_file(source, name, faults) for name in names]
    for name in dict.fromkeys(chosen):
        if chosen.count(name) > 1 and not faults:
            faults.add(Fault("two_purposes"), column=f"'{name}'")
    faults.refuse()
    return chosen


def _name_in_file(source: Source, name: str, faults: Faults) -> str:
    if name in source.header and name:
        return name
    alike = [column for column in source.header if column and folded(column) == folded(name)]
    if len(alike) == 1:
        values = {"file": source.name, "found": quoted(alike[0]), "asked": quoted(name)}
        source.notes.append(Note("read_column_as", values))
        return alike[0]
    header = [column[:40] for column in source.header[:MOST_NAMES]]
    rest = len(source.header) - MOST_NAMES
    fields = Fault("and_more", names=f"{header}", more=str(rest)) if rest > 0 else f"{header}"
    faults.add(Fault("no_column", fields=fields), column=f"'{name}'")
    return ""


def _text(value: Value, column: Column, row: int, faults: Faults) -> str:
    """The cell as text; a fault where it has none."""
    text = _plain(value, column, row, faults)
    if text is None:
        return ""
    if "\0" in text:
        faults.add(Fault("nul"), row=row, column=column.name)
    elif column.needed and not visible(text):
        found = Fault("unseen", found=quoted(text)) if text.strip() else ""
        rule = Fault(f"{'needs' if found else 'empty'}_{'text' if column.kind == 'text' else 'name'}")
        faults.add(rule, row=row, column=column.name, found=found)
    return text


def _plain(value: Value, column: Column, row: int, faults: Faults) -> str | None:
    if value is None:
        return ""
    if isinstance(value, Nested):
        allowed = Fault("a_text" if column.kind == "text" else "a_value")
        faults.add(Fault("allowed", allowed=allowed), row=row, column=column.name, found=value.words)
        return None
    if isinstance(value, str) and not (column.kind == "text" and isinstance(value, Number)):
        return str(value)
    if column.kind == "text":
        kind = Fault("the_number" if isinstance(value, Number) else "the_truth", value=_json(value))
        faults.add(Fault("allowed", allowed=Fault("a_json_text")), row=row, column=column.name, found=kind)
        return None
    return _json(value)


def _json(value: str | bool) -> str:
    return value if isinstance(value, str) else ("true" if value else "false")


def _description(value: Value) -> str:
    if isinstance(value, Nested):
        return f"[{value.words}]"
    return "" if value is None else _json(value)
