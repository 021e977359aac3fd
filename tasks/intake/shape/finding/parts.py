"""A part of the mapping: every place of a known shape found, or asked for, in the files that have it."""

from __future__ import annotations

from tasks.intake.shape.finding import naming, places, speech
from tasks.intake.shape.finding.group import Group
from tasks.intake.shape.mapping import Part


def part_of(group: Group) -> Part | None:
    """The part as far as it is sure; None while a question is open on which the others rest."""
    holds = places.holds(group)
    if holds is None:
        return None
    dialogue = places.dialogue_fields(group, holds)
    answers = places.answer_fields(group, dialogue or (), holds)
    if dialogue is None:
        return None
    known = group.known
    part = Part(shape=known.shape, dialogue=dialogue, answers=answers or (), files=group.names(), form=known.form)
    bare = places.bare(group, part.answers)
    if bare is None:
        return None
    part = part.model_copy(update={"each": known.each, "bare": bare})
    part = part.model_copy(update={"speaker": known.speaker, "said": known.said, "roles": dict(known.roles)})
    spoken = _spoken(group, part) if dialogue else part
    return None if spoken is None or answers is None else _identified(group, spoken)


def part_again(group: Group, kept: Part) -> Part | None:
    """A part of an earlier mapping for these files: only names of new files and roles of new labels are asked."""
    part = kept.model_copy(update={"files": group.names()})
    roles = speech.roles(group, part) if part.dialogue else {}
    if roles is None:
        return None
    return naming.named(group, part.model_copy(update={"roles": part.roles | roles}), kept.names)


def _spoken(group: Group, part: Part) -> Part | None:
    """The part with all that its dialogues need: form, roles, and whose the last turn is."""
    form = speech.form(group, part)
    if form is None:
        return None
    part = part.model_copy(update={"form": form})
    roles = speech.roles(group, part)
    if roles is None:
        return None
    part = part.model_copy(update={"roles": part.roles | roles, **speech.marks(group, part, roles)})
    last = speech.last(group, part)
    return None if last is None else part.model_copy(update={"last": last})


def _identified(group: Group, part: Part) -> Part | None:
    """The part with what names its items and systems. That a list has more than the entry read is noted."""
    group.notes += places.more_notes(group, [*part.dialogue, *(one.text for one in part.answers)])
    item = naming.item_fields(group, part)
    named = naming.named(group, part)
    return None if item is None or named is None else named.model_copy(update={"item": item})
