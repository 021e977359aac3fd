"""The words raters read: one catalogue for both languages, and the study's own words beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from studio.service.records import BothLanguages, ShownCriterion, StudyFacts

LANGUAGES = ("ja", "en")
CATALOGUE = Path(__file__).with_name("words.json")

Texts = dict[str, dict[str, str]]
"""Language -> key -> text. Keys of the study's own words begin with `study.`, `c.` (criteria) or `q.` (profile)."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Key -> {"ja", "en"}, as words.json has it."""
    loaded: dict[str, dict[str, str]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return loaded


def texts(study: StudyFacts) -> Texts:
    """Every text of the page in both languages.

    A study of one language shows its words in both catalogues' places; a missing hint has no key.
    """
    own = [(key, words.as_json()) for key, words in _study_words(study)]
    pairs = [*catalogue().items(), *own]
    return {language: {key: words[language] for key, words in pairs} for language in LANGUAGES}


def _study_words(study: StudyFacts) -> Iterator[tuple[str, BothLanguages]]:
    yield "study.title", study.title
    if study.support:
        yield "study.help", study.support.help
    for criterion in study.criteria:
        yield from _criterion_words(criterion)
    for question in study.profile:
        key = f"q.{question.question_id}"
        yield key, question.label
        for place, choice in enumerate(question.choices):
            yield f"{key}.{place}", choice


def _criterion_words(criterion: ShownCriterion) -> Iterator[tuple[str, BothLanguages]]:
    key = f"c.{criterion.criterion_id}"
    yield key, criterion.label
    if criterion.hint:
        yield f"{key}.hint", criterion.hint
    for point in criterion.points:
        yield f"{key}.p.{point.value}", point.words
    for reason in criterion.reasons:
        yield f"{key}.r.{reason.reason_id}", reason.words


def fill(text: str, values: Mapping[str, object]) -> str:
    """`text` with each `{name}` replaced by its value; names without a value stay as they are."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
