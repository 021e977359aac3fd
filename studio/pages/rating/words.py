"""The words raters read: one catalogue for both languages, and the study's own words beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("ja", "en")
CATALOGUE = Path(__file__).with_name("words.json")

Texts = dict[str, dict[str, str]]
"""Language -> key -> text. Keys of the study's own words begin with `study.`, `c.` (criteria) or `q.` (profile)."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Key -> {"ja", "en"}, as words.json has it."""
    loaded: dict[str, dict[str, str]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return loaded


def texts(study: Mapping[str, Any]) -> Texts:
    """Every text of the page in both languages.

    Args:
        study: `state["study"]` of docs/study-format.md. A study of one language shows its words in both catalogues'
            places; a missing hint has no key.
    """
    pairs = [*catalogue().items(), *_study_words(study)]
    return {language: {key: words[language] for key, words in pairs} for language in LANGUAGES}


def _study_words(study: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "study.title", study["title"]
    if support := study.get("support"):
        yield "study.help", support["help"]
    for criterion in study["criteria"]:
        yield from _criterion_words(criterion)
    for question in study.get("profile") or ():
        key = f"q.{question['question_id']}"
        yield key, question["label"]
        for place, choice in enumerate(question.get("choices") or ()):
            yield f"{key}.{place}", choice


def _criterion_words(criterion: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    key = f"c.{criterion['criterion_id']}"
    yield key, criterion["label"]
    if hint := criterion.get("hint"):
        yield f"{key}.hint", hint
    for point in criterion.get("points") or ():
        yield f"{key}.p.{point['value']}", point["words"]
    for reason in criterion.get("reasons") or ():
        yield f"{key}.r.{reason['reason_id']}", reason["words"]


def fill(text: str, values: Mapping[str, object]) -> str:
    """`text` with each `{name}` replaced by its value; names without a value stay as they are."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
