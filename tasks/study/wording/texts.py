"""The texts that people read in a study: where each stands, which languages it lacks, which format they take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import BaseModel

from tasks.languages import scripts
from tasks.schema import FIRST_LANGUAGES, Check, FormatVersion, Item, Language, Practice, Response, Study, Words
from tasks.study.reading import Place

OF_FILES = ("guidelines", "consent")
"""Texts that stand in a file for each language, `<name>.<language>.md`."""
_ELSEWHERE = {"items", "scenarios", "responses", "practice", "checks", *OF_FILES}


class Text(NamedTuple):
    """A text, and where it stands: part of the study, 0-based record there (None: the part itself), place in it."""

    part: str
    number: int | None
    place: Place
    words: Words


def texts(study: Study) -> Iterator[Text]:
    """Every text that has to be in every language of the study, by study.yaml, then practice, then scenarios."""
    for field in (name for name in Study.model_fields if name not in _ELSEWHERE):
        yield from (Text("study", None, place, words) for place, words in _in(getattr(study, field), (field,)))
    for number, practice in enumerate(study.practice):
        yield Text("practice", number, ("feedback",), practice.feedback)
    for number, card in enumerate(study.scenarios):
        yield from (Text("scenarios", number, place, words) for place, words in _in(card, ()))


def _in(value: object, place: Place) -> Iterator[tuple[Place, Words]]:
    if isinstance(value, Words):
        yield place, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _in(getattr(value, name), (*place, name))
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from _in(part, (*place, index))


def written_in(study: Study) -> Language:
    """The language in which dialogues and responses are written, as far as their script tells."""
    return scripts.written_in((turn.text for item in study.items for turn in item.turns), study.languages)


def lacking(words: Words, study: Study) -> list[Language]:
    """The languages of the study in which a text is not there, in the study's order."""
    return [language for language in study.languages if language not in words.languages]


def beyond(words: Words, study: Study) -> list[Language]:
    """The languages in which a text is there though the study is not in them; ja and en may always be there."""
    return [language for language in words.languages if language not in {*study.languages, *FIRST_LANGUAGES}]


def languages_of(study: Study) -> frozenset[Language]:
    """Every language that occurs in a study: its own, and those of texts and translations."""
    found = [text.words for text in texts(study)]
    found += [words for words in (study.guidelines, study.consent) if words is not None]
    found += _translations(study)
    return frozenset(study.languages).union(*(words.languages for words in found))


def _translations(study: Study) -> Iterator[Words]:
    pairs: tuple[Practice | Check, ...] = (*study.practice, *study.checks)
    items: Iterable[Item] = (*study.items, *(pair.item for pair in pairs))
    responses: Iterable[Response] = (*study.responses, *(response for pair in pairs for response in pair.responses))
    yield from (turn.translation for item in items for turn in item.turns if turn.translation)
    yield from (response.translation for response in responses if response.translation)


def format_version(study: Study) -> FormatVersion:
    """The format a study is written in: 1 where ja and en alone occur, so that older programs read it; else 2."""
    return 1 if languages_of(study) <= set(FIRST_LANGUAGES) else 2
