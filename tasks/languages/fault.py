"""What is wrong, in words: an English text as commands print it, which can be said in a reader's language on a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tasks.languages import catalogue
from tasks.languages.tags import isolated

SECTION = "faults"


class Fault(str):
    """A sentence, or a part of one, of the languages' files; a text like any other, in English.

    at("answers.csv, row 3", instead("'x'", Fault("a_number")))

    Args:
        key: of the section.
        section: another one that has the key.
        values: what is the same in every language (names, numbers, what stands in a file), or Faults.
    """

    __slots__ = ("key", "section", "values")

    key: str
    section: str
    values: dict[str, Any]

    def __new__(cls, key: str, section: str = SECTION, /, **values: object) -> Fault:
        made = super().__new__(cls, catalogue.word(section, catalogue.SECOND, key, **values))
        made.key, made.section, made.values = key, section, values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.key, self.section, self.values)

    def text(self, language: str) -> str:
        """The same in the closest language that has it, its values isolated where that runs from right to left."""
        reader = catalogue.read_in(self.section, language)
        values = {name: _value(value, reader) for name, value in self.values.items()}
        return catalogue.word(self.section, reader, self.key, **values)


class Library(Fault):
    """A library's own words for what is wrong: English, where they stand; others are told what they come to."""

    __slots__ = ()

    def __new__(cls, words: str) -> Library:
        made = str.__new__(cls, " ".join(words.split()))
        made.key, made.section, made.values = "broken", SECTION, {}
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Library, (str(self),)

    def text(self, language: str) -> str:
        """The library's words, or what they come to."""
        return str(self) if catalogue.read_in(SECTION, language) == catalogue.SECOND else super().text(language)


def _again(key: str, section: str, values: dict[str, Any]) -> Fault:
    return Fault(key, section, **values)


def _value(value: object, reader: str) -> object:
    """A value in the reader's language; numbers stay numbers, by which plurals are told."""
    if isinstance(value, Fault):
        return value.text(reader)
    return isolated(value, reader) if isinstance(value, str) else value


def at(place: str, fault: str) -> Fault:
    """A fault with the place where it stands."""
    return Fault("at", place=place, fault=fault)


def line_of(file: str, line: int | None, field: str = "") -> str:
    """A place in a file of lines: `study.yaml line 3, criteria.0.of`; the file's name alone is no words."""
    place: str = Fault("place_line", file=file, line=line) if line else file
    return Fault("place_part", place=place, part=field) if field else place


def instead(found: object, allowed: str) -> Fault:
    """What was found, and what is allowed instead."""
    return Fault("instead", found=found if isinstance(found, str) else f"{found}", allowed=allowed)


def why(error: BaseException) -> Fault:
    """What an exception says: ours as it is, a library's as Library."""
    ours = error.args[0] if error.args else ""
    return ours if isinstance(ours, Fault) else Library(str(error))


def said(lines: Iterable[str], language: str) -> tuple[str, ...]:
    """Lines in a reader's language; those that are no Faults as they are."""
    return tuple(line.text(language) if isinstance(line, Fault) else line for line in lines)
