"""People to be invited, from a table with their names, their mail addresses or both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tasks.errors import InputError
from tasks.intake.faults import Faults, quoted
from tasks.intake.table import Column, Table, open_table, read_table
from tasks.intake.text import folded
from tasks.languages.fault import Fault, at

NAMES = frozenset({"name", "fullname", "氏名", "名前", "お名前", "姓名"})
MAILS = frozenset(
    {
        "mail",
        "email",
        "mailaddress",
        "emailaddress",
        "メール",
        "eメール",
        "電子メール",
        "メールアドレス",
        "eメールアドレス",
    }
)
"""Headers that are understood, compared without case, width, blanks and hyphens."""
_ONE_LINE = re.compile(r"[^\0-\x1f\x7f-\x9f\u2028\u2029]*")


class Person(NamedTuple):
    """`name` and `mail` are '' where they are not known."""

    name: str
    mail: str


class People(NamedTuple):
    """People in the order of their table, and how it was read."""

    people: tuple[Person, ...]
    notes: tuple[str, ...]


def read_people(path: Path, answers: Mapping[str, str] | None = None) -> People:
    """The people of a table; of its columns only those of names and mail addresses are read.

    Args:
        answers: to what the file does not say of itself (`tasks/intake/options.py`).

    Raises:
        InputError: every fault: no such column or two of them, a row with neither, a mail address that is none, a
            line end or control character, one address twice.
    """
    header = open_table(path, answers=answers).header
    name, mail = _column(path, header, NAMES), _column(path, header, MAILS)
    if not name and not mail:
        raise InputError(at(str(path), Fault("people_columns", fields=str(list(header[:20])))))
    faults = Faults(str(path))
    table = read_table(path, [Column(column) for column in (name, mail) if column], faults=faults, answers=answers)
    people = [
        Person(*(cell.strip() for cell in cells))
        for cells in zip(_cells(table, name), _cells(table, mail), strict=True)
    ]
    _check(table, people, name, mail, faults)
    faults.refuse()
    columns = [f"{word} from column {quoted(column)}" for word, column in (("name", name), ("mail", mail)) if column]
    return People(tuple(people), (*table.notes, f"{path}: {', '.join(columns)}"))


def _column(path: Path, header: Sequence[str], words: frozenset[str]) -> str:
    """The column whose header is one of the words; '' where there is none."""
    columns = [column for column in header if re.sub("[-_‐‑–]", "", folded(column)) in words]
    if len(columns) > 1:
        raise InputError(at(str(path), Fault("people_two", columns=", ".join(map(quoted, columns)))))
    return columns[0] if columns else ""


def _cells(table: Table, column: str) -> Sequence[str]:
    return table.cells[column] if column else [""] * len(table.rows)


def _check(table: Table, people: Sequence[Person], name: str, mail: str, faults: Faults) -> None:
    seen: set[str] = set()
    for row, person in zip(table.rows, people, strict=True):
        if not person.name and not person.mail:
            faults.add(Fault("people_nobody"), row=row)
        for column, cell in ((name, person.name), (mail, person.mail)):
            if not _ONE_LINE.fullmatch(cell):
                rule = Fault("allowed", allowed=Fault("one_line"))
                faults.add(rule, row=row, column=column, found=quoted(cell))
        if person.mail and not _is_address(person.mail):
            rule = Fault("allowed", allowed=Fault("an_address"))
            faults.add(rule, row=row, column=mail, found=quoted(person.mail))
        if person.mail and person.mail.casefold() in seen:
            faults.add(Fault("people_twice"), row=row, column=mail, found=quoted(person.mail))
        seen.add(person.mail.casefold())


def _is_address(text: str) -> bool:
    return text.count("@") == 1 and all(text.split("@")) and not re.search(r"\s", text)
