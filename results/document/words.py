"""Words of the report, the reasons for undefined figures, and the study's own texts in the report's language."""

from __future__ import annotations

from tasks.languages import catalogue, tags
from tasks.languages.tag import Language
from tasks.schema import Words

LANGUAGES = catalogue.languages("report")
"""The languages in which a report can be read."""
SHARED = catalogue.SECOND
"""In which a study's text is shown to readers of a language that the study does not have, where it is there."""


def reason(code: str | None, language: Language) -> str:
    """The words of a reason's code; '' where there is none. A sentence, as older files hold, is given back as it is."""
    if code is None:
        return ""
    known = code in catalogue.words("reasons", language)
    return catalogue.word("reasons", language, code) if known else code


def word(key: str, language: Language, /, **values: object) -> str:
    """The report's words for `key`, with values filled in where there are any. Raises KeyError for an unknown key.

    Where the language runs from right to left, each value is isolated: a minus sign or a bracket beside Arabic letters
    would else change its place.
    """
    return said("report", language, key, **values)


def said(section: str, language: Language, key: str, /, **values: object) -> str:
    """Words of any section, filled in as `word` does."""
    text = catalogue.form(catalogue.words(section, language)[key], language, values)
    return catalogue.fill(text, {name: tags.isolated(str(value), language) for name, value in values.items()})


def study_text(words: Words, language: Language) -> str:
    """A text of the study for readers of `language`: in it, else in English, else in the first in which it is there."""
    return words.text(language, SHARED, *words.languages)


def study_language(words: Words, language: Language) -> Language:
    """The language in which `study_text` gives a text."""
    wishes = (language, SHARED, *words.languages)
    return next(found for wish in wishes if (found := tags.closest(wish, words.languages)))
