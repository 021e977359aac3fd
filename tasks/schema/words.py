"""Texts that people read, in one language or more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, PlainSerializer, RootModel, field_validator

from tasks.languages.fault import Fault
from tasks.languages.tag import Language as Language
from tasks.languages.tags import closest

FormatVersion = Literal[1, 2]
"""1: every text is in ja and en, or in one of them. 2: a language besides these occurs, which older programs refuse."""
FIRST_LANGUAGES = ("ja", "en")
"""The languages of format 1, in the order in which they were always written."""


class Words(RootModel[dict[Language, str]]):
    """One text that people read: language -> text, one language or more.

    Equal texts are equal, hash alike and are written alike, in whatever order their languages were given.
    """

    model_config = ConfigDict(frozen=True)

    if TYPE_CHECKING:

        def __init__(self, root: Mapping[str, str] = ..., /, **texts: str) -> None: ...

    @field_validator("root")
    @classmethod
    def _ordered(cls, root: dict[str, str]) -> dict[str, str]:
        if not root:
            raise ValueError(Fault("no_language"))
        order = (*FIRST_LANGUAGES, *sorted(root.keys() - set(FIRST_LANGUAGES)))
        return {tag: root[tag] for tag in order if tag in root}

    def __hash__(self) -> int:
        return hash(tuple(self.root.items()))

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages in which the text is there, in the order in which they are written."""
        return tuple(self.root)

    def text(self, *languages: str) -> str:
        """The text in the first of `languages` in which it is there, or in one that its readers read (de for de-CH).

        Raises:
            KeyError: it is there in none of them. Consistency of a study sees to every language of the study.
        """
        for wish in languages:
            if (found := closest(wish, self.languages)) is not None:
                return self.root[found]
        raise KeyError(f"no text in {', '.join(languages)}; there is one in {', '.join(self.languages)}")


def _read_translation(value: Any) -> Any:
    return {"en": value} if isinstance(value, str) else value


def _written_translation(value: Words | None) -> str | dict[str, str] | None:
    return value if value is None else value.root["en"] if value.languages == ("en",) else value.root


Translation = Annotated[Words, BeforeValidator(_read_translation), PlainSerializer(_written_translation)]
"""Translations of a text by their language. A text alone is English, and English alone is written as a text."""
