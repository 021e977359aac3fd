"""The study.yaml a new study begins with: every key in place, each with a word on what it does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from tasks.schema import FIRST_LANGUAGES, Hypothesis, Language, Statement, System, Words
from tasks.study.guidance import minutes_per_pair
from tasks.study.wording.templates import newest, template, template_names, words

RETENTION_DAYS = 365
STATEMENTS: dict[Statement, str] = {
    "dialogues": "where the dialogues come from, without a word on what wrote the responses",
    "payment": "what raters get for it; that nothing is paid is a statement too",
    "stopping": "what stopping, passing over and withdrawing mean for a rater (payment, course credit)",
    "storage": "where and for how long the answers are kept",
    "erasure": "what you erase beside what the studio erases: exports taken before, letters, lists",
}
"""What each statement of `information` is to say, as the comment beside it."""


@dataclass(frozen=True, slots=True)
class Head:
    """What an organiser says about a new study.

    Attributes:
        study_id: 1..80 letters, digits, '_', '.', '-'.
        title: what raters read.
        template: name of the criteria template; its newest version is taken.
        seats: raters planned for, 1 or more.
        seed: of the assignment design.
        contact: whom raters can ask.
        pairs: pairs of system_ids to compare; () = all pairs.
        simulated: judgments will be made by scripts; every page and report then says so.
        dialogues: where the dialogues come from, as raters read it before they agree; None = not stated.
        languages: of the study, the first one first; each has words in the templates.
    """

    study_id: str
    title: Words
    template: str = "quick"
    seats: int = 5
    seed: int = 1
    contact: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    simulated: bool = False
    dialogues: Words | None = None
    languages: tuple[Language, ...] = FIRST_LANGUAGES


_TOLD = """\
# Shown on every page. Check the numbers, and say whom raters can ask.
support:
  help:
{help}
  contact: {contact}

# What raters are told before they agree, under the consent text. What is left empty is said there to be not stated.
{information}"""
_LAST = """\
simulated: {simulated}   # true: judgments are made by scripts, and every page of the organiser and every report says so
retention_days: {retention_days}"""
"""What the study.yaml of every protocol says of help and consent, and at its end."""

_FORM = """\
# A study: what is judged, by how many raters, and what the analysis will ask. docs/study-format.md has every key.
# Change it before the study opens; afterwards every change is a deviation that the report lists.
format_version: {format_version}
study_id: {study_id}
title:
{title}
protocol: pairwise
languages: [{languages}]   # in which every text is there, the first one first

# What raters are asked: a template ({template}; also: {others}), or a list of criteria of your own.
# About {minutes} minutes a pair.
criteria: {template}

# What made the responses (responses/<system_id>.jsonl). Raters never see any of this before the end.
systems:
{systems}

design:
  seats: {seats}          # raters planned for; more can be added later
  # raters_per_item: 3   # judged by so many at each item and pair of systems; left out = by every Seat once
{pairs}
  repeats: 0        # assignments per Seat shown again with sides exchanged, to measure consistency
  blinding: 5       # pairs shown again at the end with the question which side is the tuned system (see `tuned`)
  # practice_gate: true   # practice pairs that name a `better` response are asked again until it is preferred
  # looks: 3        # the study may end early by a registered rule; `primary` then speaks of these raters
  portion: 10       # a good place to stop is offered after so many
  seed: {seed}

# Named before the first judgment: the comparison the study is about.
primary:
  criterion: preference
  systems: [{first}, {second}]
  estimand: raters_at_large   # or these_raters: whose preference the headline is about
  # smallest_effect: 0.3   # smallest mean margin that would matter, in points of the preference scale (0..2)
  # adjusted_for: [length, questions, position]   # held equal in the exploratory adjusted margin; also: minimal
  # exclusions: govern   # the rules below govern every figure; left out: they are a sensitivity analysis

# Tests declared beforehand, corrected together within their family; all else in the report is exploratory.
{hypotheses}

# Rules by which judgments are left out: in a second analysis, or of every figure (`primary.exclusions`).
exclusions:
  - rule: min_seconds
    threshold: 5

{told}

# Asked before the work, each can be skipped; published in bands alone. Take the signs away to ask.
# profile:
#   - question_id: training
#     label: {label}   # e.g. training or practice in counselling
#     choices: [{label}, {label}]   # e.g. none, in practice

# Said to raters after the end, and in the report: where dialogues and responses come from.
provenance:
{provenance}

{last}
"""


def study_yaml(head: Head, systems: Sequence[System]) -> str:
    """The commented study.yaml of a study of two or more systems; texts are quoted as JSON, which YAML reads.

    The first pair of `head.pairs`, else the first two systems, is the primary comparison.
    """
    first, second = head.pairs[0] if head.pairs else (systems[0].system_id, systems[1].system_id)
    criteria = newest(head.template)
    return _FORM.format(
        **shared(head, provenance(head, systems)),
        template=criteria,
        others=", ".join(sorted({newest(name) for name in template_names()} - {criteria})),
        minutes=minutes_per_pair(template(criteria, head.languages)),
        systems="\n".join(_system_yaml(system) for system in systems),
        pairs=_pairs_yaml(head.pairs, first, second),
        first=quoted(first),
        second=quoted(second),
        hypotheses=_hypotheses(criteria, first, second),
    )


_UNDECLARED = """\
# Take the signs away to declare more than the primary comparison (docs/study-format.md: claims, measures, margins).
# hypotheses:
#   - {{family: primary, criterion: preference, systems: [{first}, {second}], estimand: raters_at_large}}
#   - {{family: secondary, criterion: empathy, systems: [{first}, {second}], claim: better}}"""

_OF_THE_FLOOR = """\
# Whether one system is preferred, and whether one takes the floor more often (docs/study-format.md: claims, measures).
hypotheses:
  - {{family: primary, criterion: preference, systems: [{first}, {second}], estimand: raters_at_large}}
  - {{family: primary, criterion: floor, systems: [{first}, {second}], measure: share_above}}"""


def _hypotheses(criteria: str, first: str, second: str) -> str:
    """What is declared beforehand: nothing beyond the primary comparison, but for the template `floor`."""
    form = _OF_THE_FLOOR if criteria == "floor" else _UNDECLARED
    return form.format(first=quoted(first), second=quoted(second))


def declared(name: str, first: str, second: str) -> tuple[Hypothesis, ...]:
    """The tests that a study with the criteria of a template declares of two systems, as its study.yaml does."""
    made = yaml.safe_load(_hypotheses(name, first, second)) or {}
    return tuple(Hypothesis.model_validate(one) for one in made.get("hypotheses", ()))


def shared(head: Head, source: Words, helped: Words | None = None) -> dict[str, object]:
    """What stands in the study.yaml of every protocol; `source`: where dialogues and responses come from.

    `helped`: where a distressed rater finds help; None = as `helps` has it.
    """
    return {
        "format_version": 1 if set(head.languages) <= set(FIRST_LANGUAGES) else 2,
        "study_id": quoted(head.study_id),
        "title": words_yaml(head.title, 2),
        "languages": ", ".join(head.languages),
        "seats": head.seats,
        "seed": head.seed,
        "told": _TOLD.format(
            help=words_yaml(helped or helps(head.languages), 4),
            contact=quoted(head.contact),
            information=information_yaml(head),
        ),
        "label": "{" + ", ".join(f"{tag}: …" for tag in head.languages) + "}",
        "provenance": words_yaml(source, 2),
        "last": _LAST.format(simulated=str(head.simulated).lower(), retention_days=RETENTION_DAYS),
    }


def helps(languages: Sequence[Language]) -> Words:
    """Where a distressed rater finds help: in Japan where the study speaks Japanese, else how to find it anywhere."""
    return words("templates", "help.japan" if "ja" in languages else "help", languages)


def _system_yaml(system: System) -> str:
    facts = {"name": system.name, "model": system.model, "adapter": system.adapter}
    lines = [f"  - system_id: {quoted(system.system_id)}", f"    kind: {system.kind}"]
    lines += [f"    {key}: {quoted(value)}" for key, value in facts.items() if value]
    if system.kind == "model" and not system.adapter:
        lines.append(f"    tuned: {str(system.tuned).lower()}   # true: training made it out of another one here")
    if system.description:
        lines.append(f"    description: {_flow(system.description)}")
    return "\n".join(lines)


def _pairs_yaml(pairs: Sequence[tuple[str, str]], first: str, second: str) -> str:
    if pairs:
        return f"  pairs: {json.dumps(pairs)}   # only these are compared"
    return f"  # pairs: {json.dumps([[first, second]])}   # compare only these; left out = all pairs of systems"


def information_yaml(head: Head) -> str:
    """The part `information` of a study.yaml: every statement empty, but for where the dialogues come from if known."""
    lines = ["information:"]
    empty = Words(dict.fromkeys(head.languages, ""))
    for name, comment in STATEMENTS.items():
        said = head.dialogues if name == "dialogues" and head.dialogues is not None else empty
        lines += [f"  {name}:  # {comment}", words_yaml(said, 4)]
    lines.append("  # training: true   # models may be trained on the judgments; raters are told so before they agree")
    return "\n".join(lines)


def provenance(head: Head, systems: Sequence[System]) -> Words:
    """Where dialogues and responses come from, as it is said after the end."""
    dialogues = head.dialogues or words("templates", "source.unknown", head.languages)
    names = ", ".join(system.name or system.system_id for system in systems)
    said = {}
    for tag in head.languages:
        made = {"dialogues": dialogues.text(tag), "n": len(systems), "names": names}
        said[tag] = words("templates", "source.systems", (tag,), **made).text(tag)
        if _any_human(systems):
            said[tag] = words("templates", "source.human", (tag,), source=said[tag]).text(tag)
    return Words(said)


def _any_human(systems: Sequence[System]) -> bool:
    return any(system.kind == "human" for system in systems)


def _flow(said: Words) -> str:
    return "{" + ", ".join(f"{tag}: {quoted(text)}" for tag, text in said.root.items()) + "}"


def words_yaml(said: Words, indent: int) -> str:
    """A text as lines of YAML, one a language, so far from the left."""
    return "\n".join(f"{' ' * indent}{tag}: {quoted(text)}" for tag, text in said.root.items())


def quoted(text: str) -> str:
    """A text as JSON, which YAML reads."""
    return json.dumps(text, ensure_ascii=False)
