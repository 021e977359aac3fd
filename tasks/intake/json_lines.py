"""JSON Lines: one object a line. Rows are lines as an editor counts them; blank lines are passed over."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.intake.faults import Faults, quoted
from tasks.intake.source import FIRST_ROWS, Nested, Value
from tasks.intake.text import opened
from tasks.strict_json import loads_as_written

MOST_KEYS = 12


class JsonLines:
    """A JSON Lines file. It has no header: `header` has the keys of its first hundred objects."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.notes: list[str] = []
        faults = Faults(name)
        with closing(self._objects(faults)) as objects:
            first = list(islice(objects, FIRST_ROWS))
        if not first:
            faults.refuse()
            raise InputError([f"{name}: holds no row; one JSON object a line is needed"])
        self.header = tuple(dict.fromkeys(key for _, value in first for key in value))

    def rows(self, wanted: Sequence[str], faults: Faults) -> Iterator[tuple[int, Sequence[Value]]]:
        """The wanted values of each object that has them all."""
        for number, value in self._objects(faults):
            lacking = [key for key in wanted if key not in value]
            for key in lacking:
                faults.add(f"is missing; the object has {_keys(value)}", row=number, column=key)
            if not lacking:
                yield number, [_cell(value[key]) for key in wanted]

    def first(self, count: int, faults: Faults) -> list[Sequence[Value]]:
        """The values of the first objects under all of `header`; nothing where an object lacks the key."""
        with closing(self._objects(faults)) as objects:
            return [[_cell(value.get(key)) for key in self.header] for _, value in islice(objects, count)]

    def _objects(self, faults: Faults) -> Generator[tuple[int, dict[str, Any]]]:
        # Split at LF alone: a text may hold U+2028 and other marks that are line ends elsewhere.
        with opened(self.path, self.name, "\n") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    value = loads_as_written(line)
                except ValueError as error:
                    faults.add(f"is no JSON ({error}); each line must be one JSON object", row=number)
                    continue
                if isinstance(value, dict):
                    yield number, value
                else:
                    faults.add("each line must be one JSON object", row=number, found=quoted(line.strip()))


def _cell(value: Any) -> Value:
    if isinstance(value, dict):
        return Nested(f"an object with the keys {_keys(value)}")
    return Nested("a list") if isinstance(value, list) else value


def _keys(value: dict[str, Any]) -> str:
    keys = [key[:40] for key in list(value)[:MOST_KEYS]]
    return ", ".join(keys) + (", …" if len(value) > MOST_KEYS else "") or "none"
