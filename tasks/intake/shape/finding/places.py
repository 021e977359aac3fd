"""Where dialogues and responses stand in the records of a group of files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.intake.asking import NONE, Note, Question, joined
from tasks.intake.shape.finding.group import SAMPLES, Group
from tasks.intake.shape.known import KnownAnswers, header_words
from tasks.intake.shape.mapping import Answers, Bare
from tasks.intake.shape.records import alike, pick


def holds(group: Group) -> str | None:
    """What the records hold: `study`, `dialogues` or `answers`; None while it is asked."""
    if group.known.holds != "ask":
        return group.known.holds
    return group.asker.one(
        Question(group.key("holds"), "ask_holds", {"files": ", ".join(group.names())}, ("dialogues", "answers"),
                 samples=tuple(text[:60] for text in group.fields.texts(_text_field(group))[:SAMPLES]))
    )  # fmt: skip


def _text_field(group: Group) -> str:
    found = group.fields.find("@text")
    return found[0] if found else ""


def dialogue_fields(group: Group, holds: str) -> tuple[str, ...] | None:
    """The fields of the dialogue, () where it stands in another file; None while they are asked for."""
    if (given := group.given("dialogue")) is not None:
        return given
    if group.known.holds == "ask":
        return (_text_field(group),) if holds == "dialogues" else ()
    places = group.known.dialogue
    found = [_alternatives(group, place if isinstance(place, tuple) else (place,)) for place in places]
    doubtful = next((fields for fields in found if len(fields) > 1), ())
    if doubtful:
        return group.field("dialogue", doubtful, doubtful[0])
    chosen = tuple(fields[0] for fields in found if fields)
    if chosen and not (group.known.dialogue[0] == "@dialogue" and not found[0]):
        return chosen
    if group.elsewhere or group.known.holds == "answers":
        return ()
    return _ask_dialogue(group)


def _ask_dialogue(group: Group) -> tuple[str, ...] | None:
    known = () if isinstance(group.known.answers, str) else group.known.answers
    taken = {path for one in known for place in (one.text, *one.system) for path in group.fields.find(place)}
    taken |= {path for place in group.known.item for path in group.fields.find(place)}
    options = tuple(path for path in group.fields.paths if group.fields.is_text(path) and path not in taken)
    if not options:
        return ()
    chosen = group.field("dialogue", (*options, NONE))
    return tuple(path for path in chosen if path != NONE) if chosen is not None else None


def _alternatives(group: Group, places: Sequence[str]) -> tuple[str, ...]:
    return next((found for place in places if (found := group.fields.find(place))), ())


def answer_fields(group: Group, dialogue: Sequence[str], holds: str) -> tuple[Answers, ...] | None:
    """The responses of a record, () where it has none; None while they are asked for."""
    if holds == "dialogues":
        return ()
    if (given := group.given("answers")) is not None:
        return _named_columns(group, given)
    if group.known.answers == "columns":
        return _columns(group, dialogue)
    made = [_answer(group, answers) for answers in group.known.answers]
    return tuple(one for one in made if one is not None) if None not in made else None


def _columns(group: Group, dialogue: Sequence[str]) -> tuple[Answers, ...] | None:
    """The columns that are systems' answers: always asked; a table of dialogues beside other files has none.

    A system that always says the same is one, too: where nothing else is brought, no column of texts is passed over.
    """
    taken = {*dialogue, *(path for place in group.known.item for path in group.fields.find(place))}
    beside = {alike(word) for word in header_words("beside")}
    rest = [path for path in group.fields.paths if path not in taken and group.fields.is_text(path)]
    likely = [path for path in rest if alike(path) not in beside and group.fields.is_prose(path)]
    if not likely and dialogue and (group.elsewhere or not rest):
        return ()
    chosen = group.field("answers", (*rest, NONE), joined(likely), several=True)
    return None if chosen is None else _named_columns(group, [path for path in chosen if path != NONE])


def _named_columns(group: Group, chosen: Sequence[str]) -> tuple[Answers, ...] | None:
    """Columns as systems, each under its header; one column alone may have its system in another."""
    if len(chosen) == 1:
        system = group.given("system_column") or group.fields.find("@system")[:1]
        if system:
            return (Answers(text=chosen[0], system=system[0]),)
        if group.known.shape == "named":
            return _system_beside(group, chosen[0])
        if chosen[0] in group.fields.find("@text"):  # “response” names no system: its file does
            return (Answers(text=chosen[0]),)
    return tuple(Answers(text=path, name=path) for path in chosen)


def _system_beside(group: Group, text: str) -> tuple[Answers, ...] | None:
    found = group.field("system_column", (*(path for path in group.fields.paths if path != text), NONE))
    return None if found is None else (Answers(text=text, system="" if found[0] == NONE else found[0]),)


def _answer(group: Group, answers: KnownAnswers) -> Answers | None:
    texts = group.fields.find(answers.text)
    if len(texts) > 1:
        chosen = group.field("text", texts, texts[0])
        if chosen is None:
            return None
        texts = chosen
    system = group.given("system_column") if len(group.known.answers) == 1 else None
    if system is None:
        system = _system_fields(group, answers)
    if system is None:
        return None
    return Answers(text=texts[0], system=system[0] if system else "", name="" if system else answers.name)


def _system_fields(group: Group, answers: KnownAnswers) -> tuple[str, ...] | None:
    """The field that names the system, () where none does; None while two that differ are asked about."""
    found = _alternatives(group, answers.system)
    if len(found) < 2 or len({tuple(map(str, group.fields.values(path))) for path in found}) == 1:
        return found[:1]
    return group.field("system_column", found, found[0])


def bare(group: Group, answers: Sequence[Answers]) -> Bare | None:
    """What responses are that are true or false, as programs make of the words; None while it is asked."""
    found = sum(isinstance(pick(record, one.text), bool) for record in group.records() for one in answers)
    if not found:
        return "refuse"
    values: dict[str, str | int] = {"files": ", ".join(group.names()), "n": found}
    options: tuple[Bare, ...] = ("word", "leave", "refuse")
    chosen = group.asker.one(Question(group.key("bare"), "ask_bare", values, options))
    return next((one for one in options if one == chosen), None)


def more_notes(group: Group, paths: Sequence[str]) -> list[Note]:
    """A note for each path into a list that has further entries in some records."""
    notes = []
    for path in paths:
        lists = [place.start() for place in re.finditer(r"\.0(?=\.|$)", path)]
        longer = sum(any(_longer(pick(record, path[:end])) for end in lists) for record in group.records())
        notes += [Note("found_more", {"n": longer, "field": path})] if longer else []
    return notes


def _longer(value: object) -> bool:
    return isinstance(value, list) and len(value) > 1
