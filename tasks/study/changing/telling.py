"""What an organiser answers about a study, and the statements to raters that are made of the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from tasks.languages.tags import day_of
from tasks.schema import Information, Language, Record, Statement, Study, Words
from tasks.study.cautions import cautions
from tasks.study.changing.remaking import shipped_in
from tasks.study.consent import BESIDE, STATEMENTS
from tasks.study.wording.templates import words

Payment = Literal["", "none", "all", "hour", "pair"]
Stopping = Literal["", "free", "whole", "share"]
Years = Literal["", "3", "5", "10", "ever"]
Names = Literal["", "none", "team", "office"]
Use = Literal["", "none", "published", "training", "both"]
Until = Literal["", "any", "date"]
Risks = Literal["", "mild", "grave"]
DAYS_A_YEAR = 365
TRAINED: tuple[Use, ...] = ("training", "both")
"""Answers by which models may be trained on the judgments."""


class Told(Record):
    """Answers; '' = not answered, and nothing is said of it.

    Attributes:
        payment: nothing; `amount` for all, an hour, or a judgment.
        stopping: without disadvantage; paid in full all the same; paid for what was done.
        place, years: who keeps the answers, for how long.
        names: who sees them: nobody, for none are recorded; the team; the office that pays, too.
        use: figures alone; published under codes; for training models; both.
        until: when a withdrawal still counts: always for what is made afterwards; until `day`, ISO 8601.
        risks: what is spoken of in the dialogues.
        ethics: the number of a board's approval.
    """

    payment: Payment = ""
    amount: str = ""
    stopping: Stopping = ""
    place: str = ""
    years: Years = ""
    names: Names = ""
    use: Use = ""
    until: Until = ""
    day: str = ""
    risks: Risks = ""
    ethics: str = ""


class Clash(NamedTuple):
    """Two things said that cannot both be: the field to look at again, which kind, and the values in its words."""

    field: str
    kind: str
    values: Mapping[str, str | int] = {}


def made(told: Told, languages: Sequence[Language]) -> dict[Statement, Words]:
    """The statements that the answers make, in the languages; none where nothing was answered."""
    spoken = shipped_in(languages)
    whole = {name: [key for key in keys if key] for name, keys in _sentences(told).items()}
    return {
        name: Words({tag: _joined((_said(key, tag, told) for key in keys), tag) for tag in spoken})
        for name, keys in whole.items()
        if keys
    }


def _sentences(told: Told) -> dict[Statement, list[str]]:
    """The keys of the sentences of each statement."""
    paid = told.payment == "none" or (told.payment and told.amount)
    kept = bool(told.years and told.place)
    uses = ("published", "training") if told.use == "both" else (told.use,)
    until = "" if told.until == "date" and not told.day else {"any": "until.any", "date": "until"}.get(told.until, "")
    return {
        "payment": [f"payment.{told.payment}" if paid else ""],
        "stopping": [f"stopping.{told.stopping}" if told.stopping else ""],
        "storage": [
            f"storage.{'ever' if told.years == 'ever' else 'n'}" if kept else "",
            f"names.{told.names}" if told.names else "",
        ],
        "erasure": [until],
        "risks": [f"risks.{told.risks}" if told.risks else ""],
        "use": [f"use.{use}" for use in uses if use],
        "ethics": ["ethics" if told.ethics else ""],
    }


def _said(key: str, tag: Language, told: Told) -> str:
    day = day_of(date.fromisoformat(told.day), tag) if told.day else ""
    n = int(told.years) if told.years.isdecimal() else 0
    values = {"amount": told.amount, "place": told.place, "n": n, "date": day, "number": told.ethics}
    return words("papers", f"told.{key}", (tag,), **values).text(tag)


def _joined(sentences: Iterator[str], tag: Language) -> str:
    """Sentences in a row; Japanese and Chinese set no blank between them."""
    return ("" if tag.split("-")[0] in ("ja", "zh") else " ").join(sentences)


def retold(study: Study, before: Told, after: Told) -> Study:
    """The study with the statements that the answers make, where nobody wrote others."""
    old, new = made(before, study.languages), made(after, study.languages)
    if study.information is None and not new:
        return study
    information = study.information or Information()
    changed = {
        name: _merged(getattr(information, name), old.get(name), new.get(name), study.languages)
        for name in (*STATEMENTS, *BESIDE)
        if name != "dialogues"
    }
    blank = Words(dict.fromkeys(study.languages, ""))
    said: dict[str, Words | None] = {
        name: blank if value is None and name in STATEMENTS else value for name, value in changed.items()
    }
    trained, was = (told.use in TRAINED for told in (after, before))
    training = trained or (information.training and not was)
    return study.model_copy(update={"information": information.model_copy(update={**said, "training": training})})


def _merged(said: Words | None, old: Words | None, new: Words | None, languages: Sequence[Language]) -> Words | None:
    """A statement in the languages, each as it was written by hand, else as it is made; None where all is blank."""
    now, was, made_ = (value.root if value else {} for value in (said, old, new))
    kept = {
        tag: made_.get(tag, "") if now.get(tag, "").strip() in ("", was.get(tag, "")) else now[tag] for tag in languages
    }
    return Words(kept) if any(text.strip() for text in kept.values()) else None


def clashes(study: Study, told: Told) -> Iterator[Clash]:
    """What cannot be true together, of the answers, the texts and the dialogues."""
    if told.payment == "none" and told.stopping in ("whole", "share"):
        yield Clash("stopping", "unpaid")
    if told.payment not in ("", "none") and told.names == "none":
        yield Clash("names", "paid")
    if told.years.isdecimal() and (study.retention_days or 0) > DAYS_A_YEAR * int(told.years):
        yield Clash("years", "longer", {"days": study.retention_days or 0})
    if told.risks == "mild":
        found = next((caution.found[0] for caution in cautions(study) if caution.kind == "distress terms"), None)
        if found:
            yield Clash("risks", "found", {"item": found[0], "words": found[1]})
    yield from _one_sided(study, told)


def _one_sided(study: Study, told: Told) -> Iterator[Clash]:
    """Statements that were written by hand in one language and are as made in another."""
    of = made(told, study.languages)
    for name, whole in of.items():
        said: Words | None = getattr(study.information, name) if study.information else None
        own = {tag for tag in whole.root if said and said.root.get(tag, "").strip() not in ("", whole.root[tag])}
        if own and (rest := [tag for tag in whole.root if tag not in own]):
            yield Clash(f"statement.{name}.{rest[0]}", "one_sided")
