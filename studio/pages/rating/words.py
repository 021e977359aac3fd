"""The words raters read: the catalogue's, and the study's own beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from studio.service.records import BothLanguages, ShownCriterion, StudyFacts
from tasks.languages import catalogue

LANGUAGES = ("ja", "en")

Texts = Mapping[str, Mapping[str, catalogue.Text]]
"""Language -> key -> text. Keys of the study's own words begin with `study.`, `c.` (criteria) or `q.` (profile)."""


def texts(study: StudyFacts) -> Texts:
    """Every text of the page in both languages; a missing hint has no key."""
    own = [(key, words.as_json()) for key, words in _study_words(study)]
    return {
        language: {**catalogue.words("rating", language), **{key: words[language] for key, words in own}}
        for language in LANGUAGES
    }


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
