"""What some files are: the shape of each, the mapping as far as it is sure, what was found, and what must be asked.

understood = understand([Records("a.csv", rows)], {"last": "reference"})
understood.questions or take(records, understood.mapping)
"""

from __future__ import annotations

from collections.abc import Mapping as Answered
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.intake.asking import Asker, Note, Question
from tasks.intake.shape.fields import Fields
from tasks.intake.shape.finding.group import Group
from tasks.intake.shape.finding.parts import part_again, part_of
from tasks.intake.shape.known import Known, shapes
from tasks.intake.shape.mapping import Mapping, Part
from tasks.intake.shape.records import FIRST, Records, pick
from tasks.intake.shape.steps import stepped
from tasks.schema import Words

NAMED = Known(
    shape="named", rank=1000, seen=Words(en="columns named by a person", ja="列を指定した表"), answers="columns"
)
TABLES_FROM = 50
"""Rank from which shapes are of tables, which may stand under a key of another tool's records."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What some files are.

    Attributes:
        mapping: how they are read; whole only where `questions` is empty.
        notes: what was found, in the order of the files.
        questions: what must be answered first; answering may open others.
        tables: file -> its columns, where a person may name them unasked (`dialogue`, `answers`, `item` …).
    """

    mapping: Mapping
    notes: tuple[Note, ...]
    questions: tuple[Question, ...]
    tables: Answered[str, Table] = field(default_factory=dict)


class Table(NamedTuple):
    """The columns of a file, and what the keys of questions about it end in."""

    ending: str
    columns: tuple[str, ...]


def understand(files: Sequence[Records], answers: Answered[str, str], saved: Mapping | None = None,
               also_asked: Sequence[str] = ()) -> Understood:  # fmt: skip
    """What some files are.

    Args:
        answers: to questions, by their key; some may be given before they are asked (`dialogue`, `answers`, `item` …).
        saved: a mapping of an earlier import: files whose fields fit a part of it are read by it.
        also_asked: keys of answers that others ask for.

    Raises:
        InputError: an answer that its question does not allow, or that nobody asks for.
    """
    asker, notes, parts, tables = Asker(answers), list[Note](), list[Part](), dict[str, Table]()
    groups = _grouped(files, saved)
    stores = any(known.holds == "dialogues" or known.form == "items" or known.dialogue for known, _, _ in groups)
    several = sum(known.holds != "judgments" for known, _, _ in groups) > 1
    for known, kept, fields in groups:
        notes += [_shape_note(known, one.records) for one in fields]
        if known.holds == "judgments":
            continue
        group = Group(known, fields, asker, fields[0].records.name if several else "", stores and several)
        part = part_again(group, kept) if kept else part_of(group)
        notes += group.notes
        if not (kept or fields[0].root or known.each or known.form == "items"):
            flat = (one for one in fields if set(one.paths) <= set(one.first_keys()))
            tables |= {one.records.name: Table(group.key(""), one.paths) for one in flat}
        parts += [part.model_copy(update={"header": fields[0].records.headed})] if part else []
    asker.refuse_unknown(also_asked)
    notes += [note for part in parts for note in _part_notes(part)]
    return Understood(Mapping(parts=tuple(parts)), tuple(notes), tuple(asker.questions), tables)


_Group = tuple[Known, Part | None, list[Fields]]


def _grouped(files: Sequence[Records], saved: Mapping | None) -> list[_Group]:
    """The files by shape and fields, in an order that does not rest on that of the files."""
    groups: dict[tuple[object, ...], _Group] = {}
    for records in sorted(files, key=lambda records: records.name):
        kept = _fitting(records, saved)
        known, fields = (_known(kept.shape), Fields(stepped(records, kept.each))) if kept else _shape(records)
        apart = records.name if known.holds == "ask" else ""  # one such file may hold dialogues, another answers
        key = (
            known.shape,
            apart,
            kept.model_dump_json() if kept else "",
            fields.root,
            records.headed,
            *(fields.find(place) for place in _places(known)),
        )
        groups.setdefault(key, (known, kept, []))[2].append(fields)
    return list(groups.values())


def _places(known: Known) -> tuple[str, ...]:
    answers = () if isinstance(known.answers, str) else known.answers
    fixed = (
        *known.item,
        *(place for entry in known.dialogue for place in ([entry] if isinstance(entry, str) else entry)),
    )
    columns = ("@item", "@dialogue", "@text", "@system") if isinstance(known.answers, str) else ()
    return (*fixed, *columns, *(one for answer in answers for one in (answer.text, *answer.system)))


def _fitting(records: Records, saved: Mapping | None) -> Part | None:
    """The part of an earlier mapping whose places are all in this file."""
    for part in saved.parts if saved else ():
        if part.header != records.headed:
            continue
        first = stepped(Records(records.name, records.rows[:FIRST]), part.each).first()
        places = [
            *part.item,
            *part.dialogue[:1],
            *(a.text for a in part.answers),
            *(a.system for a in part.answers if a.system),
        ]
        if all(any(pick(record, place) is not None for record in first) for place in places):
            return part
    return None


def _known(shape: str) -> Known:
    return next((known for known in shapes() if known.shape == shape), NAMED)


def _shape(records: Records) -> tuple[Known, Fields]:
    """The narrowest known shape of a file; one of tables within another tool's records keeps that tool's name."""
    fields = Fields(records)
    known = next((known for known in shapes() if fields.has(known)), NAMED)
    if known.each:
        return known, Fields(stepped(records, known.each))
    if not known.root:
        return known, fields
    inner_fields = Fields(records, known.root)
    inner = next((one for one in shapes() if one.rank >= TABLES_FROM and inner_fields.has(one)), NAMED)
    return inner.model_copy(update={"shape": known.shape, "seen": known.seen}), inner_fields


def _shape_note(known: Known, records: Records) -> Note:
    key = (
        "found_judgments" if known.holds == "judgments" else "found_named" if known.shape == "named" else "found_shape"
    )
    key += "_only" if known.shape_only and key == "found_shape" else ""
    return Note(key, {"file": records.name, "rows": len(records.rows), "shape": known.seen})


def _part_notes(part: Part) -> list[Note]:
    """What a part takes from where."""
    files = ", ".join(part.files)
    notes = [Note("found_item", {"files": files, "fields": " + ".join(part.item)})] if part.item else []
    if part.dialogue:
        notes.append(Note(f"found_{part.form}", {"files": files, "fields": " + ".join(part.dialogue)}))
    said = [f"{label} = {role}" for label, role in sorted(part.roles.items())]
    notes += [Note("found_roles", {"roles": ", ".join(said)})] if said else []
    for one in part.answers:
        values: dict[str, str | int | Words] = {"files": files, "field": one.text, "system": one.system or one.name}
        notes.append(
            Note("found_answer_by" if one.system else "found_answer_of" if one.name else "found_answer", values)
        )
    return notes
