"""A look at a sheet's XML for what python-calamine hides: errors, formulas without a value, hidden rows and columns.

Also how far the sheet reaches, before a library makes every cell up to there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import ZipFile

from tasks.errors import InputError
from tasks.languages.fault import Fault, at, why

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Place = tuple[int, int]
"""Row and column of a cell, from 1."""


@dataclass(slots=True)
class Look:
    """What was seen in a sheet.

    Attributes:
        errors: cells that hold an error, as `#N/A`.
        uncached: formulas whose value was never stored.
        hidden: rows that hold something and are hidden; `hidden_columns`: columns.
        rows, columns: how far cells with something in them reach; 0 in an empty sheet.
    """

    errors: set[Place] = field(default_factory=set)
    uncached: set[Place] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    rows: int = 0
    columns: int = 0


def look(workbook: ZipFile, member: str, name: str) -> Look:
    """What is in a sheet.

    Raises:
        InputError: the sheet is no XML, or declares a document type, by which a small one may grow large.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartElementHandler = reader.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with workbook.open(member) as file:
            parser.ParseFile(file)
    except (expat.ExpatError, _DoctypeError) as error:
        raise InputError(at(name, Fault("no_excel", reason=Fault("no_plain_xml", reason=why(error))))) from error
    reader.end_cell()
    return reader.found


def members_of(workbook: ZipFile) -> Mapping[str, str]:
    """Name of sheet -> the member of the archive that holds it."""
    relations = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in _tree(workbook, "xl/_rels/workbook.xml.rels").iter()
        if relation.get("Target")
    }
    sheets = [one for one in _tree(workbook, "xl/workbook.xml").iter() if one.tag.rpartition("}")[2] == "sheet"]
    return {one.get("name", ""): _member(relations.get(_id(one), "")) for one in sheets}


def _tree(workbook: ZipFile, member: str) -> ElementTree.Element:
    raw = workbook.read(member)
    if b"<!DOCTYPE" in raw:
        raise ValueError(Fault("xml_doctype"))
    return ElementTree.fromstring(raw)


def _id(sheet: ElementTree.Element) -> str:
    return sheet.get(_RELATION) or next((value for key, value in sheet.items() if key.endswith("}id")), "")


def _member(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


class _DoctypeError(ValueError):
    pass


def _refuse_doctype(*_: Any) -> None:
    raise _DoctypeError("it declares a document type")


class _Reader:
    """Follows the elements of a sheet; rows and cells without a place stand after the one before."""

    def __init__(self) -> None:
        self.found = Look()
        self._row = self._column = 0
        self._row_hidden = self._formula = self._valued = False
        self._hidden_ranges: list[tuple[int, int]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag[tag.rfind("|") + 1 :]
        if tag == "c":
            self.end_cell()
            place = attributes.get("r")
            self._column = _column(place.rstrip("0123456789")) if place else self._column + 1
            if attributes.get("t") == "e":
                self.found.errors.add((self._row, self._column))
        elif tag in ("v", "is"):
            self._value()
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self.end_cell()
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            self._row_hidden = _is_hidden(attributes)
        elif tag == "col" and (_is_hidden(attributes) or attributes.get("width") == "0"):
            self._hidden_ranges.append((int(attributes["min"]), int(attributes["max"])))

    def _value(self) -> None:
        self._valued = True
        self.found.rows = max(self.found.rows, self._row)
        self.found.columns = max(self.found.columns, self._column)
        if self._row_hidden:
            self.found.hidden.add(self._row)
        if any(low <= self._column <= high for low, high in self._hidden_ranges):
            self.found.hidden_columns.add(self._column)

    def end_cell(self) -> None:
        if self._formula and not self._valued:
            self.found.uncached.add((self._row, self._column))
        self._formula = self._valued = False


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return attributes.get("hidden") in ("1", "true")


def letters(column: int) -> str:
    """1 -> A, 26 -> Z, 27 -> AA."""
    before, last = divmod(column - 1, 26)
    return (letters(before) if before else "") + chr(65 + last)


@cache
def _column(letters: str) -> int:
    """A -> 1, Z -> 26, AA -> 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter.upper()) - 64
    return number
