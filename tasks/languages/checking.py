"""Whether a language's file is whole: every key of English, the same values, the plural forms the language has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from tasks.languages import tags
from tasks.languages.catalogue import FOLDER, SECOND, STATUSES, Text
from tasks.languages.tag import checked

VALUE = re.compile(r"\{(\w+)\}")
HEAD = ("language", "status")
NEEDS = {
    "door": ("faults",),
    "report": ("reasons",),
    "organiser": ("reasons", "faults"),
    "heds": ("reasons",),
    "scores": ("report", "reasons"),
}
"""Sections whose pages read words of others, too."""
SHOWN = 12
"""Missing keys of a section that are named before the rest is counted."""


class Entry(NamedTuple):
    """A text of a file and the 1-based line on which its key stands."""

    text: Text
    line: int


Sections = Mapping[str, Mapping[str, Entry]]


def errors(path: Path, model: Path = FOLDER / f"{SECOND}.yaml") -> list[str]:
    """What is wrong with a language's file, one line each with file, line and key; [] for a whole one.

    Args:
        model: the file whose keys and values it must have, section by section; a section left out altogether is not
            offered in the language.
    """
    try:
        head, sections, doubled = _read(path)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        return [f"{path.name}: cannot be read ({' '.join(str(error).split())})"]
    found = [*_of_head(path, head), *doubled]
    if found:
        return found
    _, wanted, _ = _read(model)
    for name in sections:
        if name not in wanted:
            found.append(f"{path.name}, {name}: unknown section; allowed: {', '.join(wanted)}")
        if lacking := [other for other in NEEDS.get(name, ()) if other not in sections]:
            found.append(f"{path.name}, {name}: without the section {', '.join(lacking)}, which its pages read too")
    for name, entries in sections.items():
        found += _of_section(path.name, name, entries, wanted.get(name, {}), path.stem)
    return found


def _read(path: Path) -> tuple[dict[str, str], Sections, list[str]]:
    """Head, sections and doubled keys of a file. Raises yaml.YAMLError where it is no mapping of mappings of texts."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode):
        raise yaml.YAMLError("allowed: language, status and sections of keys")
    head: dict[str, str] = {}
    sections: dict[str, dict[str, Entry]] = {}
    doubled: list[str] = []
    for key, value in node.value:
        if isinstance(value, yaml.MappingNode):
            rows = sections.setdefault(key.value, {})
            for name, text in value.value:
                if name.value in rows:
                    doubled.append(f"{path.name} line {_line(name)}, {key.value}.{name.value}: stands twice")
                rows[name.value] = Entry(_text(text), _line(name))
        else:
            head[key.value] = str(value.value)
    return head, sections, doubled


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _text(node: yaml.Node) -> Text:
    if isinstance(node, yaml.MappingNode):
        return {str(category.value): str(form.value) for category, form in node.value}
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _of_head(path: Path, head: Mapping[str, str]) -> Iterator[str]:
    for name in (*HEAD, *(name for name in head if name not in HEAD)):
        if name not in head or name not in HEAD:
            yield f"{path.name}, {name}: {'is missing' if name in HEAD else 'unknown key'}; allowed: {', '.join(HEAD)}"
    if (status := head.get("status")) is not None and status not in STATUSES:
        yield f"{path.name}, status: found {status!r}; allowed: {', '.join(STATUSES)}"
    try:
        checked(path.stem)
    except ValueError as error:
        yield f"{path.name}: a file is called by its language: {error}"
    if "language" in head and head["language"] != path.stem:
        yield f"{path.name}, language: found {head['language']!r}; allowed: {path.stem!r}, as the file is called"


def _of_section(
    file: str, name: str, entries: Mapping[str, Entry], wanted: Mapping[str, Entry], tag: str
) -> Iterator[str]:
    if lacking := [key for key in wanted if key not in entries]:
        more = f" and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else ""
        yield f"{file}, {name}: without {', '.join(lacking[:SHOWN])}{more}; allowed: every key of this section"
    for key, entry in entries.items():
        where = f"{file} line {entry.line}, {name}.{key}"
        if key not in wanted:
            yield f"{where}: unknown key"
            continue
        yield from _of_text(where, entry.text, wanted[key].text, tag)


def _of_text(where: str, text: Text, model: Text, tag: str) -> Iterator[str]:
    forms = {"": text} if isinstance(text, str) else dict(text)
    if not isinstance(text, str) and set(forms) != (categories := tags.plural_categories(tag)):
        yield f"{where}: found the plural forms {', '.join(forms) or 'none'}; allowed: {', '.join(sorted(categories))}"
    allowed = _values(model)
    for category, form in forms.items():
        here = where + (f".{category}" if category else "")
        if not form.strip() and form == form.strip():
            yield f"{here}: is empty"
        strange, lacking = _values(form) - allowed, allowed - _values(form) - ({"n"} if category else set())
        if strange or lacking:
            yield f"{here}: found the values {_listed(_values(form))}; allowed: {_listed(allowed)}"


def _values(text: Text) -> set[str]:
    """The names of the values that a text holds, in any of its forms."""
    return set(VALUE.findall(text if isinstance(text, str) else " ".join(text.values())))


def _listed(values: set[str]) -> str:
    return ", ".join(f"{{{value}}}" for value in sorted(values)) or "none"
