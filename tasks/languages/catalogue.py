"""The interface's words: one file per language in `words/`, plain keys under the section of whoever reads them.

    word("report", "de", "summary_line", items=12, raters=5, judgments=60)

A text is a string, or a map from plural category (CLDR: `one`, `few`, `other`, …) to string; the number that decides is
the value called `n`. `{name}` is filled in. A section that a language's file leaves out is not offered in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tasks.languages import tags

FOLDER = Path(__file__).with_name("words")
FIRST, SECOND = "ja", "en"
"""The language in which the interface is written, and the one beside it: their files have every section."""

STATUSES = ("original", "reviewed", "draft")
"""Of a file: the words in which the instruments were made; read by a counsellor of the language; by none yet."""

_VALUE = re.compile(r"\{(\w+)\}")

Text = str | Mapping[str, str]
"""A text, or its forms by plural category."""


@cache
def written() -> tuple[str, ...]:
    """The languages that have a file: the two of this project first, the others by tag."""
    found = {path.stem for path in FOLDER.glob("*.yaml")}
    return (FIRST, SECOND, *sorted(found - {FIRST, SECOND}))


@cache
def languages(section: str) -> tuple[str, ...]:
    """The languages in which a section can be read."""
    return tuple(tag for tag in written() if section in sections(tag))


@cache
def read_in(section: str, language: str) -> str:
    """The language whose words of a section readers of `language` get: its own, the closest one, the same in
    another script, or English."""
    return tags.readable(language, languages(section)) or SECOND


@cache
def file(language: str) -> Mapping[str, Any]:
    """A language's file as it stands. Raises KeyError for a language without one."""
    path = FOLDER / f"{language}.yaml"
    if not path.is_file():
        raise KeyError(f"{language}: no words in this language; there are {', '.join(written())}")
    read: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_loader())
    return read


def _loader() -> type[yaml.SafeLoader]:
    """The library's safe loader, in C where it was built: ten times as fast."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def sections(language: str) -> tuple[str, ...]:
    """The sections that a language's file has. Raises KeyError for a language without one."""
    return tuple(name for name, part in file(language).items() if isinstance(part, Mapping))


def is_draft(language: str) -> bool:
    """Whether no counsellor has read the words of a language yet; True for one without a file."""
    return language not in written() or file(language)["status"] == "draft"


def words(section: str, language: str) -> Mapping[str, Text]:
    """Key -> text of a section. Raises KeyError where it is not offered in the language."""
    found: Mapping[str, Text] = file(language)[section]
    return found


def word(section: str, language: str, key: str, /, **values: object) -> str:
    """The text of a key with its values filled in. Raises KeyError for a key that has none."""
    return fill(form(words(section, language)[key], language, values), values)


def form(text: Text, language: str, values: Mapping[str, object]) -> str:
    """The form of a text that the number `n` among the values asks for; the text itself where it has one alone."""
    if isinstance(text, str):
        return text
    count = values.get("n")
    category = tags.plural_category(language, count) if isinstance(count, int | float) else "other"
    return text.get(category, text["other"])


def fill(text: str, values: Mapping[str, object]) -> str:
    """`text` with each `{name}` replaced by its value; names without a value stay as they are."""
    return _VALUE.sub(lambda found: str(values.get(found[1], found[0])), text)
