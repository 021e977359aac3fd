"""The study.yaml a new study begins with: every key in place, each with a word on what it does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.schema import Statement, System, Words
from tasks.study.guidance import minutes_per_pair
from tasks.study.load import template, template_names

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
        template: name of the criteria template.
        seats: raters planned for, 1 or more.
        seed: of the assignment design.
        contact: whom raters can ask.
        pairs: pairs of system_ids to compare; () = all pairs.
        simulated: judgments will be made by scripts; every page and report then says so.
        dialogues: where the dialogues come from, as raters read it before they agree; None = not stated.
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


_FORM = """\
# A study: what is judged, by how many raters, and what the analysis will ask. docs/study-format.md has every key.
# Change it before the study opens; afterwards every change is a deviation that the report lists.
format_version: 1
study_id: {study_id}
title:
  ja: {title_ja}
  en: {title_en}
protocol: pairwise
languages: [ja, en]

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
  portion: 10       # a good place to stop is offered after so many
  seed: {seed}

# Named before the first judgment: the comparison the study is about.
primary:
  criterion: preference
  systems: [{first}, {second}]
  # smallest_effect: 0.3   # smallest mean margin that would matter, in points of the preference scale (0..2)

# Judgments left out in a second analysis (the first keeps all).
exclusions:
  - rule: min_seconds
    threshold: 5

# Shown on every page. Check the numbers, and say whom raters can ask.
support:
  help:
    ja: >-
      つらくなったら、いつでもやめられます。
      よりそいホットライン 0120-279-338（24時間・無料）、いのちの電話 0120-783-556。
    en: >-
      You can stop at any time.
      In Japan: Yorisoi Hotline 0120-279-338 (24 hours, free), Inochi no Denwa 0120-783-556.
  contact: {contact}

# What raters are told before they agree, under the consent text. What is left empty is said there to be not stated.
{information}

# Asked before the work, each can be skipped; published in bands alone. Take the signs away to ask.
# profile:
#   - question_id: training
#     label: {{ja: カウンセリングの学習・実務の経験, en: Training or practice in counselling}}
#     choices:
#       - {{ja: ない, en: none}}
#       - {{ja: 学習中, en: in training}}
#       - {{ja: 実務経験がある, en: in practice}}

# Said to raters after the end, and in the report: where dialogues and responses come from.
provenance:
  ja: {provenance_ja}
  en: {provenance_en}

simulated: {simulated}   # true: judgments are made by scripts, and every page of the organiser and every report says so
retention_days: {retention_days}
"""


def study_yaml(head: Head, systems: Sequence[System]) -> str:
    """The commented study.yaml of a study of two or more systems; texts are quoted as JSON, which YAML reads.

    The first pair of `head.pairs`, else the first two systems, is the primary comparison.
    """
    provenance = Words(ja=_provenance_ja(head, systems), en=_provenance_en(head, systems))
    first, second = head.pairs[0] if head.pairs else (systems[0].system_id, systems[1].system_id)
    return _FORM.format(
        study_id=_quoted(head.study_id),
        title_ja=_quoted(head.title.text("ja")),
        title_en=_quoted(head.title.text("en")),
        template=head.template,
        others=", ".join(name for name in template_names() if name != head.template),
        minutes=minutes_per_pair(template(head.template)),
        systems="\n".join(_system_yaml(system) for system in systems),
        seats=head.seats,
        pairs=_pairs_yaml(head.pairs, first, second),
        seed=head.seed,
        information=information_yaml(head.dialogues),
        first=_quoted(first),
        second=_quoted(second),
        contact=_quoted(head.contact),
        provenance_ja=_quoted(provenance.text("ja")),
        provenance_en=_quoted(provenance.text("en")),
        simulated=str(head.simulated).lower(),
        retention_days=RETENTION_DAYS,
    )


def _system_yaml(system: System) -> str:
    facts = {"name": system.name, "model": system.model, "adapter": system.adapter}
    lines = [f"  - system_id: {_quoted(system.system_id)}", f"    kind: {system.kind}"]
    lines += [f"    {key}: {_quoted(value)}" for key, value in facts.items() if value]
    if system.kind == "model" and not system.adapter:
        lines.append(f"    tuned: {str(system.tuned).lower()}   # true: training made it out of another one here")
    if system.description:
        lines.append(f"    description: {_quoted_words(system.description)}")
    return "\n".join(lines)


def _pairs_yaml(pairs: Sequence[tuple[str, str]], first: str, second: str) -> str:
    if pairs:
        return f"  pairs: {json.dumps(pairs)}   # only these are compared"
    return f"  # pairs: {json.dumps([[first, second]])}   # compare only these; left out = all pairs of systems"


def information_yaml(dialogues: Words | None) -> str:
    """The part `information` of a study.yaml: every statement empty, but for where the dialogues come from if known."""
    lines = ["information:"]
    for name, comment in STATEMENTS.items():
        words = dialogues if name == "dialogues" and dialogues is not None else Words(ja="", en="")
        lines += [f"  {name}:  # {comment}", *(f"    {tag}: {_quoted(text)}" for tag, text in words.root.items())]
    return "\n".join(lines)


def _provenance_ja(head: Head, systems: Sequence[System]) -> str:
    human = "その一つは、カウンセラーの実際の応答です。" if _any_human(systems) else ""
    dialogues = head.dialogues.text("ja") if head.dialogues else "対話の出どころは示されていません。"
    return f"{dialogues}応答の出どころは{len(systems)}つあります。{human}"


def _provenance_en(head: Head, systems: Sequence[System]) -> str:
    human = " One of them is the counsellor's real next turn." if _any_human(systems) else ""
    names = ", ".join(system.name or system.system_id for system in systems)
    dialogues = head.dialogues.text("en") if head.dialogues else "Where the dialogues come from is not stated."
    return f"{dialogues} The responses come from {len(systems)} systems: {names}.{human}"


def _any_human(systems: Sequence[System]) -> bool:
    return any(system.kind == "human" for system in systems)


def _quoted_words(words: Words) -> str:
    return "{" + ", ".join(f"{tag}: {_quoted(text)}" for tag, text in words.root.items()) + "}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
