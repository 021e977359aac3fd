"""Texts to measure: items and responses files read with every mistake named at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from tasks.errors import InputError
from tasks.schema import Identifier, Item, Record, Translation
from tasks.strict_json import loads

Row = TypeVar("Row", bound=Record)
SHOWN = 60
"""Characters of a wrong value that an error repeats: enough to find it, too few to spill a dialogue."""


class ResponseLine(Record):
    """One line of responses/<system_id>.jsonl; the file's name says whose it is."""

    item_id: Identifier
    text: str
    system_id: Identifier | None = None
    translation: Translation | None = None
    generation: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class SystemTexts:
    """One system's texts in the order of the items."""

    system_id: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Corpus:
    """Items and what each system answered; all systems answer all items."""

    items: tuple[Item, ...]
    systems: tuple[SystemTexts, ...]

    @property
    def dialogues(self) -> tuple[str, ...]:
        """The resampling unit of each item."""
        return tuple(item.dialogue for item in self.items)


def read_corpus(items_path: Path, response_paths: Sequence[Path]) -> Corpus:
    """The items and each file's responses to them, in the order of the items.

    Raises:
        InputError: a file is missing or not UTF-8, a line is wrong, an item is answered twice, never, or is unknown.
    """
    errors: list[str] = []
    items = read_items(items_path, errors)
    stems = Counter(path.stem for path in response_paths)
    errors.extend(f"{stem}.jsonl: {count} files of this name; a system's id is its file's name" for stem, count in
                  stems.items() if count > 1)  # fmt: skip
    systems = [_read_system(path, items, items_path, errors) for path in response_paths]
    if errors:
        raise InputError(errors)
    return Corpus(tuple(items.values()), tuple(systems))


def read_items(path: Path, errors: list[str]) -> dict[str, Item]:
    """The items of a file by id, in its order; mistakes are added to `errors`."""
    items: dict[str, Item] = {}
    before = len(errors)
    for place, item in read_lines(path, Item, errors):
        if item.item_id in items:
            errors.append(f"{place}: item_id: found {item.item_id!r} a second time; each item once")
        items[item.item_id] = item
    if not items and len(errors) == before:
        errors.append(f"{path}: no items; one JSON object a line is needed")
    return items


def _read_system(path: Path, items: dict[str, Item], items_path: Path, errors: list[str]) -> SystemTexts:
    _check_stem(path, errors)
    before = len(errors)
    texts: dict[str, str] = {}
    for place, line in read_lines(path, ResponseLine, errors):
        if line.system_id not in (None, path.stem):
            errors.append(f"{place}: system_id: found {line.system_id!r}; allowed: {path.stem!r}, the file's name")
        if line.item_id in texts:
            errors.append(f"{place}: item_id: found {line.item_id!r} a second time; one response an item")
        elif items and line.item_id not in items:
            errors.append(f"{place}: item_id: found {line.item_id!r}; allowed: the {len(items)} ids of {items_path}")
        texts[line.item_id] = line.text
    if len(errors) == before:
        lacking = [item_id for item_id in items if item_id not in texts]
        errors.extend(f"{path}: item_id: {item_id!r} has no response; every item needs one" for item_id in lacking)
    return SystemTexts(path.stem, tuple(texts.get(item_id, "") for item_id in items))


def _check_stem(path: Path, errors: list[str]) -> None:
    try:
        TypeAdapter(Identifier).validate_python(path.stem)
    except ValidationError:
        errors.append(
            f"{path}: file name: found {path.stem!r}; allowed for a system: 1 to 80 of A-Z a-z 0-9 _ . -, "
            "beginning with a letter or digit"
        )


def read_lines(path: Path, record: type[Row], errors: list[str]) -> Iterator[tuple[str, Row]]:
    """Each line of a JSONL file as a record, with its place for messages; wrong lines are added to `errors`."""
    for number, line in enumerate(_lines(path, errors), start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            yield place, record.model_validate(loads(line))
        except ValidationError as error:
            errors.extend(_fault(place, fault, record) for fault in error.errors(include_url=False))
        except ValueError as error:
            errors.append(f"{place}: not JSON ({error}), found {line[:SHOWN]!r}")


def _lines(path: Path, errors: list[str]) -> list[str]:
    """Split at LF alone: a text may hold U+2028 and other marks that Python takes for line ends."""
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        errors.append(f"{path}: not UTF-8 (byte {error.start}: {error.reason})")
    except OSError as error:
        errors.append(f"{path}: cannot be read ({error.strerror})")
    return []


def _fault(place: str, fault: Any, record: type[Record]) -> str:
    name = ".".join(str(part) for part in fault["loc"]) or "line"
    if fault["type"] == "extra_forbidden":
        return f"{place}: {name}: unknown key; allowed: {', '.join(record.model_fields)}"
    if fault["type"] == "missing":
        return f"{place}: {name}: missing"
    return f"{place}: {name}: {fault['msg']}, found {str(fault['input'])[:SHOWN]!r}"
