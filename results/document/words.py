"""Words of the report, and the reasons for undefined figures."""

from __future__ import annotations

from tasks.languages import catalogue
from tasks.schema import Language


def reason(code: str | None, language: Language) -> str:
    """The words of a reason's code; '' where there is none. A sentence, as older files hold, is given back as it is."""
    if code is None:
        return ""
    known = code in catalogue.words("reasons", language)
    return catalogue.word("reasons", language, code) if known else code


def word(key: str, language: Language, **values: object) -> str:
    """The report's words for `key`, with values filled in where there are any. Raises KeyError for an unknown key."""
    return catalogue.word("report", language, key, **values)
