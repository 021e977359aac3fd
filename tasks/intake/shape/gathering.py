"""The dialogues and responses of some files, as a mapping says, under the keys by which they belong together."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from tasks.intake import labels
from tasks.intake.faults import Faults, quoted
from tasks.intake.shape import dialogues
from tasks.intake.shape.dialogues import UnreadableError, text_at
from tasks.intake.shape.mapping import Answers, Part
from tasks.intake.shape.mending import TWO_RESPONSES, Alike, Twice
from tasks.intake.shape.records import Records, pick
from tasks.intake.text import visible
from tasks.languages.fault import Fault
from tasks.schema import Item, Turn
from tasks.schema.mistakes import mistake

Key = tuple[str, ...]
"""What names an item: `("id", …)` the fields that name it, `("dialogue", …)` its dialogue."""


@dataclass(slots=True)
class Context:
    """A dialogue that systems answer, with what stood beside it; `item` where the file held an item of our own."""

    turns: tuple[Turn, ...]
    reference: str = ""
    item: Item | None = None


@dataclass(slots=True)
class Gathered:
    """Dialogues by key, and responses by system's name and key; '' where a response is empty.

    `empty`: how many dialogues were empty; `human`: whether references are judged as a system's responses; `differing`:
    how many responses stood beside another one of the same system to the same item; `dropped`: items left out for it.
    """

    contexts: dict[Key, Context] = field(default_factory=dict)
    texts: dict[str, dict[Key, str]] = field(default_factory=dict)
    empty: int = 0
    doubled: int = 0
    human: bool = False
    differing: int = 0
    dropped: set[Key] = field(default_factory=set)


class Gatherer:
    """Reads records into a `Gathered`; what cannot be read goes to the faults of its file.

    Args:
        known: the ids of items that are there already; another id, and an empty response, is then a fault. None = items
            come with the files.
        twice, alike: what was chosen about differing responses and names of systems: `tasks.intake.shape.mending`.
    """

    def __init__(
        self, known: Collection[str] | None = None, twice: Twice = "mend", alike: Alike = "mend"
    ) -> None:  # fmt: skip
        self.known, self.twice, self.alike = known, twice, alike
        self.found = Gathered()
        self._names: dict[str | float, str] = {}

    def read(self, records: Records, part: Part, faults: Faults) -> None:
        """The records of a file."""
        self.found.human |= part.last == "human"
        for row, record in records.rows:
            try:
                self._record(records.name, row, record, part, faults)
            except UnreadableError as error:
                faults.add(error.rule, row=row, column=error.path, found=error.found)

    def _record(self, name: str, row: int, record: Mapping[str, Any], part: Part, faults: Faults) -> None:
        context = self._context(record, part) if part.dialogue else None
        if part.dialogue and context is None:
            self.found.empty += 1
            return
        key = self._key(record, part, context)
        if not key:
            faults.add(Fault("no_id"), row=row, column=", ".join(part.item))
            return
        if context and not self._keeps_context(key, context, row, part, faults):
            return
        if context and part.last == "response":
            self._keep(part.names[name], key, context.reference, row, faults)
            context.reference = ""
        for answers in part.answers:
            self._answer(name, row, record, part, answers, key, faults)

    def _answer(
        self, name: str, row: int, record: Mapping[str, Any], part: Part, answers: Answers, key: Key, faults: Faults
    ) -> None:
        system = _system(name, record, part, answers)
        if not visible(system):
            faults.add(Fault("no_system"), row=row, column=answers.system)
            return
        try:
            text = text_at(_worded(record, answers.text, part), answers.text)
        except UnreadableError as error:
            faults.add(error.rule, row=row, column=error.path, found=error.found)
            return
        if self.known is not None and not visible(text):
            found = Fault("unseen", found=quoted(text)) if text.strip() else ""
            faults.add(Fault("empty_text"), row=row, column=answers.text, found=found)
        elif self.known is not None and key[-1] not in self.known:
            faults.add(Fault("strange_item"), row=row, column=", ".join(part.item), found=_shown(key))
        else:
            self._keep(system, key, text, row, faults, answers.text)

    def _context(self, record: Mapping[str, Any], part: Part) -> Context | None:
        """The dialogue before the last turn of the counsellor, which is a response or a reference; None if empty."""
        if part.form == "items":
            return _own(record)
        turns = dialogues.turns(record, part)
        reference = ""
        if turns and turns[-1].role == "counselor" and part.last != "none":
            turns, reference = turns[:-1], turns[-1].text
        if turns and turns[-1].role == "counselor":
            raise UnreadableError(Fault("ends"), part.dialogue[0])
        return Context(turns, reference) if turns else None

    def _key(self, record: Mapping[str, Any], part: Part, context: Context | None) -> Key:
        if part.item:
            values = tuple(str(value) if (value := pick(record, path)) is not None else "" for path in part.item)
            return ("id", *values) if all(map(visible, values)) else ()
        return dialogue_key(context.turns) if context else ()

    def _keeps_context(self, key: Key, context: Context, row: int, part: Part, faults: Faults) -> bool:
        first = self.found.contexts.setdefault(key, context)
        if first.turns != context.turns:
            faults.add(Fault("two_dialogues"), row=row, column=", ".join(part.item), found=_shown(key))
            return False
        first.reference = first.reference or context.reference
        return True

    def _keep(self, system: str, key: Key, text: str, row: int, faults: Faults, column: str = "") -> None:
        if self.alike == "one":
            system = self._names.setdefault(labels.meant(system), system)
        here = self.found.texts.setdefault(system, {})
        if key not in here:
            here[key] = text
        elif here[key] == text:
            self.found.doubled += 1
        elif self.twice == "mend":
            faults.add(Fault(TWO_RESPONSES, system=quoted(system)), row=row, column=column, found=_shown(key))
        else:
            self.found.differing += 1
            here[key] = text if self.twice == "last" else here[key]
            self.found.dropped |= {key} if self.twice == "leave" else set()


def _system(name: str, record: Mapping[str, Any], part: Part, answers: Answers) -> str:
    """Whose a response is: its column's name, the name given to its file, or what the field says."""
    if answers.name:
        return answers.name
    if part.last != "response" and name in part.names:
        return part.names[name]
    return str(pick(record, answers.system) or "") if answers.system else part.names[name]


def _worded(record: Mapping[str, Any], path: str, part: Part) -> Mapping[str, Any]:
    """The record, with the words that were said to stand at a path in place of true or false."""
    value = pick(record, path) if part.bare != "refuse" else None
    return {path: str(value).lower() if part.bare == "word" else ""} if isinstance(value, bool) else record


def _own(record: Mapping[str, Any]) -> Context:
    try:
        item = Item.model_validate(dict(record))
    except ValidationError as error:
        first = error.errors()[0]
        raise UnreadableError(
            Fault("no_own_item", why=mistake(first, Item)), ".".join(map(str, first["loc"]))
        ) from error
    return Context(item.turns, item=item)


def dialogue_key(turns: Sequence[Turn]) -> Key:
    """The key of a dialogue by its words alone."""
    return ("dialogue", json.dumps([(turn.role, turn.text) for turn in turns], ensure_ascii=False))


def _shown(key: Key) -> str:
    return quoted(" + ".join(key[1:]))
