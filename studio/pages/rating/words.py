"""The words raters read: the catalogue's, and the study's own beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from studio.service.records import ShownCriterion, StudyFacts
from tasks.languages import catalogue, tags
from tasks.schema import Language, Words

Texts = Mapping[Language, Mapping[str, catalogue.Text]]
"""Language -> key -> text. Keys of the study's own words begin with `study.`, `c.` (criteria) or `q.` (profile)."""
SECTION = "rating"


def texts(study: StudyFacts) -> Texts:
    """Every text of the page in the study's languages; a missing hint has no key.

    Where the interface has no words in a language of the study, its readers get the closest one's, or English.
    """
    own = list(_study_words(study))
    names = {f"language.{tag}": tags.name_of(tag) for tag in study.languages}
    return {
        language: {
            **catalogue.words(SECTION, catalogue.read_in(SECTION, language)),
            **names,
            **{key: words.text(language, *words.languages) for key, words in own},
        }
        for language in study.languages
    }


def needed(said: Texts, study: StudyFacts, *, visiting: bool) -> Texts:
    """The texts that the page of a study can show once it is served; without those of pages apart and of other studies.

    Args:
        visiting: whether it is the public demo's.
    """
    unused = {
        "several.",
        "lost.cookie",
        "page.noscript",
        *([] if visiting else ["visit."]),
        *([] if study.profile else ["profile."]),
        *([] if study.protocol != "pairwise" else ["dialogue."]),
        *([] if any(criterion.kind in ("labels", "spans") for criterion in study.criteria) else ["marks."]),
    }
    return {
        language: {key: text for key, text in words.items() if not key.startswith(tuple(unused))}
        for language, words in said.items()
    }


def _study_words(study: StudyFacts) -> Iterator[tuple[str, Words]]:
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


def _criterion_words(criterion: ShownCriterion) -> Iterator[tuple[str, Words]]:
    key = f"c.{criterion.criterion_id}"
    yield key, criterion.label
    if criterion.hint:
        yield f"{key}.hint", criterion.hint
    for point in criterion.points:
        yield f"{key}.p.{point.value}", point.words
    for reason in criterion.reasons:
        yield f"{key}.r.{reason.reason_id}", reason.words
