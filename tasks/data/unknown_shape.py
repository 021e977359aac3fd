"""What stands in a file of dialogues that nobody can read yet: its fields, and those that may be the dialogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from tasks.data.conversations import BY_SHAPE, OBJECTS, Reading, part_of
from tasks.intake.shape import speakers
from tasks.intake.shape.fields import Fields
from tasks.intake.shape.opening import opened
from tasks.intake.shape.records import Records, pick
from tasks.strict_json import Number

MOST_FIELDS = 12
DEPTH = 3
"""Levels of objects in which a list of messages is looked for."""
Messages = list[Mapping[str, Any]]


class Unknown(NamedTuple):
    """A file that needs words before it is read.

    Attributes:
        fields: its first fields.
        dialogue: the field that may hold the messages; '' = no list of messages is there.
        speaker, said: fields of a message that may be its speaker and its words.
        labels: speakers of whom no common word says whether client or counsellor.
    """

    fields: tuple[str, ...]
    dialogue: str
    speaker: str
    said: str
    labels: tuple[str, ...]
    told: bool = False
    """Whether dialogue, speaker and said are known, so that labels alone are lacking."""


def unknown(path: Path, reading: Reading = BY_SHAPE) -> Unknown | None:
    """What must be said of a file; None where it is a copy of KokoroChat, or nothing about its fields is amiss."""
    if path.suffix.lower() not in OBJECTS or not path.is_file():
        return None
    return next((found for table in opened([path], {}).records if (found := _unknown(table, reading))), None)


def _unknown(table: Records, reading: Reading) -> Unknown | None:
    if not reading.dialogue and any({"dialogue", "topic"} <= record.keys() for record in table.first()):
        return None
    fields = Fields(table).paths[:MOST_FIELDS]
    part = part_of(table, reading)
    if part and _messages(table, part.dialogue[0], part.speaker, part.said):
        labels = _unsaid(table, part.dialogue[0], part.speaker, part.roles)
        return Unknown(fields, part.dialogue[0], part.speaker, part.said, labels, told=True) if labels else None
    for place in dict.fromkeys(chain.from_iterable(_lists(record, "") for record in table.first())):
        if keys := _keys(list(_said(table.first(), place))):
            speaker, said = keys
            return Unknown(fields, place, speaker, said, _unsaid(table, place, speaker, reading.roles))
    return Unknown(fields, "", "", "", ())


def _messages(table: Records, place: str, speaker: str, said: str) -> bool:
    return any(isinstance(one.get(speaker), str) and said in one for one in _said(table.first(), place))


def _lists(value: Mapping[str, Any], prefix: str, depth: int = DEPTH) -> Iterator[str]:
    """Paths of lists of objects."""
    for key, inner in value.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(inner, list) and inner and all(isinstance(one, Mapping) for one in inner):
            yield path
        elif isinstance(inner, Mapping) and depth > 1:
            yield from _lists(inner, path, depth - 1)


def _said(records: list[Mapping[str, Any]], place: str) -> Iterator[Mapping[str, Any]]:
    for record in records:
        messages = pick(record, place)
        yield from (one for one in messages if isinstance(one, Mapping)) if isinstance(messages, list) else ()


def _keys(messages: Messages) -> tuple[str, str] | None:
    """The key that may be the speaker (fewest different texts) and the one that may be the words (most letters)."""
    texts: dict[str, list[str]] = {}
    for message in messages:
        for key, value in message.items():
            if isinstance(value, str) and not isinstance(value, Number):
                texts.setdefault(key, []).append(value)
    if len(texts) < 2:
        return None
    said = max(texts, key=lambda key: sum(map(len, texts[key])))
    return min((key for key in texts if key != said), key=lambda key: (len(set(texts[key])), -len(texts[key]))), said


def _unsaid(table: Records, place: str, speaker: str, roles: Mapping[str, Any]) -> tuple[str, ...]:
    """Labels without a role, in the order they are met."""
    found = (str(one.get(speaker) or "") for one in _said([record for _, record in table.rows], place))
    return tuple(
        label for label in dict.fromkeys(found)
        if label and label.casefold() != "system" and speakers.role_of(label, roles) is None
    )  # fmt: skip
