"""The questions of step three: each answer makes a sentence that raters read before they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from pydantic import ValidationError

from studio.pages.admin.asked import Given, one
from studio.pages.admin.html import Words, choice_of, text
from tasks.errors import InputError
from tasks.intake.spoken import word_in
from tasks.languages.fault import at
from tasks.schema import Study, Support, System
from tasks.study.changing import telling
from tasks.study.changing.remaking import source_of, with_source
from tasks.study.changing.telling import Clash, Told
from tasks.study.consent import BESIDE, STATEMENTS, statement_heading
from tasks.study.study_form import helps

SOURCES = ("roleplay", "published", "anonymised", "model")
OTHER = "other"
CHOICES: Mapping[str, tuple[str, ...]] = {
    "payment": get_args(telling.Payment)[1:],
    "stopping": get_args(telling.Stopping)[1:],
    "years": get_args(telling.Years)[1:],
    "names": get_args(telling.Names)[1:],
    "use": get_args(telling.Use)[1:],
    "until": get_args(telling.Until)[1:],
    "risks": get_args(telling.Risks)[1:],
}
NEEDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "payment": ("amount", ("all", "hour", "pair")), "years": ("place", CHOICES["years"]), "until": ("day", ("date",)),
}  # fmt: skip
"""Question -> the field that goes with some of its answers."""


def questions(study: Study, told: Told, words: Words, typed: Mapping[str, str]) -> str:
    """All of them, as they were answered."""

    def now(name: str) -> str:
        return typed.get(name, str(getattr(told, name)))

    contact = typed.get("contact", study.support.contact if study.support else "")
    days = typed.get("retention_days", str(study.retention_days or ""))
    return "".join(
        [
            _source(study, words, typed),
            _tuned(study, words, typed),
            _choice("risks", words, now),
            _choice("payment", words, now, _line("amount", words, now("amount"))),
            _choice("stopping", words, now),
            _choice("years", words, now, _line("place", words, now("place"))),
            _line("retention_days", words, days, "number", words["told_retention_note"]),
            _choice("names", words, now),
            _choice("use", words, now),
            _choice("until", words, now, _line("day", words, now("day"), "date")),
            _line("ethics", words, now("ethics")),
            _line("contact", words, contact),
        ]
    )


def _pills(name: str, legend: str, choices: Sequence[str], after: str = "") -> str:
    return (
        f'<fieldset class="asked"><legend>{text(legend)}</legend><div class="pills">{"".join(choices)}</div>{after}'
        "</fieldset>"
    )


def _source(study: Study, words: Words, typed: Mapping[str, str]) -> str:
    now, word = typed.get("source") or _source_now(study), word_in(words.language)
    known = [choice_of("source", key, word(f"ask_provenance_{key}"), key == now) for key in SOURCES]
    return _pills(
        "source", words["told_source"], [*known, choice_of("source", OTHER, words["told_source_other"], now == OTHER)]
    )


def _source_now(study: Study) -> str:
    """The source in words of ours; `other` for other words, '' where nothing is said."""
    said = study.information.dialogues if study.information else None
    found = source_of(study)
    return found if found in SOURCES else OTHER if said and any(map(str.strip, said.root.values())) else ""


def _tuned(study: Study, words: Words, typed: Mapping[str, str]) -> str:
    """Which systems training made out of others here: it decides whether the last question can be asked."""
    models = [system for system in study.systems if system.kind == "model" and not system.adapter]
    if not models:
        return ""
    ticked = typed["tuned"].split("\n") if "tuned" in typed else [one.system_id for one in models if one.tuned]
    boxes = [
        choice_of("tuned", one.system_id, one.name or one.system_id, one.system_id in ticked, True) for one in models
    ]
    shown = '<input type="hidden" name="tuned" value="">'
    return _pills("tuned", words["told_tuned"], boxes, f"<small>{text(words['told_tuned_note'])}</small>{shown}")


def _choice(name: str, words: Words, now: object, then: str = "") -> str:
    chosen = now(name)  # type: ignore[operator]
    needs = NEEDS.get(name, ("", ()))[1]
    pills = [
        choice_of(name, key, words[f"told_{name}_{key}"], key == chosen, then=key in needs) for key in CHOICES[name]
    ]
    return _pills(name, words[f"told_{name}"], pills, f'<div class="then">{then}</div>' if then else "")


def _line(name: str, words: Words, value: str, kind: str = "text", info: str = "") -> str:
    under = f"<small>{text(info)}</small>" if info else ""
    least = ' min="1"' if kind == "number" else ""
    return (
        f"<p><label><span>{text(words[f'told_{name}'])}</span>"
        f'<input type="{kind}" name="{name}"{least} value="{text(value)}">{under}</label></p>'
    )


def answered(study: Study, before: Told, given: Given, words: Words) -> tuple[Study, Told]:
    """The study with what the answers make of it, and the answers.

    Raises:
        InputError: an answer that is none of its question's, or that lacks what goes with it; all of them.
    """
    said = {name: one(given, name, str(getattr(before, name))) for name in Told.model_fields}
    try:
        told = Told.model_validate(said)
    except ValidationError as error:
        wrong = sorted({str(fault["loc"][0]) for fault in error.errors()})
        raise InputError(
            f"{name}: found {said[name]!r}; allowed: {', '.join(CHOICES[name])}" for name in wrong
        ) from None
    lacking = [
        at(field, words["told_needed"])
        for name, (field, answers) in NEEDS.items()
        if said[name] in answers and not said[field]
    ]
    if lacking:
        raise InputError(lacking)
    study = telling.retold(study, before, told)
    return _with_support(_with_systems(_with_source(study, given), given), given), told


def _with_source(study: Study, given: Given) -> Study:
    chosen = one(given, "source")
    return with_source(study, chosen) if chosen in SOURCES and chosen != source_of(study) else study


def _with_systems(study: Study, given: Given) -> Study:
    if "tuned" not in given:
        return study

    def tuned(system: System) -> System:
        changes = system.kind == "model" and not system.adapter
        return system.model_copy(update={"tuned": system.system_id in given["tuned"]}) if changes else system

    return study.model_copy(update={"systems": tuple(map(tuned, study.systems))})


def _with_support(study: Study, given: Given) -> Study:
    """Whom raters can ask, and where they find help: that stays also where nobody is named."""
    if "contact" not in given:
        return study
    contact = one(given, "contact")
    before = study.support or (Support(help=helps(study.languages)) if contact else None)
    return study.model_copy(update={"support": before and before.model_copy(update={"contact": contact})})


def clash(found: Clash, words: Words) -> str:
    """Two things that cannot both be, as a sentence beside the field that is to be looked at again."""
    return f'<p class="warn wrong" data-for="{text(found.field)}">{text(_said(found, words))}</p>'


def clash_alone(found: Clash, words: Words) -> str:
    """The same away from the field, after the question or the statement that it is about."""
    kind, *rest = found.field.split(".")
    statement = next((one for one in (*STATEMENTS, *BESIDE) if rest and one == rest[0]), None)
    about = statement_heading(statement, words.language) if statement else words[f"told_{kind}"]
    return f"<b>{text(about)}</b> {text(_said(found, words))}"


def _said(found: Clash, words: Words) -> str:
    return words.say(f"clash_{found.kind}", **found.values)
