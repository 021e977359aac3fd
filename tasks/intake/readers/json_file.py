"""JSON: one object a line, or one list of objects in a file. A row is a line of the file, or a place in the list."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from tasks.errors import InputError
from tasks.intake.asking import Note
from tasks.intake.content import Content
from tasks.intake.faults import Faults, quoted
from tasks.intake.readers.source import FIRST_ROWS, Nested, Value
from tasks.intake.text import opened
from tasks.languages.fault import Fault, at
from tasks.strict_json import loads_as_written, reason

MOST_KEYS = 12
MOST_CHARACTERS = 128 * 2**20
"""Of a file that is one JSON value, which must be held whole."""
HOLDERS = frozenset({"data", "rows", "records", "items", "results", "examples", "instances", "entries", "answers"})
"""Keys under which tools write their list of records, beside facts of the whole file."""
TURNS = frozenset({"messages", "conversation", "conversations", "dialog", "dialogue", "turns", "utterances"})
"""Keys of the utterances of one record: such a list is no list of records."""


class JsonObjects:
    """Objects of a file. They have no header: `header` has the keys of the first hundred."""

    headed = True

    def __init__(self, content: Content, encoding: str = "utf-8") -> None:
        self.content, self.name = content, content.name
        self._encoding = encoding
        self.notes: list[Note] = []
        faults = Faults(self.name)
        with closing(self._objects(faults)) as objects:
            first = list(islice(objects, FIRST_ROWS))
        if not first:
            faults.refuse()
            raise InputError(at(self.name, Fault("json_empty")))
        self.header = tuple(dict.fromkeys(key for _, value in first for key in value))

    def rows(self, wanted: Sequence[str], faults: Faults) -> Iterator[tuple[int, Sequence[Value]]]:
        """The wanted values of each object that has them all."""
        for number, value in self._objects(faults):
            lacking = [key for key in wanted if key not in value]
            for key in lacking:
                faults.add(Fault("json_no_key", fields=_keys(value)), row=number, column=key)
            if not lacking:
                yield number, [_cell(value[key]) for key in wanted]

    def records(self, faults: Faults) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The objects as they stand."""
        return self._objects(faults)

    def first(self, count: int, faults: Faults) -> list[Sequence[Value]]:
        """The values of the first objects under all of `header`; nothing where an object lacks the key."""
        with closing(self._objects(faults)) as objects:
            return [[_cell(value.get(key)) for key in self.header] for _, value in islice(objects, count)]

    def _objects(self, faults: Faults) -> Generator[tuple[int, dict[str, Any]]]:
        raise NotImplementedError


class JsonLines(JsonObjects):
    """A JSON Lines file: rows are lines as an editor counts them; blank lines are passed over."""

    def _objects(self, faults: Faults) -> Generator[tuple[int, dict[str, Any]]]:
        # Split at LF alone: a text may hold U+2028 and other marks that are line ends elsewhere.
        with opened(self.content, self._encoding, "\n") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    value = loads_as_written(line)
                except ValueError as error:
                    faults.add(Fault("json_line_broken", reason=reason(error)), row=number)
                    continue
                if isinstance(value, dict):
                    yield number, value
                else:
                    faults.add(Fault("json_line"), row=number, found=quoted(line.strip()))


class JsonFile(JsonObjects):
    """A JSON file: a list of objects, an object that is nothing but a named list of them, or one object."""

    def __init__(self, content: Content, encoding: str = "utf-8") -> None:
        self._value = _whole(content, encoding)
        self._listed_under = _key_of_list(self._value)
        super().__init__(content, encoding)
        if self._listed_under:
            self.notes.append(Note("read_listed", {"file": self.name, "key": self._listed_under}))

    def _objects(self, faults: Faults) -> Generator[tuple[int, dict[str, Any]]]:
        value = self._value[self._listed_under] if self._listed_under else self._value
        for number, entry in enumerate(value if isinstance(value, list) else [value], start=1):
            if isinstance(entry, dict):
                yield number, entry
            else:
                faults.add(Fault("json_entry"), row=number, found=quoted(str(entry)))


def holds_lines(content: Content, encoding: str) -> bool:
    """Whether a file that is named .json has an object on each of its first two lines, as JSON Lines have."""
    with opened(content, encoding, "\n") as file:
        lines = list(islice((line for line in file if line.strip()), 2))
    return len(lines) == 2 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines)


def _whole(content: Content, encoding: str) -> Any:
    with opened(content, encoding) as file:
        text = file.read(MOST_CHARACTERS + 1)
    if len(text) > MOST_CHARACTERS:
        raise InputError(at(content.name, Fault("json_long", most=f"{MOST_CHARACTERS:,}")))
    try:
        return loads_as_written(text)
    except ValueError as error:
        raise InputError(at(content.name, Fault("no_json", reason=reason(error)))) from error


def _key_of_list(value: Any) -> str:
    """The key under which an object holds nothing but a list of records; '' where it is a record itself."""
    if not isinstance(value, dict):
        return ""
    lists = [key for key, part in value.items() if isinstance(part, list) and part and isinstance(part[0], dict)]
    alone = len(value) == 1 and lists and lists[0].casefold() not in TURNS
    holding = [key for key in lists if alone or key.casefold() in HOLDERS]
    return holding[0] if len(lists) == 1 and holding else ""


def _cell(value: Any) -> Value:
    if isinstance(value, dict):
        return Nested(Fault("the_object", fields=_keys(value)))
    return Nested(Fault("a_list")) if isinstance(value, list) else value


def _keys(value: dict[str, Any]) -> str:
    keys = [key[:40] for key in list(value)[:MOST_KEYS]]
    return ", ".join(keys) + (", …" if len(value) > MOST_KEYS else "") or "none"
