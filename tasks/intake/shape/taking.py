"""Items and Responses of some files, read as a mapping says; nothing depends on the order of rows, columns or files."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Texts
from dataclasses import dataclass, replace
from itertools import chain

from tasks.errors import InputError
from tasks.intake import labels
from tasks.intake.asking import Note, Question
from tasks.intake.faults import Faults, Kind
from tasks.intake.shape import mending
from tasks.intake.shape.gathering import Context, Gathered, Gatherer, Key, dialogue_key
from tasks.intake.shape.identifiers import item_ids, natural, system_ids
from tasks.intake.shape.mapping import Mapping
from tasks.intake.shape.mending import Problem, UnusableError
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
        choices: what else could be left out instead.
    """

    items: tuple[Item, ...]
    responses: Texts[str, Texts[str, str]]
    names: Texts[str, str]
    human: bool
    notes: tuple[Note, ...]
    choices: tuple[Question, ...] = ()


def take(files: Sequence[Records], mapping: Mapping) -> Taken:
    """The items and responses of some files.

    An item without a response of every system is left out, and one whose dialogue is empty; both are said.

    Raises:
        UnusableError: every fault of the files at once, each kind with its rows and what may be chosen about it.
        InputError: no item that every system answers.
    """
    gatherer, kinds, lines = Gatherer(twice=mapping.twice, alike=mapping.alike), list[Kind](), list[str]()
    for records in sorted(files, key=lambda records: records.name):
        part = next((part for part in mapping.parts if records.name in part.files), None)
        if part is not None and not part.item and not part.dialogue:
            lines.append(at(records.name, Fault("no_dialogues")))
        elif part is not None:
            faults = Faults(records.name)
            gatherer.read(stepped(records, part.each), part, faults)
            kinds += faults.kinds()
    found = _joined(gatherer.found)
    wrong = [kind for kind in kinds if mending.name_of(kind.rule) not in mapping.leave]
    problems = [*(Problem((line,), None) for line in lines), *mending.problems_of(wrong)]
    problems += mending.alike(labels.alike(sorted(found.texts)))
    if problems:
        raise UnusableError(problems)
    left = [Note("left_rows", {"where": kind.where, "why": kind.rule}) for kind in kinds]
    return _made(_chosen(found, mapping), mapping, left)


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
    dropped = {moved.get(key, key) for key in found.dropped}
    return replace(found, contexts=contexts, texts=texts, dropped=dropped)


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
    return replace(found, texts=texts)


def _made(found: Gathered, mapping: Mapping, left: Sequence[Note]) -> Taken:
    notes = [*left]
    notes += [Note("left_empty_dialogues", {"n": found.empty})] if found.empty else []
    notes += [Note("left_doubled", {"n": found.doubled})] if found.doubled else []
    if found.texts and not found.contexts:
        raise InputError(Fault("no_dialogues"))
    if len(found.texts) + found.human < 2:
        raise InputError(Fault("few_systems", n=len(found.texts) + found.human, names=", ".join(sorted(found.texts))))
    if found.differing:
        n = len(found.dropped) if mapping.twice == "leave" else found.differing
        notes.append(Note(f"left_twice_{mapping.twice}", {"n": n}))
    found, choices = _without_lacking(found, mapping, notes)
    whole = [key for key in found.contexts if _answered(key, found)]
    notes += _left_out(found)
    if not whole:
        raise InputError([Fault("no_item"), *(Fault(note.key, "door", **note.values) for note in notes)])
    keys = _sampled(sorted(whole, key=_order), mapping)
    notes += [Note("found_sample", {"n": len(keys), "of": len(whole)})] if mapping.sample else []
    return _with_ids(found, keys, notes, choices)


def _without_lacking(found: Gathered, mapping: Mapping, notes: list[Note]) -> tuple[Gathered, tuple[Question, ...]]:
    """The same without the systems that lack responses, where that was chosen; the choice, where there is one."""
    lack = [name for name, here in sorted(found.texts.items())
            if any(not visible(here.get(key, "")) for key in found.contexts)]  # fmt: skip
    if not lack or len(found.texts) - len(lack) + found.human < 2:
        return found, ()
    if mapping.lacking == "systems":
        notes.append(Note("left_systems", {"systems": ", ".join(lack)}))
        found = replace(found, texts={name: here for name, here in found.texts.items() if name not in lack})
    return found, (mending.lacking(lack, mapping.lacking),)


def _answered(key: Key, found: Gathered) -> bool:
    if key in found.dropped:
        return False
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


def _with_ids(found: Gathered, keys: Sequence[Key], notes: Sequence[Note], choices: tuple[Question, ...]) -> Taken:
    own = [found.contexts[key].item for key in keys]
    ids = [item.item_id if item else made for item, made in zip(own, item_ids(len(keys)), strict=True)]
    systems = system_ids(found.texts)
    items = tuple(_item(item_id, key, found.contexts[key]) for item_id, key in zip(ids, keys, strict=True))
    responses = {
        systems[name]: {item_id: found.texts[name][key] for item_id, key in zip(ids, keys, strict=True)}
        for name in sorted(found.texts)
    }
    names = {systems[name]: name for name in sorted(found.texts)}
    return Taken(items, responses, names, found.human, tuple(notes), choices)


def _item(item_id: str, key: Key, context: Context) -> Item:
    """An item under an opaque id; the id of its file is kept as its source, which no rater is sent."""
    if context.item is not None:
        return context.item
    source = Source(dataset="import", dialogue_id=" + ".join(key[1:])) if key[0] == "id" else None
    return Item(item_id=item_id, turns=context.turns, source=source, reference=context.reference or None)
