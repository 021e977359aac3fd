"""Records of a file as the shapes see them, and paths into them: `choices.0.message.content`, or a column's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

FIRST = 100
"""Records by which a file's shape is told."""
MOST_PATHS = 80
_SIGNS = re.compile(r"[\s_\-()\[\]{}（）【】「」『』]+")


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """One table or list of records.

    Attributes:
        name: the file, with the sheet where there are several: what messages and answers call it.
        rows: (row as a spreadsheet or an editor shows it, the record); cells are texts, numbers are `Number`.
        headed: whether the file names its columns itself; else they are called 1, 2, 3 …
    """

    name: str
    rows: Sequence[tuple[int, Mapping[str, Any]]]
    headed: bool = True

    def first(self) -> list[Mapping[str, Any]]:
        """The records by which the shape is told."""
        return [record for _, record in self.rows[:FIRST]]


def pick(record: Mapping[str, Any], path: str) -> Any:
    """What stands at a path; None where nothing does. A key that is the whole path goes before its parts."""
    if path in record:
        return record[path]
    value: Any = record
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and re.fullmatch(r"-?\d{1,6}", part) and -len(value) <= int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def paths(records: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The paths of single values in some records, in order of their first occurrence; at most 80."""
    found = dict.fromkeys(path for record in records for path in islice(_leaves(record, ""), MOST_PATHS))
    return tuple(islice(found, MOST_PATHS))


def _leaves(value: Any, prefix: str) -> Iterator[str]:
    """The first entry of a list stands for the others."""
    inner: Iterator[tuple[str, Any]]
    if isinstance(value, Mapping):
        inner = iter(value.items())
    elif isinstance(value, list):
        inner = iter([("0", value[0])] if value else [])
    else:
        yield prefix
        return
    for key, part in inner:
        if key:  # a column without a name cannot be chosen
            yield from _leaves(part, f"{prefix}.{key}" if prefix else key)


def alike(header: str) -> str:
    """A header as headers are compared: NFKC, casefold, without blanks, brackets, hyphens and underscores."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", header).casefold())
