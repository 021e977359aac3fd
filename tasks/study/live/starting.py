"""A new study of live sessions: scenarios to begin with, word lists as a start, and what the organiser has to add."""

from __future__ import annotations

from pathlib import Path

import yaml

from tasks.errors import InputError
from tasks.files import jsonl
from tasks.languages.fault import Fault, at
from tasks.languages.tags import closest
from tasks.schema import Language, Scenario, Words
from tasks.study.build import write_texts
from tasks.study.reading import read_jsonl
from tasks.study.study_form import Head, quoted, shared, words_yaml
from tasks.study.validation import validate
from tasks.study.wording.templates import template, words

NAME = "session"
"""The template of such a study; its criteria are those of `CRITERIA`."""
CRITERIA = "rating"
LANGUAGES = ("ja", "en")
"""In which the scenarios and the lists of words are there."""
SCENARIOS, CRISIS = Path(__file__).with_name("scenarios.jsonl"), Path(__file__).with_name("crisis.yaml")
MOST_FORMS = 2
"""Sessions of one rater in the new study: one in each role."""


def write(head: Head, folder: Path) -> None:
    """Writes the files of a new study of sessions into `folder`.

    Raises:
        InputError: it is in a language in which there are no scenarios to begin with.
    """
    if lacking := [tag for tag in head.languages if closest(tag, LANGUAGES) is None]:
        about = {"found": ", ".join(lacking), "allowed": ", ".join(LANGUAGES)}
        raise InputError(at("languages", Fault("languages_of_new", **about)))
    (folder / "scenarios.jsonl").write_text(jsonl(_told(card, head) for card in scenarios()), encoding="utf-8")
    write_texts(folder, "session", head, MOST_FORMS)
    (folder / "study.yaml").write_text(study_yaml(head), encoding="utf-8")


def scenarios() -> tuple[Scenario, ...]:
    """The scenarios shipped, written for this project."""
    errors: list[str] = []
    found = [validate(Scenario, line, errors) for line in read_jsonl(SCENARIOS, SCENARIOS.name, errors)]
    return tuple(card for card in found if card is not None)


def word_lists() -> dict[Language, list[str]]:
    """Words of self-harm by language, in lower case: a start for the organiser's own list."""
    lists: dict[Language, list[str]] = yaml.safe_load(CRISIS.read_text(encoding="utf-8"))
    return lists


def _told(card: Scenario, head: Head) -> Scenario:
    return card.model_copy(update={"title": _spoken(card.title, head), "card": _spoken(card.card, head)})


def _spoken(said: Words, head: Head) -> Words:
    return Words({tag: said.text(tag) for tag in head.languages})


_FORM = """\
# A study of role-play sessions. docs/study-format.md has every key; scenarios.jsonl has the cards that clients read.
format_version: {format_version}
study_id: {study_id}
title:
{title}
protocol: session
languages: [{languages}]   # in which every text is there, the first one first

# What the client is asked after a session: a template, or a list of criteria of your own, all of them `of: item`.
criteria: {criteria}

design:
  seats: {seats}          # people; with both roles 3 or more
  blinding: 0       # nothing is compared
  portion: 3        # a good place to stop is offered after so many
  seed: {seed}

sessions:
  both_roles: true    # everyone plays client and counsellor; false: the last `counselors` seats are counsellors
  # counselors: 2
  per_person: 1       # sessions of each person in each role; from 2 on, client and counsellor can be told apart
  least_minutes: 30   # before it nobody is asked to end
  most_minutes: 90    # the room ends then
  least_utterances: 30   # shorter sessions are exported, and marked as short
  grace_minutes: 10   # after a booked time, until a partner who is not there counts as not having come
  supervision: nobody   # on_duty: somebody can be rung while a session goes on
  after_step_in: void   # kept: a session into which a supervisor stepped stays in the data
  partner_form: kept    # erased: where the counsellor withdraws, the client's form leaves the data
  # Yours to fill in: the study opens only when every line of it is there, in each of its languages.
  crisis:
    help:  # whom to call, pinned in every room; use numbers that you have called yourself
{empty}
    message:  # what both are told at words of self-harm
{empty}
    words:  # A START, no more: read the lists, take out what rings for nothing, add how your people speak
{words}
    checked_on:  # the day on which you checked help and words, such as 2026-01-31
{empty}

primary:
  criterion: {first}

{told}

# Said to raters after the end, and in the report: where the conversations come from.
provenance:
{provenance}

{last}
"""


def study_yaml(head: Head) -> str:
    """The commented study.yaml, its crisis block empty but for the lists of words."""
    lists = word_lists()
    listed = {tag: lists[closest(tag, LANGUAGES) or tag] for tag in head.languages}
    source, helped = (words("templates", key, head.languages) for key in ("source.sessions", "help"))
    return _FORM.format(
        **shared(head, source, helped),
        criteria=CRITERIA,
        first=template(CRITERIA)[0].criterion_id,
        empty=words_yaml(Words(dict.fromkeys(head.languages, "")), 6),
        words="\n".join(f"      {tag}: [{', '.join(map(quoted, found))}]" for tag, found in listed.items()),
    )
