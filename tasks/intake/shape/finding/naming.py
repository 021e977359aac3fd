"""What names the items and the systems of a group of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from tasks.intake.asking import Note, Question, joined
from tasks.intake.shape.finding.group import SAMPLES, Group
from tasks.intake.shape.mapping import Answers, Part
from tasks.intake.shape.records import Records, pick


def item_fields(group: Group, part: Part) -> tuple[str, ...] | None:
    """The fields that name the item: the first that tells the rows apart, else the dialogue, else what is asked."""
    if (given := group.given("item")) is not None:
        return given
    if part.form == "items":
        return ("item_id",)
    candidates = tuple(dict.fromkeys(path for place in group.known.item for path in group.fields.find(place)))
    for path in candidates:
        if _identifies(group, part, (path,)):
            return (path,)
    if part.dialogue and _identifies(group, part, ()):
        group.notes.append(Note("found_by_dialogue", {"files": ", ".join(part.files)}))
        return ()
    return _ask_item(group, part, candidates)


def _ask_item(group: Group, part: Part, candidates: Sequence[str]) -> tuple[str, ...] | None:
    taken = {*part.dialogue, *(a.text for a in part.answers), *(a.system for a in part.answers)}
    options = tuple(path for path in group.fields.paths if path not in taken)
    sets = (fields for size in (1, 2, 3) for fields in combinations(options[:12], size))
    smallest = next((fields for fields in sets if _identifies(group, part, fields)), tuple(candidates[:1]))
    if not options:
        group.notes.append(Note("found_no_item", {"files": ", ".join(part.files)}))
        return ()
    return group.field("item", options, joined(smallest), several=True)


def _identifies(group: Group, part: Part, item: tuple[str, ...]) -> bool:
    """Whether item and system name a row, and some item has answers of two systems where the file has several."""
    for fields in group.files:
        found: dict[tuple[Any, ...], set[str]] = {}
        systems: dict[tuple[Any, ...], set[str]] = {}
        for _, record in fields.records.rows:
            key = tuple(str(pick(record, path)) for path in item or part.dialogue)
            for answers in part.answers or (Answers(text=part.dialogue[0]),):
                name = pick(record, answers.system) if answers.system else answers.name or answers.text
                if not name:  # a fault of its own
                    continue
                found.setdefault((key, str(name)), set()).add(str(pick(record, answers.text)))
                systems.setdefault(key, set()).add(str(name))
        names = {name for here in systems.values() for name in here}
        if any(len(texts) > 1 for texts in found.values()):
            return False
        if len(names) > 1 and max(map(len, systems.values())) < 2:
            return False
    return True


def named(group: Group, part: Part, kept: Mapping[str, str] | None = None) -> Part | None:
    """Names for responses that no field names: one for each file, or one for each column of a pair."""
    several = len(part.answers) > 1
    answers = [_name_column(group, one) if several and not one.system and not one.name else one for one in part.answers]
    if None in answers:
        return None
    part = part.model_copy(update={"answers": tuple(answers)})
    nameless = part.last == "response" or any(not a.system and not a.name for a in part.answers)
    names = {fields.records.name: _name_file(group, fields.records, kept or {}, nameless) for fields in group.files}
    known = {file: name for file, name in names.items() if name}
    return part.model_copy(update={"names": known}) if len(known) == len(names) or not nameless else None


def _name_column(group: Group, answers: Answers) -> Answers | None:
    samples = tuple(text[:80] for text in group.fields.texts(answers.text)[:SAMPLES])
    name = group.asker.one(
        Question(f"system:{answers.text}", "ask_column_system", {"column": answers.text}, samples=samples)
    )
    return None if name is None else answers.model_copy(update={"name": name})


def _name_file(group: Group, records: Records, kept: Mapping[str, str], nameless: bool) -> str | None:
    """The name of a file's system; asked for where no field names it, and taken where it was given all the same.

    Two runs of one model are told apart by it.
    """
    key, given = f"system:{records.name}", group.asker.given(f"system:{records.name}") or kept.get(records.name)
    if given or not nameless:
        return given
    values = {"file": records.name}
    return group.asker.one(Question(key, "ask_file_system", values, proposed=Path(records.name).stem))
