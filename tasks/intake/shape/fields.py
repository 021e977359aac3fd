"""The fields of a file, found by path, by the words of their headers, or by what stands in their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.intake import labels
from tasks.intake.shape import speakers
from tasks.intake.shape.known import Known, Place, header_words
from tasks.intake.shape.records import Records, alike, paths, pick
from tasks.intake.text import visible
from tasks.strict_json import Number

TEXTUAL = ("dialogue", "text", "first_text", "second_text", "third_text")
"""Classes whose columns hold texts, so that a column of numbers is none of them."""


class Fields:
    """The fields of one file by its first records; `root`: the key under which its columns stand."""

    def __init__(self, records: Records, root: str = "") -> None:
        self.records, self.root = records, root
        self._first = records.first()
        self.paths = tuple(path for path in paths(self._first) if path.startswith(f"{root}." if root else ""))

    def first_keys(self) -> tuple[str, ...]:
        """The keys of the first records themselves, whatever stands under them."""
        return tuple(dict.fromkeys(key for record in self._first for key in record))

    def values(self, path: str) -> list[Any]:
        """What stands at a path in the first records; nothing is left out."""
        return [pick(record, path) for record in self._first]

    def texts(self, path: str) -> list[str]:
        """The texts at a path in the first records in which something can be seen."""
        return [value for value in self.values(path) if isinstance(value, str) and visible(value)]

    def find(self, place: Place) -> tuple[str, ...]:
        """The paths that a place of a known shape may mean here; () where it is not there."""
        prefix, at, kind = place.rpartition("@")
        if at:
            return self._by_words(kind, prefix)
        if any(value is not None for value in self.values(place)):
            return (place,)
        return tuple(path for path in self.paths if "." not in place and alike(path) == alike(place))[:1]

    def has(self, known: Known) -> bool:
        """Whether the file has the shape."""
        return all(self._there(place) for place in known.needs) and not any(self.find(place) for place in known.unless)

    def is_text(self, path: str) -> bool:
        """Whether a field holds texts: half of what is there or more is a text and no number."""
        texts = [text for text in self.texts(path) if not isinstance(text, Number) and labels.number(text) is None]
        return bool(texts) and 2 * len(texts) >= len(self.texts(path))

    def is_prose(self, path: str) -> bool:
        """Whether a field may hold responses: texts, of which most are different or long."""
        texts = self.texts(path)
        return self.is_text(path) and (len(texts) < 4 or len(set(texts)) * 2 > len(texts) or _middle(texts) >= 15)

    def marked(self) -> tuple[str, ...]:
        """The fields whose cells have speaker marks of more than a counsellor: those alone mark responses."""
        found = (path for path in self.paths if self.is_text(path) and speakers.is_marked(self.texts(path)))
        return tuple(path for path in found if _of_two(self.texts(path)))

    def _there(self, place: Place) -> bool:
        return any(value is not None for value in self.values(place)) if "@" not in place else bool(self.find(place))

    def _by_words(self, kind: str, prefix: str) -> tuple[str, ...]:
        """The fields whose header is a word of the class, in the order of the words; dialogues by their marks first."""
        start = prefix or (f"{self.root}." if self.root else "")
        if kind == "dialogue" and (marked := self.marked()):
            return marked
        by_name: Mapping[str, Sequence[str]] = _grouped(self.paths, start)
        words = dict.fromkeys(alike(word) for word in header_words(kind))
        found = [path for word in words for path in by_name.get(word, ())]
        return tuple(path for path in found if kind not in TEXTUAL or self.is_text(path))


def _of_two(texts: Sequence[str]) -> bool:
    found = speakers.labels(texts)
    return len(found) > 1 or any(speakers.role_of(label, {}) == "client" for label in found)


def _grouped(found: Sequence[str], start: str) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for path in found:
        if path.startswith(start) and path:
            groups.setdefault(alike(path.removeprefix(start)), []).append(path)
    return groups


def _middle(texts: Sequence[str]) -> int:
    return sorted(map(len, texts))[len(texts) // 2]
