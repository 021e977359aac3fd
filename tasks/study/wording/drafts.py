"""Shipped words that no counsellor of their language has read: what a study uses of them, until they are accepted.

A language's file says so (`status: draft`). What is written anew is no draft; what is taken over is accepted part by
part, in `accepted` of study.yaml (`de.scales`). Studies whose judgments scripts make need no acceptance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Literal, get_args

from tasks.errors import InputError
from tasks.languages import catalogue
from tasks.languages.fault import Fault, at, line_of
from tasks.languages.tags import closest
from tasks.schema import Criterion, Language, Study, Words
from tasks.study.consent import consent
from tasks.study.guidance import explained, guidelines
from tasks.study.wording.templates import SECTIONS, newest, spoken_languages, template, template_names
from tasks.study.wording.texts import texts

Part = Literal["scales", "guidelines", "consent", "ethics"]
PARTS: tuple[Part, ...] = get_args(Part)
"""Criteria; guidelines, feedback of practice and the line on help; consent text; papers for an ethics board."""


def unread(study: Study) -> tuple[Language, ...]:
    """The study's languages whose shipped words, those of the page included, no counsellor has read."""
    return tuple(tag for tag in study.languages if catalogue.is_draft(closest(tag, catalogue.written()) or tag))


def waiting(study: Study) -> tuple[str, ...]:
    """What is a draft and not accepted yet, as `de.scales`, by language and part; () where nothing waits."""
    if study.simulated:
        return ()
    begun = [tag for tag in unread(study) if closest(tag, spoken_languages()) is not None]
    names = [f"{tag}.{part}" for tag in begun for part in PARTS if _is_shipped(study, tag, part)]
    return tuple(name for name in names if name not in study.accepted)


def refuse(study: Study, where: str = "STUDY_DIR") -> None:
    """Nothing, for a study that may open.

    Raises:
        InputError: a part is a draft that is neither accepted nor written anew; one line for each.
    """
    if found := waiting(study):
        raise InputError(
            at(line_of("study.yaml", None, "accepted"), Fault("draft", name=name, where=where)) for name in found
        )


def texts_of(study: Study, language: Language, part: str) -> list[str]:
    """The study's texts of a part in a language, in the order in which they are read; [] for other parts."""
    if part == "scales":
        return [words.text(language) for words in _of_criteria(study.criteria) if language in words.languages]
    return {
        "consent": [study.consent.text(language)] if study.consent else [],
        "guidelines": _guiding(study, language),
    }.get(part, [])


def names(study: Study) -> tuple[str, ...]:
    """Everything that may stand in `accepted`."""
    return tuple(f"{tag}.{part}" for tag in study.languages for part in PARTS)


def _is_shipped(study: Study, language: Language, part: Part) -> bool:
    if part == "ethics":
        return True
    if part == "consent":
        made = consent(study.protocol, study.criteria, len(study.items), (language,))
        return _same(study.consent, made, language)
    if part == "guidelines":
        return bool(set(map(_bare, _guiding(study, language))) & _shipped_guiding(study, language))
    return bool(set(texts_of(study, language, part)) & _shipped_scales(language))


def _guiding(study: Study, language: Language) -> list[str]:
    """What a study says to guide its raters: guidelines, what follows practice, the line on help."""
    said = [study.guidelines, study.support.help if study.support else None]
    said += [text.words for text in texts(study) if text.part == "practice"]
    return [words.text(language) for words in said if words and language in words.languages]


def _shipped_guiding(study: Study, language: Language) -> set[str]:
    made = guidelines(study.protocol, study.criteria, (language,))
    shipped = catalogue.words(SECTIONS[0], closest(language, spoken_languages()) or language)
    practice = [explained(place, language) for place in range(sum(key.startswith("practice.") for key in shipped))]
    helped = [str(shipped[key]) for key in ("help", "help.japan")]
    return {_bare(text) for text in (made.text(language), *practice, *helped)}


def _shipped_scales(language: Language) -> set[str]:
    """Every text of the newest templates in a language, but numbers."""
    made = {newest(name) for name in template_names()}
    found: set[str] = set()
    for name in made:
        try:
            criteria = template(name, (language,))
        except InputError:  # a template that has no words in this language
            continue
        found |= {words.text(language) for words in _of_criteria(criteria)}
    return {text for text in found if not text.isdecimal()}


def _of_criteria(criteria: tuple[Criterion, ...]) -> Iterator[Words]:
    """The words of criteria in the order in which they are read, each example after its point."""
    for criterion in criteria:
        yield from (words for words in (criterion.label, criterion.hint) if words)
        for point, example in zip_longest(criterion.points, criterion.anchors):
            yield from (words for words in (point and point.words, example) if words)
        yield from (reason.words for reason in criterion.reasons)


def _same(said: Words | None, made: Words, language: Language) -> bool:
    return said is not None and language in said.languages and _bare(said.text(language)) == _bare(made.text(language))


def _bare(text: str) -> str:
    """A text without its numbers, which follow the study's size, and without blanks around."""
    return re.sub(r"\d+", "0", text).strip()
