"""Items and Responses of some files, read as a mapping says; nothing depends on the order of rows, columns or files."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Texts
from dataclasses import dataclass
from itertools import chain

from tasks.errors import InputError
from tasks.intake import labels
from tasks.intake.asking import Note
from tasks.intake.faults import Faults
from tasks.intake.shape.gathering import Context, Gathered, Gatherer, Key, dialogue_key
from tasks.intake.shape.identifiers import item_ids, natural, system_ids
from tasks.intake.shape.mapping import Mapping
from tasks.intake.shape.records import Records
from tasks.intake.shape.steps import stepped
from tasks.intake.text import visible
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Item, Source

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken from some files.

    Attributes:
        items: in the order of their ids in the files, or of their words where they have none.
        responses: system_id -> item_id -> text, one of every system to every item.
        names: system_id -> the name in the files.
        human: whether the human's next turn is to be judged as a system.
        notes: what was left out, and how much.
    """

    items: tuple[Item, ...]
    responses: Texts[str, Texts[str, str]]
    names: Texts[str, str]
    human: bool
    notes: tuple[Note, ...]


def take(files: Sequence[Records], mapping: Mapping) -> Taken:
    """The items and responses of some files.

    An item without a response of every system is left out, and one whose dialogue is empty; both are said.

    Raises:
        InputError: every fault of the files at once, each kind with its rows; or no item that every system answers.
    """
    gatherer, lines = Gatherer(), list[str]()
    for records in sorted(files, key=lambda records: records.name):
        part = next((part for part in mapping.parts if records.name in part.files), None)
        if part is not None and not part.item and not part.dialogue:
            lines.append(at(records.name, Fault("no_dialogues")))
        elif part is not None:
            faults = Faults(records.name)
            gatherer.read(stepped(records, part.each), part, faults)
            lines += faults.lines()
    found = _joined(gatherer.found)
    lines += alike_names(found.texts)
    if lines:
        raise InputError(lines)
    return _made(_chosen(found, mapping), mapping)


def _joined(found: Gathered) -> Gathered:
    """The same, where a response stands under its dialogue's words and the dialogue under an id: under that id."""
    keys = chain(found.contexts, *found.texts.values())
    if all(key[0] == "id" for key in keys):
        return found
    ids: dict[Key, list[Key]] = {}
    for key, context in found.contexts.items():
        if key[0] == "id":
            ids.setdefault(dialogue_key(context.turns), []).append(key)
    moved = {key: own[0] for key, own in ids.items() if len(own) == 1}
    contexts: dict[Key, Context] = {}
    for key, context in found.contexts.items():
        first = contexts.setdefault(moved.get(key, key), context)
        first.reference = first.reference or context.reference
    texts = {name: {moved.get(key, key): text for key, text in here.items()} for name, here in found.texts.items()}
    return Gathered(contexts, texts, found.empty, found.doubled, found.human)


def alike_names(systems: Iterable[str]) -> list[Fault]:
    """A fault for names of systems that are one but for case, width or blanks."""
    return [Fault("alike", names=", ".join(map(repr, group))) for group in labels.alike(sorted(systems))]


def _chosen(found: Gathered, mapping: Mapping) -> Gathered:
    """The systems of `only`."""
    strange = [name for name in mapping.only if name not in found.texts]
    if strange:
        allowed = ", ".join(sorted(found.texts)) or "-"
        raise InputError(at("only", instead(repr(name), allowed)) for name in strange)
    texts = {name: here for name, here in found.texts.items() if not mapping.only or name in mapping.only}
    return Gathered(found.contexts, texts, found.empty, found.doubled, found.human)


def _made(found: Gathered, mapping: Mapping) -> Taken:
    notes = [Note("left_empty_dialogues", {"n": found.empty})] if found.empty else []
    notes += [Note("left_doubled", {"n": found.doubled})] if found.doubled else []
    if found.texts and not found.contexts:
        raise InputError(Fault("no_dialogues"))
    if len(found.texts) + found.human < 2:
        raise InputError(Fault("few_systems", n=len(found.texts) + found.human, names=", ".join(sorted(found.texts))))
    whole = [key for key in found.contexts if _answered(key, found)]
    notes += _left_out(found)
    if not whole:
        raise InputError([Fault("no_item"), *(Fault(note.key, "door", **note.values) for note in notes)])
    keys = _sampled(sorted(whole, key=_order), mapping)
    return _with_ids(
        found, keys, notes + ([Note("found_sample", {"n": len(keys), "of": len(whole)})] if mapping.sample else [])
    )


def _answered(key: Key, found: Gathered) -> bool:
    human = not found.human or bool(found.contexts[key].reference)
    return human and all(visible(here.get(key, "")) for here in found.texts.values())


def _left_out(found: Gathered) -> list[Note]:
    """A note for each system that lacks responses: how many are empty, how many are not there."""
    notes = []
    for name, here in sorted(found.texts.items()):
        empty = [key for key in found.contexts if key in here and not visible(here[key])]
        missing = [key for key in found.contexts if key not in here]
        for kind, keys in (("left_empty", empty), ("left_missing", missing)):
            notes += [Note(kind, {"n": len(keys), "system": name, "items": _some(keys)})] if keys else []
        strange = [key for key in here if key not in found.contexts]
        notes += [Note("left_strange", {"n": len(strange), "system": name, "items": _some(strange)})] if strange else []
    lacking = [key for key, context in found.contexts.items() if not context.reference]
    if found.human and lacking:
        notes.append(Note("left_no_reference", {"n": len(lacking), "items": _some(lacking)}))
    return notes


def _some(keys: Sequence[Key]) -> str:
    named = [" + ".join(key[1:]) if key[0] == "id" else key[1][:30] for key in sorted(keys, key=_order)]
    return ", ".join(named[:MOST_NAMED]) + (" …" if len(named) > MOST_NAMED else "")


def _order(key: Key) -> tuple[object, ...]:
    """Ids as people count; dialogues without an id by a hash of their words, so that rows set no order."""
    if key[0] == "id":
        return (0, *map(natural, key[1:]))
    return (1, hashlib.sha256(key[1].encode()).hexdigest())


def _sampled(keys: Sequence[Key], mapping: Mapping) -> list[Key]:
    if mapping.sample is None or mapping.sample >= len(keys):
        return list(keys)
    drawn = random.Random(mapping.seed or 0).sample(range(len(keys)), mapping.sample)
    return [keys[place] for place in sorted(drawn)]


def _with_ids(found: Gathered, keys: Sequence[Key], notes: Sequence[Note]) -> Taken:
    own = [found.contexts[key].item for key in keys]
    ids = [item.item_id if item else made for item, made in zip(own, item_ids(len(keys)), strict=True)]
    systems = system_ids(found.texts)
    items = tuple(_item(item_id, key, found.contexts[key]) for item_id, key in zip(ids, keys, strict=True))
    responses = {
        systems[name]: {item_id: found.texts[name][key] for item_id, key in zip(ids, keys, strict=True)}
        for name in sorted(found.texts)
    }
    return Taken(items, responses, {systems[name]: name for name in sorted(found.texts)}, found.human, tuple(notes))


def _item(item_id: str, key: Key, context: Context) -> Item:
    """An item under an opaque id; the id of its file is kept as its source, which no rater is sent."""
    if context.item is not None:
        return context.item
    source = Source(dataset="import", dialogue_id=" + ".join(key[1:])) if key[0] == "id" else None
    return Item(item_id=item_id, turns=context.turns, source=source, reference=context.reference or None)
