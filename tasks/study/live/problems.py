"""What must fit together in a study of live sessions, and what has to be there before one opens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tasks.design import dyads
from tasks.errors import InputError
from tasks.intake.text import visible
from tasks.languages.fault import Fault, at, instead, line_of
from tasks.schema import Crisis, Sessions, Study
from tasks.schema.mistakes import show
from tasks.study.reading import Place


class Found(NamedTuple):
    """One mistake, where `tasks.study.consistency.Problem` has it."""

    part: str
    number: int | None
    place: Place
    text: str


def problems(study: Study) -> Iterator[Found]:
    """Every mistake in the sessions and scenarios of a study; in other protocols, that there are any."""
    if study.protocol != "session":
        yield from _strange(study)
        return
    yield from _left_out(study)
    yield from _scenarios(study)
    if study.sessions is None:
        yield Found("study", None, ("sessions",), Fault("is_missing"))
        return
    yield from _rules(study.sessions)
    if study.scenarios:
        for field, rule in dyads.misfits(study):
            yield Found("study", None, tuple(field.split(".")), rule)


def refuse(study: Study) -> None:
    """Nothing, for a study that may open: one without sessions, or one that says whom to call in a crisis.

    Raises:
        InputError: a text, the words that ring the supervisor or the date of a check is not there in a language of the
            study; one line for each.
    """
    if found := list(lacking(study)):
        raise InputError(at(line_of("study.yaml", None, field), text) for field, text in found)


def lacking(study: Study) -> Iterator[tuple[str, Fault]]:
    """Fields of the crisis block that the organiser has to fill in, each with what to write there; none elsewhere."""
    if study.sessions is None:
        return
    crisis = study.sessions.crisis
    for language in study.languages:
        for name, key, there in _needed(crisis, language):
            if not there:
                yield f"sessions.crisis.{name}.{language}", Fault(key)


def _needed(crisis: Crisis | None, language: str) -> Iterator[tuple[str, str, bool]]:
    help_there = crisis is not None and visible(crisis.help.root.get(language, ""))
    message_there = crisis is not None and visible(crisis.message.root.get(language, ""))
    words = crisis.words.get(language, ()) if crisis else ()
    yield "help", "crisis_help", help_there
    yield "message", "crisis_message", message_there
    yield "words", "crisis_words", any(map(visible, words))
    yield "checked_on", "crisis_checked_on", bool(crisis and crisis.checked_on.get(language))


def _strange(study: Study) -> Iterator[Found]:
    about = {"protocol": study.protocol, "allowed": Fault("none")}
    if study.sessions is not None:
        yield Found("study", None, ("sessions",), Fault("with_protocol", found='"sessions"', **about))
    if study.scenarios:
        yield Found("scenarios", None, (), Fault("with_protocol", found=str(len(study.scenarios)), **about))


def _left_out(study: Study) -> Iterator[Found]:
    """What other protocols have: items, systems, and rules by which these are dealt."""
    about = {"protocol": study.protocol}
    if study.items:
        items = Fault("with_protocol", found=str(len(study.items)), allowed=Fault("none"), **about)
        yield Found("items", None, (), items)
    if study.systems:
        named = show([system.system_id for system in study.systems])
        yield Found("study", None, ("systems",), Fault("with_protocol", found=named, allowed=Fault("none"), **about))
    design = study.design
    dealt = {"raters_per_item": design.raters_per_item, "repeats": design.repeats or None}
    dealt |= {"looks": design.looks if design.looks > 1 else None}
    for name, value in dealt.items():
        if value is not None:
            text = Fault("with_protocol", found=str(value), allowed=Fault("none"), **about)
            yield Found("study", None, ("design", name), text)


def _scenarios(study: Study) -> Iterator[Found]:
    if not study.scenarios:
        yield Found("scenarios", None, (), Fault("no_scenarios"))
    seen: set[str] = set()
    for index, card in enumerate(study.scenarios):
        if card.scenario_id in seen:
            yield Found("scenarios", index, ("scenario_id",), Fault("id_again", found=show(card.scenario_id)))
        seen.add(card.scenario_id)
        for field, words in (("title", card.title), ("card", card.card)):
            for language, text in words.root.items():
                if "\0" in text or not visible(text):
                    yield Found("scenarios", index, (field, language), instead(show(text), Fault("a_seen_text")))


def _rules(rules: Sessions) -> Iterator[Found]:
    if rules.most_minutes <= rules.least_minutes:
        text = instead(rules.most_minutes, Fault("more_than", bound=str(rules.least_minutes)))
        yield Found("study", None, ("sessions", "most_minutes"), text)
    if rules.both_roles and rules.counselors is not None:
        yield Found("study", None, ("sessions", "counselors"), Fault("counselors_apart", found=str(rules.counselors)))
    for language, day in rules.crisis.checked_on.items() if rules.crisis else ():
        if day and not _is_date(day):
            yield Found(
                "study", None, ("sessions", "crisis", "checked_on", language), instead(show(day), Fault("a_date"))
            )


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
